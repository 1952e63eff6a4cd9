using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>
/// The command that shows a finding again. It names the scheme and the adversary, which the command line finds among its own or in the assembly that they come from.
/// What it finds is tried before the command is given: the same trials must be won, or the same probability come out.
/// </summary>
internal static class ReplayCommand
{
    /// <summary>The name of W-IND where line 4 rejects.</summary>
    private const string Rejecting = "W-IND by rejection";

    /// <summary>So many trials are tried.</summary>
    private const long Tried = 8;

    /// <summary>Of a bound.</summary>
    public static string Of(Result result, Bound bound, Sampling sampling)
    {
        Game game = result.Game;
        string seed = result.Seed is { } of ? $" --seed {of}" : "";
        if (Found(game, sampling) is not { } plugIns)
        {
            return result.Trials is null
                ? "in code, ExactEvaluator.Evaluate(game): no command finds this scheme and adversary by their names"
                : $"in code, SampledEvaluator.Replay(game, seed: {result.Seed}, trial: 0 … {result.Trials - 1}): no command finds this scheme and adversary by their names";
        }

        bool isBelow = bound.Side == Side.AtLeast || (bound.Side == Side.Exactly && result.Judged?.Exact < bound.Epsilon); // of an equation, the side that fails
        string asserted = game.Notion.Kind == Kind.Property ? "" : $" --{(isBelow ? "at-least" : "at-most")} {Quoted(bound.Text)}";
        string trials = result.Trials is { } played ? FormattableString.Invariant($" --trials {played} --level {sampling.Level:R}") : "";
        return $"wager {(result.Trials is null ? "exact" : "play")} {game.Notion.Name} --scheme {Quoted(game.Scheme)}"
            + $"{(game.Adversary is null ? "" : $" --adversary {Quoted(game.Adversary)}")}{Form(game)}{Limits(sampling)}{asserted}{trials}{seed}{PlugIns(plugIns)}";
    }

    /// <summary>Of a claim.</summary>
    public static string Of(Claim claim, Sampling sampling, double epsilon)
    {
        Game first = claim.Conclusion.Games.First(game => game.Notion.Kind != Kind.Property);
        return ClaimKind.All.Any(kind => kind.Name == claim.Name) && Found(first, sampling) is { } plugIns
            ? FormattableString.Invariant($"wager claims {claim.Name} --scheme {Quoted(claim.Scheme)} --adversary {Quoted(claim.Adversary)}{Form(first)} --assert --trials {sampling.Trials} --level {sampling.Level:R} --epsilon {epsilon:R} --seed {sampling.Seed}{PlugIns(plugIns)}")
            : "in code: no command finds this claim, scheme and adversary by their names";
    }

    /// <summary>The assemblies in which the command line finds the game's scheme and adversary; null where it finds none, or others.</summary>
    private static string[]? Found(Game game, Sampling sampling)
    {
        string[] files =
        [
            .. game.Parties.Select(type => type.Assembly)
                .Where(assembly => assembly.GetName().Name?.StartsWith("Wager.", StringComparison.Ordinal) != true && assembly.Location.Length > 0)
                .Select(assembly => assembly.Location).Distinct(),
        ];
        try
        {
            Game found = SchemeCatalog.Find(game.Scheme, plugIns: new(files)).Game(game.Notion, game.Adversary, FormOf(game));
            bool Won(Game one, long trial) => SampledEvaluator.Replay(one, sampling.Seed, trial, limits: sampling.Limits, timeout: sampling.Timeout).Won;
            return found.ToString() == game.ToString() && found.Dataset == game.Dataset && Range(Math.Min(Tried, sampling.Trials)).All(trial => Won(found, trial) == Won(game, trial)) ? files : null;
        }
        catch (Exception e) when (e is UsageException or BrokenSchemeException or UndefinedConditionException or TimeoutException)
        {
            return null;
        }
    }

    private static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(trial => (long)trial);

    private static bool IsByRejection(Game game) => game.Name == Rejecting;

    private static Form FormOf(Game game) => new(IsByRejection(game) ? Line4.Reject : Line4.Resample, game.Queries, game.Inputs);

    private static string Form(Game game) =>
        $"{(IsByRejection(game) ? " --line4 reject" : "")}{(game.Queries == 1 ? "" : $" --queries {game.Queries}")}{(game.Inputs == 1 ? "" : $" --inputs {game.Inputs}")}";

    private static string Limits(Sampling sampling) =>
        (sampling.Limits.Operations is { } operations ? FormattableString.Invariant($" --budget {operations:R}") : "")
        + (sampling.Limits.Bytes is { } bytes ? FormattableString.Invariant($" --memory {bytes >> 20}") : "");

    private static string PlugIns(string[] files) => string.Concat(files.Select(file => $" --plugin {Quoted(file)}"));

    /// <summary>As a shell takes it for one word.</summary>
    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:".Contains(c, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
