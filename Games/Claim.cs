namespace Wager.Games;

/// <summary>
/// A relation between two notions, as a value that the harness evaluates for one scheme and one adversary:
/// Adv(left) ≤ Adv(right), where the right side plays the adversary that a reduction made from the left side's.
/// </summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Source">Where it is stated.</param>
/// <param name="Statement">The inequality, as stated.</param>
/// <param name="Left">The game whose advantage is bounded.</param>
/// <param name="Right">The game whose advantage bounds it.</param>
public sealed record Claim(string Name, string Source, string Statement, Game Left, Game Right)
{
    /// <summary>The game that must be won with probability 1 for the claim to say anything; null where none must.</summary>
    public Game? Correct { get; init; }

    /// <summary>Whether the claim says something only where the right side's adversary costs less than its budget.</summary>
    public bool NeedsBudget { get; init; }

    /// <summary>What must hold for the claim to say anything, in words.</summary>
    public string Premises => string.Join(
        ", and ", new[] { Correct is null ? null : "Correctness is 1", NeedsBudget ? "B_A costs less than Run′" : null }.OfType<string>());
}
