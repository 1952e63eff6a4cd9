using System.Numerics;
using Expecto;
using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

internal static class IntervalTests
{
    private static readonly Arbitrary<(int Trials, int Wins, int Level)> _counts = Arb.From(
        from trials in Gen.Choose(1, 120)
        from wins in Gen.Choose(0, trials)
        from level in Gen.Elements(500, 900, 950, 999)
        select (trials, wins, level));

    public static Test All => Suite.Group(
        "intervals",
        Suite.Property("Clopper–Pearson's ends are where the exact binomial tails are (1 − level)/2", _counts, c =>
        {
            double tail = (1 - (c.Level / 1000.0)) / 2;
            Interval interval = Interval.ClopperPearson(c.Wins, c.Trials, c.Level / 1000.0);
            if (c.Wins > 0)
            {
                Assert.Near(tail, Tail(c.Trials, c.Wins, interval.Low), 1e-6 * tail * c.Trials, "Pr[at least as many wins] at the lower end");
            }
            else
            {
                Assert.Equal(0.0, interval.Low, "the lower end of no wins");
            }

            if (c.Wins < c.Trials)
            {
                Assert.Near(1 - tail, Tail(c.Trials, c.Wins + 1, interval.High), 1e-6 * tail * c.Trials, "Pr[more wins] at the upper end");
            }
            else
            {
                Assert.Equal(1.0, interval.High, "the upper end of all wins");
            }
        }),
        Suite.Test("whatever p is, the interval contains it with at least its level (an exact sum, no sampling)", () =>
        {
            foreach (int trials in new[] { 1, 7, 40 })
            {
                foreach (Fraction p in new Fraction[] { 0, new(1, 1_000_000), new(1, 20), new(1, 3), new(1, 2), new(99, 100), 1 })
                {
                    double covered = 0;
                    for (int wins = 0; wins <= trials; wins++)
                    {
                        Interval interval = Interval.ClopperPearson(wins, trials, 0.95);
                        covered += interval.Low <= p.ToDouble() && p.ToDouble() <= interval.High
                            ? Double(Binomial(trials, wins) * Power(p, wins) * Power(1 - p, trials - wins))
                            : 0;
                    }

                    Assert.True(covered >= 0.95 - 1e-12, $"{trials} trials, p = {p}: covered with {covered}");
                }
            }
        }),
        Suite.Test("large counts keep their precision", () =>
        {
            // Ends by solving the binomial tail in closed form; the interval must contain them, and by no more than rounding.
            static void Ends(long wins, long trials, double low, double high)
            {
                Interval interval = Interval.ClopperPearson(wins, trials, 0.95);
                Assert.True(interval.Low <= low && low * (1 - 1e-6) <= interval.Low, $"{wins} of {trials}: {interval.Low:R} instead of {low:R}");
                Assert.True(interval.High >= high && high * (1 + 1e-6) >= interval.High, $"{wins} of {trials}: {interval.High:R} instead of {high:R}");
            }

            Ends(1, 10_000_000, 2.5317807984289896e-09, 5.571642117360731e-07); // 1 − 0.975^(1/n), and (1−p)ⁿ + n·p·(1−p)ⁿ⁻¹ = 0.025
            Ends(0, 1_000_000_000, 0, 3.68887944731e-09); // 1 − 0.025^(1/n)
            Interval half = Interval.ClopperPearson(5_000_000, 10_000_000, 0.95);
            Assert.Near(0.5 + (1.959964 * Math.Sqrt(0.25e-7)) + 0.5e-7, half.High, 1e-7, "half of ten million: the normal limit");
            Assert.Near(1, half.Low + half.High, 1e-9, "and symmetric");
        }),
        Suite.Test("no trials say nothing", () => Assert.Equal(new Interval(0, 1), Interval.ClopperPearson(0, 0, 0.95), "interval")),
        Suite.Test("counts and levels that are none are refused", () =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Interval.ClopperPearson(2, 1, 0.95), "more wins than trials");
            Assert.Throws<ArgumentOutOfRangeException>(() => Interval.ClopperPearson(-1, 1, 0.95), "wins below 0");
            foreach (double level in new[] { 0, 1, 1.5, -0.1, double.NaN })
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => Interval.ClopperPearson(1, 2, level), $"level {level}");
            }
        }),
        Suite.Test("the kind fixes the advantage: never winning is 0 in a search, and 1 in a decision", () =>
        {
            Assert.Equal(0.0, Notion.WRec.Advantage(0.0), "search");
            Assert.Equal(1.0, Notion.WInd.Advantage(0.0), "decision: whoever is always wrong, knows");
            Assert.Equal(new Ratio(1, 3), Notion.EffInf.Advantage(new Ratio(1, 3)), "search");
            Assert.Equal(new Ratio(1, 3), Notion.WInd.Advantage(new Ratio(1, 3)), "decision, below ½");
            Assert.Equal(new Ratio(1, 3), Notion.WInd.Advantage(new Ratio(2, 3)), "decision, above ½");
            Assert.Equal(new Interval(0, 0.5), new Interval(0.25, 0.6).OfAdvantage(Notion.WInd), "an interval around ½ contains advantage 0");
            Assert.Equal(new Interval(0.25, 0.5), new Interval(0.625, 0.75).OfAdvantage(Notion.WInd), "above ½");
            Assert.Equal(new Interval(0.25, 0.5), new Interval(0.25, 0.375).OfAdvantage(Notion.WInd), "below ½");
        }),
        Suite.Test("verdicts", () =>
        {
            Verdict Judged(string scheme, Notion notion, string? adversary, double epsilon, long? trials = null)
            {
                Game game = Wager.Testing.Catalog.SchemeCatalog.Find(scheme).Game(notion, adversary);
                Result result = trials is { } n ? SampledEvaluator.Evaluate(game, new() { Trials = n }) : Assert.Exactly(game);
                return new Bound(Fraction.FromDouble(epsilon), "ε").Of(result);
            }

            Assert.Equal(Verdict.Proved, Judged("uniform-4", Notion.WRec, "constant", 0.25), "exactly at the bound");
            Assert.Equal(Verdict.Refuted, Judged("uniform-4", Notion.WRec, "constant", 0.249), "exactly above it");
            Assert.Equal(Verdict.Inconclusive, Judged("uniform-4", Notion.WRec, "constant", 0.25, 200), "sampled at the bound");
            Assert.Equal(Verdict.Supported, Judged("uniform-4", Notion.WRec, "constant", 0.5, 200), "sampled well below: supported, never proved");
            Assert.Equal(Verdict.Refuted, Judged("uniform-4", Notion.WRec, "constant", 0.05, 200), "sampled well above");
            Assert.Equal(Verdict.Proved, Judged("clear", Notion.EffInf, "eq8(recovery)", 0.05), "a win over the budget is none");
            Assert.Equal(Verdict.Proved, Judged("clear", Notion.Correctness, null, 0), "correct");
            Assert.Equal(Verdict.Supported, Judged("clear", Notion.Correctness, null, 0.05, 200), "never seen to fail in 200 trials");
            Assert.Equal(Verdict.Inconclusive, Judged("clear", Notion.Correctness, null, 0.05, 1), "nor in one, which says little");
            Assert.Equal(Verdict.Refuted, Judged("constant-release-0.999", Notion.Correctness, null, 0), "one failure in a thousand is one");
            Assert.Equal(
                Verdict.Supported, Verdicts.OfNotion(Notion.WRec, [Verdict.Proved, Verdict.Proved]), "proved for some adversaries is support, no proof");
            Assert.Equal(Verdict.Refuted, Verdicts.OfNotion(Notion.WRec, [Verdict.Proved, Verdict.Inconclusive, Verdict.Refuted]), "one suffices");
            Assert.Equal(Verdict.Proved, Verdicts.OfNotion(Notion.Correctness, [Verdict.Proved]), "Correctness has no adversaries");
        }));

    /// <summary>Pr[at least so many wins], with p an exact fraction.</summary>
    private static double Tail(int trials, int wins, double p)
    {
        Fraction exact = Fraction.FromDouble(p);
        Fraction sum = 0;
        for (int k = wins; k <= trials; k++)
        {
            sum += Binomial(trials, k) * Power(exact, k) * Power(1 - exact, trials - k);
        }

        return Double(sum);
    }

    /// <summary>A fraction as a double; the library's own conversion overflows beyond 308 digits.</summary>
    private static double Double(Fraction fraction) => (double)(fraction.Numerator * BigInteger.Pow(10, 18) / fraction.Denominator) / 1e18;

    private static Fraction Power(Fraction p, int exponent) => exponent == 0 ? Fraction.One : Fraction.Pow(p, exponent);

    private static BigInteger Binomial(int n, int k)
    {
        BigInteger result = 1;
        for (int i = 0; i < k; i++)
        {
            result = result * (n - i) / (i + 1);
        }

        return result;
    }
}
