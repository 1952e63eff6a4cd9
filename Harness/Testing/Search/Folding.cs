using Wager.Adversaries.Tables;
using Wager.Schemes.Tables;
using static Wager.Testing.Search.RandomInstances;

namespace Wager.Testing.Search;

/// <summary>
/// Takes one weight, key, view, input, output or symbol out of an instance, in the scheme and in all adversaries. Another takes its
/// place wherever it is an answer.
/// </summary>
/// <param name="Out">What goes.</param>
/// <param name="Into">What takes its place.</param>
/// <param name="Merged">Whether the odds of what goes are added to those of what takes its place; else they are dropped.</param>
internal readonly record struct Folding(int Out, int Into, bool Merged)
{
    /// <summary>Every way to take one of several out: merged into each other one, or dropped.</summary>
    public static IEnumerable<Folding> Of(int count) =>
        from gone in Enumerable.Range(0, count)
        from heir in Enumerable.Range(0, count)
        where heir != gone
        from merged in heir == (gone == 0 ? 1 : 0) ? [false, true] : (bool[])[true]
        select new Folding(gone, heir, merged);

    public TableInstance Weight(TableInstance i) => i with
    {
        Tables = i.Tables with
        {
            Train = Odds(i.Tables.Train),
            Release = Each(i.Tables.Release, Cut),
            Run = Cut(i.Tables.Run),
            Weights = Distance(i.Tables.Weights),
        },
        Recoverer = i.Recoverer with { Answers = Each(i.Recoverer.Answers, Answers) },
        Distinguisher = i.Distinguisher with { Ones = Each(i.Distinguisher.Ones, Square) },
        PairDistinguisher = i.PairDistinguisher with { Symbols = Each(i.PairDistinguisher.Symbols, Square) },
    };

    public TableInstance Key(TableInstance i) => i with
    {
        Tables = i.Tables with { Keys = Odds(i.Tables.Keys), Public = Cut(i.Tables.Public), Release = Cut(i.Tables.Release) },
    };

    public TableInstance PublicKey(TableInstance i) => i with
    {
        Tables = i.Tables with { Public = Answers(i.Tables.Public), RunReleased = Cut(i.Tables.RunReleased) },
        Recoverer = i.Recoverer with { Answers = Cut(i.Recoverer.Answers) },
        Accelerator = i.Accelerator with { Answers = Cut(i.Accelerator.Answers) },
        Distinguisher = i.Distinguisher with { Ones = Cut(i.Distinguisher.Ones) },
        PairDistinguisher = i.PairDistinguisher with { Symbols = Cut(i.PairDistinguisher.Symbols) },
    };

    public TableInstance View(TableInstance i)
    {
        Folding f = this;
        return i with
        {
            Tables = i.Tables with
            {
                Release = Each(i.Tables.Release, byWeight => Each(byWeight, f.Odds)),
                RunReleased = Each(i.Tables.RunReleased, Cut),
            },
            Recoverer = i.Recoverer with { Answers = Each(i.Recoverer.Answers, Cut) },
            Accelerator = i.Accelerator with { Answers = Each(i.Accelerator.Answers, Cut) },
            Distinguisher = i.Distinguisher with { Ones = Each(i.Distinguisher.Ones, byW0 => Each(byW0, byW1 => Each(byW1, f.Cut))) },
            PairDistinguisher = i.PairDistinguisher with { Symbols = Each(i.PairDistinguisher.Symbols, byW0 => Each(byW0, byW1 => Each(byW1, f.Cut))) },
        };
    }

    public TableInstance Input(TableInstance i)
    {
        Folding f = this;
        return i with
        {
            Tables = i.Tables with
            {
                Inputs = Odds(i.Tables.Inputs),
                Run = Each(i.Tables.Run, Cut),
                RunReleased = Each(i.Tables.RunReleased, byView => Each(byView, f.Cut)),
            },
            Accelerator = i.Accelerator with { Answers = Each(i.Accelerator.Answers, byView => Each(byView, f.Cut)) },
        };
    }

    public TableInstance Output(TableInstance i)
    {
        Folding f = this;
        return i with
        {
            Tables = i.Tables with
            {
                Run = Each(i.Tables.Run, byInput => Each(byInput, f.Odds)),
                RunReleased = Each(i.Tables.RunReleased, byView => Each(byView, byInput => Each(byInput, f.Odds))),
                Outputs = Distance(i.Tables.Outputs),
            },
            Accelerator = i.Accelerator with { Answers = Each(i.Accelerator.Answers, byView => Each(byView, f.Answers)) },
        };
    }

    public TableInstance Symbol(TableInstance i)
    {
        Folding f = this;
        TablePairDistinguisher pair = i.PairDistinguisher;
        return i with
        {
            PairDistinguisher = pair with
            {
                Symbols = Each(pair.Symbols, byW0 => Each(byW0, byW1 => Each(byW1, f.Answers))),
                Answers = Square(pair.Answers),
            },
        };
    }

    private static T[] Each<T>(T[] rows, Func<T, T> change) => Rows(rows.Length, i => change(rows[i]));

    private T[] Cut<T>(T[] rows) => [.. rows[..Out], .. rows[(Out + 1)..]];

    private T[][] Square<T>(T[][] rows) => Each(Cut(rows), Cut);

    private DistanceTable Distance(DistanceTable table) => table with { Distance = Square(table.Distance) };

    private int[] Odds(int[] row)
    {
        int[] folded = [.. row];
        folded[Into] += Merged ? folded[Out] : 0;
        int[] left = Cut(folded);
        return Array.TrueForAll(left, static odds => odds == 0) ? Certain(Answer(Into), left.Length) : left;
    }

    private int[] Answers(int[] row)
    {
        Folding f = this;
        return Rows(row.Length, i => f.Answer(row[i] == f.Out ? f.Into : row[i]));
    }

    private int Answer(int old) => old > Out ? old - 1 : old;
}
