using Expecto;
using Fractions;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes.Tables;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

internal static class FiniteGamesTests
{
    /// <summary>Advantages (for Correctness the probability) worked out by hand.</summary>
    private static readonly (string Scheme, Notion Notion, string? Adversary, string Expected)[] _known =
    [
        ("one-bit-pad", Notion.Correctness, null, "1/2"),
        ("one-bit-pad", Notion.WRec, "constant", "1/2"),
        ("one-bit-pad", Notion.WRec, "guess", "1/2"),
        ("one-bit-pad", Notion.EffInf, "constant", "1/2"),
        ("one-bit-pad", Notion.WInd, "eq9(constant)", "0"),
        ("one-bit-pad", Notion.WInd, "function-compare", "0"),
        ("clear", Notion.Correctness, null, "1"),
        ("clear", Notion.WRec, "constant", "1/4"),
        ("clear", Notion.WRec, "guess", "1/4"),
        ("clear", Notion.WRec, "recovery", "1"),
        ("clear", Notion.EffInf, "constant", "1/4"),
        ("clear", Notion.EffInf, "eq8(recovery)", "1"),
        ("clear", Notion.WInd, "constant", "0"),
        ("clear", Notion.WInd, "eq9(recovery)", "1"),
        ("clear", Notion.WInd, "re-release", "1"),
        ("clear", Notion.WInd, "function-compare", "1"),
        ("constant-release", Notion.Correctness, null, "3/4"),
        ("constant-release", Notion.WRec, "constant", "3/4"),
        ("constant-release", Notion.WRec, "guess", "5/8"),
        ("constant-release", Notion.EffInf, "constant", "1"),
        ("constant-release", Notion.WInd, "eq9(constant)", "0"),
        ("constant-release", Notion.WInd, "function-compare", "0"),
        ("constant-release", Notion.WInd, "re-release", "0"),
        ("constant-release-9/10", Notion.WRec, "constant", "9/10"),
        ("constant-release-0.1", Notion.WRec, "constant", "1/10"),
        ("uniform-3", Notion.WRec, "constant", "1/3"),
        ("uniform-3", Notion.WInd, "eq9(constant)", "0"),
        ("uniform-2", Notion.WRec, "constant", "1/2"),
        ("uniform-2", Notion.WInd, "eq9(constant)", "0"),
        ("uniform-7", Notion.WRec, "guess", "1/7"),
        ("pad-3", Notion.Correctness, null, "1/3"),
        ("pad-3", Notion.WRec, "constant", "1/3"),
        ("pad-3", Notion.WInd, "eq9(constant)", "0"),
        ("pad-3", Notion.WInd, "function-compare", "0"),
        ("published-pad-3", Notion.Correctness, null, "1"),
        ("published-pad-3", Notion.WRec, "recovery", "1"),
        ("published-pad-3", Notion.WInd, "eq9(recovery)", "1"),
        ("published-pad-3", Notion.WInd, "function-compare", "1"),
    ];

    private static IEnumerable<Game> AllGames =>
        from name in SchemeCatalog.Listed.Where(name => SchemeCatalog.TaylorMlpVariant(name) is null && name != "gaussian-noise-1")
        let subject = SchemeCatalog.Find(name)
        from notion in Notion.All
        from adversary in notion.Kind == Kind.Property ? [null] : subject.Adversaries(notion).Cast<string?>()
        from line4 in notion == Notion.WInd ? [Line4.Resample, Line4.Reject] : new[] { Line4.Resample }
        select subject.Game(notion, adversary, new(line4));

