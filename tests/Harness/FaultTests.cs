using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Adversaries that misbehave in every listed way.</summary>
internal static class FaultTests
{
    private static readonly Limits _limits = new(Operations: 100, Bytes: 1 << 20);

    private static readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(300);

    public static Test All => Suite.Sequenced(Suite.Group( // so that nobody is slow because others are at work
        "faults",
        Suite.Test("an adversary that misbehaves in every way at random leaves the tally of the trials that survive: a search", () =>
        {
            // The surviving trials alone, one by one, against what the whole run says.
            const int Trials = 400;
            Game game = Game.WRec(new Uniform(3), new MisbehavingRecoverer(), 2);
            Result result = SampledEvaluator.Evaluate(game, new() { Trials = Trials, Limits = _limits, Timeout = _timeout, Threads = 2 });
            Way[] ways = [.. Enumerable.Range(0, Trials).Select(trial => Misbehaviour.Of(1, trial))];
            Assert.Equal("", Differences(result, ways), "counted apart");
            long survived = ways.Index().Count(way => way.Item == Way.Not && Survives(way.Index));
            Assert.Equal(survived, result.Wins!.Value, "wins");
            Assert.Equal(Trials, result.Trials!.Value, "and every trial is counted");
            Assert.Equal(
                string.Join(' ', ways.Index().Where(way => way.Item is Way.Hangs or Way.HangsAndCatches or Way.Allocates).Take(16).Select(way => way.Index)),
                string.Join(' ', result.NotReplayable),
                "what does not replay is named");

            bool Survives(int trial)
            {
                SeededTape tape = new(1);
                tape.Rewind(trial);
                return game.Play(tape).Lanes[0];
            }
        }),
        Suite.Test("an adversary that misbehaves in every way at random leaves the tally of the trials that survive: a decision", () =>
        {
            const int Trials = 400;
            Game game = Game.WInd(new Clear(), new MisbehavingDistinguisher(), Line4.Resample, 2);
            Result result = SampledEvaluator.Evaluate(game, new() { Trials = Trials, Limits = _limits, Timeout = _timeout, Threads = 2 });
            Way[] ways = [.. Enumerable.Range(0, Trials).Select(trial => Misbehaviour.Of(1, trial))];
            Assert.Equal("", Differences(result, ways), "counted apart");
            long coins = ways.Index().Count(way => way.Item != Way.Not && HarnessCoin(way.Index));
            Assert.Equal(ways.Count(way => way == Way.Not) + coins, result.Wins!.Value, "who behaves wins, who does not tosses the harness's coin");
            static bool HarnessCoin(int trial)
            {
                SeededTape tape = new(1);
                tape.Rewind(trial);
                return tape.For(Procedure.Harness).Coin().Lanes[0];
            }
        }),
        Suite.Test("the same tally on 1, 2 and 5 threads, whatever hangs", () =>
        {
            Game game = Game.WRec(new Uniform(3), new MisbehavingRecoverer(), 2);
            string[] tallies =
            [
                .. new[] { 1, 2, 5 }.Select(threads => SampledEvaluator.Evaluate(game, new() { Trials = 150, Limits = _limits, Timeout = _timeout, Threads = threads }))
                    .Select(r => $"{r.Wins} of {r.Trials}, {string.Join(' ', r.Faults.OrderBy(f => f.Key))}, {string.Join(' ', r.NotReplayable)}"),
            ];
            Assert.Equal(1, tallies.Distinct().Count(), string.Join(" | ", tallies));
        }),
        Suite.Test("always throwing, hanging or answering nonsense has advantage 0 in a decision", () =>
        {
            foreach (Way way in Enum.GetValues<Way>().Where(way => way is not (Way.Not or Way.Hangs or Way.HangsAndCatches)))
            {
                Result exact = ExactEvaluator.Evaluate(Game.WInd(new Clear(), new MisbehavingDistinguisher(way), Line4.Resample, 2), limits: _limits)!;
                Assert.Equal((Fraction.Zero, 1.0), (exact.Advantage.Exact!.Value, exact.Broken), $"{way}");
            }

            Result hung = SampledEvaluator.Evaluate(Game.WInd(new Clear(), new MisbehavingDistinguisher(Way.Hangs), Line4.Resample, 2), new() { Trials = 12, Timeout = TimeSpan.FromMilliseconds(20), Level = 1 - 1e-6 });
            Assert.Equal(12.0, hung.Faults[Fault.Hung], "hung");
            Assert.Equal(0.0, hung.Advantage.Interval.Low, "advantage (false alarm 1e-6)");
        }),
        Suite.Test("by paths, an adversary that hangs cannot be enumerated", () =>
        {
            NotFiniteException e = Assert.Throws<NotFiniteException>(
                () => ExactEvaluator.Evaluate(Game.WInd(new Clear(), new MisbehavingDistinguisher(Way.Hangs), Line4.Resample, 2), timeout: _timeout), "by paths");
            Assert.Contains("misbehaving-distinguisher had not answered on some path after 0.3 s", e.Message, "the reason");
        }),
        Suite.Test("a thread that cannot be stopped is left behind, and the run goes on", () =>
        {
            StuckRecoverer stuck = new();
            Result result = SampledEvaluator.Evaluate(Game.WRec(new Uniform(3), stuck), new() { Trials = 40, Threads = 2, Timeout = _timeout });
            Assert.Equal((40L, 1.0), (result.Trials!.Value, result.Faults[Fault.Hung]), "trials, and hung");
            stuck.Free.Set();
            Assert.True(stuck.Freed.Wait(TimeSpan.FromSeconds(30)), "it was left in its call all the time, and what it answers later reaches nobody");
        }),
        Suite.Test("a limit holds whether or not the adversary catches what it throws", () =>
        {
            foreach (double budget in new[] { 0, 4, 5, 6.5 })
            {
                Result result = ExactEvaluator.Evaluate(Game.WRec(new Uniform(2), new Spender(5)), limits: new(Operations: budget))!;
                bool over = budget < 5;
                Assert.Equal(over ? Fraction.Zero : new Fraction(1, 2), result.Advantage.Exact!.Value, $"advantage with t = {budget}");
                Assert.Equal(over ? 1.0 : 0, result.Faults.GetValueOrDefault(Fault.OverBudget), $"over t = {budget}");
            }

            Result prepared = ExactEvaluator.Evaluate(SchemeCatalog.Find("clear").Game(Notion.EffInf, "eq8(recovery)"), limits: new(Operations: 1))!;
            Assert.Equal(1.0, prepared.Faults[Fault.OverBudget], "preparing and inferring count together");
            Assert.Throws<ArgumentException>(() => SampledEvaluator.Evaluate(Game.WRec(new Uniform(2), new Spender(5)), new() { Trials = 5, Metered = false, Limits = _limits }), "limits without a meter");
        }),
        Suite.Test("a tensor of NaN or of a wrong shape is no answer", () =>
        {
            TaylorMlpScheme scheme = new(new() { Source = new TrainedMlps { Hidden = 3 }, Order = 2 });
            foreach ((Tensor answer, string says) in new[] { (Numbers.Filled(double.NaN, 1, 4), "not a finite number"), (zeros(2, 4), "it has the shape [2, 4]"), (zeros([1, 4], dtype: int64), "Int64") })
            {
                Result result = SampledEvaluator.Evaluate(
                    Game.EffInf(scheme, new ConstantAccelerator<TaylorRelease, Tensor, Tensor, NoKey>(answer.DetachFromDisposeScope())), new() { Trials = 3 });
                Assert.Equal(3.0, result.Faults[Fault.Invalid], says);
                Assert.Contains(says, result.FirstFault!, "the reason");
            }
        }),
        Suite.Test("memory counts over preparing and inferring, and is looked at while the adversary charges", () =>
        {
            foreach ((int kilobytes, bool over) in new[] { (600, true), (400, false) })
            {
                Result result = SampledEvaluator.Evaluate(Game.EffInf(new Uniform(2), new Allocating(kilobytes)), new() { Trials = 3, Limits = _limits });
                Assert.Equal(over ? 3.0 : 0, result.Faults.GetValueOrDefault(Fault.OverMemory), $"twice {kilobytes} kB, of 1 MiB");
                Assert.Equal(over ? 3 : 0, result.NotReplayable.Count, "what is over memory does not replay");
            }

            Charging charging = new();
            Result caught = SampledEvaluator.Evaluate(Game.WRec(new Uniform(2), charging), new() { Trials = 1, Limits = new(Bytes: 1 << 20) });
            Assert.Equal(1.0, caught.Faults[Fault.OverMemory], "over memory");
            Assert.True(charging.Kilobytes is > 900 and < 4000, $"stopped after {charging.Kilobytes} of 100,000 kB");
        }),
        Suite.Test("the challenger's time and memory in an oracle are not the adversary's", () =>
        {
            Game game = Game.WRec(new Slow(), new Adversaries.MajorityRecoverer<int, int, int, int, NoKey, NoKey>(new Slow(), new Spender(1)), 3);
            Result result = SampledEvaluator.Evaluate(game, new() { Trials = 2, Limits = _limits, Timeout = _timeout });
            Assert.Equal(0.0, result.Broken, $"three releases of 0.2 s and 2 MB each: {result.FirstFault}");
        }),
        Suite.Test("what was taken over never comes back to its game, whatever it catches", () =>
        {
            Guard guard = new();
            guard.Enter();
            long call = guard.Call;
            Assert.True(call != 0 && !guard.TryTake(call + 2), "a call that is not under way cannot be taken");
            guard.Leave();
            Assert.True(guard.Call == 0 && !guard.TryTake(call), "nor one that has ended");
            guard.Enter();
            Assert.True(guard.TryTake(guard.Call), "one that is under way can");
            Assert.Throws<TakenOverException>(guard.Leave, "leaving");
            Assert.Throws<TakenOverException>(guard.Leave, "leaving again");
            Assert.Throws<TakenOverException>(guard.Enter, "or going on");
        }),
        Suite.Test("which fault of a scheme is told does not depend on the threads, and none that lies beyond a decision is", () =>
        {
            Bound bound = new(new Fraction(1, 10), "0.1");
            foreach (ulong seed in Enumerable.Range(0, 25).Select(seed => (ulong)seed))
            {
                string[] ends = [.. new[] { 1, 2, 8 }.Select(threads => Ended(() => SampledEvaluator.Evaluate(
                    Game.WRec(new Fragile(), new Spender(1)), new() { Trials = 1000, Seed = seed, Threads = threads, Until = seed % 2 == 0 ? bound : null }).ToString()))];
                Assert.Equal(1, ends.Distinct().Count(), string.Join(" | ", ends));
            }

            static string Ended(Func<string> evaluate)
            {
                try
                {
                    return evaluate();
                }
                catch (BrokenSchemeException e)
                {
                    return e.Message;
                }
            }
        }),
        Suite.Test("memory that the machine does not have is the adversary's fault, and does not replay", () =>
        {
            Result result = SampledEvaluator.Evaluate(Game.WRec(new Uniform(2), new Hog()), new() { Trials = 5 });
            Assert.Equal((5.0, "0 1 2 3 4"), (result.Faults[Fault.OverMemory], string.Join(' ', result.NotReplayable)), "over memory, not replayable");
        }),
        Suite.Test("a watchdog that is set changes no tally, and stops nobody who answers", () =>
        {
            Game game = SchemeCatalog.Find("uniform-3").Game(Notion.WInd, "function-compare");
            Result with = SampledEvaluator.Evaluate(game, new() { Trials = 50_000, Timeout = TimeSpan.FromSeconds(20), Limits = new(1e9, 1L << 40) });
            Result without = SampledEvaluator.Evaluate(game, new() { Trials = 50_000, Timeout = null });
            Assert.Equal((without.Wins, 0.0), (with.Wins, with.Broken), "wins and faults");
        })));

