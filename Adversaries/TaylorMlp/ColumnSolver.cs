using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MathNet.Numerics;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>What a column says of its x₀.</summary>
/// <param name="X0">The x₀ that explains the column best, or z₀ where that explains it as well.</param>
/// <param name="Deviation">The standard deviation of its error; infinite where the column does not depend on it.</param>
/// <param name="Confidence">
/// The posterior probability that W by this x₀ is right, all x₀ within reach as likely before: 1 where x₀ is known closely, and nothing else
/// explains the column or what does gives the same W.
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
internal sealed unsafe class ColumnSolver
{
    /// <summary>From here on GELU is the identity, to the last bit of float64; mirrored, from its opposite on downwards.</summary>
    private const double Identity = 40;

    /// <summary>How far apart two W may be, relatively, and count as the same.</summary>
    private const double SameW = 0.005;

    private const int Steps = 20, FarSteps = 8;
    private const double Far = 10, Settled = 0.1; // in deviations: a longer step is followed by another
    private const double Near = 3; // in deviations: nearer than that z₀ is preferred
    private const double Narrow = 0.005; // a deviation so small that the misfit around the best is a parabola
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

    private readonly int _least;
    private readonly int _order;
    private readonly double _identity;
    private readonly CandidateCells _cells;
    private readonly SeriesTable _series;
    private readonly double _explained; // the product whose logarithm is that of a column that is just explained
    private readonly Cost _costOfCell, _costOfSeries, _costOfExact;

