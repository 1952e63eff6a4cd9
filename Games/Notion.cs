using System.Numerics;

namespace Wager.Games;

/// <summary>What a game measures. It fixes the advantage formula, for every notion at once.</summary>
public enum Kind
{
    /// <summary>No adversary, no advantage: the bound is Pr[game ⇒ 1] = 1 (Yang et al. 2025, Eq. 1).</summary>
    Property,

    /// <summary>The adversary must find something: Adv = Pr[game ⇒ 1] (Yang et al. 2025, Eq. 2 and 4).</summary>
    Search,

    /// <summary>The adversary must tell two worlds apart: Adv = 2·|Pr[game ⇒ 1] − ½| (Yang et al. 2025, Eq. 6).</summary>
    Decision,
}

/// <summary>A security notion: the name of its game, its kind, where it is defined.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Kind">What its game measures.</param>
/// <param name="Source">The definition.</param>
/// <param name="Budget">The procedure whose cost the adversary must stay below, if any.</param>
public sealed record Notion(string Name, Kind Kind, string Source, Procedure? Budget = null)
{
    /// <summary>Correctness of the released weights.</summary>
    public static Notion Correctness { get; } = new("Correctness", Kind.Property, "Yang et al. 2025, Def. 3.1");

    /// <summary>Security against weight recovery.</summary>
    public static Notion WRec { get; } = new("WRec", Kind.Search, "Yang et al. 2025, Def. 3.2");

    /// <summary>Security against efficient inference, for t &lt; Cost(Run′).</summary>
    public static Notion EffInf { get; } = new("EffInf", Kind.Search, "Yang et al. 2025, Def. 3.3", Procedure.RunReleased);

    /// <summary>Indistinguishability of released weights.</summary>
    public static Notion WInd { get; } = new("W-IND", Kind.Decision, "Yang et al. 2025, Def. 3.4");

    /// <summary>The four notions, in the paper's order.</summary>
    public static IReadOnlyList<Notion> All { get; } = [Correctness, WRec, EffInf, WInd];

    /// <summary>The advantage that belongs to a probability of winning; a property has none, and keeps its probability.</summary>
    /// <typeparam name="T">A number: a double, or an exact one.</typeparam>
    public T Advantage<T>(T winning)
        where T : ISubtractionOperators<T, T, T>, IMultiplicativeIdentity<T, T>, IAdditionOperators<T, T, T>, IComparisonOperators<T, T, bool>
    {
        T one = T.MultiplicativeIdentity;
        return Kind != Kind.Decision ? winning
            : winning + winning > one ? winning + winning - one
            : one - (winning + winning);
    }
}
