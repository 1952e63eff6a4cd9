using System.Collections.Concurrent;
using Wager.Games;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Finds the one unknown x₀ behind a column of Θ₁ … Θ_N: the column's orders are proportional to g_n(x₀) = Act⁽ⁿ⁾(x₀)/n!, so their
/// ratios give x₀. A single ratio has up to a dozen preimages (Yang et al. 2025, §4.2, solves one and loses columns); every one of
/// them is found, and the one that explains all orders best is kept.
/// </summary>
internal sealed class JointSolver
{
    private const double Reach = 24;
    private const int CellsPerUnit = 100;
    private const int NewtonSteps = 60;

    /// <summary>
    /// The residual beyond which no x₀ within reach explains a column: errors ten thousand times the noise, which no rounding
    /// makes.
    /// </summary>
    private const double Hopeless = 1e8;

    /// <summary>How far an order may be off, relative to itself and a tenth of its neighbours: rounding in float64, with room.</summary>
    private const double Noise = 1e-9;

    private static readonly ConcurrentDictionary<(Activation, int), JointSolver> _solvers = new();

    private readonly Activation _activation;
    private readonly int _order;
    private readonly double[][] _grid; // _grid[n][i] = g_n at the i-th grid point

    private JointSolver(Activation activation, int order)
    {
        _activation = activation;
        _order = order;
        int points = (int)(2 * Reach * CellsPerUnit) + 1;
        _grid = [.. Enumerable.Range(0, order + 1).Select(_ => new double[points])];
        double[] g = new double[order + 2];
        for (int i = 0; i < points; i++)
        {
            activation.TaylorCoefficients(Point(i), g);
            for (int n = 0; n <= order; n++)
            {
                _grid[n][i] = g[n];
            }
        }
    }

    /// <summary>
    /// The solver for an activation and N. Its grid does not depend on any release, and is made once: it belongs to the
    /// adversary's program, and no trial is charged for it.
    /// </summary>
    public static JointSolver For(Activation activation, int order) =>
        _solvers.GetOrAdd((activation, order), key => new JointSolver(key.Item1, key.Item2));

    private Cost EvaluationCost => _activation.TaylorCoefficientsCost(_order + 1);

    /// <summary>Solves one column.</summary>
    /// <param name="y">y[n] is proportional to g_n(x₀) for n = 1 … N; y[0] is ignored. <c>[N + 1]</c></param>
    /// <param name="work">Grows by what was done.</param>
    /// <returns>x₀ within ±24, or null where there is none that explains the column.</returns>
    public double? Solve(ReadOnlySpan<double> y, ref Cost work)
    {
        int strongest = 1;
        for (int n = 2; n <= _order; n++)
        {
            strongest = Math.Abs(y[n]) > Math.Abs(y[strongest]) ? n : strongest;
        }

        int[] others = new int[_order];
        int count = 0;
        for (int n = 1; n <= _order; n++)
        {
            if (n != strongest && y[n] != 0)
            {
                others[count++] = n;
            }
        }

        if (count == 0 || y[strongest] == 0)
        {
            return null;
        }

        Span<double> sigma = stackalloc double[_order + 1];
        for (int n = 1; n <= _order; n++)
        {
            sigma[n] = NoiseOf(y, n);
        }

        double[] strength = new double[count];
        for (int i = 0; i < count; i++)
        {
            strength[i] = -Math.Abs(y[others[i]]);
        }

        Array.Sort(strength, others, 0, count);
        double best = double.PositiveInfinity;
        double x0 = 0;
        for (int i = 0; i < count && best > _order; i++) // a candidate within the noise of every order ends the search
        {
            work += new Cost(MultiplyAdds: 2 * _grid[0].Length, Elementwise: _grid[0].Length);
            Candidates(y, sigma, strongest, others[i], ref best, ref x0, ref work);
        }

        return best <= Hopeless * _order ? x0 : null;
    }

    private static double Point(int i) => ((double)i / CellsPerUnit) - Reach;

    /// <summary>Visits the roots of F(x) = y_a·g_b(x) − y_b·g_a(x), and keeps the one with the least residual over all orders.</summary>
    private void Candidates(ReadOnlySpan<double> y, ReadOnlySpan<double> sigma, int a, int b, ref double best, ref double x0, ref Cost work)
    {
        double[] ga = _grid[a];
        double[] gb = _grid[b];
        Span<double> g = stackalloc double[_order + 2];
        double before = (y[a] * gb[0]) - (y[b] * ga[0]);
        for (int i = 1; i < ga.Length; i++)
        {
            double here = (y[a] * gb[i]) - (y[b] * ga[i]);
            if ((before < 0) != (here < 0))
            {
                double x = Root(y[a], y[b], a, b, Point(i - 1), Point(i), before < 0, g, ref work);
                _activation.TaylorCoefficients(x, g);
                work += EvaluationCost + new Cost(MultiplyAdds: 4 * _order, Elementwise: 5 * _order);
                double residual = Residual(y, sigma, g);
                if (residual < best)
                {
                    (best, x0) = (residual, x);
                }
            }

            before = here;
        }
    }

    /// <summary>Newton's method on F, kept inside the cell by bisection. F′ is known: g_n′ = (n + 1)·g_{n+1}.</summary>
    private double Root(double ya, double yb, int a, int b, double low, double high, bool negativeAtLow, Span<double> g, ref Cost work)
    {
        double x = (low + high) / 2;
        for (int step = 0; step < NewtonSteps; step++)
        {
            _activation.TaylorCoefficients(x, g);
            work += EvaluationCost + new Cost(MultiplyAdds: 4, Elementwise: 8);
            double f = (ya * g[b]) - (yb * g[a]);
            if (f == 0)
            {
                return x;
            }

            if (f < 0 == negativeAtLow)
            {
                low = x;
            }
            else
            {
                high = x;
            }

            double slope = (ya * (b + 1) * g[b + 1]) - (yb * (a + 1) * g[a + 1]);
            double next = x - (f / slope);
            next = next > low && next < high ? next : (low + high) / 2;
            if (Math.Abs(next - x) <= 1e-16 * Math.Max(1, Math.Abs(x)))
            {
                return next;
            }

            x = next;
        }

        return x;
    }

    /// <summary>The sum over orders of ((y_n − α·g_n)/σ_n)² at the best α: at most about N where x is right.</summary>
    private double Residual(ReadOnlySpan<double> y, ReadOnlySpan<double> sigma, ReadOnlySpan<double> g)
    {
        double yg = 0;
        double gg = 0;
        for (int n = 1; n <= _order; n++)
        {
            yg += y[n] / sigma[n] * (g[n] / sigma[n]);
            gg += g[n] / sigma[n] * (g[n] / sigma[n]);
        }

        double alpha = yg / gg;
        double sum = 0;
        for (int n = 1; n <= _order; n++)
        {
            double off = (y[n] - (alpha * g[n])) / sigma[n];
            sum += off * off;
        }

        return double.IsNaN(sum) ? double.PositiveInfinity : sum;
    }

    /// <summary>σ_n, at least a number whose square is not 0.</summary>
    private static double NoiseOf(ReadOnlySpan<double> y, int n)
    {
        double before = n > 1 ? Math.Abs(y[n - 1]) : 0;
        double after = n + 1 < y.Length ? Math.Abs(y[n + 1]) : 0;
        return Math.Max(1e-150, Noise * Math.Max(Math.Abs(y[n]), 0.1 * Math.Max(before, after)));
    }
}
