using System.Numerics;
using Wager.Adversaries.Tables;
using Wager.Schemes.Tables;
using static Wager.Testing.Search.RandomInstances;

namespace Wager.Testing.Search;

/// <summary>The steps by which instances are made smaller, the boldest first. Not every step makes every instance smaller.</summary>
internal static class InstanceShrinks
{
    public static IEnumerable<TableInstance> Of(TableInstance i) =>
        InTurn(Plain(i), Foldings(i), TableSteps(i.Tables).Select(tables => i with { Tables = tables }), AdversarySteps(i));

    /// <summary>What a claim does not speak of goes in one step.</summary>
    private static IEnumerable<TableInstance> Plain(TableInstance i)
    {
        SchemeTables t = i.Tables;
        yield return i with { Recoverer = new(Zeros(i.Recoverer.Answers)) };
        yield return i with { Accelerator = new(Zeros(i.Accelerator.Answers)) };
        yield return i with { Distinguisher = new(Zeros(i.Distinguisher.Ones), 1) };
        yield return i with { PairDistinguisher = new(Rows(t.PublicKeyCount, _ => Rows(t.WeightCount, _ => Rows(t.WeightCount, _ => new int[t.ViewCount]))), [[0]]) };
        if (t.WeightCount <= t.OutputCount)
        {
            yield return i with { Tables = t with { Run = Rows(t.WeightCount, w => Rows(t.InputCount, _ => Certain(w, t.OutputCount))) } };
        }

        yield return i with { Tables = t with { RunReleased = Rows(t.PublicKeyCount, _ => Rows(t.ViewCount, _ => Rows(t.InputCount, _ => Certain(0, t.OutputCount)))) } };
        yield return i with { Tables = t with { Weights = DistanceTable.Discrete(t.WeightCount) } };
        yield return i with { Tables = t with { Outputs = DistanceTable.Discrete(t.OutputCount) } };
    }

    private static IEnumerable<TableInstance> Foldings(TableInstance i) => InTurn(
        Folding.Of(i.Tables.WeightCount).Select(f => f.Weight(i)),
        Folding.Of(i.Tables.KeyCount).Select(f => f.Key(i)),
        Folding.Of(i.Tables.PublicKeyCount).Select(f => f.PublicKey(i)),
        Folding.Of(i.Tables.ViewCount).Select(f => f.View(i)),
        Folding.Of(i.Tables.InputCount).Select(f => f.Input(i)),
        Folding.Of(i.Tables.OutputCount).Select(f => f.Output(i)),
        Folding.Of(i.PairDistinguisher.Answers.Length).Select(f => f.Symbol(i)));

    private static IEnumerable<SchemeTables> TableSteps(SchemeTables t) => InTurn(
        Odds(t.Train).Select(row => t with { Train = row }),
        Odds(t.Keys).Select(row => t with { Keys = row }),
        Odds(t.Inputs).Select(row => t with { Inputs = row }),
        Numbers(t.Public).Select(row => t with { Public = row }),
        OneOf(t.Release, byWeight => OneOf(byWeight, Odds)).Select(table => t with { Release = table }),
        OneOf(t.Run, byInput => OneOf(byInput, Odds)).Select(table => t with { Run = table }),
        OneOf(t.RunReleased, byView => OneOf(byView, byInput => OneOf(byInput, Odds))).Select(table => t with { RunReleased = table }),
        Distances(t.Weights).Select(table => t with { Weights = table }),
        Distances(t.Outputs).Select(table => t with { Outputs = table }),
        Number(t.RunCost).Select(cost => t with { RunCost = cost }),
        Number(t.RunReleasedCost).Select(cost => t with { RunReleasedCost = cost }));

