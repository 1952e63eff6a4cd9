using Fractions;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes;
using Wager.Schemes.Tables;

namespace Wager.Tests;

/// <summary>The games on schemes of tables worked out as sums, without tapes.</summary>
internal static class Reference
{
    /// <summary>Adv^WRec of the table's own recoverer.</summary>
    public static Fraction WRec(TableInstance c) => Sum(Weights(c), w => Mu(c, w) * Sum(Released(c, w), released =>
        released.Probability * If(c.Tables.Weights.Same(c.Recoverer.Answers[released.Pk][released.View], w))));

    /// <summary>Pr[win] in W-IND, or null where it is undefined.</summary>
    /// <param name="c">The scheme.</param>
    /// <param name="reject">How line 4 is read.</param>
    /// <param name="one">Pr[𝒜 answers 1] for pk, W₀, W₁ and W′.</param>
    public static Fraction? WInd(TableInstance c, bool reject, Func<int, int, int, int, Fraction> one)
    {
        Fraction Differs(int w0) => Sum(Weights(c), w1 => Mu(c, w1) * If(!c.Tables.Weights.Same(w1, w0)));
        Fraction z = Sum(Weights(c), w0 => Mu(c, w0) * Differs(w0));
        if (reject ? z.IsZero : Weights(c).Any(w0 => Mu(c, w0).IsPositive && Differs(w0).IsZero))
        {
            return null;
        }

        return Sum(Weights(c).Where(w0 => Mu(c, w0).IsPositive), w0 => Sum(Weights(c).Where(w1 => !c.Tables.Weights.Same(w1, w0)), w1 =>
        {
            Fraction law = Mu(c, w0) * Mu(c, w1) / (reject ? z : Differs(w0));
            Fraction zero = Sum(Released(c, w0), released => released.Probability * (1 - one(released.Pk, w0, w1, released.View)));
            return law * new Fraction(1, 2) * (zero + Sum(Released(c, w1), released => released.Probability * one(released.Pk, w0, w1, released.View)));
        }));
    }

    /// <summary>Pr[W = w].</summary>
    public static Fraction Mu(TableInstance c, int w) => Chance(c.Tables.Train, w);

    /// <summary>What KGen and Release may give for some weights, each with its probability.</summary>
    public static IEnumerable<(int Pk, int View, Fraction Probability)> Released(TableInstance c, int w) =>
        from key in Enumerable.Range(0, c.Tables.KeyCount)
        from view in Enumerable.Range(0, c.Tables.ViewCount)
        select (c.Tables.Public[key], view, Chance(c.Tables.Keys, key) * Chance(c.Tables.Release[key][w], view));

    public static IEnumerable<int> Weights(TableInstance c) => Enumerable.Range(0, c.Tables.WeightCount);

    public static Fraction Chance(int[] odds, int outcome) => new(odds[outcome], odds.Sum());

    public static Fraction If(bool holds) => holds ? Fraction.One : Fraction.Zero;

    public static Fraction Sum<T>(IEnumerable<T> over, Func<T, Fraction> term) => over.Aggregate(Fraction.Zero, (sum, x) => sum + term(x));
}

/// <summary>Schemes of tables that a test writes down: no keys, one input, Run(W, x) = W, Run′(pk, W′, x) = W′, Same by |a − b| ≤ δ.</summary>
internal static class SmallTables
{
    public static TableInstance Instance(int[] odds, int[][] release, int delta, int runReleasedCost = 0, int outputDelta = 0)
    {
        (int n, int views) = (odds.Length, release[0].Length);
        int outputs = Math.Max(n, views);
        return new()
        {
            Tables = new()
            {
                Train = odds,
                Keys = [1],
                Public = [0],
                Inputs = [1],
                Release = [release],
                Run = [.. Enumerable.Range(0, n).Select(w => new[] { Certain(w, outputs) })],
                RunReleased = [[.. Enumerable.Range(0, views).Select(view => new[] { Certain(view, outputs) })]],
                Weights = DistanceTable.Difference(n, delta),
                Outputs = DistanceTable.Difference(outputs, outputDelta),
                RunReleasedCost = runReleasedCost,
            },
            Recoverer = new([new int[views]]),
            Accelerator = new([[.. Enumerable.Range(0, views).Select(_ => new int[1])]]),
            Distinguisher = new(Zeros(n, views), 1),
            PairDistinguisher = new(Zeros(n, views), [[0]]),
        };
    }

    public static TableScheme Scheme(int[] odds, int[][] release, int delta, int runReleasedCost = 0, int outputDelta = 0) =>
        Instance(odds, release, delta, runReleasedCost, outputDelta).Scheme();

    /// <summary>The answer 0 to every pk, W₀, W₁ and view.</summary>
    public static int[][][][] Zeros(int weights, int views) =>
        [[.. Enumerable.Range(0, weights).Select(_ => Enumerable.Range(0, weights).Select(_ => new int[views]).ToArray())]];

    private static int[] Certain(int outcome, int count) => [.. Enumerable.Range(0, count).Select(i => i == outcome ? 1 : 0)];
}

/// <summary>A scheme that throws for half of its weights: Release has no row for W = 1.</summary>
internal sealed class HalfReleased() : KeylessScheme(2)
{
    private static readonly int[] _views = [0];

    public override int Release(NoKey secret, int weights, Tape tape) => _views[weights];
}
