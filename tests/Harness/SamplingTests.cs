using System.Globalization;
using Expecto;
using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

internal static class SamplingTests
{
    private static readonly Game[] _games =
    [
        SchemeCatalog.Find("uniform-3").Game(Notion.WRec, "guess"),
        SchemeCatalog.Find("constant-release").Game(Notion.WInd, "function-compare"),
        SchemeCatalog.Find("one-bit-pad").Game(Notion.EffInf, "eq8(guess)"),
    ];

    public static Test All => Suite.Group(
        "sampling",
        Suite.Test("who listens to trials and throws is heard, whichever trial it was", () =>
        {
            for (long last = 0; last < 8; last++)
            {
                void Listen(long trial, bool isWon) => Assert.True(trial != last, "heard");
                Assert.Throws<FailedException>(() => SampledEvaluator.Evaluate(_games[0], new() { Trials = 4096, Threads = 1 }, observe: Listen), $"trial {last}");
            }
        }),
        Suite.Test("same seed, same tally on 1, 2 and 5 threads", () =>
        {
            foreach (Game game in _games)
            {
                string[] tallies = [.. new[] { 1, 2, 5 }.Select(threads => Tally(SampledEvaluator.Evaluate(game, new() { Trials = 30_001, Threads = threads })))];
                Assert.Equal(1, tallies.Distinct().Count(), $"{game}: {string.Join(" | ", tallies)}");
            }
        }),
        Suite.Test("same seed, same tally in two processes", () =>
        {
            string[] arguments = ["play", "WRec", "--scheme", "uniform-3", "--adversary", "guess", "--trials", "50000", "--seed", "9", "--json", "-"];
            string here = CommandLine.Run(arguments).Output;
            CommandLine.Outcome there = CommandLine.RunInProcess(arguments);
            Assert.Equal(Json(here, "wins"), Json(there.Output, "wins"), "wins");
            Assert.True(int.Parse(Json(here, "wins"), CultureInfo.InvariantCulture) > 0, "some are won");
        }),
        Suite.Test("another seed, another tally", () => Assert.True(
            Tally(SampledEvaluator.Evaluate(_games[0], new() { Trials = 30_001, Seed = 1 }))
                != Tally(SampledEvaluator.Evaluate(_games[0], new() { Trials = 30_001, Seed = 2 })),
            "seeds 1 and 2 won as often")),
        Suite.Test("metering on or off changes nothing", () =>
        {
            foreach (Game game in _games)
            {
                Result on = SampledEvaluator.Evaluate(game, new() { Trials = 20_000 });
                Result off = SampledEvaluator.Evaluate(game, new() { Trials = 20_000, Metered = false });
                Assert.Equal(on.Wins, off.Wins, $"{game}: wins");
                Assert.Equal(0, off.Cost.Count, $"{game}: costs when off");
            }
        }),
        Suite.Test("a replayed trial is the trial: the tally is the sum of its replays", () =>
        {
            foreach (Game game in _games)
            {
                const int Trials = 500;
                long wins = Enumerable.Range(0, Trials).Count(trial => SampledEvaluator.Replay(game, 4, trial).Won);
                Assert.Equal(SampledEvaluator.Evaluate(game, new() { Trials = Trials, Seed = 4 }).Wins!.Value, wins, $"{game}: wins");
                for (int trial = 1; trial < 100; trial++)
                {
                    long before = SampledEvaluator.Evaluate(game, new() { Trials = trial, Seed = 4 }).Wins!.Value;
                    long after = SampledEvaluator.Evaluate(game, new() { Trials = trial + 1, Seed = 4 }).Wins!.Value;
                    Assert.Equal(after - before == 1, SampledEvaluator.Replay(game, 4, trial).Won, $"{game}: trial {trial}");
                }
            }
        }),
        Suite.Test("a replay tells what every procedure returned", () =>
        {
            (bool won, Transcript transcript, _) = SampledEvaluator.Replay(_games[0], 1, 7);
            Assert.Equal("Train KGen Release Adversary", string.Join(' ', transcript.Entries.Select(e => e.Procedure)), "calls");
            Assert.Equal(won, transcript.Entries[0].Value == transcript.Entries[^1].Value, "W* = W exactly where it is won");
        }),
        Suite.Test("a stopped run is the run of its first trials", () =>
        {
            using CancellationTokenSource stop = new();
            Game game = Game.WRec(new Schemes.Uniform(2), new Adversaries.GuessRecoverer<int, int, int, int, NoKey, NoKey>(new Schemes.Uniform(2)));
            void StopAfterSome(double part) // of all trials the first, however the threads take turns
            {
                if (part >= 0.003)
                {
                    stop.Cancel();
                }
            }

            Result part = SampledEvaluator.Evaluate(game, new() { Trials = 10_000_000, Threads = 2 }, StopAfterSome, cancellation: stop.Token);
            Assert.True(part.Stopped && part.Trials is >= 30_000 and < 10_000_000, $"stopped after {part.Trials}");
            Result whole = SampledEvaluator.Evaluate(game, new() { Trials = part.Trials!.Value, Threads = 1 });
            Assert.Equal(whole.Wins, part.Wins, "wins");
        }),
        Suite.Test("an adversary that throws loses a search, and tosses a coin in a decision", () =>
        {
            Schemes.Uniform scheme = new(2);
            Result search = SampledEvaluator.Evaluate(Game.WRec(scheme, new ThrowingRecoverer()), new() { Trials = 2_000 });
            Assert.Equal(0L, search.Wins!.Value, "wins");
            Assert.Equal(2_000.0, search.Broken, "broken");
            Assert.Contains("throwing-recoverer threw DivideByZeroException", search.FirstFault!, "the reason");
            Game decision = Game.WInd(scheme, new ThrowingDistinguisher());
            Result exact = Assert.Exactly(decision);
            Assert.Equal(Fractions.Fraction.Zero, exact.Advantage.Exact!.Value, "the advantage of always throwing");
            Assert.Equal(1.0, exact.Broken, "the probability of breaking");
            Result sampled = SampledEvaluator.Evaluate(decision, new() { Trials = 20_000, Level = 1 - 1e-6 });
            Assert.True(sampled.Advantage.Interval.Low <= 0, $"sampled in [{sampled.Advantage.Interval.Low}, …] (false alarm 1e-6)");
        }),
        Suite.Test("an adversary that cancels something of its own is broken, and does not stop the run", () =>
        {
            Result result = SampledEvaluator.Evaluate(Game.WRec(new Schemes.Uniform(2), new CancellingRecoverer()), new() { Trials = 50 });
            Assert.Equal((50L, 50.0, false), (result.Trials!.Value, result.Broken, result.Stopped), "trials, broken, stopped");
        }),
        Suite.Test("stopped before the first trial ends, nothing is known and nothing was spent", () =>
        {
            using CancellationTokenSource stop = new();
            Game game = Game.EffInf(new Schemes.Uniform(2), new StoppingAccelerator(stop));
            Result result = SampledEvaluator.Evaluate(game, new() { Trials = 50, Threads = 1 }, cancellation: stop.Token);
            Assert.Equal((0L, true, 0), (result.Trials!.Value, result.Stopped, result.Cost.Count), "trials, stopped, costs");
            Assert.Equal(new Interval(0, 1), result.Advantage.Interval, "interval");
            Bound bound = new(new Fractions.Fraction(1, 20), "0.05");
            Harness.Reports.Json.Text(Harness.Reports.Json.Of(result, bound.Of(result), bound, new(result, bound.Of(result), bound, 0.95), "cpu"));
        }),
        Suite.Test("an answer outside 𝒲 is no answer", () =>
        {
            Game game = Game.WRec(new Schemes.Uniform(3), new Adversaries.ConstantRecoverer<int, int, NoKey>(3));
            Assert.Contains("3 is none of the weights 0 … 2", Assert.Exactly(game).FirstFault!, "the reason");
        }),
        Suite.Test("an undefined game ends a sampled run with its reason, and a fault of the scheme is not the adversary's", () =>
        {
            Game undefined = SchemeCatalog.Find("uniform-1").Game(Notion.WInd, "guess");
            Assert.Throws<UndefinedConditionException>(() => SampledEvaluator.Evaluate(undefined, new() { Trials = 10 }), "undefined");
            Game faulty = Game.WRec(new HalfReleased(), new Adversaries.ConstantRecoverer<int, int, NoKey>(0));
            BrokenSchemeException e = Assert.Throws<BrokenSchemeException>(() => SampledEvaluator.Evaluate(faulty, new() { Trials = 10_000_000_000, Threads = 2 }), "a scheme that throws");
            Assert.Contains("the scheme threw IndexOutOfRangeException in trial ", e.Message, "the reason");
        }));

    private static string Tally(Result result) => $"{result.Wins} {result.WithinBudget?.Value} {string.Join(' ', result.Cost)}";

    private static string Json(string output, string key) =>
        System.Text.Json.Nodes.JsonNode.Parse(output)![key]!.ToJsonString();

    private sealed record ThrowingRecoverer : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => throw new DivideByZeroException("as told");
    }

    private sealed record CancellingRecoverer : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => throw new TaskCanceledException("a time-out, say");
    }

    private sealed record StoppingAccelerator(CancellationTokenSource Stop) : Accelerator<int, int, int, NoKey>
    {
        public override int Infer(NoKey publicKey, int released, int input, Tape tape)
        {
            Stop.Cancel();
            tape.Cancellation.ThrowIfCancellationRequested();
            return 0;
        }
    }

    private sealed record ThrowingDistinguisher : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => throw new DivideByZeroException("as told");
    }
}
