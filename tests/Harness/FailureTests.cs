using System.Diagnostics;
using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>What ends a play or a run, and must not be mistaken for a result.</summary>
internal static class FailureTests
{
    public static Test All => Suite.Sequenced(Suite.Group(
        "failures",
        Suite.Test("coins that cannot be enumerated are never proved about, whoever catches that", () =>
        {
            Assert.Throws<NotFiniteException>(() => Assert.Exactly(Game.Correctness(new Secretive())), "a procedure that catches it");
            Assert.Throws<NotFiniteException>(() => Assert.Exactly(Game.WRec(new Uniform(2), new SecretiveDraw())), "a conditional draw that catches it");
        }),
        Suite.Test("coins besides those of the tape are found out by playing paths again", () =>
        {
            int found = Enumerable.Range(0, 20).Count(_ =>
            {
                try
                {
                    Assert.Exactly(Game.WRec(new Flipping(), new ConstantRecoverer<int, int, NoKey>(0)));
                    return false;
                }
                catch (ImpureProcedureException)
                {
                    return true;
                }
            });
            Assert.Equal(20, found, "a weight that alternates from call to call, of 20 evaluations");
        }),
        Suite.Test("a stop ends a run whose adversary always hangs, soon and without counting that", () =>
        {
            using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(300));
            Stopwatch watch = Stopwatch.StartNew();
            Result result = SampledEvaluator.Evaluate(
                Game.WRec(new Uniform(2), new Sleeper()), new() { Trials = 40_000, Threads = 2, Timeout = TimeSpan.FromMinutes(1) }, cancellation: stop.Token);
            Assert.Equal((0L, true), (result.Trials!.Value, result.Stopped), "nothing was finished");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"it took {watch.Elapsed} where a call may take a minute");
            Assert.Throws<OperationCanceledException>(
                () => ExactEvaluator.Evaluate(Game.WRec(new Uniform(2), new Sleeper()), timeout: TimeSpan.FromMinutes(1), cancellation: stop.Token), "by paths nothing is known");
        }),
        Suite.Test("who listens to the progress may throw, and an adversary may hang what it likes on the wish to stop", () =>
        {
            Game game = SchemeCatalog.Find("uniform-3").Game(Notion.WRec, "guess");
            Assert.Throws<InvalidDataException>(() => SampledEvaluator.Evaluate(game, new() { Trials = 10_000, Threads = 2 }, _ => throw new InvalidDataException()), "the listener");
            Bound bound = new(new Fraction(1, 100), "0.01");
            Result result = SampledEvaluator.Evaluate(Game.WRec(new Uniform(2), new Registering()), new() { Trials = 10_000, Threads = 2, Until = bound });
            Assert.Equal(Verdict.Refuted, bound.Of(result), "the run ends as it should");
        }),
        Suite.Test("a game that an adversary plays in its head leaves nothing behind", () =>
        {
            Game game = Game.WRec(new Uniform(2), new Thinking());
            string[] ends = [.. new[] { 1, 4 }.Select(threads => SampledEvaluator.Evaluate(game, new() { Trials = 3000, Threads = threads })).Select(r => $"{r.Wins} {r.Broken}")];
            Assert.Equal(ends[0], ends[1], "1 and 4 threads");
            Assert.True(!ends[0].EndsWith(" 0", StringComparison.Ordinal) && !ends[0].EndsWith(" 3000", StringComparison.Ordinal), $"some of its games fail, and with them its answers: {ends[0]}");
        }),
        Suite.Test("whether an answer is one is the scheme's business, and null is none", () =>
        {
            BrokenSchemeException e = Assert.Throws<BrokenSchemeException>(() => Assert.Exactly(Game.WRec(new Judging(), new ConstantRecoverer<string, string, NoKey>("?"))), "a check that throws");
            Assert.Contains("the scheme threw InvalidDataException on path 0", e.Message, "the reason");
            Result none = Assert.Exactly(Game.WRec(new Judging(), new ConstantRecoverer<string, string, NoKey>((string)null!)));
            Assert.Equal(1.0, none.Faults[Fault.Invalid], "null is invalid, without asking the scheme");
        }),
        Suite.Test("trials that were cut short do not count for the mean cost, nor for m*", () =>
        {
            Game game = SchemeCatalog.Find("sharing-3").Game(Notion.EffInf, "eq8(recovery)", new(Inputs: 10));
            Assert.Equal(2.0, Assert.Exactly(game).BreakEven!.Value, "3 + m < 3·m from 2 on");
            Result cut = ExactEvaluator.Evaluate(game, limits: new(Operations: 6))!;
            Assert.True(cut.BreakEven is null && cut.Cost.Count == 0, "where every trial was cut short, nothing is known");
            Result half = ExactEvaluator.Evaluate(Game.EffInf(new Uniform(2), new Spendthrift(), 1, 2), limits: new(Operations: 50))!;
            Assert.Near(2, half.Cost[Procedure.RunReleased].Elementwise, 1e-12, "two inputs, in the trials that went to their end");
            Assert.Near(0, half.Cost.GetValueOrDefault(Procedure.Adversary).Elementwise, 0, "and what was spent in the others is no mean");
            Assert.Equal(0.5, half.Faults[Fault.OverBudget], "half of them");
        })));

    private sealed class Secretive() : KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape) => weights;

        public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
        {
            try
            {
                return (int)(tape.Keys()[0] & 1);
            }
            catch
            {
                return released;
            }
        }
    }

    private sealed record SecretiveDraw : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => tape.Given(
            own =>
            {
                try
                {
                    return (int)(own.Keys()[0] & 1);
                }
                catch
                {
                    return 0;
                }
            },
            _ => Bits.One,
            (_, zero, _) => zero);
    }

    private sealed class Flipping() : KeylessScheme(2)
    {
        private int _calls;

        public override int Train(Tape tape) => _calls++ % 2;

        public override int Release(NoKey secret, int weights, Tape tape) => weights;
    }

    private sealed record Sleeper : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            Thread.Sleep(Timeout.Infinite);
            return 0;
        }
    }

    private sealed record Registering : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            tape.Cancellation.Register(() => throw new InvalidDataException());
            return 0;
        }
    }

    private sealed class Fragile() : KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape) => tape.Draw(20) == 0 ? throw new InvalidDataException() : weights;
    }

    private sealed record Thinking : Recoverer<int, int, NoKey>
    {
        private static readonly Game _game = Game.WRec(new Fragile(), new Asking(), 1);

        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            _game.Play(tape);
            return tape.Draw(2);
        }
    }

    private sealed record Asking : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => released;
    }

    /// <summary>Weights in words, whose check throws.</summary>
    private sealed class Judging : Scheme<string, string, int, int, NoKey, NoKey>
    {
        public override Tolerance<string> WeightTolerance { get; } = Tolerance.Equality<string>();

        public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

        public override string Train(Tape tape) => "w";

        public override int Run(string weights, int input, Tape tape) => 0;

        public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

        public override string Release(NoKey secret, string weights, Tape tape) => "r";

        public override int RunReleased(NoKey publicKey, string released, int input, Tape tape) => 0;

        public override int Input(Tape tape) => 0;

        public override string? FlawInWeights(string weights) => weights.Length == 1 ? throw new InvalidDataException("as told") : null;
    }

    /// <summary>Spends too much in half of the trials, on its second input.</summary>
    private sealed record Spendthrift : Accelerator<int, int, int, NoKey>
    {
        public override int Infer(NoKey publicKey, int released, int input, Tape tape) => 0;

        public override Func<int, Tape, int> Prepare(NoKey publicKey, Oracle<int> releases, Tape tape)
        {
            int dear = tape.Draw(2);
            return (_, own) =>
            {
                own.Charge(new Cost(Elementwise: 100 * dear));
                return 0;
            };
        }
    }
}
