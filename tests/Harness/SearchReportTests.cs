using Expecto;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes;
using Wager.Schemes.Tables;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>How a search counts, finds and ends, by claims that are made up; and what it takes from an instance: ω, and the laws that a distance obeys.</summary>
internal static class SearchReportTests
{
    private static readonly Relation _true = Relation.AtMost(0, 0);

    private static readonly Claim _holds = new("", "", "", _true);

    private static readonly Claim _fails = new("", "", "", Relation.AtMost(1, 0));

    private static readonly Claim _unmet = new("", "", "", _true with { Premises = [Premise.Metric("Dist", Tolerance.Equality<int>() with { ObeysTriangle = false })] });

    private static readonly Claim _undefined = new("", "", "", Relation.AtMost(new Term("a", Game.WInd(new Uniform(1), new ConstantDistinguisher())), 1));

    public static Test All => Suite.Group(
        "search reports",
        Suite.Test("instances are counted apart: without a claim, with an unmet premise, undefined, vacuous and tight, until there are enough", () =>
        {
            Term found = new("found", Game.WRec(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0)));
            Claim[] kinds = [_unmet, _undefined, new("", "", "", Relation.AtMost(found, 1)), new("", "", "", Relation.AtMost(3 * (Formula)found, 1)), new("", "", "", Relation.AtMost(found, 2 * found)), new("", "", "", Relation.AtMost(1, 1))];
            int Kind(TableInstance instance) => ((instance.Tables.WeightCount * 3) + instance.Tables.ViewCount + instance.Tables.InputCount) % (kinds.Length + 1);
            IReadOnlyList<Claim> Claims(TableInstance instance) => Kind(instance) == kinds.Length ? [] : [kinds[Kind(instance)]];
            int[] expected = new int[kinds.Length + 1];
            int drawn = 0;
            for (int instances = 0; instances < 400; drawn++)
            {
                int kind = Kind(RandomInstances.Draw(5, drawn));
                expected[kind]++;
                instances += kind is 0 or 1 || kind == kinds.Length ? 0 : 1;
            }

            Assert.True(expected.All(count => count > 0), $"each kind: {string.Join(' ', expected)}");
            SearchReport report = new ClaimSearch(Claims).Run(5, 400, 2);
            Assert.Equal((400L, (long)drawn, (long)(expected[0] + expected[^1]), (long)expected[1]), (report.Instances, report.Drawn, report.PremiseUnmet, report.Undefined), "counts");
            Assert.Equal(((long)(expected[2] + expected[5]), (long)expected[3]), (report.Vacuous, report.Tight), "vacuous, and tight without being vacuous");
        }),
        Suite.Test("what is found has its index, wherever its block begins, and all that is smaller was tried", () =>
        {
            TableInstance wanted = RandomInstances.Draw(5, 700);
            SearchReport report = new ClaimSearch(instance => [instance.ToString() == wanted.ToString() ? _fails : _holds]).Run(5, 2000, 2);
            Assert.Equal<(long?, string)>((700, wanted.ToString()), (report.Index, report.Found!.Instance.ToString()), "found");
            Assert.Equal((wanted.ToString(), (long)RandomInstances.Shrinks(wanted).Count()), (report.Smallest!.Instance.ToString(), report.Shrinks), "no smaller one refutes it");
            SearchReport smaller = new ClaimSearch(instance => [instance.Tables.WeightCount == 2 || instance.ToString() == wanted.ToString() ? _fails : _holds]).Run(5, 2000, 2);
            Assert.Equal((2, 1), (smaller.Smallest!.Instance.Tables.WeightCount, smaller.Smallest.Instance.Tables.ViewCount), "as small as it gets");
        }),
        Suite.Test("a search that a claim says nothing to gives up, and one that is stopped stops", () =>
        {
            Assert.Equal(512L, new ClaimSearch(_ => []).Run(5, 1, 2).Drawn, "one block for one instance");
            using CancellationTokenSource stop = new();
            stop.Cancel();
            Assert.Equal(0L, new ClaimSearch(_ => [_holds]).Run(5, 10, 2, cancellation: stop.Token).Drawn, "stopped");
        }),
        Suite.Test("of several adversaries one that refutes suffices, and so does a step or a cost of what is proved", () =>
        {
            TableInstance any = RandomInstances.Draw(5, 0);
            bool Refuted(params Claim[] claims) => ClaimSearch.IsRefuted(new ClaimSearch(_ => claims).Of(any)!);
            Assert.True(Refuted(_holds, _fails), "the last");
            Assert.True(Refuted(_fails, _holds), "the first");
            Assert.True(Refuted(_holds with { Steps = [_fails.Conclusion] }), "a step");
            Clear clear = new();
            CostRelation wrong = new("", [(Game.Correctness(clear), Procedure.Run)], []);
            Assert.True(Refuted(_holds with { Costs = [wrong] }), "a cost");
            Assert.True(!Refuted(_unmet with { Costs = [wrong] }), "a cost where nothing is said");
        }),
        Suite.Property("re-release is about schemes with one key, and ω of eq8 is that of the scheme, at most δ", RandomInstances.Arbitrary, c =>
        {
            Assert.Equal(c.Tables.KeyCount == 1, ClaimSearch.Of(ClaimKind.Find("re-release"), new()).Of(c) is not null, "re-release");
            ClaimResult eq8 = ClaimSearch.Of(ClaimKind.Find("eq8-repaired"), new()).Of(c)!;
            Assert.Equal(Math.Min(c.Tables.Outputs.Threshold, Largest(c.Tables)), eq8.Claim.Parameters.First(number => number.Symbol == "ω").Value, "ω");
        }, 100),
        Suite.Test("ω is taken from the value in question to the true one", () =>
        {
            SchemeTables oneWay = SmallTables.Instance([0, 1], [[1], [1]], 0).Tables with { Weights = new([[0, 0], [1, 0]], 0), Outputs = new([[0, 3], [1, 0]], 0) };
            Assert.Equal<double?>(3, Continuity.Of(new TableScheme(oneWay)), "Dist_Y(Run(0), Run(1)) is 3, and the other way 1");
        }),
        Suite.Test("the laws are asked of both distances, of what is a metric alone, and with room for rounding", () =>
        {
            SchemeTables tables = SmallTables.Instance([1, 1], [[1], [1]], 0).Tables;
            DistanceTable loop = new([[1, 0], [0, 0]], 0);
            Sampling some = new() { Trials = 9 };
            Assert.Equal<string?>(null, MetricLaws.Broken(new TableScheme(tables), some), "|a − b| twice");
            Assert.Contains("Dist_W(0, 0)", MetricLaws.Broken(new TableScheme(tables with { Weights = loop }), some)!, "Dist_W");
            Assert.Contains("Dist_Y(0, 0)", MetricLaws.Broken(new TableScheme(tables with { Outputs = loop }), some)!, "Dist_Y");
            string? Broken(Func<int, int, double> distance, bool isMetric) =>
                MetricLaws.Broken("d", new Tolerance<int>("own", (a, b) => distance(a, b), 0, ObeysTriangle: isMetric), [0, 1, 2]);
            Assert.Equal<string?>(null, Broken((a, b) => a < b ? 1 : 0, isMetric: false), "one way alone, and said to be no metric");
            Assert.Equal<string?>(null, Broken((a, b) => Math.Abs(a - b) == 2 ? 2 * (1 + 1e-12) : Math.Abs(a - b), isMetric: true), "longer by a rounding");
        }),
        Suite.Test("where there is no answer a search is lost, and a decision is a coin of the harness's own", () =>
        {
            for (int trial = 0; trial < 30; trial++)
            {
                SeededTape tape = new(1);
                tape.Rewind(trial);
                bool coin = tape.For(Procedure.Harness).Coin().Lanes[0];
                tape.Rewind(trial);
                Assert.Equal(coin, Game.WInd(new Uniform(2), new ConstantDistinguisher()).WithoutAnswer(tape).Lanes[0], $"W-IND, trial {trial}");
                Assert.True(!Game.WRec(new Uniform(2), new ConstantRecoverer<int, int, NoKey>(0)).WithoutAnswer(tape).Lanes[0], $"WRec, trial {trial}");
            }
        }));

    /// <summary>The largest distance between outputs that Run may give for weights that are the same.</summary>
    private static double Largest(SchemeTables t)
    {
        IEnumerable<int> May(int w, int x) => Enumerable.Range(0, t.OutputCount).Where(y => t.Run[w][x][y] > 0);
        return (from x in Enumerable.Range(0, t.InputCount)
                from w in Enumerable.Range(0, t.WeightCount)
                from truth in Enumerable.Range(0, t.WeightCount)
                where t.Weights.Same(w, truth)
                from y in May(w, x)
                from other in May(truth, x)
                select t.Outputs.Distance[y][other]).Append(0).Max();
    }

    private sealed record ConstantDistinguisher : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;
    }
}