    private ColumnSolver(Activation activation, int least, int order)
    {
        (_least, _order) = (least, order);
        Span<double> atIdentity = stackalloc double[2];
        activation.TaylorCoefficients(Identity, atIdentity);
        _identity = Math.Abs(atIdentity[0]) < 1 ? -Identity : Identity; // mirrored, it is 0 there
        _cells = new(activation, least, order);
        _series = new(activation, least, order);
        _explained = Math.Exp(Explained * order / (Freedom + 1));
        int orders = order + 1 - least;
        Cost sums = new(MultiplyAdds: 8 * orders, Elementwise: 6 * orders);
        _costOfCell = new(MultiplyAdds: 5 * orders, Elementwise: 3 * orders);
        _costOfSeries = sums + new Cost(MultiplyAdds: 2 * SeriesTable.Terms * orders);
        _costOfExact = sums + activation.TaylorCoefficientsCost(order + 1) + new Cost(Elementwise: orders);
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
    /// <param name="factors">What each order of the release was multiplied by beyond y, which its least numbers were not; none where it is 1. <c>[N + 1]</c></param>
    /// <param name="z0">z₀, preferred where it explains the column as well as anything: b is 0 then.</param>
    /// <param name="work">Grows by what was done.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public Solution Solve(ReadOnlySpan<double> y, Projection.Column column, StorageType storage, ReadOnlySpan<double> factors, double z0, ref Cost work)
    {
        Vector512<double>* ratios = stackalloc Vector512<double>[_series.Vectors];
        Vector512<double>* precision = stackalloc Vector512<double>[_series.Vectors];
        new Span<Vector512<double>>(ratios, _series.Vectors).Clear();
        new Span<Vector512<double>>(precision, _series.Vectors).Clear();
        y[_least..].CopyTo(new Span<double>(ratios, _series.Vectors * SeriesTable.Lanes));
        Span<double> variance = new(precision, _order + 1 - _least);
        Variances(y[_least..], column, storage, factors.IsEmpty ? factors : factors[_least..], variance);
        Span<(double X, double Misfit)> candidates = stackalloc (double, double)[CandidateCells.MostCandidates];
        int count = _cells.Candidates((double*)ratios, (double*)precision, column.Strongest, candidates, out int cells);
        Counts counts = default;
        foreach (ref double each in variance)
        {
            each = 1 / each;
        }

        Problem problem = new() { Y = ratios, Precision = precision, M = column.Strongest - _least };
        Span<Found> found = stackalloc Found[count];
        Found best = new(_identity, double.PositiveInfinity, double.PositiveInfinity, 1, 0);
        for (int i = 0; i < count; i++)
        {
            found[i] = Refine(problem, candidates[i].X, Steps, ref counts);
            best = found[i].Misfit < best.Misfit ? found[i] : best;
        }

        for (int i = 0; i < count && !(best.Misfit <= Explained * _order); i++)
        {
            Found again = Refine(problem, candidates[i].X, Steps, ref counts, isCautious: true);
            found[i] = again.Misfit < found[i].Misfit ? again : found[i];
            best = found[i].Misfit < best.Misfit ? found[i] : best;
        }

        Found identity = best.Misfit <= Explained * _order ? best : Refine(problem, _identity, 1, ref counts);
        best = identity.Misfit < best.Misfit ? identity : best;

        if (best.Deviation < Narrow)
        {
            best = Math.Abs(best.X - z0) <= Near * best.Deviation ? best with { X = z0 } : best;
        }
        else if (!(Math.Abs(best.X - z0) > Near * best.Deviation))
        {
            Found atZ0 = Refine(problem, z0, 1, ref counts); // further off than a parabola tells
            best = atZ0.Misfit <= best.Misfit + (Near * Near) ? atZ0 : best;
        }

        work += (_costOfCell * cells) + (_costOfSeries * counts.BySeries) + (_costOfExact * counts.Exact);
        return new(best.X, best.Deviation, Confidence(best, found), best.Misfit / _order);
    }

    /// <summary>
    /// σ_n²: the rounding of entries, which is independent of them and averages out over the rows; that of subnormal numbers, which
    /// is too while entries are above their spacing, but below it turns whole orders to 0; and what this program rounds itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Variances(ReadOnlySpan<double> y, Projection.Column column, StorageType storage, ReadOnlySpan<double> factors, Span<double> variance)
    {
        double ownNoise = storage.Size == 2 ? OwnNoiseOf16Bits : OwnNoise;
        double ofRelease = storage.LeastSubnormal * storage.LeastSubnormal / column.Energy; // in units of y², for one row
        for (int n = 0; n < y.Length; n++)
        {
            double spacing = factors.IsEmpty ? ofRelease : ofRelease / (factors[n] * factors[n]);
            double neighbours = Math.Max(n > 0 ? Math.Abs(y[n - 1]) : 0, n + 1 < y.Length ? Math.Abs(y[n + 1]) : 0);
            double own = ownNoise * Math.Max(Math.Abs(y[n]), 0.1 * neighbours);
            double relative = storage.Roundoff * y[n];
            bool isBelowSpacing = y[n] * y[n] < 2 * spacing * column.Rows;
            variance[n] = (relative * relative * column.Spread / 3) + (own * own) + (spacing * (isBelowSpacing ? column.Rows / 4.0 : 1 / 12.0)) + 1e-280;
        }
    }

    /// <summary>How often g_n was evaluated, and how.</summary>
    private struct Counts
    {
        public int BySeries, Exact;
    }

    /// <summary>A column as vectors of orders, from the least on: y_n and 1/σ_n², 0 in lanes left over, and the place of the strongest.</summary>
    private struct Problem
    {
        public Vector512<double>* Y, Precision;
        public int M;
    }

    /// <summary>An x and how it fits.</summary>
    /// <param name="X">x.</param>
    /// <param name="Misfit">−2·ln of its likelihood, by the best possible.</param>
    /// <param name="Deviation">1/√(the information in it), in x.</param>
    /// <param name="Coefficient">g_m(x).</param>
    /// <param name="Slope">g_m′(x).</param>
    private readonly record struct Found(double X, double Misfit, double Deviation, double Coefficient, double Slope)
    {
        /// <summary>The standard deviation of W, relatively, where it is read from order m.</summary>
        public double Vagueness => Slope == 0 ? 0 : Math.Abs(Slope / Coefficient) * Math.Min(Deviation, CandidateCells.Reach);
    }

    /// <summary>The posterior probability that W by the best is right, by Laplace's method: that no other x₀ is, and its own is near enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        double vagueness = best.Vagueness;
        double itsOwn = vagueness < SameW / 6 ? 1 : SpecialFunctions.Erf(SameW / (Math.Sqrt(2) * vagueness));
        return itsOwn / (1 + others);
    }

