using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;

namespace Wager.Tests;

/// <summary>
/// A finite scheme given by tables: weights drawn by odds, a stochastic Release, Same by |a − b| ≤ δ. With it go an adversary of each
/// kind, likewise tables. Its games can be worked out by hand, which <see cref="Reference"/> does.
/// </summary>
internal sealed class TableScheme(int[] odds, int[][] release, int delta, int runReleasedCost = 0, int outputDelta = 0) : Scheme<int, int, int, int, NoKey, NoKey>
{
    public int[] Odds { get; } = odds;

    public int[][] ReleaseOdds { get; } = release;

    public override string Name => "table";

    public override Tolerance<int> WeightTolerance { get; } = new("difference", (a, b) => Math.Abs(a - b), delta);

    public override Tolerance<int> OutputTolerance { get; } = new("difference", (a, b) => Math.Abs(a - b), outputDelta);

    public override IReadOnlyList<int> AllWeights { get; } = [.. Enumerable.Range(0, odds.Length)];

    public override int Train(Tape tape) => tape.DrawByOdds(Odds);

    public override int Run(int weights, int input, Tape tape) => weights;

    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    public override int Release(NoKey secret, int weights, Tape tape) => tape.DrawByOdds(ReleaseOdds[weights]);

    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: runReleasedCost));
        return released;
    }

    public override int Input(Tape tape) => 0;

    public bool Same(int a, int b) => Math.Abs(a - b) <= delta;

    public override string ToString() =>
        $"odds ({string.Join(", ", Odds)}), release ({string.Join(" | ", ReleaseOdds.Select(row => string.Join(", ", row)))}), δ = {delta}";
}

/// <summary>W* by table from W′.</summary>
internal sealed record TableRecoverer(int[] Answers) : Recoverer<int, int, NoKey>
{
    public override int Recover(NoKey publicKey, int released, Tape tape) => Answers[released];
}

/// <summary>b′ = 1 with odds that a table gives for (W₀, W₁, W′), so that the adversary tosses coins of its own.</summary>
internal sealed record TableDistinguisher(int[,,] Ones, int Denominator) : Distinguisher<int, int, NoKey>
{
    public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) =>
        new(tape.DrawBiased(Ones[w0, w1, released], Denominator) == 1);
}

/// <summary>A scheme with its adversaries.</summary>
internal sealed record TableCase(TableScheme Scheme, TableRecoverer Recoverer, TableDistinguisher Distinguisher)
{
    public static Arbitrary<TableCase> Arbitrary { get; } = Arb.From(Generator());

    public override string ToString() =>
        $"{Scheme}, W* = ({string.Join(", ", Recoverer.Answers)}), ones of {Distinguisher.Denominator}: ({string.Join(", ", Distinguisher.Ones.Cast<int>())})";

    private static Gen<TableCase> Generator() =>
        from weights in Gen.Choose(2, 4)
        from views in Gen.Choose(1, 3)
        from odds in Gen.Choose(0, 5).ArrayOf(weights)
        from release in Gen.Choose(0, 3).ArrayOf(weights * views)
        from delta in Gen.Choose(0, 1)
        from answers in Gen.Choose(0, weights - 1).ArrayOf(views)
        from ones in Gen.Choose(0, 4).ArrayOf(weights * weights * views)
        select Build(weights, views, odds, release, delta, answers, ones);

    private static TableCase Build(int weights, int views, int[] odds, int[] release, int delta, int[] answers, int[] ones)
    {
        odds[0] = Math.Max(odds[0], 1);
        int[][] rows = [.. release.Chunk(views)];
        foreach (int[] row in rows)
        {
            row[^1] = Math.Max(row[^1], 1);
        }

        int[,,] table = new int[weights, weights, views];
        Buffer.BlockCopy(ones, 0, table, 0, sizeof(int) * ones.Length);
        return new(new TableScheme(odds, rows, delta), new TableRecoverer(answers), new TableDistinguisher(table, 4));
    }
}

/// <summary>The games on table schemes worked out as sums, without tapes.</summary>
internal static class Reference
{
    public static Fraction WRec(TableCase c) =>
        Sum(Weights(c), w => Mu(c, w) * Sum(Views(c), r => Releases(c, w, r) * If(c.Scheme.Same(c.Recoverer.Answers[r], w))));

    /// <summary>Pr[win] in W-IND, or null where it is undefined.</summary>
    public static Fraction? WInd(TableCase c, bool reject, Func<int, int, int, Fraction> one)
    {
        Fraction Differs(int w0) => Sum(Weights(c), w1 => Mu(c, w1) * If(!c.Scheme.Same(w1, w0)));
        Fraction z = Sum(Weights(c), w0 => Mu(c, w0) * Differs(w0));
        if (reject ? z.IsZero : Weights(c).Any(w0 => Mu(c, w0).IsPositive && Differs(w0).IsZero))
        {
            return null;
        }

        return Sum(Weights(c).Where(w0 => Mu(c, w0).IsPositive), w0 => Sum(Weights(c).Where(w1 => !c.Scheme.Same(w1, w0)), w1 =>
        {
            Fraction law = Mu(c, w0) * Mu(c, w1) / (reject ? z : Differs(w0));
            return law * Sum(Views(c), r =>
                new Fraction(1, 2) * ((Releases(c, w0, r) * (1 - one(w0, w1, r))) + (Releases(c, w1, r) * one(w0, w1, r))));
        }));
    }

    public static Fraction Mu(TableCase c, int w) => new(c.Scheme.Odds[w], c.Scheme.Odds.Sum());

    public static Fraction Releases(TableCase c, int w, int r) => new(c.Scheme.ReleaseOdds[w][r], c.Scheme.ReleaseOdds[w].Sum());

    public static IEnumerable<int> Weights(TableCase c) => Enumerable.Range(0, c.Scheme.Odds.Length);

    public static IEnumerable<int> Views(TableCase c) => Enumerable.Range(0, c.Scheme.ReleaseOdds[0].Length);

    public static Fraction If(bool holds) => holds ? Fraction.One : Fraction.Zero;

    public static Fraction Sum<T>(IEnumerable<T> over, Func<T, Fraction> term) => over.Aggregate(Fraction.Zero, (sum, x) => sum + term(x));
}
