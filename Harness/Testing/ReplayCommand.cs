using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>
/// The command that shows a finding again. It names the scheme and the adversary, which the command line finds among its own or in the assembly that they come from.
/// What it finds is tried before the command is given: in the same trials every procedure must return and spend the same.
/// </summary>
internal static class ReplayCommand
{
    /// <summary>In the name of a game whose line 4 rejects.</summary>
    private const string Rejecting = "by rejection";

    private const long MiB = 1 << 20;

    /// <summary>So many trials are tried.</summary>
    private const long Tried = 8;

    /// <summary>Of a bound.</summary>
    public static string Of(Result result, Bound bound, Sampling sampling)
    {
        Game game = result.Game;
        string seed = result.Seed is { } of ? $" --seed {of}" : "";
        Form form = FormOf(game);
        if (Found([game], subject => [subject.Game(game.Notion, game.Adversary, form)], sampling, bound, out string? why) is not { } plugIns)
        {
            return result.Trials is null
                ? $"in code, ExactEvaluator.Evaluate(game); no command does it: {why}"
                : $"in code, SampledEvaluator.Replay(game, seed: {result.Seed}, trial: 0 … {result.Trials - 1}); no command does it: {why}";
        }

        bool isBelow = bound.Side == Side.AtLeast || (bound.Side == Side.Exactly && result.Judged?.Exact < bound.Epsilon); // of an equation, the side that fails
        string asserted = game.Notion.Kind == Kind.Property && !isBelow ? "" : $" --{(isBelow ? "at-least" : "at-most")} {Quoted(bound.Text)}";
        string trials = result.Trials is { } played ? FormattableString.Invariant($" --trials {played} --level {sampling.Level:R}") : "";
        return $"wager {(result.Trials is null ? "exact" : "play")} {game.Notion.Name} --scheme {Quoted(game.Scheme)}"
            + $"{(game.Adversary is null ? "" : $" --adversary {Quoted(game.Adversary)}")}{InOptions(form)}{(game.Adversary is null ? "" : Limits(sampling))}{(result.Trials is null ? "" : Lanes(sampling))}{asserted}{trials}{seed}{PlugIns(plugIns)}";
    }

    /// <summary>Of a claim.</summary>
    public static string Of(Claim claim, Sampling sampling, double epsilon)
    {
        Form form = FormOf(claim.Games);
        return Found([.. claim.Games], subject => Same(subject, claim, form)?.Games, sampling, null, out string? why) is { } plugIns
            ? FormattableString.Invariant($"wager claims {claim.Name} --scheme {Quoted(claim.Scheme)} --adversary {Quoted(claim.Adversary)}{InOptions(form)} --assert --trials {sampling.Trials} --level {sampling.Level:R} --epsilon {epsilon:R} --seed {sampling.Seed}{Lanes(sampling)}{PlugIns(plugIns)}")
            : $"in code; no command does it: {why}";
    }

    /// <summary>The claim as the command line makes it, if it says the same; its ω stands in the names of its games.</summary>
    private static Claim? Same(Subject subject, Claim claim, Form form) =>
        ClaimKind.All.FirstOrDefault(kind => kind.Name == claim.Name) is { } kind
        && subject.Claims(kind, form).FirstOrDefault(one => one.Adversary == claim.Adversary) is { } found
        && found.Relations.Select(relation => relation.ToString()).SequenceEqual(claim.Relations.Select(relation => relation.ToString()))
            ? found
            : null;

    /// <summary>The assemblies in which the command line finds a scheme that makes these very games; null where it finds none.</summary>
    private static string[]? Found(IReadOnlyList<Game> games, Func<Subject, IEnumerable<Game>?> make, Sampling sampling, Bound? bound, out string? why)
    {
        why = null;
        if (!Sampling.IsLevel(sampling.Level) || sampling.Limits.Bytes % MiB > 0 || (bound is not null && Bound.Parse(bound.Text, bound.Side) is null))
        {
            why = "no option takes its level, limits or bound";
            return null;
        }

        string[] files =
        [
            .. games.SelectMany(game => game.Parties).Select(type => type.Assembly)
                .Where(assembly => assembly.GetName().Name?.StartsWith("Wager.", StringComparison.Ordinal) != true && assembly.Location.Length > 0)
                .Select(assembly => assembly.Location).Distinct(),
        ];
        try
        {
            Game[]? found = make(SchemeCatalog.Find(games[0].Scheme, plugIns: new(files)))?.ToArray();
            why = "what the command line finds by these names is another";
            return found?.Length == games.Count && games.Zip(found).All(pair => IsSame(pair.First, pair.Second, sampling)) ? files : null;
        }
        catch (Exception e) when (e is not OperationCanceledException) // whatever it is, the command would end so too
        {
            why = e.Message;
            return null;
        }
    }

    private static bool IsSame(Game game, Game found, Sampling sampling) =>
        found.ToString() == game.ToString() && found.Dataset == game.Dataset
        && Range(Math.Min(Tried, sampling.Trials)).All(trial => Shown(found, trial, sampling) == Shown(game, trial, sampling));

    /// <summary>What every procedure returned and spent in a trial.</summary>
    private static string Shown(Game game, long trial, Sampling sampling)
    {
        (bool won, Transcript transcript, IReadOnlyDictionary<Procedure, Cost> cost) = SampledEvaluator.Replay(game, sampling, trial);
        return $"{won}\n{string.Join('\n', transcript.Entries)}\n{string.Join('\n', cost)}";
    }

    private static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(trial => (long)trial);

    private static Form FormOf(params IEnumerable<Game> games) => new(
        games.Any(game => game.Name.Contains(Rejecting, StringComparison.Ordinal)) ? Line4.Reject : Line4.Resample, games.Max(game => game.Queries), games.Max(game => game.Inputs));

    private static string InOptions(Form form) =>
        $"{(form.Line4 == Line4.Reject ? " --line4 reject" : "")}{(form.Queries == 1 ? "" : $" --queries {form.Queries}")}{(form.Inputs == 1 ? "" : $" --inputs {form.Inputs}")}";

    private static string Lanes(Sampling sampling) => sampling.Lanes is { } lanes ? $" --lanes {lanes}" : "";

    private static string Limits(Sampling sampling) =>
        (sampling.Timeout is { } timeout && timeout != Sampling.DefaultTimeout ? FormattableString.Invariant($" --timeout {timeout.TotalSeconds:R}") : "")
        + (sampling.Limits.Operations is { } operations ? FormattableString.Invariant($" --budget {operations:R}") : "")
        + (sampling.Limits.Bytes is { } bytes ? FormattableString.Invariant($" --memory {bytes / MiB}") : "");

    private static string PlugIns(string[] files) => string.Concat(files.Select(file => $" --plugin {Quoted(file)}"));

    /// <summary>As a shell takes it for one word.</summary>
    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:".Contains(c, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
