using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary><c>check [SCHEME]</c>: every game that applies against every adversary that applies, and the claims; <c>check --assert FILE</c>: what a file asserts.</summary>
internal static class CheckVerb
{
    private const long DefaultTrials = 200;

    /// <summary>On a model's layers a trial takes a second and more.</summary>
    private const long DefaultTrialsOfModel = 10;

    /// <summary>Beyond this number of paths a game is sampled.</summary>
    private const long MaximumPaths = 1 << 21;

    public static Command Command() => Arguments.Verb(
        "check",
        "play every game that applies against every adversary that applies, and print the verdict card",
        Run,
        [
            Arguments.OptionalScheme, Arguments.AssertFile, Arguments.JUnit, Arguments.Trials, Arguments.Seed, Arguments.Level, Arguments.Epsilon, Arguments.AtMost, Arguments.Threads, Arguments.Lanes,
            Arguments.Line4, Arguments.Queries, Arguments.Inputs, Arguments.Budget, Arguments.Memory, Arguments.Timeout, Arguments.PlugIn,
            Arguments.Json, Arguments.Latex, Arguments.OnDevice, .. Arguments.OfSchemes,
        ]);

    private static int Run(ParseResult parse)
    {
        if (Arguments.Has(parse, Arguments.AssertFile))
        {
            return AssertReport.Run(parse);
        }

        if (Arguments.Has(parse, Arguments.JUnit))
        {
            throw new UsageException($"{Arguments.JUnit.Name} is of {Arguments.AssertFile.Name}: name a file of assertions with it, or leave it out");
        }

        Subject[] subjects = [.. Subjects(parse)];
        Form form = Arguments.FormOf(parse);
        long trials = Arguments.Has(parse, Arguments.Model) ? TransformerArguments.TrialsOf(parse, DefaultTrialsOfModel) : DefaultTrials;
        using Session session = new(parse, trials, trials);
        bool isOpen = !session.IsAsserted && !Arguments.Has(parse, Arguments.Trials) && !Arguments.Has(parse, Arguments.Model);
        bool anyPrecise = false;
        JsonArray json = [];
        List<Verdict> verdicts = [];
        foreach (Subject subject in subjects.TakeWhile(_ => !session.Stopping))
        {
            Card card = new(session.Screen.Tables, session.Bound);
            Dictionary<string, Result> played = [];
            Game[] games = [.. subject.AllGames(form)];
            Sampling sampling = session.Sampling.ForEach(games);
            foreach (Game game in games)
            {
                if (session.Stopping)
                {
                    card.AddUnplayed(game);
                    json.Add(Json.OfUnplayed(game));
                    continue;
                }

                bool isPrecise = isOpen && sampling.LanesOf(game) > 1;
                anyPrecise |= isPrecise;
                Verdict verdict = Play(game, session, sampling, isPrecise, card, played, json);
                if (game.Notion.Kind != Kind.Property)
                {
                    verdicts.Add(verdict); // what --at-most asserts is a bound on advantages
                }
            }

            List<ClaimResult> judged = Judge(subject, form, session, card, played, json);
            Lint(subject, session, card, played, judged, json);
            card.Write(subject.Name, subject.Summary, session.Sampling.Level);
        }

        session.Screen.Tables.WriteLine();
        session.Screen.Tables.WriteLine(session.Stopping
            ? $"seed {session.Sampling.Seed}; stopped: what is above is what was known by then"
            : $"seed {session.Sampling.Seed}; what is sampled, with {(session.IsAsserted ? "at most " : "")}{session.Sampling.Trials} trials a game{(anyPrecise ? FormattableString.Invariant($", and in lanes with as many as ±{Precision.Wanted} takes, or above 0.99 ±{Precision.WantedCloseTo1}") : "")}");
        session.Write(json);
        return session.ExitCode(verdicts);
    }

