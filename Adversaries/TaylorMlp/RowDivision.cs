using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// W from Θ, once g_n(x₀[j]) = Act⁽ⁿ⁾(x₀[j])/n! is known of every unit: each row of W from the same row of one Θ_n or of all, at the
/// speed of memory, rounded to what W was stored in; and with it each entry of c, which is θ₀ less the row's W·Act(x₀).
/// </summary>
/// <param name="Layer">The release.</param>
/// <param name="Coefficients">g_n(x₀[j]) at [n·h + j]. <c>[N + 1, h]</c></param>
/// <param name="Weights">What W was stored in, and is written in.</param>
/// <param name="Output">The first byte of W, row by row. <c>[D, h]</c></param>
/// <param name="Threads">How many threads share the rows.</param>
internal sealed unsafe record RowDivision(ReleasedLayer Layer, double[] Coefficients, StorageType Weights, nint Output, int Threads)
{
    /// <summary>Columns of a block: what is known of their units stays in the processor's cache from row to row.</summary>
    private const int BlockOfUnits = 1024;

    /// <summary>From one order of each unit: Θ_n[i, j] / g_n.</summary>
    /// <param name="chosen">n of each unit. <c>[h]</c></param>
    /// <returns>Σ_j W[i, j]·Act(x₀[j]) of each row. <c>[D]</c></returns>
    public double[] ByOneOrder(byte[] chosen) => Run(new OneOrder(chosen));

    /// <summary>
    /// From all orders by weighted least squares. The rounding error of an entry is uniform on its spacing 2^e, e its exponent, and
    /// that of g_n has the variance that comes with x₀'s; so W = Σ_n s_n·g_n·Θ_n·2^(−2e) / Σ_n s_n·g_n²·2^(−2e).
    /// </summary>
    /// <param name="shares">s_n of unit j at [n·h + j], in [0, 1]. <c>[N + 1, h]</c></param>
    /// <returns>Σ_j W[i, j]·Act(x₀[j]) of each row. <c>[D]</c></returns>
    public double[] ByAllOrders(double[] shares) => Run(new AllOrders(shares));

    private interface IKernel
    {
        /// <summary>What the rows need of each unit, rows of h filled up to whole vectors.</summary>
        TReal[] Prepared<TReal>(RowDivision division)
            where TReal : unmanaged;

        /// <summary>Divides entries of a block of units in rows, and adds W·Act(x₀) to their sums.</summary>
        void Block<TFormat, TWeights, TReal>(RowDivision division, TReal* prepared, Range units, Range rows, double[] sums)
            where TFormat : struct, IStorageFormat
            where TWeights : struct, IStorageFormat
            where TReal : unmanaged;
    }

    private double[] Run<TKernel>(TKernel kernel)
        where TKernel : struct, IKernel =>
        StorageFormats.With<double[], FromFormat<TKernel>>(Layer.Format, new(this, kernel));

    private double[] Run<TKernel, TFormat, TWeights, TReal>(TKernel kernel)
        where TKernel : struct, IKernel
        where TFormat : struct, IStorageFormat
        where TWeights : struct, IStorageFormat
        where TReal : unmanaged
    {
        double[] sums = new double[Layer.Outputs];
        TReal[] prepared = kernel.Prepared<TReal>(this);
        InParallel.ForRows(Layer.Outputs, Threads, (first, end) =>
        {
            fixed (TReal* ofUnits = prepared)
            {
                for (int unit = 0; unit < Layer.Hidden; unit += BlockOfUnits)
                {
                    kernel.Block<TFormat, TWeights, TReal>(this, ofUnits, unit..Math.Min(unit + BlockOfUnits, Layer.Hidden), first..end, sums);
                }
            }
        });
        return sums;
    }