    public static Test All => Suite.Group(
        "finite games",
        Suite.Group("known answers", [.. _known.Select(row =>
            Suite.Test($"{row.Notion.Name} of {row.Scheme}{(row.Adversary is null ? "" : $" against {row.Adversary}")} is {row.Expected}", () =>
            {
                Game game = SchemeCatalog.Find(row.Scheme).Game(row.Notion, row.Adversary);
                Assert.Equal(Fraction.FromString(row.Expected), Assert.Exact(game), game.ToString());
            }))]),
        Suite.Test("winning and winning within the budget are two numbers", () =>
        {
            Result collapsed = Assert.Exactly(SchemeCatalog.Find("uniform-3").Game(Notion.EffInf, "constant"));
            Assert.Equal(Fraction.One, collapsed.WithinBudget!.Exact!.Value, "constant spends nothing where Run′ spends one operation");
            Result reduced = Assert.Exactly(SchemeCatalog.Find("clear").Game(Notion.EffInf, "eq8(recovery)"));
            Assert.Equal(Fraction.One, reduced.Advantage.Exact!.Value, "eq8(recovery) wins");
            Assert.Equal(Fraction.Zero, reduced.WithinBudget!.Exact!.Value, "eq8(recovery) spends two operations where Run′ spends one");
            Assert.Near(1, reduced.Cost[Procedure.Preparation].Elementwise, 1e-12, "the recovery is charged to the adversary");
            Assert.Near(1, reduced.Cost[Procedure.Adversary].Elementwise, 1e-12, "and so is Run");
            Assert.True(!reduced.Cost.ContainsKey(Procedure.Run), "the challenger does not run Run in EffInf");
        }),
        Suite.Property("WRec is the sum that Def. 3.2 describes", RandomInstances.Arbitrary, c =>
            Assert.Equal(Reference.WRec(c), Assert.Exact(Game.WRec(c.Scheme(), c.Recoverer)), "Adv")),
        Suite.Property("W-IND is the sum that Def. 3.4 describes, line 4 resampled", RandomInstances.Arbitrary, c => WIndAgrees(c, reject: false)),
        Suite.Property("W-IND is the sum that Def. 3.4 describes, line 4 rejected", RandomInstances.Arbitrary, c => WIndAgrees(c, reject: true)),
        Suite.Test("the two readings of line 4 are two games", () =>
        {
            // W₀ = 0 has only W₁ = 2 to differ from, and with δ = 1 the weight 1 differs from nothing but 3.
            TableScheme scheme = SmallTables.Scheme([1, 1, 1, 1], [[1, 0], [1, 0], [0, 1], [0, 1]], 1);
            int[][][][] sayOne = SmallTables.Zeros(4, 2);
            sayOne[0][0][3][1] = 1;
            TableDistinguisher distinguisher = new(sayOne, 1);
            Fraction resampled = Assert.Exact(Game.WInd(scheme, distinguisher));
            Fraction rejected = Assert.Exact(Game.WInd(scheme, distinguisher, Line4.Reject));
            Assert.Equal(new Fraction(1, 8), resampled, "resampled: Pr[W₀ = 0, W₁ = 3] = 1/4 · 1/2");
            Assert.Equal(new Fraction(1, 6), rejected, "rejected: one of six pairs");
        }),
        Suite.Property("eq9(A) has W-IND advantage |p − q|, and p is A's WRec advantage", RandomInstances.Arbitrary, c =>
        {
            Fraction One(int pk, int w0, int w1, int view) => Reference.If(!c.Tables.Weights.Same(c.Recoverer.Answers[pk][view], w0));
            if (Reference.WInd(c, reject: false, One) is null)
            {
                return;
            }

            Fraction Close(Func<int, int, int> released) => Reference.Sum(Reference.Weights(c).Where(w => Reference.Mu(c, w).IsPositive), w0 =>
            {
                int[] others = [.. Reference.Weights(c).Where(w1 => !c.Tables.Weights.Same(w1, w0))];
                Fraction mass = Reference.Sum(others, w1 => Reference.Mu(c, w1));
                return Reference.Mu(c, w0) * Reference.Sum(others, w1 => Reference.Mu(c, w1) / mass * Reference.Sum(
                    Reference.Released(c, released(w0, w1)), seen => seen.Probability * (1 - One(seen.Pk, w0, w1, seen.View))));
            });

            Fraction p = Close((w0, _) => w0);
            Fraction q = Close((_, w1) => w1);
            TableScheme scheme = c.Scheme();
            Eq9<int, int, int, int, int, int> reduction = new(scheme, c.Recoverer);
            Assert.Equal((p - q).Abs(), Assert.Exact(Game.WInd(scheme, reduction)), "Adv^W-IND(B_A)");
            Assert.Equal(Assert.Exact(Game.WRec(scheme, c.Recoverer)), p, "p");
        }),
        Suite.Test("W-IND is undefined where nothing differs, in one reading or in both", () =>
        {
            Subject single = SchemeCatalog.Find("uniform-1");
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(single.Game(Notion.WInd, "guess")), "resampled");
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(single.Game(Notion.WInd, "guess", new(Line4.Reject))), "rejected");

            // Weights {0, 1, 2} with δ = 1: nothing differs from 1, but 0 and 2 do differ.
            TableScheme middle = SmallTables.Scheme([1, 1, 1], [[1], [1], [1]], 1);
            TableDistinguisher zero = new(SmallTables.Zeros(3, 1), 1);
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(Game.WInd(middle, zero)), "resampled");
            Assert.Equal(Fraction.Zero, Assert.Exact(Game.WInd(middle, zero, Line4.Reject)), "rejected");
        }),
        Suite.Test("every finite game, exact against sampled (false alarm below 1e-4 in all)", () =>
        {
            foreach (Game game in AllGames)
            {
                Result exact = Assert.Exactly(game);
                Result sampled = SampledEvaluator.Evaluate(game, new() { Trials = 20_000, Seed = 20, Level = 1 - 1e-6, Threads = 1 });
                Inside(exact.Probability, sampled.Probability, game);
                Inside(exact.Advantage, sampled.Advantage, game);
                if (exact.WithinBudget is { } within)
                {
                    Inside(within, sampled.WithinBudget!, game);
                }

                foreach (Procedure procedure in exact.Cost.Keys)
                {
                    Assert.Near(exact.Cost[procedure].Elementwise, sampled.Cost[procedure].Elementwise, 1e-9, $"{game}: cost of {procedure}");
                }
            }
        }),
        Suite.Test("memory does not grow with the number of paths", () =>
        {
            static long Allocated(string scheme)
            {
                Game game = SchemeCatalog.Find(scheme).Game(Notion.WRec, "guess");
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Exactly(game);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }

            Allocated("uniform-2"); // whatever is allocated once
            long few = Allocated("uniform-10");
            long many = Allocated("uniform-1000");
            Assert.True(many <= few + 1_000, $"{few} bytes for 100 paths, {many} for 1,000,000");
        }),
        Suite.Test("a budget of paths is kept to, and stopping bounds what is known", () =>
        {
            Game game = SchemeCatalog.Find("uniform-400").Game(Notion.WRec, "guess");
            Assert.True(ExactEvaluator.Evaluate(game, maximumPaths: 159_999) is null, "400² paths are more than 159,999");
            Assert.Equal(new Fraction(1, 400), ExactEvaluator.Evaluate(game, maximumPaths: 160_000)!.Advantage.Exact!.Value, "all paths");
            using CancellationTokenSource stop = new();
            stop.Cancel();
            Result part = ExactEvaluator.Evaluate(game, cancellation: stop.Token)!;
            Assert.True(part.Stopped && part.Paths == 65_536, $"stopped after {part.Paths} paths");
            Assert.True(part.Advantage.Exact is null && double.IsNaN(part.Advantage.Value), "a part is neither exact nor an estimate");
            Result costly = ExactEvaluator.Evaluate(SchemeCatalog.Find("pad-400").Game(Notion.EffInf, "eq8(guess)"), cancellation: stop.Token)!;
            Assert.Near(1, costly.Cost[Procedure.Adversary].Elementwise, 1e-9, "the mean cost of what was covered");
            Game large = SchemeCatalog.Find("uniform-20000").Game(Notion.WInd, "guess", new(Line4.Reject));
            Assert.True(ExactEvaluator.Evaluate(large, cancellation: stop.Token)!.Stopped, "a law of 4·10⁸ pairs can be stopped");
            Assert.Throws<NotFiniteException>(() => ExactEvaluator.Evaluate(large), "and is too large to keep");
            Assert.Near(164.0 / 160_000, part.Advantage.Interval.Low, 1e-12, "won so far: rows 0 … 162, and row 163 up to column 335");
            Assert.Near(1 - ((65_536 - 164.0) / 160_000), part.Advantage.Interval.High, 1e-12, "what may still be won");
        }));

    private static void WIndAgrees(TableInstance c, bool reject)
    {
        Fraction? winning = Reference.WInd(c, reject, (pk, w0, w1, view) => new Fraction(c.Distinguisher.Ones[pk][w0][w1][view], c.Distinguisher.Denominator));
        Game game = Game.WInd(c.Scheme(), c.Distinguisher, reject ? Line4.Reject : Line4.Resample);
        if (winning is not { } p)
        {
            Assert.Throws<UndefinedConditionException>(() => Assert.Exactly(game), "undefined by hand");
            return;
        }

        Result exact = Assert.Exactly(game);
        Assert.Equal(p, exact.Probability.Exact!.Value, "Pr[win]");
        Assert.Equal(((2 * p) - 1).Abs(), exact.Advantage.Exact!.Value, "Adv");
    }

    private static void Inside(Quantity exact, Quantity sampled, Game game) => Assert.True(
        sampled.Interval.Low <= exact.Value && exact.Value <= sampled.Interval.High,
        $"{game}: exactly {exact.Exact}, but sampled in [{sampled.Interval.Low}, {sampled.Interval.High}] with seed 20");
}
