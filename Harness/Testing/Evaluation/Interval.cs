using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>An interval of probabilities or advantages, ends included, within [0, 1].</summary>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>The ends are moved outward by this part of their distance from 0 or 1: what rounding may have cost, and more.</summary>
    private const double Margin = 1e-7;

    /// <summary>
    /// The interval of Clopper and Pearson (1934) for a probability p. Guarantee: whatever p is, over independent trials whose
    /// number was fixed beforehand, the interval contains p with probability at least <paramref name="level"/>.
    /// </summary>
    /// <param name="wins">Trials won, 0 … <paramref name="trials"/>.</param>
    /// <param name="trials">Trials played; with none the interval is [0, 1].</param>
    /// <param name="level">The confidence level, above 0 and below 1.</param>
    public static Interval ClopperPearson(long wins, long trials, double level)
    {
        RequireCounts(wins, trials, level);
        double tail = (1 - level) / 2;
        double low = wins == 0 ? 0 : Quantile(wins, trials - wins + 1, tail).Low;
        double high = wins == trials ? 1 : Quantile(wins + 1, trials - wins, 1 - tail).High;
        return Outward(low, high);
    }

    /// <summary>
    /// The confidence sequence for a probability p from the mixture of binomial likelihoods over Jeffreys' prior, Beta(½, ½) (Robbins 1970).
    /// Guarantee: whatever p is, with probability at least <paramref name="level"/> the intervals after 1, 2, 3, … independent trials contain
    /// it all at once, so that one may look after each and stop when one likes.
    /// </summary>
    /// <remarks>
    /// It holds the p whose likelihood is above (1 − level) times the mixture's: that ratio is a martingale of mean 1, and Ville's
    /// inequality bounds how likely it is ever to exceed 1 / (1 − level).
    /// </remarks>
    /// <param name="wins">Trials won, 0 … <paramref name="trials"/>.</param>
    /// <param name="trials">Trials played; with none the interval is [0, 1].</param>
    /// <param name="level">The confidence level, above 0 and below 1.</param>
    public static Interval Anytime(long wins, long trials, double level)
    {
        RequireCounts(wins, trials, level);
        if (trials == 0)
        {
            return new(0, 1);
        }

        double losses = trials - wins;
        double mixture = LogBeta(wins + 0.5, losses + 0.5) - LogBeta(0.5, 0.5);
        double rounding = 1e-14 * (1 + (trials * Math.Log(trials + 1.0))); // of logarithms of gamma functions this large
        double most = rounding - Math.Log(1 - level);
        bool Holds(double p) => mixture - (wins == 0 ? 0 : wins * Math.Log(p)) - (losses == 0 ? 0 : losses * double.LogP1(-p)) < most;

        double rate = (double)wins / trials;
        double low = wins == 0 ? 0 : Bisect(0, rate, p => !Holds(p)).Low;
        double high = losses == 0 ? 1 : Bisect(rate, 1, Holds).High;
        return Outward(low, high);
    }

    /// <summary>
    /// Encloses the point at which the regularised incomplete beta function I(a, b) is p. The library's own quantile stops at an
    /// absolute error, which for one win in ten million is the sixth digit; it is where a bisection starts.
    /// </summary>
    private static Interval Quantile(double a, double b, double p)
    {
        double start = Beta.InvCDF(a, b, p);
        double low = Math.Max(0, start * 0.99);
        double high = Math.Min(1, start * 1.01);
        low = SpecialFunctions.BetaRegularized(a, b, low) <= p ? low : 0;
        high = SpecialFunctions.BetaRegularized(a, b, high) >= p ? high : 1;
        return Bisect(low, high, middle => SpecialFunctions.BetaRegularized(a, b, middle) <= p);
    }

    /// <summary>Encloses the point between two numbers up to which something holds.</summary>
    private static Interval Bisect(double low, double high, Func<double, bool> holds)
    {
        for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            (low, high) = holds(middle) ? (middle, high) : (low, middle);
        }

        return new(low, high);
    }

    private static Interval Outward(double low, double high) =>
        new(low - (Margin * Math.Min(low, 1 - low)), high + (Margin * Math.Min(high, 1 - high)));

    private static double LogBeta(double a, double b) => SpecialFunctions.GammaLn(a) + SpecialFunctions.GammaLn(b) - SpecialFunctions.GammaLn(a + b);

    private static void RequireCounts(long wins, long trials, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wins);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wins, trials);
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), "a confidence level lies above 0 and below 1");
        }
    }

    /// <summary>The interval of the advantage, where this is the interval of the probability of winning.</summary>
    /// <remarks>The advantage is a function of that probability, so the level stays the same.</remarks>
    public Interval OfAdvantage(Notion notion)
    {
        double atLow = notion.Advantage(Low);
        double atHigh = notion.Advantage(High);
        bool containsZero = notion.Kind == Kind.Decision && Low <= 0.5 && High >= 0.5;
        return new(containsZero ? 0 : Math.Min(atLow, atHigh), Math.Max(atLow, atHigh));
    }
}
