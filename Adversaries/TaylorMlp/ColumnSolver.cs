using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>What a column says of its x₀.</summary>
/// <param name="X0">The x₀ that explains the column best, or z₀ where that explains it as well.</param>
/// <param name="Deviation">The standard deviation of its error; infinite where the column does not depend on it.</param>
/// <param name="Confidence">
/// The posterior probability of W by this x₀, all x₀ within reach as likely before: 1 where nothing else explains the column, or what
/// does gives the same W.
/// </param>
/// <param name="Misfit">−2·ln of the likelihood, by the best possible, a mean over orders: about 1 where x₀ is right.</param>
internal readonly record struct Solution(double X0, double Deviation, double Confidence, double Misfit)
{
    /// <summary>Whether any x₀ within reach explains the column.</summary>
    public bool IsExplained => Misfit <= ColumnSolver.Explained;
}

/// <summary>
/// Finds the one unknown x₀ behind a column of Θ₁ … Θ_N from all orders at once. The orders y_n are proportional to
/// g_n(x₀) = Act⁽ⁿ⁾(x₀)/n!, each with the rounding error of its storage type: relative, and absolute near the subnormal numbers. A
/// single ratio has up to a dozen preimages (Yang et al. 2025, §4.2, solves one and loses columns). Here the misfit
/// <code>
/// Σ_n E_n² / v_n,  E_n(x) = y_n·g_m(x) − g_n(x),  v_n(x) = σ_n²·g_m(x)² + σ_m²·g_n(x)²  (y_m is 1)
/// </code>
/// is taken on cells that cover all x within reach, with v_n enlarged by what g changes within a cell, so that the cell of the true x₀
/// always fits; the least of them are refined, and the likeliest is kept.
/// </summary>
internal sealed class ColumnSolver
{
    /// <summary>From here on GELU is the identity, to the last bit of float64.</summary>
    private const double Identity = 40;

    /// <summary>How far apart two W may be, relatively, and count as the same.</summary>
    private const double SameW = 0.005;

    private const int Steps = 20, FarSteps = 8;
    private const double Near = 5, NearMisfit = 9; // in deviations; and three of them squared
    private const double HopelessStep = 0.01, Hopeless = 1000;
    private const double LongestStep = 1.0 / CandidateCells.NarrowPerUnit, LongestWay = 4 * LongestStep;

    /// <summary>The degrees of freedom of Student's distribution.</summary>
    private const double Freedom = 4;

    /// <summary>
    /// The most that the orders' mean misfit can be where x₀ is right: that of all being off by six deviations, or of one in eight by
    /// thousands.
    /// </summary>
    public const double Explained = 12;

    /// <summary>Rounding in this program, relative to an order and a tenth of its neighbours: 16-bit types are projected in float32.</summary>
    private const double OwnNoise = 1e-12, OwnNoiseOf16Bits = 2e-6;

    private static readonly ConcurrentDictionary<(Activation, int, int), ColumnSolver> _solvers = new();

    private readonly Activation _activation;
    private readonly int _least;
    private readonly int _order;
    private readonly CandidateCells _cells;

    private ColumnSolver(Activation activation, int least, int order)
    {
        (_activation, _least, _order) = (activation, least, order);
        _cells = new(activation, least, order);
    }

    /// <summary>
    /// The solver for an activation and the orders of a release. Its cells do not depend on any release, and are made once: they belong to the
    /// adversary's program, and no trial is charged for them.
    /// </summary>
    public static ColumnSolver For(Activation activation, int least, int order) =>
        _solvers.GetOrAdd((activation, least, order), key => new ColumnSolver(key.Item1, key.Item2, key.Item3));

    /// <summary>Solves one column.</summary>
    /// <param name="y">What <see cref="Projection"/> found, for each order of the release. <c>[N + 1]</c></param>
    /// <param name="column">Likewise.</param>
    /// <param name="storage">What the release was rounded to.</param>
    /// <param name="z0">z₀, preferred where it explains the column as well as anything: b is 0 then.</param>
    /// <param name="work">Grows by what was done.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Solution Solve(ReadOnlySpan<double> y, Projection.Column column, StorageType storage, double z0, ref Cost work)
    {
        Span<double> variance = stackalloc double[_order + 1];
        Variances(y, column, storage, variance);
        Span<(double X, double Misfit)> candidates = stackalloc (double, double)[CandidateCells.MostCandidates];
        int count = _cells.Candidates(y, variance, column.Strongest, candidates, ref work);
        Span<double> precision = variance;
        foreach (ref double each in precision)
        {
            each = 1 / each;
        }

        Span<Found> found = stackalloc Found[count];
        Found best = new(Identity, double.PositiveInfinity, double.PositiveInfinity, 1);
        for (int i = 0; i < count; i++)
        {
            found[i] = Refine(y, precision, column.Strongest, candidates[i].X, Steps, ref work);
            best = found[i].Misfit < best.Misfit ? found[i] : best;
        }

        if (!(best.Misfit <= Explained * _order))
        {
            Found identity = Refine(y, precision, column.Strongest, Identity, 1, ref work);
            best = identity.Misfit < best.Misfit ? identity : best;
        }

        if (!(Math.Abs(best.X - z0) > Near * best.Deviation))
        {
            Found atZ0 = Refine(y, precision, column.Strongest, z0, 1, ref work);
            best = atZ0.Misfit <= best.Misfit + NearMisfit ? atZ0 : best;
        }

        return new(best.X, best.Deviation, Confidence(best, found), best.Misfit / _order);
    }