    /// <summary>
    /// The scheme named; those of the DLL named; else all that are listed or plugged in, or TaylorMLP alone where its options are used, on the whole of a model that is named.
    /// </summary>
    private static IEnumerable<Subject> Subjects(ParseResult parse)
    {
        string? name = parse.GetValue(Arguments.OptionalScheme);
        bool isFile = name is not null && name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        PlugIns plugIns = Arguments.PlugInsOf(parse, isFile ? name : null);
        IEnumerable<string> names = isFile ? plugIns.SchemesOf(name!)
            : name is not null ? [name]
            : Arguments.Has(parse, Arguments.Model) || TransformerArguments.Own.Any(option => Arguments.Has(parse, option)) ? [TransformerSubject.Names[0]]
            : Arguments.OfTaylorMlp.Any(option => Arguments.Has(parse, option)) ? ["taylor-mlp"]
            : [.. SchemeCatalog.Listed, .. plugIns.Schemes];
        return names.Select(each => Arguments.SubjectOf(parse, plugIns, each));
    }

    private static Verdict Play(Game game, Session session, Sampling sampling, bool isPrecise, Card card, Dictionary<string, Result> played, JsonArray json)
    {
        Result result;
        try
        {
            result = Evaluate(game, session, sampling, isPrecise);
        }
        catch (UndefinedConditionException e)
        {
            card.AddUndefined(game, e.Message);
            json.Add(Json.OfUndefined(game, e.Message));
            return Verdict.Undefined;
        }

        Verdict verdict = session.Bound.Of(result);
        played[game.ToString()] = result;
        card.Add(result, verdict);
        json.Add(session.Describe(result, verdict, session.Sampling.Level));
        return verdict;
    }

    private static Result Evaluate(Game game, Session session, Sampling sampling, bool isPrecise)
    {
        if (Enumerated(game, session) is { } exact)
        {
            return exact;
        }

        return session.Sample(game, isPrecise && !session.Stopping ? Precision.For(game, sampling, (each, pilot) => session.Sample(each, pilot)) : sampling);
    }

    /// <summary>
    /// Judges the claims. What they speak of beside the games of the card is played here only where it can be enumerated: <c>claims</c> samples.
    /// </summary>
    /// <returns>What was found of them, and of those that only the lint asks for.</returns>
    private static List<ClaimResult> Judge(Subject subject, Form form, Session session, Card card, Dictionary<string, Result> played, JsonArray json)
    {
        bool isExact = played.Values.All(result => result.IsExact);
        Plays plays = new(game => played.TryGetValue(game.ToString(), out Result? known) ? new(known) : isExact && !session.Stopping && Enumerated(game, session) is { } result ? new(result) : null);
        ClaimEvaluator evaluator = new(plays, session.Sampling.Level, session.Bound.Epsilon.ToDouble());
        List<ClaimResult> judged = [];
        foreach (Claim claim in ClaimKind.OfThePaper.Concat(DefinitionLint.OtherRepairs).SelectMany(name => subject.Claims(ClaimKind.Find(name), form)))
        {
            if (evaluator.Of(claim) is not { } result)
            {
                continue;
            }

            judged.Add(result);
            if (ClaimKind.OfThePaper.Contains(claim.Name))
            {
                card.Add(result);
                json.Add(Json.Of(result, subject.Name, session.Sampling.Level));
            }
        }

        return judged;
    }

    /// <summary>Says where the definitions say less than they seem; of a run that is stopped, nothing.</summary>
    private static void Lint(Subject subject, Session session, Card card, Dictionary<string, Result> played, List<ClaimResult> judged, JsonArray json)
    {
        if (session.Stopping)
        {
            return;
        }

        try
        {
            LintWarning[] warnings =
            [
                .. session.Stoppable($"the definitions of {subject.Name}", (_, stop) => subject.Lint(session.Sampling, played.Values, stop)),
                .. DefinitionLint.Vacuous(judged),
            ];
            card.Add(warnings);
            json.Add(Json.Of(subject.Name, warnings));
        }
        catch (OperationCanceledException) when (session.Stopping)
        {
            // the card tells what was known by then
        }
    }

    private static Result? Enumerated(Game game, Session session)
    {
        try
        {
            return session.Enumerate(game, MaximumPaths);
        }
        catch (NotFiniteException)
        {
            return null;
        }
    }
}
