using Expecto;
using Wager.Adversaries.Tables;
using Wager.Schemes.Tables;
using Wager.Testing.Search;

namespace Wager.Tests;

internal static class RandomInstanceTests
{
    /// <summary>How many of the first 2000 instances of seed 1 are of a kind that claims need.</summary>
    private static readonly (string Kind, Func<TableInstance, bool> Is, int Count)[] _kinds =
    [
        ("one key", i => i.Tables.KeyCount == 1, 1234),
        ("a constant release", i => i.Tables.Release.All(key => key.All(row => Certain(row) && row.SequenceEqual(i.Tables.Release[0][0]))), 673),
        ("a release in clear", i => i.Tables.Release.All(key => key.Index().All(row => Certain(row.Item) && row.Item.ElementAtOrDefault(row.Index) > 0)), 369),
        ("a pad", IsPad, 191),
        ("a deterministic Release", i => i.Tables.Release.All(key => key.All(Certain)), 1705),
        ("a deterministic Run", i => i.Tables.Run.All(w => w.All(Certain)), 1730),
        ("correct", i => IsCorrect(i.Tables), 1023),
        ("two metrics", i => i.Tables.Weights.IsMetric && i.Tables.Outputs.IsMetric, 1668),
        ("δ_W = 0", i => i.Tables.Weights.Threshold == 0, 1212),
        ("a constant recoverer", i => i.Recoverer.Answers.All(row => row.All(answer => answer == i.Recoverer.Answers[0][0])), 1237),
        ("the premises of Eq. 8, with a deterministic Run and metrics", PremisesOfEq8, 501),
    ];

    public static Test All => Suite.Group(
        "random instances",
        Suite.Property("an instance is valid and within its sizes", RandomInstances.Arbitrary, instance =>
        {
            Assert.Equal(null, instance.Flaw, "flaw");
            SchemeTables t = instance.Tables;
            Assert.True(
                t.WeightCount is >= 2 and <= 4 && t.KeyCount is >= 1 and <= 3 && t.ViewCount is >= 1 and <= 3 && t.InputCount is 1 or 2 && t.OutputCount is >= 2 and <= 4, "sizes");
        }, 2000),
        Suite.Property("every shrink is valid and smaller", RandomInstances.Arbitrary, instance =>
        {
            InstanceSize size = InstanceSize.Of(instance);
            foreach (TableInstance smaller in RandomInstances.Shrinks(instance))
            {
                Assert.Equal(null, smaller.Flaw, "flaw");
                Assert.True(InstanceSize.Of(smaller) < size, "smaller");
            }
        }, 100),
        Suite.Property("without anything to keep, shrinking ends at one of each", RandomInstances.Arbitrary, instance =>
        {
            TableInstance last = Smallest(instance, _ => true);
            Assert.Equal(
                "Train [1], Keys [1], Public [0], Inputs [1], Release [[[1]]], Run [[[1]]] for 0, RunReleased [[[[1]]]] for 0, Weights [[0]] ≤ 0, Outputs [[0]] ≤ 0, "
                + "Recoverer [[0]] for 0, Accelerator [[[0]]] for 0, Distinguisher [[[[0]]]] of 1, PairDistinguisher [[[[0]]]], [[0]], 0",
                last.ToString(),
                "the smallest instance");
        }, 50),
        Suite.Test("what is kept is shrunk to what a person would write: recovery by luck", () =>
        {
            // WRec at least 1/2 with two weights that differ: what Eq. 9 fails on.
            static bool Lucky(TableInstance i) => i.Tables.WeightCount >= 2 && i.Tables.Train.Count(odds => odds > 0) >= 2 && !i.Tables.Weights.Same(0, 1)
                && Reference.WRec(i) >= new Fractions.Fraction(1, 2) && Reference.WRec(i) < 1;
            TableInstance[] found = [.. Enumerable.Range(0, 200).Select(index => RandomInstances.Draw(3, index)).Where(Lucky).Take(10).Select(i => Smallest(i, Lucky))];
            Assert.Equal(10, found.Length, "found");
            foreach (TableInstance i in found)
            {
                Assert.Equal((2, 1, 1), (i.Tables.WeightCount, i.Tables.KeyCount, i.Tables.ViewCount), $"weights, keys and views of {i}");
                Assert.Equal("[1, 1]", TableShape.Text(i.Tables.Train), "Train");
            }
        }),
        Suite.Test("an instance is that of its seed and index, and of no others", () =>
        {
            Assert.Equal(RandomInstances.Draw(9, 77).ToString(), RandomInstances.Draw(9, 77).ToString(), "drawn twice");
            Assert.Equal(
                string.Join('\n', RandomInstances.Shrinks(RandomInstances.Draw(9, 77))), string.Join('\n', RandomInstances.Shrinks(RandomInstances.Draw(9, 77))), "shrunk twice");
            HashSet<string> texts = [];
            foreach (ulong seed in new ulong[] { 0, 1, 2, ulong.MaxValue })
            {
                for (int index = 0; index < 500; index++)
                {
                    texts.Add(RandomInstances.Draw(seed, index).ToString());
                }
            }

            Assert.Equal(2000, texts.Count, "different instances of four seeds");
        }),
        Suite.Test("what claims need is frequent", () =>
        {
            TableInstance[] instances = [.. Enumerable.Range(0, 2000).Select(index => RandomInstances.Draw(1, index))];
            Assert.Equal(
                string.Join('\n', _kinds.Select(kind => $"{kind.Kind}: {kind.Count}")),
                string.Join('\n', _kinds.Select(kind => $"{kind.Kind}: {instances.Count(kind.Is)}")),
                "kinds");
        }));

    /// <summary>Takes the first smaller neighbour that still holds, until there is none.</summary>
    private static TableInstance Smallest(TableInstance instance, Func<TableInstance, bool> holds)
    {
        while (RandomInstances.Shrinks(instance).FirstOrDefault(holds) is { } smaller)
        {
            instance = smaller;
        }

        return instance;
    }

    private static bool Certain(int[] row) => row.Count(odds => odds > 0) == 1;

    private static bool IsPad(TableInstance i)
    {
        SchemeTables t = i.Tables;
        return t.KeyCount == t.WeightCount && t.ViewCount == t.WeightCount
            && t.Release.Index().All(key => key.Item.Index().All(row => Certain(row.Item) && row.Item[(row.Index + key.Index) % t.WeightCount] > 0));
    }

    private static bool PremisesOfEq8(TableInstance i) =>
        IsCorrect(i.Tables) && i.Tables.Run.All(w => w.All(Certain)) && i.Tables.Weights.IsMetric && i.Tables.Outputs.IsMetric
        && i.Tables.RunReleasedCost > i.Tables.RunCost + i.Recoverer.Operations;

    /// <summary>Whether every y′ that may come is the same as every y that may come, as Def. 3.1 wants.</summary>
    private static bool IsCorrect(SchemeTables t) => (
        from w in Possible(t.Train)
        from key in Possible(t.Keys)
        from view in Possible(t.Release[key][w])
        from x in Possible(t.Inputs)
        from released in Possible(t.RunReleased[t.Public[key]][view][x])
        from y in Possible(t.Run[w][x])
        select t.Outputs.Same(released, y)).All(same => same);

    private static IEnumerable<int> Possible(int[] odds) => Enumerable.Range(0, odds.Length).Where(outcome => odds[outcome] > 0);
}
