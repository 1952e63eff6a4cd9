using Expecto;
using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes;
using Wager.Testing;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>The optimal adversary is a maximum: nobody beats it, and somebody has it.</summary>
internal static class OptimalAdversaryTests
{
    /// <summary>Tables small enough for all deterministic adversaries in WRec, and in W-IND.</summary>
    private static readonly Arbitrary<TableInstance> _few = Of(c => c.Tables.PublicKeyCount * c.Tables.ViewCount <= 5);

    private static readonly Arbitrary<TableInstance> _small = Of(c => c.Tables.WeightCount <= 3 && c.Tables.PublicKeyCount * c.Tables.ViewCount <= 2);

    public static Test All => Suite.Group(
        "optimal adversaries",
        Suite.Property("in WRec no table adversary beats it, and the best of all deterministic ones has it", _few, c =>
        {
            Fraction best = Advantage(OptimalAdversary.WRec(c.Scheme()));
            Assert.True(Assert.Exact(Game.WRec(c.Scheme(), c.Recoverer)) <= best, "the instance's own adversary");
            int views = c.Tables.ViewCount;
            Fraction most = Tables(c.Tables.PublicKeyCount * views, c.Tables.WeightCount).Max(answers => Reference.WRec(c with { Recoverer = new([.. answers.Chunk(views)]) }));
            Assert.Equal(most, best, "Adv");
        }, 100),
        Suite.Property("in W-IND no table adversary beats it, whichever way line 4 is read", RandomInstances.Arbitrary, c =>
        {
            foreach (Line4 line4 in new[] { Line4.Resample, Line4.Reject })
            {
                OptimalAdversary optimal = OptimalAdversary.WInd(c.Scheme(), line4);
                if (Reference.WInd(c, line4 == Line4.Reject, (_, _, _, _) => 0) is null)
                {
                    Assert.Throws<UndefinedConditionException>(() => optimal.Evaluate(), "an undefined game has no best adversary");
                    continue;
                }

                Assert.True(Assert.Exact(Game.WInd(c.Scheme(), c.Distinguisher, line4)) <= Advantage(optimal), $"{line4}");
            }
        }),
        Suite.Property("in W-IND the best of all deterministic table adversaries has it", _small, c =>
        {
            foreach (bool reject in new[] { false, true })
            {
                (int Pk, int W0, int W1, int View)[] places =
                [
                    .. from pk in Enumerable.Range(0, c.Tables.PublicKeyCount)
                       from w0 in Reference.Weights(c)
                       from w1 in Reference.Weights(c)
                       where !c.Tables.Weights.Same(w1, w0)
                       from view in Enumerable.Range(0, c.Tables.ViewCount)
                       select (pk, w0, w1, view),
                ];
                if (Reference.WInd(c, reject, (_, _, _, _) => 0) is not { } zeros)
                {
                    return;
                }

                // Where each place adds or takes what it does alone, the best is found over all 2^places tables without playing each.
                Fraction half = new(1, 2);
                Fraction[] gains = [.. places.Select(place => Reference.WInd(c, reject, (pk, w0, w1, view) => Reference.If((pk, w0, w1, view) == place))!.Value - zeros)];
                Fraction most = Enumerable.Range(0, 1 << places.Length).Max(table =>
                    (2 * (zeros + Reference.Sum(Enumerable.Range(0, places.Length).Where(i => (table >> i & 1) == 1), i => gains[i]) - half)).Abs());
                Assert.Equal(most, Advantage(OptimalAdversary.WInd(c.Scheme(), reject ? Line4.Reject : Line4.Resample)), $"Adv, reject is {reject}");
            }
        }, 40),
        Suite.Property("in EffInf it is the best of all decision trees at every number of reads, and within the budget", ProbedScheme.Arbitrary, scheme =>
        {
            Optimum optimum = OptimalAdversary.EffInf(scheme).Evaluate();
            Fraction[][] masses = Masses(scheme);
            Assert.Equal(scheme.CellCount + 1, optimum.ByReads!.Count, "numbers of reads");
            for (int t = 0; t <= Math.Min(2, scheme.CellCount); t++)
            {
                DecisionTree[] trees = [.. DecisionTree.All(t, [.. Enumerable.Range(0, scheme.CellCount)], scheme.Outputs)];
                (DecisionTree tree, Fraction most) = Best(trees, each => Won(scheme, masses, each, isBudgeted: false));
                (DecisionTree within, Fraction mostWithin) = Best(trees, each => Won(scheme, masses, each, isBudgeted: true));
                Assert.Equal(most, optimum.ByReads[t].Advantage.Exact!.Value, $"{t} reads");
                Assert.Equal(mostWithin, optimum.ByReads[t].WithinBudget!.Exact!.Value, $"{t} reads, within the budget");
                Assert.Equal(most, Assert.Exact(Game.EffInf(scheme, new TreeAccelerator(tree))), "the best tree, played");
                Assert.Equal(mostWithin, Assert.Exactly(Game.EffInf(scheme, new TreeAccelerator(within))).WithinBudget!.Exact!.Value, "within the budget, played");
            }
        }, 30),
        Suite.Property("at as many reads as cells it is the best answer to each pattern, in EffInf and in WRec", ProbedScheme.Arbitrary, scheme =>
        {
            int[] patterns = [.. Enumerable.Range(0, 1 << scheme.CellCount)];
            Fraction answered = Reference.Sum(patterns, r => scheme.Released(r) * scheme.AllOutputs.Max(y => scheme.Wins(y, r)));
            Assert.Equal(answered, OptimalAdversary.EffInf(scheme).Evaluate().ByReads![^1].Advantage.Exact!.Value, "EffInf");
            Fraction recovered = Reference.Sum(patterns, r => scheme.AllWeights.Max(w => scheme.Joint(w, r)));
            Assert.Equal(recovered, Advantage(OptimalAdversary.WRec(scheme)), "WRec");
        }),
        Suite.Test("a bound on the reads is met without those beyond it", () =>
        {
            Sharing sharing = new(4, leaky: false);
            Optimum two = OptimalAdversary.WRec(sharing).Evaluate(reads: 2);
            Assert.Equal(("3, 1/2", 2.0), ($"{two.ByReads!.Count}, {two.Result.Advantage.Exact}", two.Result.Limits.Operations!.Value), "of two reads");
            Assert.Equal(Fraction.One, Advantage(OptimalAdversary.WRec(sharing)), "of all");
        }),
        Suite.Test("several queries: a majority of noisy bits is optimal, and two pads of one key say as much as their difference", () =>
        {
            Assert.Equal(new Fraction(27, 32), Advantage(OptimalAdversary.WRec(new NoisyBit(), 3)), "WRec of three noisy bits");
            Assert.Equal(new Fraction(11, 16), Advantage(OptimalAdversary.WInd(new NoisyBit(), queries: 3)), "W-IND of three noisy bits");
            Assert.Equal(Fraction.Zero, Advantage(OptimalAdversary.WInd(new Pad(3, published: false), queries: 2)), "two pads with fresh keys");
        }),
        Suite.Test("what has no equality by value, leaves something out or is too large is refused", () =>
        {
            Cells arrays = new();
            Assert.Contains("no equality by value", Refused(() => Advantage(OptimalAdversary.WInd(arrays))), "Int32[]");
            Assert.Contains("Int32[]", Refused(() => Advantage(OptimalAdversary.WInd(arrays))), "which type");
            Assert.Contains("does not list its weights", Refused(() => OptimalAdversary.WRec(arrays)), "𝒲");
            Assert.Contains("AllWeights of the scheme faulty leaves out 2", Refused(() => Advantage(OptimalAdversary.WRec(new Faulty([0, 1], r => [r])))), "a weight");
            Assert.Contains("lists among its weights (AllWeights) what is none: 3 is no weight", Refused(() => OptimalAdversary.WRec(new Faulty([0, 1, 2, 3], r => [r]))), "no weight");
            Assert.Contains("do not say all of W′", Refused(() => Advantage(OptimalAdversary.WRec(new Faulty([0, 1, 2], r => [r / 2])))), "part of W′");
            Assert.Contains("1 cells and 2", Refused(() => Advantage(OptimalAdversary.WRec(new Faulty([0, 1, 2], r => r == 0 ? [r] : [r, r])))), "how many cells");
            Assert.Contains("states", Refused(() => Advantage(OptimalAdversary.EffInf(new Sharing(16, leaky: false)))), "states");
            Assert.Contains("comparisons", Refused(() => Advantage(OptimalAdversary.WRec(new DroppedBits(13)))), "comparisons");
            Assert.Contains("another view", Refused(() => Advantage(OptimalAdversary.WInd(new Wrapped()))), "an array within a record");
        }));

