using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>How a layer is attacked.</summary>
/// <param name="Orders">How many orders W is read from.</param>
/// <param name="Threads">How many threads share the work; what is recovered does not depend on it.</param>
/// <remarks>What runs for each column is compiled well at once, here and in what is called: a model is attacked before the runtime would come to it.</remarks>
public sealed record LayerAttack(OrdersRead Orders = OrdersRead.All, int Threads = 1)
{
    /// <summary>Rows that x₀ is found from: few where W is then read from one order, since they are read of every order.</summary>
    private const int RowsForOne = 64, RowsForAll = 256, RowsWherePublic = 8;

    private const int UnitsOfAShare = 64; // few enough for threads to end together

    /// <summary>
    /// The relative error of g_n from which on order n says nothing of W. Near a zero of g_n its entries are 0, as exact as a number of the
    /// storage type can be, and would outweigh all others.
    /// </summary>
    private const double Vain = 0.1;

    /// <summary>How much of the strongest order another one must be to be read in its place: what is normal there keeps all but two of its bits.</summary>
    private const double Close = 0.25;

    /// <summary>
    /// The joint attack: each column's x₀ once, from all orders and many rows together, and then W by division; b = x₀ − z₀ and
    /// c = θ₀ − W·Act(x₀). Where x₀ is public no root is needed. A column that is lost for whatever reason is solved once more, from all its rows.
    /// </summary>
    /// <param name="layer">The release.</param>
    /// <param name="weights">What W is written in.</param>
    /// <param name="w">Where W is written, row by row: D·h entries. <c>[D, h]</c></param>
    /// <param name="work">Grows by what was done.</param>
    public RecoveredLayer Jointly(ReleasedLayer layer, StorageType weights, nint w, ref Cost work)
    {
        if (layer.Order < layer.LeastOrder)
        {
            return Nothing(layer, weights, w); // N = 0: θ₀ alone
        }

        (Projection projection, RecoveredUnit[] units) = Solve(layer, RowsOf(layer), ref work);
        double[] g = Coefficients(layer, units, ref work);
        RowDivision division = new(layer, InScale(layer, g, ref work), weights, w, Threads);
        double[] images;
        if (Orders == OrdersRead.All)
        {
            images = division.ByAllOrders(Shares(layer, units, g));
        }
        else
        {
            images = division.ByOneOrder(Chosen(layer, projection, units, g, division.Coefficients));
        }

        work += CostOfDivision(layer);
        return Finish(layer, projection, units, images, ref work);
    }

    /// <summary>
    /// The attack as published (Yang et al. 2025, §4.2): x₀ of each column from the ratio of one pair of orders in one entry, by Newton's
    /// method, and W by dividing Θ_a. The paper leaves open which pair, which entry and from where; here they are orders 1 and 2, the
    /// first entry where neither is 0, and z₀. Where signs are hidden the orders are 2 and 3, which do not depend on them.
    /// </summary>
    /// <param name="layer">The release.</param>
    /// <param name="weights">What W is written in.</param>
    /// <param name="w">Where W is written, row by row: D·h entries. <c>[D, h]</c></param>
    /// <param name="work">Grows by what was done.</param>
    public RecoveredLayer Pairwise(ReleasedLayer layer, StorageType weights, nint w, ref Cost work)
    {
        if (layer.Order < (layer.IsX0Public ? PairSolver.FirstOf(layer) : PairSolver.LastOf(layer)))
        {
            return Nothing(layer, weights, w);
        }

        RecoveredUnit[] units = new RecoveredUnit[layer.Hidden];
        PairSolver solver = new(layer);
        Lock gate = new();
        Cost solving = default;
        InParallel.For(layer.Hidden, UnitsOfAShare, Threads, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (first, end) =>
        {
            Cost share = default;
            for (int j = first; j < end; j++)
            {
                units[j] = solver.Solve(j, ref share);
            }

            lock (gate)
            {
                solving += share;
            }
        });
        work += solving + new Cost(Elementwise: (double)layer.Outputs * layer.Hidden, BytesRead: layer.MatrixBytes);
        double[] g = Coefficients(layer, units, ref work);
        byte[] chosen = new byte[layer.Hidden];
        Array.Fill(chosen, (byte)PairSolver.FirstOf(layer));
        double[] images = new RowDivision(layer, InScale(layer, g, ref work), weights, w, Threads).ByOneOrder(chosen);
        return Finish(layer, null, units, images, ref work);
    }