    private static void RowsOf(ReleasedLayer layer, int i, byte** theta)
    {
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            theta[n] = layer.Row(n, i);
        }
    }

    private byte* OutputRow(int i) => (byte*)Output + ((long)i * Layer.Hidden * Weights.Size);

    private readonly record struct FromFormat<TKernel>(RowDivision Division, TKernel Kernel) : IStorageFunction<double[]>
        where TKernel : struct, IKernel
    {
        public double[] Apply<TFormat>()
            where TFormat : struct, IStorageFormat =>
            StorageFormats.With<double[], ToWeights<TKernel, TFormat>>(Division.Weights, new(Division, Kernel));
    }

    private readonly record struct ToWeights<TKernel, TFormat>(RowDivision Division, TKernel Kernel) : IStorageFunction<double[]>
        where TKernel : struct, IKernel
        where TFormat : struct, IStorageFormat
    {
        public double[] Apply<TWeights>()
            where TWeights : struct, IStorageFormat => TFormat.Size == 2
            ? Division.Run<TKernel, TFormat, TWeights, float>(Kernel)
            : Division.Run<TKernel, TFormat, TWeights, double>(Kernel);
    }

    /// <summary>Each unit's entry times 1/g_n of the order chosen for it; a vector of units is read from the orders that occur in it, mostly one.</summary>
    private readonly record struct OneOrder(byte[] Chosen) : IKernel
    {
        /// <summary>1/g_n where n is chosen and 0 elsewhere, of every order; and then Act(x₀).</summary>
        public TReal[] Prepared<TReal>(RowDivision division)
            where TReal : unmanaged
        {
            (int h, double[] g) = (Chosen.Length, division.Coefficients);
            double[] inverses = new double[g.Length];
            for (int j = 0; j < h; j++)
            {
                int at = (Chosen[j] * h) + j;
                inverses[at] = g[at] == 0 ? 0 : 1 / g[at];
            }

            return StorageLanes<TReal>.Rows(h, inverses, g[..h]);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Block<TFormat, TWeights, TReal>(RowDivision division, TReal* prepared, Range units, Range rows, double[] sums)
            where TFormat : struct, IStorageFormat
            where TWeights : struct, IStorageFormat
            where TReal : unmanaged
        {
            ReleasedLayer layer = division.Layer;
            (int first, int end, int h) = (units.Start.Value, units.End.Value, layer.Hidden);
            long stride = StorageLanes<TReal>.Padded(h);
            TReal* activation = prepared + ((layer.Order + 1) * stride);
            ulong* orders = stackalloc ulong[(BlockOfUnits / StorageLanes<TReal>.Count) + 1]; // the bit n where order n occurs in the vector
            for (int j = first; j < end; j++)
            {
                orders[(j - first) / StorageLanes<TReal>.Count] |= 1UL << Chosen[j];
            }

            byte** theta = stackalloc byte*[layer.Order + 1];
            for (int i = rows.Start.Value; i < rows.End.Value; i++)
            {
                RowsOf(layer, i, theta);
                byte* to = division.OutputRow(i);
                Vector512<TReal> sum = default;
                ulong* occurring = orders;
                int j = first;
                for (; j <= end - StorageLanes<TReal>.Count; j += StorageLanes<TReal>.Count, occurring++)
                {
                    Vector512<TReal> w = Divided<TFormat, TReal>(theta, *occurring, prepared, stride, j, h, isWhole: true);
                    StorageLanes<TReal>.Store<TWeights>(w, to, j, end, isWhole: true);
                    sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(activation + j), sum);
                }

                if (j < end)
                {
                    Vector512<TReal> w = Divided<TFormat, TReal>(theta, *occurring, prepared, stride, j, h, isWhole: false);
                    StorageLanes<TReal>.Store<TWeights>(w, to, j, end, isWhole: false);
                    sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(activation + j), sum);
                }

                sums[i] += StorageLanes<TReal>.Sum(sum);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<TReal> Divided<TFormat, TReal>(byte** theta, ulong occurring, TReal* inverses, long stride, int j, int h, bool isWhole)
            where TFormat : struct, IStorageFormat
            where TReal : unmanaged
        {
            int n = BitOperations.TrailingZeroCount(occurring);
            Vector512<TReal> w = StorageLanes<TReal>.Load<TFormat>(theta[n], j, h, isWhole) * Vector512.Load(inverses + (n * stride) + j);
            while ((occurring &= occurring - 1) != 0)
            {
                n = BitOperations.TrailingZeroCount(occurring);
                w = StorageLanes<TReal>.MultiplyAdd(
                    StorageLanes<TReal>.Load<TFormat>(theta[n], j, h, isWhole), Vector512.Load(inverses + (n * stride) + j), w);
            }

            return w;
        }
    }

    private readonly record struct AllOrders(double[] Shares) : IKernel
    {
        /// <summary>g_n of every order, and then s_n of every order.</summary>
        public TReal[] Prepared<TReal>(RowDivision division)
            where TReal : unmanaged => StorageLanes<TReal>.Rows(division.Layer.Hidden, division.Coefficients, Shares);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Block<TFormat, TWeights, TReal>(RowDivision division, TReal* prepared, Range units, Range rows, double[] sums)
            where TFormat : struct, IStorageFormat
            where TWeights : struct, IStorageFormat
            where TReal : unmanaged
        {
            ReleasedLayer layer = division.Layer;
            int h = layer.Hidden;
            long stride = StorageLanes<TReal>.Padded(h);
            TReal* shares = prepared + ((layer.Order + 1) * stride);
            int leastExponent = Math.Max(layer.Storage.LeastExponent, StorageLanes<TReal>.LeastExponent);
            (int least, int orders, int end) = (layer.LeastOrder, layer.Order + 1, units.End.Value);
            byte** theta = stackalloc byte*[orders];
            for (int i = rows.Start.Value; i < rows.End.Value; i++)
            {
                RowsOf(layer, i, theta);
                byte* to = division.OutputRow(i);
                Vector512<TReal> sum = default;
                int j = units.Start.Value;
                for (; j <= end - StorageLanes<TReal>.Count; j += StorageLanes<TReal>.Count)
                {
                    Vector512<TReal> w = Combined<TFormat, TReal>(theta, least, orders, prepared + j, shares + j, stride, leastExponent, j, h, isWhole: true);
                    StorageLanes<TReal>.Store<TWeights>(w, to, j, end, isWhole: true);
                    sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(prepared + j), sum);
                }

                if (j < end)
                {
                    Vector512<TReal> w = Combined<TFormat, TReal>(theta, least, orders, prepared + j, shares + j, stride, leastExponent, j, h, isWhole: false);
                    StorageLanes<TReal>.Store<TWeights>(w, to, j, end, isWhole: false);
                    sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(prepared + j), sum);
                }

                sums[i] += StorageLanes<TReal>.Sum(sum);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<TReal> Combined<TFormat, TReal>(
            byte** theta, int least, int orders, TReal* coefficients, TReal* shares, long stride, int leastExponent, int j, int h, bool isWhole)
            where TFormat : struct, IStorageFormat
            where TReal : unmanaged
        {
            Vector512<TReal> above = default;
            Vector512<TReal> below = default;
            for (int n = least; n < orders; n++)
            {
                Vector512<TReal> entry = StorageLanes<TReal>.Load<TFormat>(theta[n], j, h, isWhole);
                Vector512<TReal> spacing = StorageLanes<TReal>.InversePowerOfTwo(entry, leastExponent);
                Vector512<TReal> g = Vector512.Load(coefficients + (n * stride)) * spacing;
                Vector512<TReal> weighted = Vector512.Load(shares + (n * stride)) * g;
                above = StorageLanes<TReal>.MultiplyAdd(weighted, entry * spacing, above);
                below = StorageLanes<TReal>.MultiplyAdd(weighted, g, below);
            }

            return Vector512.AndNot(above / below, Vector512.Equals(below, Vector512<TReal>.Zero));
        }
    }
}
