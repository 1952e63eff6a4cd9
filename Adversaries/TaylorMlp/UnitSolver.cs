using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// What a column of Θ says of its unit: x₀, and where signs are hidden s. A flipped unit is one with the mirrored activation, so a column is
/// solved under both, and the likelier is kept. From the second order on both are alike, so W is recovered without the sign; order 1
/// differs by W itself, and order 0 of a gated layer by W·x₀, and these tell it. Only of a unit that is linear at x₀ there is nothing but Θ₁ = s·W
/// without a gate: there the sign and that of W are one question, and the column is said to be ambiguous.
/// </summary>
internal sealed class UnitSolver
{
    /// <summary>Less confidence than that counts as a loss.</summary>
    private const double Doubt = 0.999;

    /// <summary>By how many squares of a rounding error what is alike may differ.</summary>
    private const double Noise = 16;

    /// <summary>The least order that does not depend on s.</summary>
    private const int FirstWithoutSign = 2;

    private readonly ReleasedLayer _layer;
    private readonly ColumnSolver? _solver, _mirrored;
    private readonly double[] _factors;

    public UnitSolver(ReleasedLayer layer)
    {
        _layer = layer;
        _factors = layer.Variant.IsDivided ? [] : [.. Enumerable.Range(0, layer.Order + 1).Select(layer.Variant.Factor)];
        if (!layer.IsX0Public)
        {
            _solver = ColumnSolver.For(layer.Activation, layer.LeastOrder, layer.Order);
            _mirrored = TellsSign(layer) ? ColumnSolver.For(layer.Activation.Mirrored, layer.LeastOrder, layer.Order) : null;
        }
    }

    /// <summary>The activation of a unit with a sign; of one with an unknown sign Act itself.</summary>
    public static Activation Signed(Activation activation, int sign) => sign < 0 ? activation.Mirrored : activation;

    /// <summary>Solves unit j.</summary>
    /// <param name="j">The unit.</param>
    /// <param name="y">Its orders, by the strongest. <c>[N + 1]</c></param>
    /// <param name="column">What else its projection says.</param>
    /// <param name="work">Grows by what was done.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public RecoveredUnit Solve(int j, ReadOnlySpan<double> y, Projection.Column column, ref Cost work)
    {
        double z0 = _layer.Z0[j];
        int unknown = _layer.Variant.HasSigns ? 0 : 1;
        if (!(column.Energy > 0 && double.IsFinite(column.Energy)))
        {
            return new(z0, double.PositiveInfinity, 0, ColumnLoss.Silent, unknown);
        }

        if (_solver is null)
        {
            int found = SignAt(_layer, y, z0, ref work);
            bool isAmbiguous = found == 0 && TellsSign(_layer); // W is read from the orders that depend on the sign
            return new(z0, 0, isAmbiguous ? 0.5 : 1, isAmbiguous ? ColumnLoss.Ambiguous : ColumnLoss.None, found);
        }

        Solution solution = _solver.Solve(y, column, _layer.Storage, _factors, z0, ref work);
        (double confidence, int sign) = (solution.Confidence, unknown);
        if (_mirrored is not null)
        {
            Solution flipped = _mirrored.Solve(y, column, _layer.Storage, _factors, z0, ref work);
            (Solution likelier, Solution other, sign) = flipped.Misfit < solution.Misfit ? (flipped, solution, -1) : (solution, flipped, 1);
            confidence = likelier.Confidence / (1 + Math.Exp(-0.5 * _layer.Order * (other.Misfit - likelier.Misfit)));
            solution = likelier;
        }

        return new(
            solution.X0,
            solution.Deviation,
            confidence,
            !solution.IsExplained ? ColumnLoss.Unexplained : confidence < Doubt ? ColumnLoss.Ambiguous : ColumnLoss.None,
            sign);
    }

    /// <summary>
    /// s of a unit whose s·x₀ is known: under it the orders are nearer to a multiple of what they should be. 1 where none is hidden, 0 where they are
    /// as near under both, as one order alone always is.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="y">The orders of one entry, or of a projection. <c>[N + 1]</c></param>
    /// <param name="x">s·x₀.</param>
    /// <param name="work">Grows by what was done.</param>
    public static int SignAt(ReleasedLayer layer, ReadOnlySpan<double> y, double x, ref Cost work)
    {
        if (!layer.Variant.HasSigns)
        {
            return 1;
        }

        if (!TellsSign(layer))
        {
            return 0;
        }

        work += (layer.Activation.TaylorCoefficientsCost(layer.Order) * 2) + new Cost(MultiplyAdds: 4 * layer.Orders, Elementwise: 4);
        (double plain, double mirrored) = (Likeness(layer, layer.Activation, y, x), Likeness(layer, layer.Activation.Mirrored, y, x));
        double rounding = Noise * layer.Storage.Roundoff * layer.Storage.Roundoff * Math.Max(plain, mirrored);
        return Math.Abs(plain - mirrored) <= rounding ? 0 : plain < mirrored ? -1 : 1;
    }

    private static bool TellsSign(ReleasedLayer layer) => layer.Variant.HasSigns && layer.LeastOrder < FirstWithoutSign;

    /// <summary>|y|² times the squared cosine between y and g.</summary>
    private static double Likeness(ReleasedLayer layer, Activation activation, ReadOnlySpan<double> y, double x)
    {
        Span<double> g = stackalloc double[layer.Order + 1];
        activation.TaylorCoefficients(x, g);
        (double along, double length) = (0, 0);
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            along += y[n] * g[n];
            length += g[n] * g[n];
        }

        return length == 0 ? 0 : along * along / length;
    }
}