    /// <summary>The answer to a release without the orders that are needed: zeros.</summary>
    private static unsafe RecoveredLayer Nothing(ReleasedLayer layer, StorageType weights, nint w)
    {
        for (int i = 0; i < layer.Outputs; i++)
        {
            new Span<byte>((byte*)w + ((long)i * layer.Hidden * weights.Size), layer.Hidden * weights.Size).Clear();
        }

        return Nothing(layer);
    }

    /// <summary>What is said of such a release beside W.</summary>
    internal static RecoveredLayer Nothing(ReleasedLayer layer)
    {
        RecoveredUnit silent = new(0, double.PositiveInfinity, 0, ColumnLoss.Silent, layer.Variant.HasSigns ? 0 : 1);
        return new(new double[layer.Hidden], new double[layer.IsGated ? 0 : layer.Outputs], [.. Enumerable.Repeat(silent, layer.Hidden)]);
    }

    /// <summary>How many rows x₀ is found from.</summary>
    internal int RowsOf(ReleasedLayer layer) => Math.Min(layer.Outputs, layer.IsX0Public ? RowsWherePublic : Orders == OrdersRead.One ? RowsForOne : RowsForAll);

    /// <summary>The order that each unit's W is read from, where it is read from one: the one that suits most, and elsewhere the strongest. <c>[h]</c></summary>
    internal static byte[] Chosen(ReleasedLayer layer, Projection projection, RecoveredUnit[] units, double[] g, double[] inScale)
    {
        byte[] strongest = [.. Enumerable.Range(0, layer.Hidden).Select(j => (byte)StrongestOf(layer, inScale, j))];
        int main = strongest.CountBy(order => order).MaxBy(order => order.Value).Key;
        return [.. strongest.Select((order, j) => IsReliable(layer, projection, units[j], g, main, j) ? (byte)main : order)];
    }

    /// <summary>What W costs once x₀ is known.</summary>
    internal Cost CostOfDivision(ReleasedLayer layer)
    {
        double entries = (double)layer.Outputs * layer.Orders * layer.Hidden;
        return Orders == OrdersRead.All
            ? new(MultiplyAdds: 2 * entries, Elementwise: (6 * entries) + (8.0 * layer.Orders * layer.Hidden), BytesRead: entries * layer.Format.Size)
            : new(Elementwise: (double)layer.Outputs * layer.Hidden, BytesRead: layer.MatrixBytes);
    }

    /// <summary>x₀ of every unit, from so many rows in the paper's scale.</summary>
    private (Projection Projection, RecoveredUnit[] Units) Solve(ReleasedLayer layer, int rows, ref Cost work)
    {
        work += CostOfProjection(layer, rows);
        if (layer.Variant.IsDivided)
        {
            return Solve(layer, Projection.Of(layer, rows, Threads), widens: true, ref work);
        }

        using DividedLayer divided = new(layer, rows, Threads);
        return Solve(layer, Projection.Of(divided.Layer, rows, Threads) with { Outputs = layer.Outputs }, widens: true, ref work); // of which more rows may be read
    }

    /// <summary>What the projection of so many rows costs.</summary>
    internal static Cost CostOfProjection(ReleasedLayer layer, int rows) =>
        Projection.CostOf(layer, rows) + (layer.Variant.IsDivided ? default : DividedLayer.CostOf(layer, rows));

    /// <summary>x₀ of every unit, from its projection.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="projection">What is known of the units.</param>
    /// <param name="widens">Whether those that are lost are solved once more, from all rows, which are in memory then.</param>
    /// <param name="work">Grows by what was done.</param>
    internal (Projection Projection, RecoveredUnit[] Units) Solve(ReleasedLayer layer, Projection projection, bool widens, ref Cost work)
    {
        RecoveredUnit[] units = new RecoveredUnit[layer.Hidden];
        UnitSolver solver = new(layer);
        Lock gate = new();
        Cost solving = default;
        InParallel.For(layer.Hidden, UnitsOfAShare, Threads, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (first, end) =>
        {
            Cost share = default;
            Span<double> y = stackalloc double[layer.Order + 1];
            for (int j = first; j < end; j++)
            {
                units[j] = solver.Solve(j, y, projection.Unit(j, y), ref share);
                if (widens && units[j].Loss != ColumnLoss.None && !projection.IsWhole(j))
                {
                    Projection.Column whole = projection.Widen(layer, j, y);
                    share += Projection.CostOfWhole(layer);
                    units[j] = solver.Solve(j, y, whole, ref share);
                }
            }

            lock (gate)
            {
                solving += share;
            }
        });
        work += solving;
        return (projection, units);
    }

