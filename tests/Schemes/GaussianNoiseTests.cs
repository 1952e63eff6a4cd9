using System.Text.Json.Nodes;
using Expecto;
using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>Estimators on real numbers against closed forms: Gaussian noise on the weights.</summary>
internal static class GaussianNoiseTests
{
    private const int Trials = 100_000;

    /// <summary>Of each interval below; there are fewer than 30, so that all hold but once in 30,000 times.</summary>
    private const double Level = 1 - 1e-6;

    private static readonly double[] _deviations = [0.5, 1, 2];

    private static readonly int[] _queries = [1, 2, 5];

    public static Test All => Suite.Sequenced(Suite.Group(
        "Gaussian noise",
        Suite.Test("the likelihood distinguisher has the closed form, for every σ and q (false alarms below 1e-5 in all)", () =>
        {
            foreach ((double deviation, int queries) in Cases)
            {
                GaussianNoise scheme = new(deviation);
                Inside(Game.WInd(scheme, new Likelihood(scheme), Line4.Resample, queries), GaussianOptimum.Distinguishing(deviation, queries));
            }

            GaussianNoise one = new(1);
            Inside(Game.WInd(one, new Likelihood(one), Line4.Reject), GaussianOptimum.Distinguishing(1, 1));
        }),
        Suite.Test("the nearest weights to the mean have the closed form, for every σ and q (false alarms below 1e-5 in all)", () =>
        {
            foreach ((double deviation, int queries) in Cases)
            {
                GaussianNoise scheme = new(deviation);
                Inside(Game.WRec(scheme, new NearestWeights(scheme), queries), GaussianOptimum.Recovering(deviation, queries));
            }
        }),
        Suite.Test("with one pair and q releases of it the advantage is 2Φ(√q·‖W₀ − W₁‖/2σ) − 1, averaged over pairs (false alarms below 1e-5)", () =>
        {
            foreach ((double deviation, int queries) in Cases)
            {
                GaussianNoise scheme = new(deviation);
                Likelihood likelihood = new(scheme);
                SeededTape tape = new(5);
                long won = 0;
                for (int trial = 0; trial < Trials; trial++)
                {
                    tape.Rewind(trial);
                    bool bit = tape.Coin().Lanes[0];
                    PlaneVector w0 = scheme.Train(tape.For(Procedure.Train));
                    PlaneVector w1 = scheme.AllWeights[(scheme.AllWeights.ToList().IndexOf(w0) + 1 + tape.Draw(3)) % 4];
                    double sum = 0;
                    for (int i = 0; i < queries; i++)
                    {
                        sum += likelihood.LogRatio(w0, w1, scheme.Release(default, bit ? w1 : w0, tape.For(Procedure.Release)), tape);
                    }

                    won += sum > 0 == bit ? 1 : 0;
                }

                Interval interval = Interval.ClopperPearson(won, Trials, Level).OfAdvantage(Notion.WInd);
                double closed = GaussianOptimum.DistinguishingOnePair(deviation, queries);
                Assert.True(interval.Low <= closed && closed <= interval.High, $"σ = {deviation}, q = {queries}: {closed} outside {interval}");
            }
        }),
        Suite.Test("the closed forms agree with tables of Φ, and the two readings of q only at q = 1", () =>
        {
            // Φ(1/2), Φ(1) and Φ(√5/2) from tables.
            Assert.Near(0.6914624613 * 0.8413447461, GaussianOptimum.Recovering(1, 1), 1e-9, "WRec, σ = 1");
            Assert.Near(((2 * 0.6914624613) + (2 * 0.8413447461) + (2 * 0.8682237613) - 3) / 3, GaussianOptimum.Distinguishing(1, 1), 1e-8, "W-IND, σ = 1");
            Assert.Near(GaussianOptimum.Recovering(0.5, 1), GaussianOptimum.Recovering(1, 4), 1e-12, "four releases halve σ");
            Assert.Near(GaussianOptimum.DistinguishingOnePair(0.5, 1), GaussianOptimum.DistinguishingOnePair(1, 4), 1e-12, "likewise for one pair");
            foreach (double deviation in _deviations)
            {
                Assert.Near(GaussianOptimum.DistinguishingOnePair(deviation, 1), GaussianOptimum.Distinguishing(deviation, 1), 1e-12, "one query");
                Assert.True(GaussianOptimum.DistinguishingOnePair(deviation, 5) < GaussianOptimum.Distinguishing(deviation, 5) - 1e-4, "fresh pairs even out the luck of the pair");
            }
        }),
        Suite.Test("exact --optimal prints the closed form, holds bounds against it, and sweeps q", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("exact", "W-IND", "--scheme", "gaussian-noise-1", "--optimal");
            Assert.Equal(0, outcome.Code, outcome.Error);
            Assert.Contains("The value is a closed form.", outcome.Output, "what it is");
            Assert.Contains("0.6007", outcome.Output, "the number");
            JsonNode json = JsonNode.Parse(CommandLine.Run("exact", "WRec", "--scheme", "gaussian-noise-0.5", "--optimal", "--json", "-").Output)!;
            Assert.Near(0.8413447461 * 0.9772498681, json["advantage"]!.GetValue<double>(), 1e-9, "WRec, σ = 1/2");
            Assert.Equal("closed form", json["method"]!.GetValue<string>(), "method");
            JsonArray rows = JsonNode.Parse(CommandLine.Run("exact", "W-IND", "--scheme", "gaussian-noise-2", "--optimal", "--sweep", "q=1..3", "--json", "-").Output)!.AsArray();
            Assert.Near(GaussianOptimum.Distinguishing(2, 3), rows[2]!["advantage"]!.GetValue<double>(), 1e-12, "q = 3");
            foreach ((string bound, string value, int code) in new[] { ("--at-most", "0.61", 0), ("--at-most", "0.6", 1), ("--at-least", "0.6", 0), ("--at-least", "0.61", 1) })
            {
                CommandLine.Outcome asserted = CommandLine.Run("exact", "W-IND", "--scheme", "gaussian-noise-1", "--optimal", bound, value);
                Assert.Equal(code, asserted.Code, $"{bound} {value}");
                Assert.Contains(code == 0 ? "proved" : "refuted", asserted.Output, $"{bound} {value}");
            }
        })));

    private static IEnumerable<(double Deviation, int Queries)> Cases => from deviation in _deviations from queries in _queries select (deviation, queries);

    private static void Inside(Game game, double closed)
    {
        Result result = SampledEvaluator.Evaluate(game, new() { Trials = Trials, Seed = 31, Level = Level, Threads = 1 });
        Interval interval = result.Advantage.Interval;
        Assert.True(interval.Low <= closed && closed <= interval.High, $"{game}: {closed} outside {interval}");
        Assert.True(interval.High - interval.Low < 0.035, $"{game}: {interval} says something");
    }
}
