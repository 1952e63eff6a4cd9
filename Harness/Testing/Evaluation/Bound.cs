using Fractions;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>"Adv ≤ ε", or "Adv ≥ ε". Where a notion has a budget, only wins below it count.</summary>
/// <param name="Epsilon">ε, in [0, 1].</param>
/// <param name="Text">ε as it was written.</param>
/// <param name="IsLower">Whether it says "at least".</param>
public sealed record Bound(Fraction Epsilon, string Text, bool IsLower = false)
{
    /// <summary>What verdicts speak of unless told otherwise: "Adv ≤ 0.05".</summary>
    public static Bound Usual { get; } = new(new Fraction(1, 20), "0.05");

    /// <summary>The verdict on it for one adversary; for Correctness on "Pr = 1", which one lost trial refutes, and which trials
    /// that were all won support where they leave no more than ε.</summary>
    public Verdict Of(Result result)
    {
        if (result.Game.Notion.Kind == Kind.Property)
        {
            return result.Probability.Exact is { } p ? p == Fraction.One ? Verdict.Proved : Verdict.Refuted
                : result.Wins < result.Trials || result.Probability.Interval.High < 1 ? Verdict.Refuted
                : result.Probability.Interval.Low >= 1 - Epsilon.ToDouble() ? Verdict.Supported
                : Verdict.Inconclusive;
        }

        return result.Judged is not { } judged ? Verdict.Inconclusive // nothing was metered
            : judged.Exact is { } exact ? (IsLower ? exact >= Epsilon : exact <= Epsilon) ? Verdict.Proved : Verdict.Refuted
            : Of(judged.Interval);
    }

    /// <summary>The verdict on it where the advantage lies in an interval.</summary>
    public Verdict Of(Interval advantage)
    {
        double epsilon = Epsilon.ToDouble();
        (bool holds, bool fails) = IsLower
            ? (advantage.Low >= epsilon, advantage.High < epsilon)
            : (advantage.High <= epsilon, advantage.Low > epsilon);
        return holds ? Verdict.Supported : fails ? Verdict.Refuted : Verdict.Inconclusive;
    }

    /// <summary>A verdict on it in words: what adversaries were found cannot support "at least"; the trials can.</summary>
    public string InWords(Verdict verdict, Notion notion) => verdict.InWords(IsLower ? Kind.Property : notion.Kind);

    /// <summary>The bound in symbols.</summary>
    public override string ToString() => $"Adv {(IsLower ? '≥' : '≤')} {Text}";
}
