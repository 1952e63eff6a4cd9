using Expecto;
using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Adversaries;
using Wager.Games;
using Wager.Harness.Catalog;
using Wager.Harness.Evaluation;
using Wager.Reductions;
using Wager.Schemes;

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

    private static readonly Arbitrary<(TableCase Case, int Queries)> _cases =
        Arb.From(from c in TableCase.Arbitrary.Generator from q in Gen.Choose(1, 3) select (c, q));

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
            (TableScheme scheme, int q) = (c.Case.Scheme, c.Queries);
            Assert.Equal(Assert.Exact(Game.WRec(scheme, c.Case.Recoverer)), Assert.Exact(Game.WRec(scheme, c.Case.Recoverer, q)), "WRec");
            Eq8<int, int, int, int, NoKey, NoKey> accelerator = new(scheme, c.Case.Recoverer);
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
            // Two challenges under one pad: W′ − W′ cancels the pad. Played by hand, since the games always draw fresh keys.
            int equal = 0, all = 0;
            for (int code = 0; code < 81; code++)
            {
                (int a0, int a1, int b0, int b1) = (code % 3, code / 3 % 3, code / 9 % 3, code / 27);
                if (a0 != a1 && b0 != b1)
                {
                    all++;
                    equal += (a0 - b0 - (a1 - b1)) % 3 == 0 ? 1 : 0;
                }
            }

            Assert.Equal((18, 36), (equal, all), "pairs of challenges whose differences say nothing: half, so the advantage is 1/2");
            Assert.Equal(Fraction.Zero, Assert.Exact(Game.WInd(new Pad(3, published: false), new Differences(), Line4.Resample, 2)), "with fresh keys, as in the game");
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
            Result decision = Assert.Exactly(Game.WInd(new NoisyBit(), new GreedyDistinguisher(), Line4.Resample, 3));
            Assert.Equal((Fraction.Zero, 1.0), (decision.Advantage.Exact!.Value, decision.Faults[Fault.OverQueries]), "a decision is a coin");
        }),
        Suite.Test("what goes wrong in an oracle is the challenger's", () =>
        {
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(Game.WInd(new Uniform(1), new GreedyDistinguisher(), Line4.Resample, 2)), "an undefined game");
            Game faulty = Game.WRec(new TableScheme([0, 1], [[1]], 0), new Greedy(1), 2); // no row for W = 1
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
            // Recovery 100, Run 1, Run′ 5: 100 + m < 5·m from m = 26 on.
            TableScheme scheme = new([1, 1], [[1, 0], [0, 1]], 0, runReleasedCost: 5);
            Eq8<int, int, int, int, NoKey, NoKey> accelerator = new(new CostlyRun(scheme), new Costly(100));
            foreach ((int m, int within) in new[] { (1, 0), (25, 0), (26, 1), (40, 1) })
            {
                Result result = Assert.Exactly(Game.EffInf(scheme, accelerator, 1, m));
                Assert.Equal(26.0, result.BreakEven!.Value, $"m* from {m} inputs");
                Assert.Equal((Fraction)within, result.WithinBudget!.Exact!.Value, $"within the budget over {m} inputs");
                Assert.Equal(Fraction.One, result.Advantage.Exact!.Value, "and right");
            }

            Assert.Equal(26.0, Assert.Exactly(Game.EffInf(scheme, accelerator)).BreakEven!.Value, "m* of the paper's game");
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

    private sealed record Costly(int Operations) : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape)
        {
            tape.Charge(new Cost(Elementwise: Operations));
            return released;
        }
    }

    /// <summary>The scheme whose Run costs one operation.</summary>
    private sealed class CostlyRun(TableScheme scheme) : KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape) => scheme.Release(secret, weights, tape);
    }
}
