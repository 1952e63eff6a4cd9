using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary>
/// <c>claims [C]</c>: what holds between the notions. It evaluates a claim, or with <c>--exact</c> all of them, on every finite scheme; with <c>--scheme</c> on
/// one, exactly or by trials on the same coins. With <c>--search</c> it looks for a counterexample; with none of these it draws the diagram of notions.
/// </summary>
internal static class ClaimsVerb
{
    private const long DefaultTrials = 200;

    /// <summary>Beyond this number of paths a game is sampled.</summary>
    private const long MaximumPaths = 1 << 21;

    public static Command Command() => Arguments.Verb(
        "claims",
        "evaluate the claims about relations between notions, search for counterexamples, draw the diagram of notions",
        Run,
        [
            Arguments.OptionalClaim, FileArguments.Diagram, Arguments.Search, Arguments.Instances, Arguments.Scheme, Arguments.Adversary, Arguments.Exactly, Arguments.Assert, Arguments.Trials, Arguments.Seed, Arguments.Level,
            Arguments.Epsilon, Arguments.Threads, Arguments.Lanes, Arguments.Line4, Arguments.Queries, Arguments.Inputs, Arguments.Timeout, Arguments.Replay, Arguments.PlugIn, Arguments.Json,
            Arguments.OnDevice, .. Arguments.OfSchemes,
        ]);

    private static int Run(ParseResult parse)
    {
        if (Arguments.Has(parse, Arguments.Search))
        {
            using Session searching = new(parse, DefaultTrials, DefaultTrials);
            return ClaimSearchReport.Run(parse, searching);
        }

        if (Arguments.Has(parse, Arguments.Instances))
        {
            throw new UsageException($"{Arguments.Instances.Name} is of --search: leave it out, or name a claim to search");
        }

        ClaimKind[] kinds = parse.GetValue(Arguments.OptionalClaim) is { } name ? [ClaimKind.Find(name)] : [.. ClaimKind.All];
        PlugIns plugIns = Arguments.PlugInsOf(parse);
        bool isExact = parse.GetValue(Arguments.Exactly) || !Arguments.Has(parse, Arguments.Scheme); // of all schemes, those that need no hours
        bool isDiagram = kinds.Length > 1 && !parse.GetValue(Arguments.Exactly) && !Arguments.Has(parse, Arguments.Scheme);
        if (!isDiagram && Arguments.Has(parse, FileArguments.Diagram))
        {
            throw new UsageException($"{FileArguments.Diagram.Name} is where the diagram of notions is drawn: leave out everything else that asks for claims");
        }

        Subject[] subjects = parse.GetValue(Arguments.Scheme) is { } scheme
            ? [Arguments.SubjectOf(parse, plugIns, scheme)]
            : [.. SchemeCatalog.Listed.Concat(plugIns.Schemes).Select(each => SchemeCatalog.Find(each, plugIns: plugIns))];
        Form form = Arguments.FormOf(parse);
        using Session session = new(parse, DefaultTrials, DefaultTrials);
        if (isDiagram && new Option[] { Arguments.Adversary, Arguments.Trials, Arguments.Level, Arguments.Epsilon, Arguments.Line4, Arguments.Queries, Arguments.Inputs, Arguments.Assert }
            .FirstOrDefault(option => Arguments.Has(parse, option)) is { } vain)
        {
            throw new UsageException($"{vain.Name}: claims alone draws the diagram of notions; name a claim, --scheme or --exact with it");
        }

        if (Arguments.Has(parse, Arguments.Inputs) && kinds.All(kind => !kind.Name.StartsWith("eq8", StringComparison.Ordinal)))
        {
            throw new UsageException($"{Arguments.Inputs.Name} is EffInf's, in eq8 and eq8-repaired: leave it out");
        }

        if (subjects.Select(subject => subject.BrokenMetric(session.Sampling) is { } broken ? $"scheme {subject.Name}: {broken}" : null).OfType<string>().FirstOrDefault() is { } lawless)
        {
            throw new UsageException(lawless);
        }

        if (isDiagram && Arguments.ReplayOf(parse) is null)
        {
            return DiagramReport.Run(parse, session, (kind, each) => subjects.SelectMany(subject => Evaluated(subject, [kind], each, isExact: true, parse, session)));
        }

        if (Arguments.ReplayOf(parse) is { } trial)
        {
            return subjects is [var one] ? Replay(one, kinds, form, trial, parse, session) : throw new UsageException("--replay needs --scheme: trial numbers are a scheme's");
        }

        ClaimTable table = new(session.Screen.Tables);
        JsonArray json = [];
        List<Verdict> verdicts = [];
        List<string> left = [];
        string? unmet = null;
        foreach (Subject subject in subjects.TakeWhile(_ => !session.Stopping))
        {
            foreach (ClaimResult result in Evaluated(subject, kinds, form, isExact, parse, session, left))
            {
                table.Add(subject.Name, result);
                verdicts.Add(result.Verdict);
                unmet ??= result.Verdict == Verdict.PremiseUnmet ? $"of {subject.Name}: {result.Conclusion.Because}" : null;
                json.Add(Json.Of(result, subject.Name, session.Sampling.Level));
            }
        }

        if (verdicts.Count == 0 && !session.Stopping)
        {
            throw new UsageException(isExact && left.Count > 0
                ? $"--exact: nothing of {string.Join(", ", subjects.Select(subject => subject.Name))} can be enumerated for {string.Join(", ", kinds.Select(kind => kind.Name))}; leave it out to sample"
                : form.Queries > 1 ? $"--queries {form.Queries}: {string.Join(", ", kinds.Select(kind => kind.Name))} is about one query; leave it out"
                : $"{string.Join(", ", kinds.Select(kind => kind.Name))}: no adversary of {string.Join(", ", subjects.Select(subject => subject.Name))} is one that it speaks of");
        }

        if (verdicts.Count > 0 && verdicts.All(verdict => verdict == Verdict.PremiseUnmet))
        {
            throw new UsageException($"{(kinds is [var asked] ? asked.Name : "claims")}: premises are met by nothing that was evaluated ({unmet}), so nothing is said; name another scheme, or an adversary");
        }

        table.Write();
        if (left.Count > 0 && Arguments.Has(parse, Arguments.Scheme))
        {
            session.Screen.Tables.WriteLine($"not enumerated, or not within {MaximumPaths:N0} paths: {string.Join(", ", left)}");
        }

        session.Screen.Tables.WriteLine(session.Stopping ? "stopped: what is above is what was known by then"
            : isExact ? "all values are exact"
            : string.Create(CultureInfo.InvariantCulture, $"seed {session.Sampling.Seed}; what is sampled, with {session.Sampling.Trials} trials of each game on the same coins; all its intervals hold together at {100 * session.Sampling.Level:G9} %"));
        session.Write(json);
        return session.Stopping ? Session.Interrupted
            : parse.GetValue(Arguments.Assert) && verdicts.Any(verdict => verdict is Verdict.Refuted or Verdict.Inconclusive or Verdict.Undefined) ? Session.NotHeld
            : 0;
    }

