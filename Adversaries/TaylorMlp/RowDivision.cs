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
/// <param name="Coefficients">What Θ_n is W multiplied by: g_n(x₀[j]), in the scale of the release, at [n·h + j]. <c>[N + 1, h]</c></param>
/// <param name="Weights">What W was stored in, and is written in.</param>
/// <param name="Output">The first byte of W, row by row. <c>[D, h]</c></param>
/// <param name="Threads">How many threads share the rows.</param>
internal sealed unsafe record RowDivision(ReleasedLayer Layer, double[] Coefficients, StorageType Weights, nint Output, int Threads)
{
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

    /// <summary>The exponent of a number that is beyond what Θ_n is W multiplied by; g_n itself is far below 2^10.</summary>
    internal static int HeadroomOf(ReleasedLayer layer, double[] coefficients) => layer.Variant.IsDivided ? 10 : Math.Max(10, 1 + Math.ILogB(coefficients.Max(Math.Abs)));

    private interface IKernel
    {
        /// <summary>Columns of a block, in whole vectors: what is known of their units stays in the processor's cache from row to row.</summary>
        static abstract int BlockOfUnits { get; }

        /// <summary>What is read of every unit.</summary>
        Prepared<TReal> Prepare<TReal>(RowDivision division)
            where TReal : unmanaged;

        /// <summary>Divides vectors of a row's entries, rounds and writes them.</summary>
        /// <param name="theta">The row in each order, from the first of these entries on.</param>
        /// <param name="units">What is known of their units.</param>
        /// <param name="to">Where they are written.</param>
        /// <param name="vectors">How many vectors.</param>
        /// <returns>W·Act(x₀), not yet summed over the lanes.</returns>
        static abstract Vector512<TReal> Row<TFormat, TWeights, TReal>(byte** theta, Units<TReal> units, byte* to, int vectors)
            where TFormat : struct, IStorageFormat
            where TWeights : struct, IStorageFormat
            where TReal : unmanaged;
    }

    /// <summary>What a kernel reads of every unit.</summary>
    /// <param name="Activation">Act(x₀), filled up to whole vectors.</param>
    /// <param name="Numbers">What entries are multiplied with.</param>
    /// <param name="Starts">For one order: where in <paramref name="Numbers"/> each vector of units begins, in vectors; and the end.</param>
    /// <param name="Orders">For one order: the order that each vector of <paramref name="Numbers"/> belongs to.</param>
    private readonly record struct Prepared<TReal>(TReal[] Activation, TReal[] Numbers, int[] Starts, byte[] Orders)
        where TReal : unmanaged;

