using System.Globalization;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>A definition, as a scheme instantiates it, says less than it seems.</summary>
/// <param name="Rule">The rule's name: stable, in lower case with hyphens.</param>
/// <param name="Text">What is the matter, with numbers, in one sentence without a full stop.</param>
public sealed record LintWarning(string Rule, string Text);

/// <summary>
/// Looks whether the definitions of Yang et al. 2025, §3, say of a scheme what they seem to say. It is about what the scheme declares and how its
/// own procedures behave; no adversary that reads W′ is played for it. What cannot be evaluated is not warned of.
/// </summary>
public static class DefinitionLint
{
    /// <summary>Where paths are too many or coins cannot be enumerated, so many trials at most, the first ones of the seed.</summary>
    public const int Trials = 20;

    /// <summary>The claims that are looked at for terms too large, beside the paper's.</summary>
    public static IReadOnlyList<string> OtherRepairs { get; } = ["function-compare", "output-compare"];

    /// <summary>The warnings about a scheme; <see cref="Vacuous"/> has those about claims.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="sampling">How trials are drawn, where paths cannot be had, and the level of what they show.</param>
    /// <param name="played">What the card's games showed.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw, or a distance did.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static IReadOnlyList<LintWarning> Of<W, R, X, Y, Sk, Pk>(
        Scheme<W, R, X, Y, Sk, Pk> scheme, Sampling sampling, IReadOnlyCollection<Result> played, CancellationToken cancellation = default)
    {
        try
        {
            return [.. new SchemeLint<W, R, X, Y, Sk, Pk>(scheme, sampling, played, cancellation).Warnings()];
        }
        catch (Exception e) when (e is not (OperationCanceledException or BrokenSchemeException))
        {
            throw new BrokenSchemeException($"the definitions of {scheme.Name}: the scheme threw {e.GetType().Name}: {e.Message}", e);
        }
    }

    /// <summary>Claims whose terms other than advantages are so large that they hold whatever the advantages are: a warning for each size of these terms.</summary>
    public static IEnumerable<LintWarning> Vacuous(IEnumerable<ClaimResult> results) =>
        from result in results
        where result.Conclusion.IsVacuous
        group result.Claim.Adversary by (result.Claim.Name, Terms: string.Join(", ", SlackTerms(result))) into alike
        select new LintWarning("vacuous", $"{alike.Key.Name}{(alike.Any(adversary => adversary != alike.Key.Name) ? $" of {string.Join(", ", alike)}" : "")} holds whatever the advantages are: {alike.Key.Terms}");

    private static IEnumerable<string> SlackTerms(ClaimResult result) =>
        from term in result.Conclusion.Relation.Terms
        where term.Game.Notion.Kind == Kind.Property
        let known = result.Terms.First(sized => sized.Term.Game.ToString() == term.Game.ToString()).Quantity
        select $"{term.Symbol} = {InWords(known)}";

    /// <summary>A fraction, or an estimate with its interval.</summary>
    internal static string InWords(Quantity quantity) => quantity.Exact is { } exact
        ? exact.ToString("G", null)
        : string.Create(CultureInfo.InvariantCulture, $"{quantity.Value:0.####} in [{Math.Floor(quantity.Interval.Low * 1e4) / 1e4:0.####}, {Math.Ceiling(quantity.Interval.High * 1e4) / 1e4:0.####}]");
}
