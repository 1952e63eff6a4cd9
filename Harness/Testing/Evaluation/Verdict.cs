using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>What an evaluation says of a bound or a claim. Sampling alone never proves one.</summary>
public enum Verdict
{
    /// <summary>It fails: exactly, or beyond the interval.</summary>
    Refuted,

    /// <summary>It holds for the adversaries that were played, as far as the intervals tell.</summary>
    Supported,

    /// <summary>The interval contains both.</summary>
    Inconclusive,

    /// <summary>It was evaluated exactly and holds for this scheme and this adversary.</summary>
    Proved,

    /// <summary>The game is undefined for this scheme.</summary>
    Undefined,

    /// <summary>The claim says nothing here: one of its premises is not met.</summary>
    PremiseUnmet,
}

/// <summary>How verdicts come about.</summary>
public static class Verdicts
{
    /// <summary>The verdict on a notion, from those of the adversaries played: an exact one still leaves all the others.</summary>
    public static Verdict OfNotion(Notion notion, IReadOnlyCollection<Verdict> verdicts) =>
        verdicts.Contains(Verdict.Refuted) ? Verdict.Refuted
        : verdicts.Contains(Verdict.Undefined) ? Verdict.Undefined
        : verdicts.Contains(Verdict.Inconclusive) ? Verdict.Inconclusive
        : notion.Kind == Kind.Property && verdicts.Contains(Verdict.Proved) ? Verdict.Proved
        : Verdict.Supported;

    /// <summary>The verdict in the words of reports.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="kind">What its game measures: a property has no adversaries that could support it.</param>
    public static string InWords(this Verdict verdict, Kind kind = Kind.Search) => verdict switch
    {
        Verdict.Proved => "proved for this scheme",
        Verdict.Supported => kind == Kind.Property ? "supported by these trials" : "supported by these adversaries",
        Verdict.Refuted => "refuted",
        Verdict.Undefined => "undefined",
        Verdict.PremiseUnmet => "premise unmet",
        _ => "inconclusive",
    };
}