    /// <summary>That, from a unit on.</summary>
    private struct Units<TReal>
        where TReal : unmanaged
    {
        public TReal* Activation, Numbers;
        public int* Starts;
        public byte* Orders;
        public long Stride;
        public int Least, End, LeastExponent;

        public readonly Units<TReal> From(int unit) => this with
        {
            Activation = Activation + unit,
            Numbers = Starts is null ? Numbers + unit : Numbers,
            Starts = Starts is null ? null : Starts + (unit / StorageLanes<TReal>.Count),
        };
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
        Prepared<TReal> prepared = kernel.Prepare<TReal>(this);
        int headroom = HeadroomOf(Layer, Coefficients);
        InParallel.ForRows(Layer.Outputs, Threads, (first, end) =>
        {
            fixed (TReal* activation = prepared.Activation, numbers = prepared.Numbers)
            fixed (int* starts = prepared.Starts)
            fixed (byte* orders = prepared.Orders)
            {
                Units<TReal> units = new()
                {
                    Activation = activation,
                    Numbers = numbers,
                    Starts = starts,
                    Orders = orders,
                    Stride = StorageLanes<TReal>.Padded(Layer.Hidden),
                    Least = Layer.LeastOrder,
                    End = Layer.Order + 1,
                    // Squares of g_n·2^−e must be numbers: entries below this one's spacing weigh as if they had it, and 0 does.
                    LeastExponent = Math.Max(Layer.Storage.LeastExponent, (StorageLanes<TReal>.LeastExponent / 2) + headroom),
                };
                foreach (Range block in LayerRows.Blocks(Layer.Hidden, StorageLanes<TReal>.Count, TKernel.BlockOfUnits))
                {
                    (int unit, int count) = block.GetOffsetAndLength(Layer.Hidden);
                    Block<TKernel, TFormat, TWeights, TReal>(units.From(unit), unit, count, first..end, sums);
                }
            }
        });
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<TKernel, TFormat, TWeights, TReal>(Units<TReal> units, int unit, int count, Range rows, double[] sums)
        where TKernel : struct, IKernel
        where TFormat : struct, IStorageFormat
        where TWeights : struct, IStorageFormat
        where TReal : unmanaged
    {
        int lanes = StorageLanes<TReal>.Count;
        byte** theta = stackalloc byte*[Layer.Order + 1];
        byte* aside = stackalloc byte[LayerRows.AsideOf(Layer)];
        byte* written = stackalloc byte[2 * LayerRows.VectorSize]; // 16 numbers of 8 bytes
        for (int i = rows.Start.Value; i < rows.End.Value; i++)
        {
            LayerRows.Find(Layer, i, unit, count, lanes, theta, aside);
            byte* to = (byte*)Output + ((((long)i * Layer.Hidden) + unit) * TWeights.Size);
            if (count >= lanes)
            {
                sums[i] += StorageLanes<TReal>.Sum(TKernel.Row<TFormat, TWeights, TReal>(theta, units, to, count / lanes));
            }
            else
            {
                sums[i] += StorageLanes<TReal>.Sum(TKernel.Row<TFormat, TWeights, TReal>(theta, units, written, 1));
                new ReadOnlySpan<byte>(written, count * TWeights.Size).CopyTo(new Span<byte>(to, count * TWeights.Size));
            }
        }
    }

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
        /// <summary>How far ahead memory is asked for: without it a third of its speed is reached.</summary>
        private const int BytesAhead = 4096;

        public static int BlockOfUnits => 1 << 16;

        /// <summary>For each vector of units and each order that occurs in it 1/g_n where n is chosen, and 0 elsewhere.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public Prepared<TReal> Prepare<TReal>(RowDivision division)
            where TReal : unmanaged
        {
            (int h, int lanes, double[] g) = (Chosen.Length, StorageLanes<TReal>.Count, division.Coefficients);
            int[] starts = new int[(StorageLanes<TReal>.Padded(h) / lanes) + 1];
            List<byte> orders = [];
            List<TReal> inverses = [];
            for (int first = 0; first < h; first += lanes)
            {
                ReadOnlySpan<byte> chosen = Chosen.AsSpan(first, Math.Min(lanes, h - first));
                for (int n = 0; n <= division.Layer.Order; n++)
                {
                    if (chosen.Contains((byte)n))
                    {
                        orders.Add((byte)n);
                        for (int lane = 0; lane < lanes; lane++)
                        {
                            double ofUnit = lane < chosen.Length && chosen[lane] == n ? g[(n * h) + first + lane] : 0;
                            TReal inverse = StorageLanes<TReal>.Of(1 / ofUnit);
                            inverses.Add(double.IsFinite(StorageLanes<TReal>.Number(inverse)) ? inverse : default);
                        }
                    }
                }

                starts[(first / lanes) + 1] = orders.Count;
            }

            return new(StorageLanes<TReal>.Rows(h, g[..h]), [.. inverses], starts, [.. orders]);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static Vector512<TReal> Row<TFormat, TWeights, TReal>(byte** theta, Units<TReal> units, byte* to, int vectors)
            where TFormat : struct, IStorageFormat
            where TWeights : struct, IStorageFormat
            where TReal : unmanaged
        {
            Vector512<TReal> sum = default;
            int* starts = units.Starts;
            byte* orders = units.Orders;
            TReal* activation = units.Activation;
            int part = starts[0];
            TReal* inverses = units.Numbers + ((long)part * StorageLanes<TReal>.Count);
            long j = 0;
            for (int vector = 1; vector <= vectors; vector++, j += StorageLanes<TReal>.Count)
            {
                StorageLanes<TReal>.Prefetch(theta[orders[part]] + (j * TFormat.Size) + BytesAhead);
                int next = starts[vector];
                Vector512<TReal> w = default;
                do
                {
                    w = StorageLanes<TReal>.MultiplyAdd(StorageLanes<TReal>.Load<TFormat>(theta[orders[part]] + (j * TFormat.Size)), Vector512.Load(inverses), w);
                    inverses += StorageLanes<TReal>.Count;
                }
                while (++part < next);

                StorageLanes<TReal>.Store<TWeights>(w, to + (j * TWeights.Size));
                sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(activation + j), sum);
            }

            return sum;
        }
    }

    private readonly record struct AllOrders(double[] Shares) : IKernel
    {
        private const int BytesAhead = 1024; // of each order

        public static int BlockOfUnits => 1 << 12;

        /// <summary>g_n of every order, and then s_n of every order.</summary>
        public Prepared<TReal> Prepare<TReal>(RowDivision division)
            where TReal : unmanaged
        {
            int h = division.Layer.Hidden;
            return new(StorageLanes<TReal>.Rows(h, division.Coefficients[..h]), StorageLanes<TReal>.Rows(h, division.Coefficients, Shares), [], []);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static Vector512<TReal> Row<TFormat, TWeights, TReal>(byte** theta, Units<TReal> units, byte* to, int vectors)
            where TFormat : struct, IStorageFormat
            where TWeights : struct, IStorageFormat
            where TReal : unmanaged
        {
            Vector512<TReal> sum = default;
            (int least, int end, long stride, int leastExponent) = (units.Least, units.End, units.Stride, units.LeastExponent);
            TReal* activation = units.Activation;
            TReal* coefficients = units.Numbers + (least * stride);
            long toShares = end * stride;
            for (long j = 0; j < (long)vectors * StorageLanes<TReal>.Count; j += StorageLanes<TReal>.Count)
            {
                Vector512<TReal> above = default;
                Vector512<TReal> below = default;
                TReal* coefficient = coefficients + j;
                for (int n = least; n < end; n++, coefficient += stride)
                {
                    StorageLanes<TReal>.Prefetch(theta[n] + (j * TFormat.Size) + BytesAhead);
                    Vector512<TReal> entry = StorageLanes<TReal>.Load<TFormat>(theta[n] + (j * TFormat.Size));
                    Vector512<TReal> spacing = StorageLanes<TReal>.InversePowerOfTwo(entry, leastExponent);
                    Vector512<TReal> g = Vector512.Load(coefficient) * spacing;
                    Vector512<TReal> weighted = Vector512.Load(coefficient + toShares) * g;
                    above = StorageLanes<TReal>.MultiplyAdd(weighted, entry * spacing, above);
                    below = StorageLanes<TReal>.MultiplyAdd(weighted, g, below);
                }

                Vector512<TReal> w = Vector512.AndNot(above / below, Vector512.Equals(below, Vector512<TReal>.Zero));
                StorageLanes<TReal>.Store<TWeights>(w, to + (j * TWeights.Size));
                sum = StorageLanes<TReal>.MultiplyAdd(w, Vector512.Load(activation + j), sum);
            }

            return sum;
        }
    }
}
