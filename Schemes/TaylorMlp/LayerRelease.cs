using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>The weights of one MLP as they lie in memory. V, and U where there is a gate, stand in a release verbatim and are not needed here.</summary>
/// <param name="W">The first byte of W, row by row. <c>[D, h]</c></param>
/// <param name="Storage">How the entries of W are stored.</param>
/// <param name="B">b; zeros where there is a gate. <c>[h]</c></param>
/// <param name="C">c; null where there is a gate. <c>[D]</c></param>
/// <param name="Outputs">D.</param>
public sealed unsafe record LayerWeights(nint W, StorageType Storage, double[] B, double[]? C, int Outputs)
{
    /// <summary>h.</summary>
    public int Hidden => B.Length;

    /// <summary>The sign that a release hides of each unit, 1 or −1; null where it hides none, or they are not known. <c>[h]</c></summary>
    public double[]? Signs { get; init; }

    /// <summary>Row i of W.</summary>
    public byte* Row(int i) => (byte*)W + ((long)i * Hidden * Storage.Size);

    /// <summary>Some columns side by side, with their entries of b, in a block of memory.</summary>
    /// <param name="places">Which, among all h. <c>[K]</c></param>
    /// <param name="block">D·K entries long at least; the copy lives as long.</param>
    /// <param name="threads">How many threads share the rows.</param>
    public LayerWeights Columns(int[] places, NativeBlock block, int threads)
    {
        LayerWeights columns = this with { W = (nint)block.First, B = [.. places.Select(place => B[place])] };
        InParallel.ForRows(Outputs, threads, (first, end) =>
        {
            int size = Storage.Size;
            for (int i = first; i < end; i++)
            {
                byte* from = Row(i);
                byte* to = columns.Row(i);
                for (int k = 0; k < places.Length; k++)
                {
                    Unsafe.CopyBlockUnaligned(to + ((long)k * size), from + ((long)places[k] * size), (uint)size);
                }
            }
        });
        return columns;
    }

    /// <summary>W[i, j].</summary>
    public double Entry(int i, int j) => Storage.Read(new ReadOnlySpan<byte>(Row(i) + ((long)j * Storage.Size), Storage.Size));
}

/// <summary>What an MLP is released as.</summary>
/// <param name="Order">N, 0 … <see cref="ReleaseFile.GreatestOrder"/>.</param>
/// <param name="Storage">What z₀, Θ₀ and Θ_n are rounded to.</param>
/// <param name="Activation">The MLP's activation.</param>
/// <param name="Variant">As in the paper, or as in its public code.</param>
/// <param name="Protected">K, how many hidden units are protected; null for all.</param>
public sealed record ReleaseForm(int Order, StorageType Storage, Activation Activation, Variant Variant, int? Protected = null);

/// <summary>Algorithm 1 of Wang et al. 2024 on a layer in memory, at memory speed: <see cref="TaylorRelease.Of"/> is the same on tensors.</summary>
public static unsafe class LayerRelease
{
    /// <summary>The bytes that a release takes in memory.</summary>
    public static long Bytes(int outputs, int hidden, int order, bool gated, StorageType storage) =>
        (long)(gated ? order + 1 : order) * outputs * hidden * storage.Size;

