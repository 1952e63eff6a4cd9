using Expecto;
using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes;
using Wager.Schemes.Tables;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

internal static class MultiQueryTests
{
    private static readonly (string Scheme, Notion Notion, string Adversary, int Queries, int Inputs, string Expected)[] _known =
    [
        ("noisy-bit", Notion.WRec, "recovery", 1, 1, "3/4"),
        ("noisy-bit", Notion.WRec, "recovery", 3, 1, "3/4"), // it asks for one
        ("noisy-bit", Notion.WRec, "majority(recovery)", 3, 1, "27/32"), // (3/4)³ + 3·(3/4)²·(1/4)
        ("noisy-bit", Notion.WRec, "majority(recovery)", 5, 1, "459/512"),
        ("noisy-bit", Notion.WInd, "function-compare", 1, 1, "1/2"),
        ("noisy-bit", Notion.WInd, "majority(function-compare)", 3, 1, "11/16"), // 2·27/32 − 1
        ("pad-3", Notion.WRec, "majority(guess)", 2, 1, "1/3"),
        ("pad-3", Notion.WInd, "majority(function-compare)", 2, 1, "0"), // fresh keys: two pads say as little as one
        ("constant-release", Notion.WRec, "constant", 4, 1, "3/4"),
        ("clear", Notion.EffInf, "eq8(recovery)", 2, 3, "1"),
        ("one-bit-pad", Notion.EffInf, "constant", 1, 4, "1/2"), // one input, so one answer is right for all
        ("clear", Notion.EffInf, "constant", 1, 2, "1/16"), // W + x mod 4 = 0 for two x
    ];

    private static readonly Arbitrary<(TableInstance Case, int Queries)> _cases =
        Arb.From(from c in RandomInstances.Arbitrary.Generator from q in Gen.Choose(1, 3) select (c, q));

