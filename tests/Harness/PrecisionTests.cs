using Expecto;
using FsCheck.Fluent;
using Wager.Games;
using Wager.Harness.CommandLine;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

internal static class PrecisionTests
{
    public static Test All => Suite.Group(
        "precision",
        Suite.Property(
            "as many trials as are asked for make the interval as short as is wanted, and not many more than it takes",
            Gen.Elements(Notion.WRec, Notion.WInd).SelectMany(notion => Gen.Choose(0, 256).SelectMany(wins => Gen.Elements(true, false).Select(isClose => (notion, wins, isClose)))).ToArbitrary(),
            drawn =>
            {
                const double Level = 0.999;
                long trials = Precision.TrialsFor(drawn.notion, drawn.wins, 256, drawn.isClose, Level);
                double wanted = drawn.isClose ? Precision.WantedCloseTo1 : Precision.Wanted;
                bool mayBeACoin = drawn.notion.Kind == Kind.Decision && Interval.ClopperPearson(drawn.wins, 256, Level) is { Low: < 0.5, High: > 0.5 };
                Assert.True(trials == 100_000 || HalfLength(trials) <= (mayBeACoin ? 1.25 : 1) * wanted, FormattableString.Invariant($"{drawn}: ±{HalfLength(trials)} after {trials} trials"));
                Assert.True(trials < 300 || 2 * HalfLength(trials / 4) > wanted, FormattableString.Invariant($"{drawn}: {trials} trials, though a quarter of them would have done"));

                double HalfLength(long count)
                {
                    Interval interval = Interval.ClopperPearson((long)Math.Round(drawn.wins / 256.0 * count), count, Level).OfAdvantage(drawn.notion);
                    return (interval.High - interval.Low) / 2;
                }
            }),
        Suite.Test("a pilot has coins of its own, and a second one where the first leaves open whether the advantage is close to 1", () =>
        {
            LaneScheme scheme = new(3);
            Sampling sampling = new() { Trials = 200, Seed = 5, Level = 0.99 };
            foreach ((Game game, int pilots) in new[] { (Game.WRec(scheme, new LaneRecoverer(scheme, 3)), 1), (Game.Differing(new LaneScheme(40)), 2), (Game.Differing(new LaneScheme(1 << 30)), 1) })
            {
                List<Sampling> asked = [];
                Sampling chosen = Precision.For(game, sampling, (each, by) =>
                {
                    asked.Add(by);
                    return SampledEvaluator.Evaluate(each, by);
                });
                Assert.Equal(pilots, asked.Count, $"{game}: pilots");
                Assert.Equal(pilots + 1, asked.Select(by => by.Seed).Append(sampling.Seed).Distinct().Count(), $"{game}: seeds");
                Assert.Equal(sampling, chosen with { Trials = sampling.Trials }, $"{game}: nothing else changes");
                Interval interval = SampledEvaluator.Evaluate(game, chosen).Advantage.Interval;
                Assert.True((interval.High - interval.Low) / 2 <= Precision.Wanted, $"{game}: {interval} after {chosen.Trials} trials, seed 5");
            }
        }));
}
