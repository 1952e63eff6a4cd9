using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Solves f_{a,b}(x) = Act⁽ᵃ⁾(x)/Act⁽ᵇ⁾(x) = a!·Θ_a/(b!·Θ_b) (Yang et al. 2025, Eq. 20) by Newton's method, which they name. f_{a,b} is
/// not invertible: what it finds is some preimage, or none.
/// </summary>
internal sealed class PairSolver(ReleasedLayer layer)
{
    /// <summary>a: the least order after 0 that does not depend on a hidden sign.</summary>
    public static int FirstOf(ReleasedLayer layer) => layer.Variant.HasSigns ? 2 : 1;

    /// <summary>b = a + 1.</summary>
    public static int LastOf(ReleasedLayer layer) => FirstOf(layer) + 1;

    private const int Steps = 50;
    private const double Tolerance = 1.5e-8;

    /// <summary>Solves unit j from its first entry where neither order is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public RecoveredUnit Solve(int j, ref Cost work)
    {
        if (layer.IsX0Public && !layer.Variant.HasSigns)
        {
            return new(layer.Z0[j], 0, 1, ColumnLoss.None);
        }

        int unknown = layer.Variant.HasSigns ? 0 : 1;
        int row = Row(j);
        work += new Cost(Elementwise: 2 * ((row < 0 ? layer.Outputs - 1 : row) + 1)); // comparisons with 0
        if (row < 0)
        {
            return new(layer.Z0[j], double.PositiveInfinity, 0, ColumnLoss.Silent, unknown);
        }

        double? x0 = layer.IsX0Public ? layer.Z0[j] : Root(row, j, ref work);
        if (x0 is not { } x)
        {
            return new(layer.Z0[j], double.PositiveInfinity, 0, ColumnLoss.Unexplained, unknown);
        }

        Span<double> y = stackalloc double[layer.Order + 1];
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            y[n] = Coefficient(n, row, j);
        }

        return new(x, layer.IsX0Public ? 0 : double.PositiveInfinity, 1, ColumnLoss.None, UnitSolver.SignAt(layer, y, x, ref work));
    }

    private double? Root(int row, int j, ref Cost work)
    {
        (int a, int b) = (FirstOf(layer), LastOf(layer));
        double ratio = Coefficient(a, row, j) / (b * Coefficient(b, row, j)); // a!/b! = 1/b
        Span<double> derivatives = stackalloc double[b + 2];
        double x = layer.Z0[j];
        for (int step = 0; step < Steps; step++)
        {
            layer.Activation.Derivatives(x, derivatives);
            work += layer.Activation.DerivativesCost(b + 1) + new Cost(Elementwise: 10);
            double f = derivatives[a] / derivatives[b];
            double slope = ((derivatives[a + 1] * derivatives[b]) - (derivatives[a] * derivatives[b + 1])) / (derivatives[b] * derivatives[b]);
            double next = x - ((f - ratio) / slope);
            if (!double.IsFinite(next))
            {
                break;
            }

            if (Math.Abs(next - x) <= Tolerance)
            {
                return next;
            }

            x = next;
        }

        return null;
    }

    /// <summary>Θ_n[i, j] as the paper has it, divided by n!.</summary>
    private double Coefficient(int n, int i, int j) => layer.Entry(n, i, j) / layer.Variant.Factor(n);

    /// <summary>The first row whose entry of unit j is 0 in no order that is needed; −1 where there is none.</summary>
    private int Row(int j)
    {
        for (int i = 0; i < layer.Outputs; i++)
        {
            if (layer.Entry(FirstOf(layer), i, j) != 0 && (layer.IsX0Public || layer.Entry(LastOf(layer), i, j) != 0))
            {
                return i;
            }
        }

        return -1;
    }
}
