using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>A seeded layer in memory with its release: weights of deviation 0.02, and b and z₀ of given ones, or b = −z₀, which makes every x₀ 0.</summary>
/// <remarks>Each weight can be changed, by its place i·h + j and what was drawn.</remarks>
internal sealed class SyntheticLayer : IDisposable
{
    private readonly NativeBlock _weights;
    private readonly NativeBlock _release;

    public SyntheticLayer(
        int outputs,
        int hidden,
        Activation activation,
        StorageType storage,
        double spread,
        bool gated = false,
        ulong seed = 1,
        int order = 8,
        double bias = 0.3,
        StorageType? weights = null,
        bool atZero = false,
        Func<int, double, double>? change = null,
        Variant? variant = null)
    {
        WeightStorage = weights ?? StorageType.BF16;
        _weights = new((long)outputs * hidden * WeightStorage.Size);
        SyntheticModel.Fill(seed, "W", 0.02, WeightStorage, W);
        for (int at = 0; change is not null && at < outputs * hidden; at++)
        {
            Span<byte> entry = W.Slice(at * WeightStorage.Size, WeightStorage.Size);
            WeightStorage.Write(change(at, WeightStorage.Read(entry)), entry);
        }

        Z0 = Normal(seed, "z0", spread, hidden);
        unsafe
        {
            Weights = new((nint)_weights.First, WeightStorage, gated ? new double[hidden] : atZero ? [.. Z0.Select(z0 => -storage.Round(z0))] : Normal(seed, "b", bias, hidden), gated ? null : Normal(seed, "c", 0.1, outputs), outputs);
        }

        variant ??= Variant.Paper;
        Signs = variant.HasSigns ? [.. Normal(seed, "signs", 1, hidden).Select(number => number < 0 ? -1.0 : 1)] : null;
        _release = new(LayerRelease.Bytes(outputs, hidden, order, gated, storage));
        Layer = LayerRelease.Release(new(order, storage, activation, variant), Weights, Z0, Signs, _release, threads: 1, stop: default, out double[] greatest);
        Greatest = greatest;
    }

    public StorageType WeightStorage { get; }

    public LayerWeights Weights { get; }

    public ReleasedLayer Layer { get; }

    public double[] Z0 { get; }

    public double[] Greatest { get; }

    /// <summary>The sign of each unit, where the variant has some.</summary>
    public double[]? Signs { get; }

    /// <summary>The bytes of W.</summary>
    public unsafe Span<byte> W => new(_weights.First, (int)_weights.Length);

    /// <summary>The true x₀ of a unit: around the z₀ that was rounded.</summary>
    public double X0(int j) => Layer.Z0[j] + Weights.B[j];

    /// <summary>Attacks the layer, and holds what comes of it against the truth.</summary>
    public unsafe (RecoveredLayer Recovered, byte[] W, RecoveryScore Score) Attack(OrdersRead orders, StorageType? weights = null, bool pairwise = false, int threads = 2, ReleasedLayer? layer = null)
    {
        StorageType written = weights ?? WeightStorage;
        byte[] w = new byte[Layer.Outputs * Layer.Hidden * written.Size];
        fixed (byte* at = w)
        {
            Cost work = default;
            LayerAttack attack = new(orders, threads);
            RecoveredLayer recovered = pairwise ? attack.Pairwise(layer ?? Layer, written, (nint)at, ref work) : attack.Jointly(layer ?? Layer, written, (nint)at, ref work);
            return (recovered, w, RecoveryScore.Of(Layer, recovered, (nint)at, written, Weights with { Signs = Signs }, threads));
        }
    }

    /// <summary>Puts a number into an entry of the release.</summary>
    public unsafe void Put(double value, int order, int i, int j) =>
        Layer.Format.Write(value, new Span<byte>(Layer.Row(order, i) + (j * Layer.Format.Size), Layer.Format.Size));

    public void Dispose()
    {
        _weights.Dispose();
        _release.Dispose();
    }

    private static double[] Normal(ulong seed, string name, double deviation, int length)
    {
        byte[] bytes = new byte[length * sizeof(double)];
        SyntheticModel.Fill(seed, name, deviation, StorageType.F64, bytes);
        double[] values = new double[length];
        StorageType.F64.Read(bytes, values);
        return values;
    }
}
