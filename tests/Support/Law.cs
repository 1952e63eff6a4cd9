using Fractions;
using Wager.Adversaries.Tables;
using Wager.Games;

namespace Wager.Tests;

/// <summary>A finite law, so that a game can be written as a query and worked out as a sum, without a tape.</summary>
internal sealed record Law<T>(IReadOnlyList<(T Value, Fraction Probability)> Outcomes)
{
    public Law<TResult> Select<TResult>(Func<T, TResult> map) => new([.. Outcomes.Select(each => (map(each.Value), each.Probability))]);

    public Law<TResult> SelectMany<TNext, TResult>(Func<T, Law<TNext>> next, Func<T, TNext, TResult> map) => new(
        [.. from one in Outcomes from other in next(one.Value).Outcomes select (map(one.Value, other.Value), one.Probability * other.Probability)]);

    /// <summary>Given that something holds, which it must do somewhere.</summary>
    public Law<T> Given(Func<T, bool> holds)
    {
        Fraction mass = Reference.Sum(Outcomes, each => each.Probability * Reference.If(holds(each.Value)));
        return new([.. Outcomes.Where(each => holds(each.Value)).Select(each => (each.Value, each.Probability / mass))]);
    }

    /// <summary>The same law with each value once.</summary>
    public Law<T> Merged() => new([.. Outcomes.GroupBy(each => each.Value, (value, same) => (value, Reference.Sum(same, each => each.Probability)))]);
}

/// <summary>The procedures of a scheme of tables as laws.</summary>
internal sealed class TableLaws(TableInstance c)
{
    public Law<int> Train => Of(c.Tables.Train);

    public Law<int> Key => Of(c.Tables.Keys);

    public Law<int> Input => Of(c.Tables.Inputs);

    public static Law<int> Coin => Of([1, 1]);

    /// <summary>The probability of an event.</summary>
    public static Fraction Pr(Law<bool> law) => Reference.Sum(law.Outcomes, each => each.Probability * Reference.If(each.Value));

    public Law<int> Release(int key, int w) => Of(c.Tables.Release[key][w]);

    public Law<int> Run(int w, int x) => Of(c.Tables.Run[w][x]);

    public Law<int> RunReleased(int key, int view, int x) => Of(c.Tables.RunReleased[Public(key)][view][x]);

    public int Public(int key) => c.Tables.Public[key];

    /// <summary>(W₀, W₁) by either reading of line 4 of Def. 3.4.</summary>
    public Law<(int W0, int W1)> TwoWeights(Line4 line4) => line4 == Line4.Resample
        ? from w0 in Train from w1 in Train.Given(w1 => !SameW(w1, w0)) select (w0, w1)
        : (from w0 in Train from w1 in Train select (w0, w1)).Given(pair => !SameW(pair.w1, pair.w0)).Select(pair => pair);

    /// <summary>Whether that reading is defined.</summary>
    public bool IsDefined(Line4 line4) => Reference.WInd(c, line4 == Line4.Reject, (_, _, _, _) => Fraction.Zero) is not null;

    public bool SameW(int value, int truth) => c.Tables.Weights.Same(value, truth);

    public bool SameY(int value, int truth) => c.Tables.Outputs.Same(value, truth);

    public bool Off(int value, int truth, int within) => c.Tables.Outputs.Distance[value][truth] > within;

    private static Law<int> Of(int[] odds) => new([.. odds.Select((each, i) => (i, Reference.Chance(odds, i))).Where(each => each.Item2.IsPositive)]);
}
