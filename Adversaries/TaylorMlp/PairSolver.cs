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
    /// <summary>The pair (a, b).</summary>
    public const int A = 1, B = 2;

    private const int Steps = 50;
    private const double Tolerance = 1.5e-8;

    /// <summary>Solves unit j from its first entry where neither order is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public RecoveredUnit Solve(int j, ref Cost work)
    {
        if (Ratio(j) is not { } ratio)
        {
            return new(layer.Z0[j], double.PositiveInfinity, 0, ColumnLoss.Silent);
        }

        Span<double> derivatives = stackalloc double[B + 2];
        double x = layer.Z0[j];
        for (int step = 0; step < Steps; step++)
        {
            layer.Activation.Derivatives(x, derivatives);
            work += layer.Activation.DerivativesCost(B + 1) + new Cost(Elementwise: 10);
            double f = derivatives[A] / derivatives[B];
            double slope = ((derivatives[A + 1] * derivatives[B]) - (derivatives[A] * derivatives[B + 1])) / (derivatives[B] * derivatives[B]);
            double next = x - ((f - ratio) / slope);
            if (!double.IsFinite(next))
            {
                break;
            }

            if (Math.Abs(next - x) <= Tolerance)
            {
                return new(next, double.PositiveInfinity, 1, ColumnLoss.None);
            }

            x = next;
        }

        return new(layer.Z0[j], double.PositiveInfinity, 0, ColumnLoss.Unexplained);
    }

    /// <summary>a!·Θ_a[i, j]/(b!·Θ_b[i, j]); null where there is no such entry.</summary>
    private double? Ratio(int j)
    {
        for (int i = 0; i < layer.Outputs; i++)
        {
            (double a, double b) = (layer.Entry(A, i, j), layer.Entry(B, i, j));
            if (a != 0 && b != 0)
            {
                return a / (2 * b); // a! = 1 and b! = 2
            }
        }

        return null;
    }
}