    public static Test All => Suite.Group(
        "multi-query games",
        Suite.Group("known answers", [.. _known.Select(row => Suite.Test($"{row.Notion.Name} of {row.Scheme} against {row.Adversary}, q = {row.Queries}, m = {row.Inputs} is {row.Expected}", () =>
        {
            Game game = SchemeCatalog.Find(row.Scheme).Game(row.Notion, row.Adversary, new(Queries: row.Queries, Inputs: row.Inputs));
            Assert.Equal(Fraction.FromString(row.Expected), Assert.Exact(game), game.ToString());
            Assert.Equal((row.Queries, row.Inputs), (game.Queries, game.Inputs), "q and m of the statement");
        }))]),
        Suite.Property("an adversary that asks once has in the q-query game what it has in the paper's", _cases, c =>
        {
            (TableScheme scheme, int q) = (c.Case.Scheme(), c.Queries);
            Assert.Equal(Assert.Exact(Game.WRec(scheme, c.Case.Recoverer)), Assert.Exact(Game.WRec(scheme, c.Case.Recoverer, q)), "WRec");
            Eq8<int, int, int, int, int, int> accelerator = new(scheme, c.Case.Recoverer);
            Assert.Equal(Assert.Exact(Game.EffInf(scheme, accelerator)), Assert.Exact(Game.EffInf(scheme, accelerator, q, 1)), "EffInf");
            foreach (Line4 line4 in Enum.GetValues<Line4>())
            {
                Fraction? paper = Defined(Game.WInd(scheme, c.Case.Distinguisher, line4));
                Assert.Equal(paper, Defined(Game.WInd(scheme, c.Case.Distinguisher, line4, q)), $"W-IND, {line4}");
            }
        }),
        Suite.Test("sampled and exact agree on games with several queries (false alarm 1e-6 each)", () =>
        {
            foreach ((string scheme, Notion notion, string adversary, int queries, int inputs, string expected) in _known)
            {
                Game game = SchemeCatalog.Find(scheme).Game(notion, adversary, new(Queries: queries, Inputs: inputs));
                Interval interval = SampledEvaluator.Evaluate(game, new() { Trials = 20_000, Level = 1 - 1e-6 }).Advantage.Interval;
                double advantage = Fraction.FromString(expected).ToDouble();
                Assert.True(interval.Low <= advantage && advantage <= interval.High, $"{game}: {expected} is not in [{interval.Low}, {interval.High}], seed 1");
            }
        }),
        Suite.Test("with one key for both, two pads tell what one does not: C5 needs fresh keys", () =>
        {
            // Two challenges under one pad are one challenge of a scheme whose weights are pairs that must differ in both halves.
            Assert.Equal(new Fraction(1, 2), Assert.Exact(Game.WInd(new PairPad(), new PairDifferences())), "one pad for both");
            Assert.Equal(Fraction.Zero, Assert.Exact(Game.WInd(new Pad(3, published: false), new Differences(), Line4.Resample, 2)), "a pad for each, as in the game");
        }),
        Suite.Test("an accelerator that changes what was released changes no Run′", () =>
        {
            foreach (Game game in new[] { Game.EffInf(new Cells(), new Eraser()), Game.EffInf(new Cells(), new Eraser(), 1, 1), Game.EffInf(new Cells(), new Eraser(), 2, 2) })
            {
                Assert.Equal(new Fraction(1, 8), Assert.Exact(game), $"{game}: right only where the cell was 0");
            }
        }),
        Suite.Test("what an adversary catches of an oracle or its tape ends the play all the same", () =>
        {
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(Game.WInd(new Uniform(1), new CatchingDistinguisher(), Line4.Resample, 2)), "an undefined game");
            Assert.Throws<BrokenSchemeException>(
                () => SampledEvaluator.Evaluate(Game.WRec(new HalfReleased(), new CatchingRecoverer(Asks: true), 2), new() { Trials = 10 }), "a scheme that throws");
            Assert.Throws<NotFiniteException>(() => Assert.Exactly(Game.WRec(new Uniform(2), new CatchingRecoverer(Asks: false), 2)), "coins that cannot be enumerated");
        }),
        Suite.Test("queries are metered, and one too many is refused and counted apart", () =>
        {
            Result three = Assert.Exactly(SchemeCatalog.Find("noisy-bit").Game(Notion.WRec, "majority(recovery)", new(Queries: 3)));
            Assert.Near(3, three.Cost[Procedure.Adversary].Queries, 1e-12, "queries");
            Assert.Near(0, three.Unit.Count(new Cost(Queries: 7)), 0, "t does not count them: q does");
            Result greedy = Assert.Exactly(Game.WRec(new NoisyBit(), new Greedy(4), 3));
            Assert.Equal((1.0, 1.0), (greedy.Faults[Fault.OverQueries], greedy.Broken), "over q, and broken");
            Assert.Equal(Fraction.Zero, greedy.Advantage.Exact!.Value, "a search is lost");
            Assert.Contains("asked more than q = 3 queries", greedy.FirstFault!, "the reason");
            Assert.Equal(0, Assert.Exactly(Game.WRec(new NoisyBit(), new Greedy(3), 3)).Faults.Count, "three of three are allowed");
            Result caught = Assert.Exactly(Game.WRec(new NoisyBit(), new CatchingRecoverer(Asks: true), 0));
            Assert.Equal(1.0, caught.Faults[Fault.OverQueries], "one of none, and caught");
            Result decision = Assert.Exactly(Game.WInd(new NoisyBit(), new GreedyDistinguisher(), Line4.Resample, 3));
            Assert.Equal((Fraction.Zero, 1.0), (decision.Advantage.Exact!.Value, decision.Faults[Fault.OverQueries]), "a decision is a coin");
        }),
        Suite.Test("what goes wrong in an oracle is the challenger's", () =>
        {
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(Game.WInd(new Uniform(1), new GreedyDistinguisher(), Line4.Resample, 2)), "an undefined game");
            Game faulty = Game.WRec(new HalfReleased(), new Greedy(1), 2);
            Assert.Throws<BrokenSchemeException>(() => Assert.Exactly(faulty), "a scheme that throws, by paths");
            Assert.Throws<BrokenSchemeException>(() => SampledEvaluator.Evaluate(faulty, new() { Trials = 10 }), "a scheme that throws, sampled");
        }),
        Suite.Test("an oracle is bounded where it is handed on", () =>
        {
            int answered = 0;
            Oracle<int> oracle = new(5, () => ++answered);
            Oracle<int> limited = oracle.Limited(2);
            limited.Query();
            Assert.Equal(2, limited.Query(), "the second answer");
            Assert.Equal(Fault.OverQueries, Assert.Throws<BrokenAdversaryException>(() => limited.Query(), "the third query").Fault, "fault");
            Assert.Equal((2, 5, 2), (oracle.Asked, oracle.Budget, answered), "the whole oracle counts what was asked through its part");
            Oracle<int> more = oracle.Limited(9);
            more.Query();
            more.Query();
            more.Query();
            Assert.Throws<BrokenAdversaryException>(() => more.Query(), "a part has no more than the whole");
            Assert.Throws<ArgumentOutOfRangeException>(() => oracle.Limited(-1), "q below 0");
            Assert.Throws<ArgumentOutOfRangeException>(() => Game.WRec(new NoisyBit(), new Greedy(1), -1), "q below 0");
            Assert.Throws<ArgumentOutOfRangeException>(() => Game.EffInf(new NoisyBit(), new ConstantAccelerator<int, int, int, NoKey>(0), 1, 0), "m below 1");
        }),
        Suite.Test("the break-even m* is where many inputs first pay", () =>
        {
            foreach ((double recovery, double run, double runReleased, int pays) in new[] { (100.0, 1.0, 5.0, 26), (30, 10, 11, 31), (10, 7, 8, 11), (0, 1, 2, 1) })
            {
                Priced scheme = new(run, runReleased);
                Eq8<int, int, int, int, NoKey, NoKey> accelerator = new(scheme, new Costly(recovery));
                foreach (int m in new[] { 1, Math.Max(1, pays - 1), pays, pays + 9 })
                {
                    Result result = Assert.Exactly(Game.EffInf(scheme, accelerator, 1, m));
                    Assert.Equal((double)pays, result.BreakEven!.Value, $"m* from {m} inputs");
                    Assert.Equal((Fraction)(m >= pays ? 1 : 0), result.WithinBudget!.Exact!.Value, $"within the budget over {m} inputs");
                    Assert.Equal(Fraction.One, result.Advantage.Exact!.Value, "and right");
                }

                Assert.Equal((double)pays, Assert.Exactly(Game.EffInf(scheme, accelerator)).BreakEven!.Value, "m* of the paper's game");
            }

            Assert.Equal(double.PositiveInfinity, Assert.Exactly(Game.EffInf(new Priced(0, 0), new ConstantAccelerator<int, int, int, NoKey>(0))).BreakEven!.Value, "nothing is below a Run′ for nothing");
            Result never = Assert.Exactly(SchemeCatalog.Find("clear").Game(Notion.EffInf, "eq8(recovery)"));
            Assert.Equal(double.PositiveInfinity, never.BreakEven!.Value, "where Run costs what Run′ costs, it never pays");
            Assert.Equal(1.0, Assert.Exactly(SchemeCatalog.Find("clear").Game(Notion.EffInf, "constant")).BreakEven!.Value, "for nothing, at once");
        }),
        Suite.Test("an oracle within a conditional draw of the adversary's own is refused by paths, and sampled", () =>
        {
            Game game = Game.WRec(new NoisyBit(), new UntilZero(), 50);
            Assert.Throws<NotFiniteException>(() => Assert.Exactly(game), "by paths");
            Assert.Equal(0.0, SampledEvaluator.Evaluate(game, new() { Trials = 1000 }).Broken, "sampled, without faults");
        }));

    private static Fraction? Defined(Game game)
    {
        try
        {
            return Assert.Exact(game);
        }
        catch (UndefinedConditionException)
        {
            return null;
        }
    }

    private sealed record Greedy(int Queries) : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => released;

        public override int Recover(NoKey publicKey, Oracle<int> releases, Tape tape) => Enumerable.Range(0, Queries).Select(_ => releases.Query()).ToArray()[^1];
    }

    private sealed record GreedyDistinguisher : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;

        public override Bits Guess(Oracle<Challenge<int, int, NoKey>> challenges, Tape tape) =>
            new(Enumerable.Range(0, 100).Select(_ => challenges.Query()).ToArray()[^1].W0 == 0);
    }

    private sealed record UntilZero : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => released;

        public override int Recover(NoKey publicKey, Oracle<int> releases, Tape tape) =>
            tape.Given(_ => releases.Asked < releases.Budget ? releases.Query() : 0, value => new(value == 0), (_, zero, _) => zero);
    }

    private sealed record CatchingRecoverer(bool Asks) : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => released;

        public override int Recover(NoKey publicKey, Oracle<int> releases, Tape tape)
        {
            try
            {
                return Asks ? releases.Query() : (int)(tape.Keys()[0] & 1);
            }
            catch
            {
                return 0;
            }
        }
    }

    private sealed record CatchingDistinguisher : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;

        public override Bits Guess(Oracle<Challenge<int, int, NoKey>> challenges, Tape tape)
        {
            try
            {
                challenges.Query();
            }
            catch
            {
                throw new InvalidOperationException("something else");
            }

            return Bits.Zero;
        }
    }

    /// <summary>Pairs of numbers below 3 under one pad, kept.</summary>
    private sealed class PairPad() : FiniteScheme<int, NoKey>(9)
    {
        public override Tolerance<int> WeightTolerance { get; } = new("whether a half agrees", (a, b) => a / 3 == b / 3 || a % 3 == b % 3 ? 0 : 1, 0);

        public override (int Secret, NoKey Public) KGen(Tape tape) => (tape.Draw(3), default);

        public override int Release(int secret, int weights, Tape tape) => ((weights / 3 + secret) % 3 * 3) + ((weights % 3 + secret) % 3);
    }

    private sealed record PairDifferences : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => new(Difference(released) != Difference(w0));

        private static int Difference(int pair) => (pair / 3 - (pair % 3) + 3) % 3;
    }

    /// <summary>Answers 0 where what two challenges released differs as the first weights do.</summary>
    private sealed record Differences : Distinguisher<int, int, int>
    {
        public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => tape.Coin();

        public override Bits Guess(Oracle<Challenge<int, int, int>> challenges, Tape tape)
        {
            Challenge<int, int, int> first = challenges.Query();
            Challenge<int, int, int> second = challenges.Query();
            return new((first.Released - second.Released - (first.W0 - second.W0)) % 3 != 0);
        }
    }

    private sealed record Costly(double Operations) : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            tape.Charge(new Cost(Elementwise: Operations));
            return released;
        }
    }

    /// <summary>A bit released in clear, with prices for Run and Run′.</summary>
    private sealed class Priced(double run, double runReleased) : KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape) => weights;

        public override int Run(int weights, int input, Tape tape)
        {
            tape.Charge(new Cost(Elementwise: run));
            return weights;
        }

        public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
        {
            tape.Charge(new Cost(Elementwise: runReleased));
            return released;
        }
    }
}