    /// <summary>
    /// Releases a layer into a block of memory. z₀ is rounded first, so that the expansion is around the z₀ that is published.
    /// </summary>
    /// <param name="form">What it is released as; its K is not looked at, for the layer is what is protected.</param>
    /// <param name="weights">The layer.</param>
    /// <param name="z0">The local embedding. <c>[h]</c></param>
    /// <param name="signs">Each unit's sign where the variant has signs, else null. <c>[h]</c></param>
    /// <param name="block">At least <see cref="Bytes"/> long; Θ_n lie there one after the other.</param>
    /// <param name="threads">How many threads share the rows.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="greatest">The greatest magnitude in each row of all Θ_n, before rounding; NaN where the row of W has no finite sum. <c>[D]</c></param>
    /// <returns>The layer; it lives as long as the block. An entry beyond the storage type's greatest number is infinite in it.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static ReleasedLayer Release(
        ReleaseForm form,
        LayerWeights weights,
        ReadOnlySpan<double> z0,
        double[]? signs,
        NativeBlock block,
        int threads,
        CancellationToken stop,
        out double[] greatest)
    {
        (int order, StorageType storage, Activation activation, Variant variant, _) = form;
        int h = weights.Hidden;
        bool gated = weights.C is null;
        double[] rounded = new double[h];
        double[][] coefficients = [.. Enumerable.Range(0, order + 1).Select(_ => new double[h])];
        double[] ofUnit = new double[order + 1];
        for (int j = 0; j < h; j++)
        {
            rounded[j] = storage.Round(z0[j]);
            activation.TaylorCoefficients(rounded[j] + weights.B[j], ofUnit);
            double sign = signs is null ? 1 : signs[j];
            rounded[j] *= sign;
            for (int n = 0; n <= order; n++)
            {
                coefficients[n][j] = ofUnit[n] * variant.Factor(n) * (n % 2 == 0 ? 1 : sign);
            }
        }

        nint[] theta = new nint[order + 1];
        int least = gated ? 0 : 1;
        for (int n = least; n <= order; n++)
        {
            theta[n] = (nint)block.First + (nint)((n - least) * weights.Outputs * (long)h * storage.Size);
        }

        ReleasedLayer layer = new()
        {
            Theta = theta,
            Theta0 = gated ? [] : new double[weights.Outputs],
            Z0 = rounded,
            Outputs = weights.Outputs,
            Format = storage,
            Storage = storage,
            Activation = activation,
            IsGated = gated,
            Variant = variant,
            IsX0Public = gated,
        };
        greatest = new double[weights.Outputs];
        StorageFormats.With<bool, FromWeights>(weights.Storage, new(weights, layer, coefficients, greatest, threads, stop));
        stop.ThrowIfCancellationRequested();
        for (int i = 0; i < layer.Theta0.Length; i++)
        {
            layer.Theta0[i] = storage.Round(layer.Theta0[i] + weights.C![i]);
        }

        return layer;
    }

    /// <summary>The least order every entry of which is rounded to 0, where W and the derivative are not 0: the storage type cannot hold it. Null where there is none.</summary>
    /// <param name="weights">The layer.</param>
    /// <param name="signs">As it was released with.</param>
    /// <param name="layer">Its release.</param>
    public static int? LostOrder(LayerWeights weights, double[]? signs, ReleasedLayer layer)
    {
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            if (IsLost(weights, signs, layer, n))
            {
                return n;
            }
        }

        return null;
    }

    private static bool IsLost(LayerWeights weights, double[]? signs, ReleasedLayer layer, int order)
    {
        Span<double> coefficients = stackalloc double[layer.Order + 1];
        bool isAny = false;
        for (int i = 0; i < layer.Outputs; i++)
        {
            for (int j = 0; j < layer.Hidden; j++)
            {
                if (layer.Entry(order, i, j) != 0)
                {
                    return false; // nearly always the first
                }

                if (!isAny && weights.Entry(i, j) != 0)
                {
                    layer.Activation.TaylorCoefficients(((signs?[j] ?? 1) * layer.Z0[j]) + weights.B[j], coefficients);
                    isAny = coefficients[order] != 0;
                }
            }
        }

        return isAny;
    }

    /// <summary>In float32 where the release has 16 bits, whose rounding is coarser by 2¹³ and more; else in float64.</summary>
    private readonly record struct FromWeights(LayerWeights Weights, ReleasedLayer Layer, double[][] Coefficients, double[] Greatest, int Threads, CancellationToken Stop) : IStorageFunction<bool>
    {
        public bool Apply<TWeights>()
            where TWeights : struct, IStorageFormat =>
            StorageFormats.With<bool, ToRelease<TWeights>>(Layer.Storage, new(Weights, Layer, Coefficients, Greatest, Threads, Stop));
    }

    private readonly record struct ToRelease<TWeights>(LayerWeights Weights, ReleasedLayer Layer, double[][] Coefficients, double[] Greatest, int Threads, CancellationToken Stop) : IStorageFunction<bool>
        where TWeights : struct, IStorageFormat
    {
        public bool Apply<TRelease>()
            where TRelease : struct, IStorageFormat
        {
            if (TRelease.Size == 2)
            {
                Rows<TWeights, TRelease, float>(Weights, Layer, Coefficients, Greatest, Threads, Stop);
            }
            else
            {
                Rows<TWeights, TRelease, double>(Weights, Layer, Coefficients, Greatest, Threads, Stop);
            }

            return true;
        }
    }

    private static void Rows<TWeights, TRelease, TReal>(LayerWeights weights, ReleasedLayer layer, double[][] coefficients, double[] greatest, int threads, CancellationToken stop)
        where TWeights : struct, IStorageFormat
        where TRelease : struct, IStorageFormat
        where TReal : unmanaged
    {
        int h = layer.Hidden;
        int stride = StorageLanes<TReal>.Padded(h);
        double[] most = [.. Enumerable.Range(0, h).Select(j => coefficients.Skip(layer.LeastOrder).Select(order => Math.Abs(order[j])).DefaultIfEmpty().Max())];
        TReal[] g = StorageLanes<TReal>.Rows(h, [.. coefficients, most]);
        InParallel.ForRows(layer.Outputs, threads, (first, end) =>
        {
            fixed (TReal* scale = g)
            {
                TReal* mostOfUnit = scale + ((layer.Order + 1L) * stride);
                for (int i = first; i < end && !stop.IsCancellationRequested; i++)
                {
                    Vector512<TReal> sum = default;
                    Vector512<TReal> peak = default;
                    double total = 0;
                    byte* row = weights.Row(i);
                    for (int j = 0; j < h; j += StorageLanes<TReal>.Count)
                    {
                        Vector512<TReal> w = StorageLanes<TReal>.Load<TWeights>(row, j, h);
                        for (int n = layer.LeastOrder; n <= layer.Order; n++)
                        {
                            StorageLanes<TReal>.Store<TRelease>(w * Vector512.Load(scale + ((long)n * stride) + j), layer.Row(n, i), j, h);
                        }

                        peak = Vector512.Max(peak, Vector512.Abs(w) * Vector512.Load(mostOfUnit + j));
                        sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(scale + j), sum);
                        if ((j & 0xFFF) == 0)
                        {
                            (total, sum) = (total + StorageLanes<TReal>.Sum(sum), default); // float32 sums are kept short
                        }
                    }

                    total += StorageLanes<TReal>.Sum(sum);
                    greatest[i] = double.IsFinite(total) ? Enumerable.Range(0, StorageLanes<TReal>.Count).Max(lane => StorageLanes<TReal>.Number(peak[lane])) : double.NaN;
                    if (!layer.IsGated)
                    {
                        layer.Theta0[i] = total;
                    }
                }
            }
        });
    }
}