    private static Arbitrary<TableInstance> Of(Func<TableInstance, bool> isSmall) =>
        Arb.From(RandomInstances.Arbitrary.Generator.Where(isSmall), c => RandomInstances.Shrinks(c).Where(isSmall));

    public static Fraction Advantage(OptimalAdversary optimal) => optimal.Evaluate().Result.Advantage.Exact!.Value;

    private static string Refused(Action action) => Assert.Throws<UsageException>(action, "a refusal").Message;

    /// <summary>All functions from {0 … arguments − 1} to {0 … values − 1}.</summary>
    private static IEnumerable<int[]> Tables(int arguments, int values) => arguments == 0
        ? [[]]
        : Tables(arguments - 1, values).SelectMany(table => Enumerable.Range(0, values).Select(value => (int[])[.. table, value]));

    /// <summary>Pr[W′ = r, Same(y, Run′)] for each pattern r and answer y.</summary>
    private static Fraction[][] Masses(ProbedScheme scheme) =>
        [.. Enumerable.Range(0, 1 << scheme.CellCount).Select(r => scheme.AllOutputs.Select(y => scheme.Released(r) * scheme.Wins(y, r)).ToArray())];

    private static Fraction Won(ProbedScheme scheme, Fraction[][] masses, DecisionTree tree, bool isBudgeted) => Reference.Sum(Enumerable.Range(0, masses.Length), r =>
    {
        (int answer, int reads) = tree.On(r);
        return isBudgeted && reads >= scheme.Price(r) ? Fraction.Zero : masses[r][answer];
    });