    /// <summary>What Θ_n is W multiplied by, from g_n: the same, or n! times that. <c>[N + 1, h]</c></summary>
    internal static double[] InScale(ReleasedLayer layer, double[] g, ref Cost work)
    {
        if (layer.Variant.IsDivided)
        {
            return g;
        }

        work += new Cost(Elementwise: g.Length);
        return [.. g.Select((coefficient, at) => coefficient * layer.Variant.Factor(at / layer.Hidden))];
    }

    /// <summary>g_n(x₀[j]). <c>[N + 1, h]</c></summary>
    internal double[] Coefficients(ReleasedLayer layer, RecoveredUnit[] units, ref Cost work)
    {
        int h = layer.Hidden;
        double[] g = new double[(layer.Order + 1) * h];
        InParallel.For(h, UnitsOfAShare, Threads, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (first, end) =>
        {
            Span<double> ofUnit = stackalloc double[layer.Order + 1];
            for (int j = first; j < end; j++)
            {
                UnitSolver.Signed(layer.Activation, units[j].Sign).TaylorCoefficients(units[j].X0, ofUnit);
                for (int n = 0; n <= layer.Order; n++)
                {
                    g[(n * h) + j] = double.IsFinite(ofUnit[n]) ? ofUnit[n] : 0;
                }
            }
        });
        work += layer.Activation.TaylorCoefficientsCost(layer.Order) * h;
        return g;
    }

    /// <summary>
    /// s_n: the part of an entry's variance that is its rounding. The other part is what x₀'s error makes of g_n, whose slope is (n + 1)·g_{n+1}
    /// and great where g_n is near a zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double[] Shares(ReleasedLayer layer, RecoveredUnit[] units, double[] g)
    {
        double rounding = layer.Storage.Roundoff * layer.Storage.Roundoff / 3;
        double[] shares = new double[g.Length];
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            for (int j = 0; j < layer.Hidden; j++)
            {
                double error = RelativeError(layer, units[j], g, n, j);
                shares[(n * layer.Hidden) + j] = error < Vain ? rounding / (rounding + (error * error)) : 0;
            }
        }

        return shares;
    }

    /// <summary>The relative error of g_n(x₀) that x₀'s makes; that of the last order is taken from its neighbour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double RelativeError(ReleasedLayer layer, RecoveredUnit unit, double[] g, int n, int j)
    {
        if (unit.Deviation == 0)
        {
            return 0;
        }

        double here = g[(n * layer.Hidden) + j];
        double next = g[(Math.Min(n + 1, layer.Order) * layer.Hidden) + j];
        double slope = n < layer.Order ? (n + 1) * next : Math.Max(Math.Abs(here), Math.Abs(g[(Math.Max(n - 1, 0) * layer.Hidden) + j]));
        return here == 0 ? double.MaxValue : Math.Abs(slope / here) * Math.Min(unit.Deviation, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int StrongestOf(ReleasedLayer layer, double[] g, int j)
    {
        int strongest = layer.LeastOrder;
        for (int n = strongest + 1; n <= layer.Order; n++)
        {
            strongest = Math.Abs(g[(n * layer.Hidden) + j]) > Math.Abs(g[(strongest * layer.Hidden) + j]) ? n : strongest;
        }

        return strongest;
    }

    /// <summary>Whether the main order gives a unit's W as well as its strongest: no entry of note is subnormal in it, and x₀'s error hardly counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsReliable(ReleasedLayer layer, Projection projection, RecoveredUnit unit, double[] g, int main, int j) =>
        (Math.Abs(projection.Ratios[(main * layer.Hidden) + j]) > Close || projection.IsNormal(layer, main, j))
        && RelativeError(layer, unit, g, main, j) < layer.Storage.Roundoff;

    /// <summary>b and c, and where W is no number.</summary>
    internal static RecoveredLayer Finish(ReleasedLayer layer, Projection? projection, RecoveredUnit[] units, double[] images, ref Cost work)
    {
        work += new Cost(MultiplyAdds: (double)layer.Outputs * layer.Hidden, Elementwise: layer.Hidden + layer.Outputs);
        int notFinite = Array.FindIndex(images, image => !double.IsFinite(image));
        if (notFinite < 0 && projection is not null && units.Index().Any(unit => unit.Item.Loss != ColumnLoss.None && !projection.IsFinite(unit.Index)))
        {
            notFinite = Enumerable.Range(0, layer.Outputs).FirstOrDefault(i => layer.FindNotFinite(i) is not null, -1);
        }

        return new(
            [.. units.Select((unit, j) => unit.Sign * (unit.X0 - layer.Z0[j]))],
            [.. layer.Theta0.Select((theta0, i) => theta0 - images[i])],
            units,
            notFinite < 0 ? null : notFinite);
    }
}
