using System.Globalization;
using Fractions;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>What a bound says of the advantage.</summary>
public enum Side
{
    /// <summary>Adv ≤ ε.</summary>
    AtMost,

    /// <summary>Adv ≥ ε.</summary>
    AtLeast,

    /// <summary>Adv = ε, which sampling can refute and not support.</summary>
    Exactly,
}

/// <summary>
/// "Adv ≤ ε", "Adv ≥ ε" or "Adv = ε". Where a notion has a budget, only wins below it count. Of a property, which has no advantage, "at least" and
/// "exactly" are about its probability, and "at most" stands for the notion's own bound, Pr = 1.
/// </summary>
/// <param name="Epsilon">ε, in [0, 1].</param>
/// <param name="Text">ε as it was written.</param>
/// <param name="Side">What it says.</param>
public sealed record Bound(Fraction Epsilon, string Text, Side Side = Side.AtMost)
{
    private const int LongestText = 40, LongestExponent = 4; // e-99

    /// <summary>What verdicts speak of unless told otherwise: "Adv ≤ 0.05".</summary>
    public static Bound Usual { get; } = new(new Fraction(1, 20), "0.05");

    /// <summary>The verdict on it for one adversary; for Correctness on "Pr = 1", which one lost trial refutes, and which trials
    /// that were all won support where they leave no more than ε.</summary>
    public Verdict Of(Result result)
    {
        if (result.Game.Notion.Kind == Kind.Property && Side == Side.AtMost)
        {
            return result.Probability.Exact is { } p ? p == Fraction.One ? Verdict.Proved : Verdict.Refuted
                : result.Wins < result.Trials || result.Probability.Interval.High < 1 ? Verdict.Refuted
                : result.Probability.Interval.Low >= 1 - Epsilon.ToDouble() ? Verdict.Supported
                : Verdict.Inconclusive;
        }

        return result.Judged is not { } judged ? Verdict.Inconclusive // nothing was metered
            : judged.Exact is { } exact ? Of(exact) ? Verdict.Proved : Verdict.Refuted
            : Of(judged.Interval);
    }

    /// <summary>Whether it holds of every advantage.</summary>
    public bool CannotFail => Side == Side.AtMost ? Epsilon == Fraction.One : Side == Side.AtLeast && Epsilon == Fraction.Zero;

    /// <summary>Whether it holds of an advantage.</summary>
    public bool Of(Fraction advantage) => Side switch
    {
        Side.AtLeast => advantage >= Epsilon,
        Side.AtMost => advantage <= Epsilon,
        _ => advantage == Epsilon,
    };

    /// <summary>The verdict on it where the advantage lies in an interval.</summary>
    public Verdict Of(Interval advantage)
    {
        double epsilon = Epsilon.ToDouble();
        (bool holds, bool fails) = Side switch
        {
            Side.AtLeast => (advantage.Low >= epsilon, advantage.High < epsilon),
            Side.AtMost => (advantage.High <= epsilon, advantage.Low > epsilon),
            _ => (false, advantage.Low > epsilon || advantage.High < epsilon),
        };
        return holds ? Verdict.Supported : fails ? Verdict.Refuted : Verdict.Inconclusive;
    }

    /// <summary>Another exponent would make a number with as many digits.</summary>
    private static bool HasSmallExponent(string text) => text.IndexOfAny(['e', 'E']) is var at && (at < 0 || text.Length - at <= LongestExponent);

    /// <summary>Reads ε.</summary>
    /// <param name="text">Such as 0.05 or 1/20.</param>
    /// <param name="side">What it says.</param>
    /// <returns>The bound, or null where that is no probability.</returns>
    public static Bound? Parse(string text, Side side) =>
        text.Length <= LongestText && HasSmallExponent(text)
        && Fraction.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out Fraction epsilon)
        && !epsilon.IsNaN && epsilon >= Fraction.Zero && epsilon <= Fraction.One
            ? new(epsilon, text, side)
            : null;

    /// <summary>A verdict on it in words: what adversaries were found cannot support "at least"; the trials can.</summary>
    public string InWords(Verdict verdict, Notion notion) => verdict.InWords(Side == Side.AtMost ? notion.Kind : Kind.Property);

    /// <summary>The bound in symbols, for a notion: a property has no advantage.</summary>
    public string InWords(Notion notion) => notion.Kind != Kind.Property ? ToString() : Side == Side.AtMost ? "Pr = 1" : $"Pr {Sign} {Text}";

    /// <summary>The bound in symbols.</summary>
    public override string ToString() => $"Adv {Sign} {Text}";

    /// <summary>≤, ≥ or =.</summary>
    public char Sign => Side switch
    {
        Side.AtLeast => '≥',
        Side.AtMost => '≤',
        _ => '=',
    };
}