    private static (DecisionTree Tree, Fraction Most) Best(DecisionTree[] trees, Func<DecisionTree, Fraction> value) =>
        trees.Select(tree => (tree, value(tree))).MaxBy(each => each.Item2);

    /// <summary>W ← {0, 1, 2}, released as it is, with lists and cells that need not be right.</summary>
    private sealed class Faulty(int[] weights, Func<int, int[]> cells) : KeylessScheme(3)
    {
        public override string Name => "faulty";

        public override IReadOnlyList<int> AllWeights => weights;

        public override int Release(NoKey secret, int weights, Tape tape) => weights;

        public override IReadOnlyList<int> Cells(int released) => cells(released);

        public override string? FlawInWeights(int weights) => weights < 3 ? null : $"{weights} is no weight";
    }

    private readonly record struct Box(int[] Content);

    /// <summary>A release that is a record, but of an array.</summary>
    private sealed class Wrapped : Scheme<int, Box, int, int, NoKey, NoKey>
    {
        public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();

        public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

        public override int Train(Tape tape) => tape.Draw(2);

        public override int Run(int weights, int input, Tape tape) => weights;

        public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

        public override Box Release(NoKey secret, int weights, Tape tape) => new([weights]);

        public override int RunReleased(NoKey publicKey, Box released, int input, Tape tape) => released.Content[0];

        public override int Input(Tape tape) => 0;
    }
}