    private static IEnumerable<TableInstance> AdversarySteps(TableInstance i)
    {
        (TableRecoverer recoverer, TableAccelerator accelerator) = (i.Recoverer, i.Accelerator);
        (TableDistinguisher distinguisher, TablePairDistinguisher pair) = (i.Distinguisher, i.PairDistinguisher);
        return InTurn(
            OneOf(recoverer.Answers, Numbers).Select(table => i with { Recoverer = recoverer with { Answers = table } }),
            Number(recoverer.Operations).Select(cost => i with { Recoverer = recoverer with { Operations = cost } }),
            OneOf(accelerator.Answers, byView => OneOf(byView, Numbers)).Select(table => i with { Accelerator = accelerator with { Answers = table } }),
            Number(accelerator.Operations).Select(cost => i with { Accelerator = accelerator with { Operations = cost } }),
            Certainties(distinguisher).Select(smaller => i with { Distinguisher = smaller }),
            OneOf(distinguisher.Ones, byW0 => OneOf(byW0, byW1 => OneOf(byW1, Numbers))).Select(table => i with { Distinguisher = distinguisher with { Ones = table } }),
            OneOf(pair.Symbols, byW0 => OneOf(byW0, byW1 => OneOf(byW1, Numbers))).Select(table => i with { PairDistinguisher = pair with { Symbols = table } }),
            OneOf(pair.Answers, Numbers).Select(table => i with { PairDistinguisher = pair with { Answers = table } }),
            Number(pair.Default).Select(bit => i with { PairDistinguisher = pair with { Default = bit } }));
    }

    /// <summary>A distinguisher without coins: every chance of 1 becomes certain, or only what is certain stays.</summary>
    private static IEnumerable<TableDistinguisher> Certainties(TableDistinguisher d)
    {
        TableDistinguisher From(int least) => new(
            Rows(d.Ones.Length, pk => Rows(d.Ones[pk].Length, w0 => Rows(d.Ones[pk][w0].Length, w1 =>
                Rows(d.Ones[pk][w0][w1].Length, view => d.Ones[pk][w0][w1][view] >= least ? 1 : 0)))),
            1);
        return [From(d.Denominator), From(1)];
    }

    /// <summary>Certain outcomes, the same odds in lowest terms, and one of the odds lower.</summary>
    private static IEnumerable<int[]> Odds(int[] row)
    {
        int divisor = row.Aggregate(0, static (a, b) => (int)BigInteger.GreatestCommonDivisor(a, b));
        return
        [
            .. Enumerable.Range(0, row.Length).Select(outcome => Certain(outcome, row.Length)),
            [.. row.Select(odds => odds / divisor)],
            .. Numbers(row).Where(static smaller => Array.Exists(smaller, static odds => odds > 0)),
        ];
    }

    private static IEnumerable<DistanceTable> Distances(DistanceTable table)
    {
        DistanceTable With(int a, int b, int forth, int back)
        {
            int[][] distance = Rows(table.Count, i => (int[])table.Distance[i].Clone());
            (distance[a][b], distance[b][a]) = (forth, back);
            return table with { Distance = distance };
        }

        return
        [
            .. Number(table.Threshold).Select(threshold => table with { Threshold = threshold }),
            table with { Distance = Rows(table.Count, a => Rows(table.Count, b => Math.Min(1, table.Distance[a][b]))) },
            .. from a in Enumerable.Range(0, table.Count)
               from b in Enumerable.Range(a, table.Count - a)
               let forth = table.Distance[a][b]
               let back = table.Distance[b][a]
               from smaller in (DistanceTable[])
               [
                   .. Number(Math.Min(forth, back)).Select(both => With(a, b, both, both)),
                   With(a, b, Math.Min(forth, back), Math.Min(forth, back)),
                   .. Number(forth).Select(lower => With(a, b, lower, a == b ? lower : back)),
                   .. Number(back).Select(lower => With(a, b, a == b ? lower : forth, lower)),
               ]
               select smaller,
        ];
    }

    private static IEnumerable<int[]> Numbers(int[] row) => OneOf(row, Number);

    /// <summary>0, 1 and one less, as far as they are smaller.</summary>
    private static IEnumerable<int> Number(int number) => ((int[])[0, 1, number - 1]).Where(smaller => smaller >= 0 && smaller < number).Distinct();

    /// <summary>The array with one of its elements made smaller.</summary>
    private static IEnumerable<T[]> OneOf<T>(T[] rows, Func<T, IEnumerable<T>> smaller)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (T element in smaller(rows[i]))
            {
                T[] copy = [.. rows];
                copy[i] = element;
                yield return copy;
            }
        }
    }

    /// <summary>One after the other, each made only when it is asked for.</summary>
    private static IEnumerable<T> InTurn<T>(params IEnumerable<T>[] steps) => steps.SelectMany(static step => step);

    private static int[][] Zeros(int[][] table) => Rows(table.Length, i => new int[table[i].Length]);

    private static int[][][] Zeros(int[][][] table) => Rows(table.Length, i => Zeros(table[i]));

    private static int[][][][] Zeros(int[][][][] table) => Rows(table.Length, i => Zeros(table[i]));
}