    /// <summary>The claims about a scheme, evaluated.</summary>
    private static IEnumerable<ClaimResult> Evaluated(Subject subject, ClaimKind[] kinds, Form form, bool isExact, ParseResult parse, Session session, List<string>? left = null)
    {
        Claim[] claims = [.. Of(subject, kinds, form, parse)];
        ClaimEvaluator evaluator = ClaimEvaluator.Of(claims, session.Sampling, session.Bound.Epsilon.ToDouble(), (game, each) => Play(game, each, isExact, session));
        foreach (Claim claim in claims.TakeWhile(_ => !session.Stopping))
        {
            if (evaluator.Of(claim) is { } result)
            {
                yield return result;
            }
            else
            {
                left?.Add($"{claim.Name} of {claim.Adversary}");
            }
        }
    }

    private static IEnumerable<Claim> Of(Subject subject, ClaimKind[] kinds, Form form, ParseResult parse)
    {
        Claim[] claims = [.. kinds.SelectMany(kind => subject.Claims(kind, form))];
        if (parse.GetValue(Arguments.Adversary) is not { } adversary)
        {
            return claims;
        }

        Claim[] about = [.. claims.Where(claim => claim.Adversary == adversary)];
        return about.Length > 0 ? about
            : throw new UsageException(Nearest.Unknown("adversary", adversary, claims.Select(claim => claim.Adversary).Distinct(), $"of {subject.Name} these claims speak of"));
    }

    private static Play? Play(Game game, Sampling sampling, bool isExact, Session session)
    {
        if (session.Stopping)
        {
            return null;
        }

        try
        {
            if (session.Enumerate(game, MaximumPaths) is { Stopped: false } exact)
            {
                return new(exact);
            }
        }
        catch (NotFiniteException)
        {
            // is sampled instead
        }

        if (isExact || session.Stopping)
        {
            return null;
        }

        bool[] won = new bool[sampling.Trials];
        Result result = session.Sample(game, sampling, (trial, isWon) => won[trial] = isWon);
        return result.Stopped ? null : new(result, won);
    }

    /// <summary>Plays one trial of every game of the claims and tells what happened in each.</summary>
    private static int Replay(Subject subject, ClaimKind[] kinds, Form form, long trial, ParseResult parse, Session session)
    {
        JsonArray json = [];
        Claim[] claims = [.. Of(subject, kinds, form, parse)];
        Sampling alike = session.Sampling.Alike(claims.SelectMany(claim => claim.Games));
        foreach (Claim claim in claims)
        {
            session.Screen.Tables.WriteLine($"{claim.Name} for {claim.Adversary}: {claim.Conclusion}");
            foreach (Term term in claim.Relations.SelectMany(relation => relation.Terms).DistinctBy(term => term.Game.ToString()))
            {
                session.Screen.Tables.WriteLine($"{term.Symbol}:");
                JsonObject played = ReplayReport.Print(term.Game, trial, session, alike);
                played["claim"] = claim.Name;
                played["symbol"] = term.Symbol;
                json.Add(played);
            }
        }

        session.Write(json);
        return 0;
    }
}