    /// <summary>
    /// Gauss and Newton's steps from a cell's centre, in α and x of y_n ≈ α·g_n(x), where g_n′ = (n + 1)·g_{n+1}. What is carried from step to
    /// step is α·g_m: where all orders grow as fast as e^x, α itself would be off by more than a step is long. Once they are near, orders that
    /// fit badly weigh less, as under Student's distribution: where g_n is near a simple fraction, all rows are rounded one way. Cautiously, an order is trusted
    /// on the way no further than a step's square leaves it right: of a gated unit with x₀ near 0 several orders vanish, known so closely that α = 0 explains them best.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private Found Refine(Problem problem, double start, int steps, ref Counts counts, bool isCautious = false)
    {
        int vectors = _series.Vectors;
        Vector512<double>* g = stackalloc Vector512<double>[vectors];
        Vector512<double>* rise = stackalloc Vector512<double>[vectors];
        Vector512<double>* y = problem.Y;
        Vector512<double>* precision = problem.Precision;
        double x = start;
        double ofM = ((double*)y)[problem.M]; // what order m is taken to be without its noise
        (double reach, bool isNear) = (LongestStep, false); // how far the last step went
        Found best = new(x, double.PositiveInfinity, double.PositiveInfinity, 0, 0);
        double least = double.PositiveInfinity;
        for (int step = 0; step < steps; step++)
        {
            (counts.BySeries, counts.Exact) = _series.Evaluate(x, g, rise) ? (counts.BySeries + 1, counts.Exact) : (counts.BySeries, counts.Exact + 1);
            double gm = ((double*)g)[problem.M];
            double alpha = ofM / gm;
            (Vector512<double> sumAA, Vector512<double> sumAX, Vector512<double> sumXX) = (default, default, default);
            (Vector512<double> sumAR, Vector512<double> sumXR, Vector512<double> sumRR) = (default, default, default);
            Vector512<double> products = Vector512<double>.One;
            Vector512<double> unsure = Vector512.Create(isCautious && !isNear ? reach * reach * reach * reach * ofM * ofM : 0);
            for (int vector = 0; vector < vectors; vector++)
            {
                Vector512<double> off = y[vector] - (g[vector] * alpha);
                Vector512<double> square = off * off * precision[vector];
                Vector512<double> excess = Vector512<double>.One + (square * (1 / Freedom));
                Vector512<double> weight = isNear ? precision[vector] / excess : isCautious ? precision[vector] / (Vector512<double>.One + (precision[vector] * unsure)) : precision[vector];
                Vector512<double> slope = rise[vector] * alpha;
                sumAA += weight * g[vector] * g[vector];
                sumAX += weight * g[vector] * slope;
                sumXX += weight * slope * slope;
                sumAR += weight * g[vector] * off;
                sumXR += weight * slope * off;
                sumRR += square;
                products *= excess;
            }

            (double aa, double ax, double xx) = (Vector512.Sum(sumAA), Vector512.Sum(sumAX), Vector512.Sum(sumXX));
            (double ar, double xr, double squares) = (Vector512.Sum(sumAR), Vector512.Sum(sumXR), Vector512.Sum(sumRR));
            double product = Product(products); // (1 + r²/4)…: its logarithm is taken once
            double information = xx - (ax * ax / aa);
            double deviation = information > 0 ? 1 / Math.Sqrt(information) : double.PositiveInfinity;
            double move = information > 0 ? (xr - (ax * ar / aa)) / information : 0;
            bool isSmall = !(Math.Abs(move) > Math.Max((isNear ? Settled : Far) * deviation, 1e-15 * Math.Abs(x)));
            bool isLast = isSmall && isNear && !(product > least);
            if (product < least)
            {
                least = product;
                best = new(isLast ? x + move : x, 0, deviation, gm, ((double*)rise)[problem.M]);
            }

            double curvature = move * move * move * move * information; // what a step makes of the misfit beyond the parabola
            bool isHopeless = !isNear && !isCautious && product > _explained && Math.Abs(move) < HopelessStep && squares - (ar * ar / aa) - (move * move * information) > (Hopeless * _order) + (1e4 * curvature) + (1e-6 * squares);
            if (isLast || isHopeless || Math.Abs(x - start) > LongestWay)
            {
                break;
            }

            isNear |= isSmall || step == FarSteps;
            move = Math.Clamp(move, -LongestStep, LongestStep);
            ofM = (alpha + ((ar - (ax * move)) / aa)) * gm + (alpha * ((double*)rise)[problem.M] * move);
            (x, reach) = (x + move, Math.Abs(move));
        }

        return best with { Misfit = (Freedom + 1) * Math.Log(least) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Product(Vector512<double> factors)
    {
        Vector256<double> four = factors.GetLower() * factors.GetUpper();
        Vector128<double> two = four.GetLower() * four.GetUpper();
        return two[0] * two[1];
    }
}
