using Expecto;
using Fractions;
using MathNet.Numerics.Distributions;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.SelfTest;

namespace Wager.Tests;

/// <summary>
/// Each guarantee that a docstring states, simulated over thousands of seeded runs. A test here fails by chance with probability 1e-6 at
/// most where the guarantee is just kept; the seeds are fixed, so it fails always or never.
/// </summary>
internal static class GuaranteeTests
{
    private const double Level = 0.9;

    /// <summary>Probabilities of winning: 0, tiny, ½, 1, and what lies between.</summary>
    private static readonly (int Numerator, int Denominator)[] _probabilities = [(0, 1), (1, 1000), (1, 20), (1, 2), (9, 10), (1, 1)];

    public static Test All => Suite.Group(
        "guarantees",
        Suite.Test("Clopper–Pearson's interval contains the advantage with at least its level", () =>
        {
            foreach ((int numerator, int denominator) in _probabilities)
            {
                foreach (Game game in new[] { Planted.WRec(numerator, denominator), Planted.WInd(numerator, denominator) })
                {
                    double advantage = Assert.Exact(game).ToDouble();
                    HeldInEnough(game.ToString(), 3000, seed => Contains(
                        SampledEvaluator.Evaluate(game, new() { Trials = 60, Seed = seed, Level = Level, Threads = 1, Timeout = null }).Advantage.Interval, advantage));
                }
            }
        }),
        Suite.Test("the confidence sequence contains it after every trial at once, under constant peeking", () =>
        {
            foreach ((int numerator, int denominator) in _probabilities)
            {
                double p = (double)numerator / denominator;
                HeldInEnough($"p = {p}", 1000, seed => Peeks(seed, p, Interval.Anytime));
            }
        }),
        Suite.Test("the same simulation catches an interval that may not be peeked at", () =>
        {
            int held = Enumerable.Range(0, 300).Count(seed => Peeks((ulong)seed, 0.5, Interval.ClopperPearson));
            Assert.True(held < 0.8 * 300, $"Clopper–Pearson's, peeked at after every trial, held in {held} of 300 runs at level {Level}");
        }),
        Suite.Test("a bound that holds is refuted with at most 1 − level, however early it stops", () =>
        {
            Game game = Planted.WRec(1, 20);
            Bound atMost = new(new Fraction(1, 20), "1/20");
            Bound atLeast = new(new Fraction(1, 20), "1/20", Side.AtLeast);
            foreach (Bound bound in new[] { atMost, atLeast })
            {
                HeldInEnough($"{bound}, with advantage 1/20", 1500, seed => bound.Of(SampledEvaluator.Evaluate(
                    game, new() { Trials = 400, Seed = seed, Level = Level, Threads = 1, Timeout = null, Until = bound })) != Verdict.Refuted);
            }
        }),
        Suite.Test("the intervals of one card hold all together with at least the level", () =>
        {
            Game[] games = [.. SchemeCatalog.Find("noisy-bit").AllGames(new())];
            (Game Game, Result Exact)[] known = [.. games.Select(game => (game, Assert.Exactly(game)))];
            HeldInEnough("noisy-bit's card", 400, seed => known.All(each =>
            {
                Result sampled = SampledEvaluator.Evaluate(each.Game, new Sampling { Trials = 40, Seed = seed, Level = Level, Threads = 1, Timeout = null }.ForEach(games));
                return Contains(sampled.Advantage.Interval, each.Exact.Advantage.Value)
                    && (sampled.WithinBudget is not { } within || Contains(within.Interval, each.Exact.WithinBudget!.Value));
            }));
        }),
        Suite.Test("the interval of the adversary that a search picked holds, and would not on the search's own trials", () =>
        {
            Game[] games = [.. Enumerable.Range(0, 20).Select(i => Game.WRec(new OneBitPad(), new LateGuess(i)))];
            int Held(bool apart) => Enumerable.Range(0, 1500).Count(seed =>
            {
                Sampling confirmation = new() { Trials = 50, Seed = (ulong)seed, Level = Level, Threads = 1, Timeout = null };
                Sampling search = apart ? confirmation.ForSearch(1000) : confirmation;
                Game best = games.MaxBy(game => SampledEvaluator.Evaluate(game, search).Advantage.Value)!;
                return Contains(SampledEvaluator.Evaluate(best, confirmation).Advantage.Interval, 0.5);
            });
            Assert.True(Held(apart: true) >= Fewest(1500), "on coins of its own");
            Assert.True(Held(apart: false) < 0.75 * 1500, "on the coins of the search it would fail");
        }),
        Suite.Test("a line's interval contains its slope with its level", () =>
        {
            int held = Enumerable.Range(0, 3000).Count(seed =>
            {
                IEnumerable<(double X, double Y)> points = Enumerable.Range(1, 8)
                    .Select(x => ((double)x, 3 - (0.7 * x) + Normal.InvCDF(0, 2, Coins.Unit((ulong)seed, (ulong)x))));
                Line line = Line.Through(points, Level)!;
                return line.Low <= -0.7 && -0.7 <= line.High;
            });
            int most = Enumerable.Range(0, 3001).First(k => Binomial.CDF(Level, 3000, k) > 1 - 1e-6);
            Assert.True(held >= Fewest(3000) && held <= most, $"held in {held} of 3000");
            Line exact = Line.Exponent(Enumerable.Range(1, 9).Select(n => ((double)n, 5.0 * n * n * n)), 0.95)!;
            Assert.Near(3, exact.Slope, 1e-12, "the exponent of 5·n³");
            Assert.Near(0, exact.High - exact.Low, 1e-9, "whose interval is a point");
            Assert.True(Line.Exponent([(1, 0), (2, 5), (3, 7), (0, 9)], 0.95) is null, "two points that have logarithms are too few");
        }),
        Suite.Test("stopping early on advantage 0.1 against the bound 0.01: fewer trials than a test of fixed size, more than any test needs", () =>
        {
            // The best fixed size at the same error probabilities, 5 % each, by exact binomial tails.
            int one = FixedSize(0.01, 0.1);
            int two = FixedSize(0.01, 0.02);
            Assert.Equal((61, 1567), (one, two), "trials of the fixed-size test with 95 % power at 0.1, and at 0.02");
            double information = (0.1 * Math.Log(0.1 / 0.01)) + (0.9 * Math.Log(0.9 / 0.99));
            double wald = ((0.95 * Math.Log(0.95 / 0.05)) + (0.05 * Math.Log(0.05 / 0.95))) / information;
            Game game = Planted.WRec(1, 10);
            Bound bound = new(new Fraction(1, 100), "0.01");
            long[] trials = [.. Enumerable.Range(0, 2000).Select(seed => SampledEvaluator.Evaluate(
                game, new() { Trials = 5000, Seed = (ulong)seed, Threads = 1, Timeout = null, Until = bound })).Select(result =>
                {
                    Assert.Equal(Verdict.Refuted, bound.Of(result), $"seed {result.Seed}");
                    return result.Trials!.Value;
                })];
            Assert.True(trials.Average() > wald, $"{trials.Average()} trials in the mean are more than Wald's bound {wald}, which no test can beat");
            Assert.True(trials.Average() < 0.65 * one, $"{trials.Average()} trials in the mean, of {one}");
            Assert.True(trials.Average() < 0.1 * two, $"{trials.Average()} trials in the mean, of {two}");
        }),
        Suite.Test("where a bound is decided does not depend on the threads", () =>
        {
            foreach ((Game game, Bound bound) in new[] { (Planted.WRec(1, 10), new Bound(new Fraction(1, 100), "0.01")), (Planted.WInd(3, 4), new Bound(new Fraction(2, 5), "0.4")), (Planted.WRec(1, 20), new Bound(new Fraction(3, 50), "0.06")) })
            {
                string[] ends = [.. new[] { 1, 2, 5 }.Select(threads => SampledEvaluator.Evaluate(game, new() { Trials = 100_000, Threads = threads, Until = bound }).ToString())];
                Assert.Equal(1, ends.Distinct().Count(), string.Join(" | ", ends));
            }
        }),
        Suite.Test("the confidence sequence of known counts", () =>
        {
            // No win in n: the likelihood (1 − p)ⁿ meets α times B(½, n + ½)/B(½, ½).
            Assert.Equal(0.0, Interval.Anytime(0, 10, 0.95).Low, "none of ten");
            double mixture = Enumerable.Range(1, 10).Aggregate(1.0, (product, i) => product * ((2 * i) - 1) / (2 * i));
            Assert.Near(1 - Math.Pow(0.05 * mixture, 0.1), Interval.Anytime(0, 10, 0.95).High, 1e-6, "none of ten");
            Interval all = Interval.Anytime(10, 10, 0.95);
            Assert.Near(Interval.Anytime(0, 10, 0.95).High, 1 - all.Low, 1e-12, "and all of ten, mirrored");
            Assert.Equal(1.0, all.High, "all of ten");
            Assert.Equal(new Interval(0, 1), Interval.Anytime(0, 0, 0.95), "none of none");
            Interval large = Interval.Anytime(5_000_000_000, 10_000_000_000, 0.95);
            Assert.True(large.Low is > 0.49995 and < 0.5 && large.High is > 0.5 and < 0.50005, $"{large} of ten thousand million");
            foreach ((long wins, long trials) in new[] { (3L, 2L), (-1L, 2L) })
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Anytime(wins, trials, 0.95), "counts that are none");
            }
        }));

    private static bool Contains(Interval interval, double value) => interval.Low <= value + 1e-12 && value - 1e-12 <= interval.High;

    /// <summary>Whether the interval holds after each of 250 trials of probability p.</summary>
    private static bool Peeks(ulong seed, double p, Func<long, long, double, Interval> interval)
    {
        long wins = 0;
        for (long trials = 1; trials <= 250; trials++)
        {
            wins += Coins.Unit(seed, (ulong)trials) < p ? 1 : 0;
            if (!Contains(interval(wins, trials, Level), p))
            {
                return false;
            }
        }

        return true;
    }

    private static void HeldInEnough(string what, int runs, Func<ulong, bool> holds)
    {
        int held = Enumerable.Range(0, runs).Count(seed => holds((ulong)seed));
        Assert.True(held >= Fewest(runs), $"{what}: held in {held} of {runs} runs, at level {Level}");
    }

    /// <summary>Fewer successes than this have probability 1e-6 at most where each has the level.</summary>
    private static int Fewest(int runs) => Enumerable.Range(0, runs).First(k => Binomial.CDF(Level, runs, k) > 1e-6);

    /// <summary>The fewest trials at which a test of "p ≤ null" has level and power 95 %.</summary>
    private static int FixedSize(double at, double alternative)
    {
        for (int trials = 1; ; trials++)
        {
            int critical = 0;
            while (1 - Binomial.CDF(at, trials, critical - 1) > 0.05)
            {
                critical++;
            }

            if (1 - Binomial.CDF(alternative, trials, critical - 1) >= 0.95)
            {
                return trials;
            }
        }
    }

    /// <summary>A guess from a later coin, so that twenty of them are twenty.</summary>
    private sealed record LateGuess(int Coins) : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            for (int i = 0; i < Coins; i++)
            {
                tape.Coin();
            }

            return tape.Draw(2);
        }
    }
}
