using System.Runtime.InteropServices;
using Expecto;
using Wager.Games;
using Wager.Schemes;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>Sampling in lanes against sampling one trial at a time.</summary>
internal static class LaneSamplingTests
{
    private const int Count = 3;

    private static readonly LaneScheme _scheme = new(Count);

    /// <summary>Of the coins of a trial of <see cref="Faulty"/>: those with which it throws, and that with which it hangs.</summary>
    private const int Throwing = 3, Hanging = 60;

    public static Test All => Suite.Sequenced(Suite.Group( // so that nobody is slow because others are at work
        "sampling in lanes",
        Suite.Test("neither how many lanes nor how many threads changes the tally", () =>
        {
            foreach (Game game in new[] { Game.WRec(_scheme, new LaneRecoverer(_scheme, Count)), Game.EffInf(_scheme, new LaneAccelerator(_scheme, Count)), Game.WInd(_scheme, new Reductions.Eq9<Each, Each, Each, Each, Each, Each>(_scheme, new LaneRecoverer(_scheme, Count))), Game.WRec(_scheme, Faulty(Throwing)) })
            {
                string alone = Tally(Played(game, lanes: 1, threads: 1));
                foreach ((int? lanes, int threads) in new (int?, int)[] { (null, 2), (2, 1), (3, 2), (64, 2), (999, 2), (1000, 1), (1500, 1) })
                {
                    Assert.Equal(alone, Tally(Played(game, lanes, threads)), $"{game}: {lanes} lanes on {threads} threads");
                }
            }
        }),
        Suite.Test("a trial is told of once, with what came of it, however many lanes there are", () =>
        {
            Game game = Game.WRec(_scheme, Faulty(Throwing));
            bool?[] won = new bool?[300];
            SampledEvaluator.Evaluate(game, new() { Trials = won.Length, Lanes = 32 }, observe: (trial, isWon) => won[trial] = won[trial] is null ? isWon : throw new InvalidOperationException("twice"));
            foreach ((int trial, bool? isWon) in won.Index())
            {
                Assert.Equal(SampledEvaluator.Replay(game, new Sampling { Trials = 1, Lanes = trial % 2 + 1 }, trial).Won, isWon!.Value, $"trial {trial}");
            }
        }),
        Suite.Test("where memory is short fewer trials are played at once, and none is lost", () =>
        {
            string alone = Tally(Played(Game.WRec(_scheme, Faulty(Throwing)), lanes: 1, threads: 1));
            foreach (Exception shortage in new Exception[] { new InsufficientMemoryException(), new OfLibtorch("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 800000000000 bytes."), new OfLibtorch("CUDA out of memory. Tried to allocate 20.00 GiB") })
            {
                LaneScheme small = new(Count) { OnTrain = tape => _ = tape.Lanes > 5 ? throw shortage : 0 };
                foreach (int threads in new[] { 1, 2 })
                {
                    Result result = Played(Game.WRec(small, Faulty(Throwing)), lanes: 64, threads);
                    Assert.Equal(alone, Tally(result), $"{shortage.Message}, on {threads} threads");
                    Assert.Equal(4, result.Lanes, "of 64 halved until they fit");
                }

                int calls = 0;
                LaneScheme sometimes = new(Count) { OnTrain = tape => _ = tape.Lanes > 2 && Interlocked.Increment(ref calls) % 7 == 0 ? throw shortage : 0 };
                Assert.Equal(alone, Tally(Played(Game.WRec(sometimes, Faulty(Throwing)), lanes: 64, threads: 2)), $"{shortage.Message}, now and then");
            }

            LaneScheme none = new(Count) { OnTrain = _ => throw new InsufficientMemoryException() };
            BrokenSchemeException broken = Assert.Throws<BrokenSchemeException>(() => Played(Game.WRec(none, new LaneRecoverer(none, Count)), 64, 1), "no memory at all");
            Assert.Contains("in trial 0 of seed 1", broken.Message, "of one trial it is true then");
        }),
        Suite.Test("a lack of memory is told from other failures of libtorch", () =>
        {
            Assert.True(!Shortage.IsOfMemory(new OfLibtorch("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")), "another failure");
            Assert.True(!Shortage.IsOfMemory(new InvalidDataException("out of memory")), "words of somebody else");
            Assert.True(Shortage.IsOfMemory(new BrokenSchemeException("it", new InsufficientMemoryException())), "what a game wraps");
        }),
        Suite.Test("what fails in one trial fails for that trial alone", () =>
        {
            Game game = Game.WRec(_scheme, Faulty(Hanging));
            const int Trials = 250;
            int[] hanging = [.. Enumerable.Range(0, Trials).Where(trial => Coins(trial) == Hanging)];
            Assert.True(hanging.Length is > 0 and < 6, $"{hanging.Length} trials hang"); // each waits six times for the timeout
            Result result = SampledEvaluator.Evaluate(game, new() { Trials = Trials, Lanes = 64, Threads = 2, Timeout = TimeSpan.FromMilliseconds(200) });
            Assert.Equal(string.Join(' ', hanging), string.Join(' ', result.NotReplayable), "those that hang");
            Assert.Equal(Trials, result.Trials!.Value, "all are counted");
            long won = Enumerable.Range(0, Trials).Except(hanging).Count(trial => SampledEvaluator.Replay(game, new Sampling { Trials = 1, Lanes = 1 }, trial).Won);
            Assert.Equal(won, result.Wins!.Value, "the others are won as they are alone");

            LaneScheme broken = new(Count) { OnTrain = tape => _ = Enumerable.Range(0, tape.Lanes).Any(lane => tape.Lane(lane).Draw(40) == 0) ? throw new InvalidDataException("as told") : 0 };
            string alone = Assert.Throws<BrokenSchemeException>(() => Played(Game.Differing(broken), 1, 1), "alone").Message;
            Assert.Equal(alone, Assert.Throws<BrokenSchemeException>(() => Played(Game.Differing(broken), 64, 2), "in lanes").Message, "the first trial that the scheme breaks in");
        }),
        Suite.Test("where a bound is decided depends neither on how many lanes there are nor on the threads", () =>
        {
            Game game = Game.WRec(_scheme, new LaneRecoverer(_scheme, Count));
            Result Decided(int? lanes, int threads) => SampledEvaluator.Evaluate(game, new() { Trials = 1_000_000, Lanes = lanes, Threads = threads, Until = Bound.Parse("0.5", Side.AtMost) });
            string expected = Tally(Decided(2, 1));
            foreach ((int? lanes, int threads) in new (int?, int)[] { (null, 2), (16, 1), (200, 2) })
            {
                Assert.Equal(expected, Tally(Decided(lanes, threads)), $"{lanes} lanes on {threads} threads");
            }
        }),
        Suite.Test("what plays one trial at a time does so, unless lanes are asked for", () =>
        {
            Game single = Game.WRec(new Uniform(3), new Adversaries.ConstantRecoverer<int, int, NoKey>(0));
            Assert.Equal(1, Played(single, null, 2).Lanes, "by itself");
            Assert.Equal(1, SampledEvaluator.Evaluate(Game.WRec(_scheme, new LaneRecoverer(_scheme, Count)), new() { Trials = 20, Limits = new(Operations: 1e6) }).Lanes, "with limits");
            Assert.Contains("uniform-3: it plays one trial at a time", Assert.Throws<ArgumentException>(() => Played(single, 8, 2), "asked for").Message, "why not");
            Game[] both = [single, Game.Differing(_scheme)];
            Assert.Equal(1, new Sampling { Trials = 1 }.Alike(both).Lanes!.Value, "games that are compared trial by trial are played alike");
            Assert.True(new Sampling { Trials = 1 }.Alike(both[1..]).Lanes is null, "and in lanes where all can");
        })));

    private sealed class OfLibtorch(string message) : ExternalException(message);

    private static LaneRecoverer Faulty(int most) => new(_scheme, Count)
    {
        Before = (_, coins) =>
        {
            bool hangs = most == Hanging && coins.Of.Contains(Hanging);
            while (hangs)
            {
            }

            if (coins.Of.Any(coin => coin <= Throwing))
            {
                throw new InvalidDataException("as told");
            }
        },
    };

    /// <summary>The coins that <see cref="Faulty"/> goes by.</summary>
    private static int Coins(long trial)
    {
        SeededTape tape = new(1);
        tape.Rewind(trial);
        return Each.Drawn(tape.For(Procedure.Adversary), 64)[0];
    }

    private static Result Played(Game game, int? lanes, int threads) => SampledEvaluator.Evaluate(game, new() { Trials = 1000, Lanes = lanes, Threads = threads });

    /// <summary>Everything that a result says but how it was played.</summary>
    private static string Tally(Result result) =>
        $"{result.Trials} {result.Wins} {result.WinsWithin} {result.OverBudget} {string.Join(' ', result.Faults)} {result.FirstFault} {string.Join(' ', result.Cost)}";
}
