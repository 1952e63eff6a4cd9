using MathNet.Numerics.Distributions;
using Wager.Games;

namespace Wager.Harness.Evaluation;

/// <summary>An interval of probabilities or advantages, ends included, within [0, 1].</summary>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>
    /// The interval of Clopper and Pearson (1934) for a probability p. Guarantee: whatever p is, over independent trials whose
    /// number was fixed beforehand, the interval contains p with probability at least <paramref name="level"/>.
    /// </summary>
    /// <param name="wins">Trials won, 0 … <paramref name="trials"/>.</param>
    /// <param name="trials">Trials played; with none the interval is [0, 1].</param>
    /// <param name="level">The confidence level, above 0 and below 1.</param>
    public static Interval ClopperPearson(long wins, long trials, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wins);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wins, trials);
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), "a confidence level lies above 0 and below 1");
        }

        double tail = (1 - level) / 2;
        double low = wins == 0 ? 0 : wins == trials ? Math.Pow(tail, 1.0 / trials) : Beta.InvCDF(wins, trials - wins + 1, tail);
        double high = wins == trials ? 1 : wins == 0 ? 1 - Math.Pow(tail, 1.0 / trials) : Beta.InvCDF(wins + 1, trials - wins, 1 - tail);
        return new(low, high);
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