    /// <summary>
    /// σ_n²: the rounding of entries, which is independent of them and averages out over the rows; that of subnormal numbers, which
    /// is too while entries are above their spacing, but below it turns whole orders to 0; and what this program rounds itself.
    /// </summary>
    private void Variances(ReadOnlySpan<double> y, Projection.Column column, StorageType storage, Span<double> variance)
    {
        double ownNoise = storage.Size == 2 ? OwnNoiseOf16Bits : OwnNoise;
        double spacing = storage.LeastSubnormal * storage.LeastSubnormal / column.Energy; // in units of y², for one row
        for (int n = _least; n <= _order; n++)
        {
            double neighbours = Math.Max(n > _least ? Math.Abs(y[n - 1]) : 0, n < _order ? Math.Abs(y[n + 1]) : 0);
            double own = ownNoise * Math.Max(Math.Abs(y[n]), 0.1 * neighbours);
            double relative = storage.Roundoff * y[n];
            bool isBelowSpacing = y[n] * y[n] < 2 * spacing * column.Rows;
            variance[n] = (relative * relative * column.Spread / 3) + (own * own) + (spacing * (isBelowSpacing ? column.Rows / 4.0 : 1 / 12.0)) + 1e-280;
        }
    }

    /// <summary>An x and how it fits.</summary>
    /// <param name="X">x.</param>
    /// <param name="Misfit">−2·ln of its likelihood, by the best possible.</param>
    /// <param name="Deviation">1/√(the information in it), in x.</param>
    /// <param name="Coefficient">g_m(x).</param>
    private readonly record struct Found(double X, double Misfit, double Deviation, double Coefficient);

    /// <summary>The posterior probability of W by the best, by Laplace's method.</summary>
    private static double Confidence(Found best, ReadOnlySpan<Found> found)
    {
        double others = 0;
        foreach (Found other in found)
        {
            if (!(Math.Abs(other.Coefficient - best.Coefficient) <= SameW * Math.Abs(best.Coefficient)))
            {
                double width = Math.Min(other.Deviation, CandidateCells.Reach) / Math.Clamp(best.Deviation, 1e-300, CandidateCells.Reach);
                others += Math.Exp(-0.5 * (other.Misfit - best.Misfit)) * width;
            }
        }

        return 1 / (1 + others);
    }

    /// <summary>
    /// Gauss and Newton's steps from a cell's centre, in α and x of y_n ≈ α·g_n(x), where g_n′ = (n + 1)·g_{n+1}. Once they are near, orders
    /// that fit badly weigh less, as under Student's distribution: where g_n is near a simple fraction, all rows are rounded one way.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Found Refine(ReadOnlySpan<double> y, ReadOnlySpan<double> precision, int m, double start, int steps, ref Cost work)
    {
        Span<double> g = stackalloc double[_order + 2];
        double x = start;
        double alpha = double.NaN;
        bool isNear = false;
        Found best = new(x, double.PositiveInfinity, double.PositiveInfinity, 0);
        for (int step = 0; step < steps; step++)
        {
            _activation.TaylorCoefficients(x, g);
            work += _activation.TaylorCoefficientsCost(_order + 1) + new Cost(MultiplyAdds: 9 * _order, Elementwise: 12 * _order);
            alpha = step == 0 ? y[m] / g[m] : alpha;
            (double aa, double ax, double xx, double ar, double xr) = (0, 0, 0, 0, 0);
            double product = 1;
            double misfit = 0;
            double squares = 0;
            for (int n = _least; n <= _order; n++)
            {
                double off = y[n] - (alpha * g[n]);
                double square = off * off * precision[n];
                double weight = isNear ? precision[n] / (1 + (square / Freedom)) : precision[n];
                double slope = alpha * (n + 1) * g[n + 1];
                aa += weight * g[n] * g[n];
                ax += weight * g[n] * slope;
                xx += weight * slope * slope;
                ar += weight * g[n] * off;
                xr += weight * slope * off;
                squares += square;
                product *= 1 + (square / Freedom);
                if (product > 1e100 || n == _order)
                {
                    (misfit, product) = (misfit + ((Freedom + 1) * Math.Log(product)), 1);
                }
            }

            double information = xx - (ax * ax / aa);
            double deviation = information > 0 ? 1 / Math.Sqrt(information) : double.PositiveInfinity;
            if (misfit < best.Misfit)
            {
                best = new(x, misfit, deviation, g[m]);
            }

            double move = information > 0 ? (xr - (ax * ar / aa)) / information : 0;
            bool isSmall = !(Math.Abs(move) > Math.Max((isNear ? 0.01 : 10) * deviation, 1e-15 * Math.Abs(x)));
            double curvature = move * move * move * move * information; // what a step makes of the misfit beyond the parabola
            bool isHopeless = !isNear && Math.Abs(move) < HopelessStep && squares - (ar * ar / aa) - (move * move * information) > (Hopeless * _order) + (1e4 * curvature) + (1e-6 * squares);
            if ((isSmall && isNear) || isHopeless || Math.Abs(x - start) > LongestWay)
            {
                break;
            }

            isNear |= isSmall || step == FarSteps;
            move = Math.Clamp(move, -LongestStep, LongestStep);
            alpha += (ar - (ax * move)) / aa;
            x += move;
        }

        return best;
    }
}
