using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;

namespace Wager.Tests;

/// <summary>
/// A finite scheme in the probe model, by tables: a weight, released by odds as one of 2ᵏ patterns of k binary cells; Run′ answers by odds
/// that the pattern gives, for a price that it gives too, and Same on 𝒴 is |a − b| ≤ δ.
/// </summary>
internal sealed class ProbedScheme(int cells, int[] odds, int[][] release, int[][] outputs, int[] prices, int delta) : Scheme<int, int, int, int, NoKey, NoKey>
{
    public int CellCount => cells;

    public int Outputs => outputs[0].Length;

    public override string Name => "probed";

    public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();

    public override Tolerance<int> OutputTolerance { get; } = new("difference", (a, b) => Math.Abs(a - b), delta);

    public override IReadOnlyList<int> AllWeights { get; } = [.. Enumerable.Range(0, odds.Length)];

    public override IReadOnlyList<int> AllOutputs { get; } = [.. Enumerable.Range(0, outputs[0].Length)];

    public override int Train(Tape tape) => tape.DrawByOdds(odds);

    public override int Run(int weights, int input, Tape tape) => 0;

    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    public override int Release(NoKey secret, int weights, Tape tape) => tape.DrawByOdds(release[weights]);

    public override int Input(Tape tape) => 0;

    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: prices[released]));
        return tape.DrawByOdds(outputs[released]);
    }

    public override IReadOnlyList<int> Cells(int released) => [.. Enumerable.Range(0, cells).Select(i => released >> i & 1)];

    /// <summary>Pr[W = w, W′ = r].</summary>
    public Fraction Joint(int w, int r) => new Fraction(odds[w], odds.Sum()) * new Fraction(release[w][r], release[w].Sum());

    /// <summary>Pr[W′ = r].</summary>
    public Fraction Released(int r) => Reference.Sum(AllWeights, w => Joint(w, r));

    /// <summary>Pr[Same(y, Run′(r))].</summary>
    public Fraction Wins(int y, int r) =>
        Reference.Sum(AllOutputs.Where(other => Math.Abs(y - other) <= delta), other => new Fraction(outputs[r][other], outputs[r].Sum()));

    /// <summary>What Run′ costs on a pattern.</summary>
    public int Price(int r) => prices[r];

    public override string ToString() =>
        $"odds ({string.Join(", ", odds)}), release ({Rows(release)}), outputs ({Rows(outputs)}), prices ({string.Join(", ", prices)}), δ = {delta}";

    public static Arbitrary<ProbedScheme> Arbitrary { get; } = Arb.From(
        from cells in Gen.Choose(2, 3)
        from weights in Gen.Choose(1, 3)
        from answers in Gen.Choose(2, 3)
        from odds in Gen.Choose(1, 3).ArrayOf(weights)
        from release in Gen.Choose(0, 3).ArrayOf(weights << cells)
        from outputs in Gen.Choose(0, 2).ArrayOf(answers << cells)
        from prices in Gen.Choose(0, 4).ArrayOf(1 << cells)
        from delta in Gen.Choose(0, 1)
        select new ProbedScheme(cells, odds, Positive(release, 1 << cells), Positive(outputs, answers), prices, delta));

    /// <summary>Rows of odds that are not all 0.</summary>
    private static int[][] Positive(int[] odds, int width) => [.. odds.Chunk(width).Select(row => row.All(each => each == 0) ? [1, .. row[1..]] : row)];

    private static string Rows(int[][] rows) => string.Join(" | ", rows.Select(row => string.Join(", ", row)));
}

/// <summary>A way to read cells: answer, or read a cell and go on by what it holds.</summary>
internal abstract record DecisionTree
{
    /// <summary>What it answers on a pattern, and how many cells it has read by then.</summary>
    public abstract (int Answer, int Reads) On(int released);

    /// <summary>Every tree that reads at most so many of some cells.</summary>
    public static IEnumerable<DecisionTree> All(int reads, int[] cells, int answers)
    {
        foreach (int answer in Enumerable.Range(0, answers))
        {
            yield return new Leaf(answer);
        }

        foreach (int cell in reads == 0 ? [] : cells)
        {
            DecisionTree[] below = [.. All(reads - 1, [.. cells.Where(other => other != cell)], answers)];
            foreach (DecisionTree zero in below)
            {
                foreach (DecisionTree one in below)
                {
                    yield return new Node(cell, zero, one);
                }
            }
        }
    }

    private sealed record Leaf(int Answer) : DecisionTree
    {
        public override (int Answer, int Reads) On(int released) => (Answer, 0);
    }

    private sealed record Node(int Cell, DecisionTree Zero, DecisionTree One) : DecisionTree
    {
        public override (int Answer, int Reads) On(int released)
        {
            (int answer, int reads) = ((released >> Cell & 1) == 0 ? Zero : One).On(released);
            return (answer, reads + 1);
        }
    }
}

/// <summary>A decision tree as an adversary: a read is one operation.</summary>
internal sealed record TreeAccelerator(DecisionTree Tree) : Accelerator<int, int, int, NoKey>
{
    public override int Infer(NoKey publicKey, int released, int input, Tape tape)
    {
        (int answer, int reads) = Tree.On(released);
        tape.Charge(new Cost(Elementwise: reads));
        return answer;
    }
}