    private static string Differences(Result result, Way[] ways)
    {
        Fault Of(Way way) => way switch
        {
            Way.Throws => Fault.Threw,
            Way.AnswersNonsense => Fault.Invalid,
            Way.Spends or Way.SpendsAndCatches => Fault.OverBudget,
            Way.Asks => Fault.OverQueries,
            Way.Allocates => Fault.OverMemory,
            _ => Fault.Hung,
        };
        return string.Join(
            ", ",
            from fault in Enum.GetValues<Fault>()
            let expected = ways.Count(way => way != Way.Not && Of(way) == fault)
            let counted = result.Faults.GetValueOrDefault(fault)
            where expected != counted || expected == 0
            select $"{fault}: {counted} instead of {expected}");
    }

    /// <summary>Once waits where no abort reaches it: in a finally.</summary>
    private sealed record StuckRecoverer : Recoverer<int, int, NoKey>
    {
        private int _calls;

        public ManualResetEventSlim Free { get; } = new();

        public ManualResetEventSlim Freed { get; } = new();

        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            try
            {
                return 0;
            }
            finally
            {
                if (Interlocked.Increment(ref _calls) == 7)
                {
                    Free.Wait();
                    Freed.Set();
                }
            }
        }
    }

    private sealed record Spender(int Operations) : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            try
            {
                for (int i = 0; i < Operations; i++)
                {
                    tape.Charge(new Cost(Elementwise: 1));
                }
            }
            catch (BrokenAdversaryException)
            {
                // answers all the same
            }

            return 0;
        }
    }

    private sealed class Slow() : KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape)
        {
            GC.KeepAlive(new byte[2_000_000]);
            Thread.Sleep(200);
            return weights;
        }
    }

    /// <summary>Throws in one release of twenty.</summary>
    private sealed class Fragile() : KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape) => tape.Draw(20) == 0 ? throw new InvalidOperationException("as told") : weights;
    }

    private sealed record Hog : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => new Page[Array.MaxLength].Length; // 8 TiB

        [System.Runtime.CompilerServices.InlineArray(4096)]
        private struct Page
        {
            private byte _first;
        }
    }
}
