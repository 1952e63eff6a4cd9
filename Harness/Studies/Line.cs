using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Wager.Harness.Studies;

/// <summary>A straight line through points: y = intercept + slope·x, by least squares.</summary>
/// <param name="Slope">The slope.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">The upper end of its interval.</param>
/// <param name="Residual">The largest distance of a point from the line.</param>
public sealed record Line(double Slope, double Low, double High, double Residual)
{
    /// <summary>
    /// A line through at least three points. Guarantee: where the points are a line with independent normal errors of one variance, the
    /// interval contains its slope with probability level. Counted costs have no such errors: there it tells how far they are from a line.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="level">The confidence level, above 0 and below 1.</param>
    /// <returns>The line, or null where fewer than three points have different x.</returns>
    public static Line? Through(IEnumerable<(double X, double Y)> points, double level)
    {
        (double X, double Y)[] all = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        if (all.Select(point => point.X).Distinct().Count() < 3)
        {
            return null;
        }

        double[] x = [.. all.Select(point => point.X)];
        double[] y = [.. all.Select(point => point.Y)];
        (double intercept, double slope) = Fit.Line(x, y);
        double middle = x.Average();
        double spread = x.Sum(each => (each - middle) * (each - middle));
        double[] residuals = [.. all.Select(point => point.Y - intercept - (slope * point.X))];
        double error = Math.Sqrt(residuals.Sum(r => r * r) / (x.Length - 2) / spread);
        double half = StudentT.InvCDF(0, 1, x.Length - 2, 1 - ((1 - level) / 2)) * error;
        return new(slope, slope - half, slope + half, residuals.Max(Math.Abs));
    }

    /// <summary>The exponent k of a power law y ~ xᵏ: the slope in logarithms. What is not positive has none, and is left out.</summary>
    /// <param name="points">The points.</param>
    /// <param name="level">The confidence level.</param>
    public static Line? Exponent(IEnumerable<(double X, double Y)> points, double level) =>
        Through(points.Where(point => point.X > 0 && point.Y > 0).Select(point => (Math.Log2(point.X), Math.Log2(point.Y))), level);
}
