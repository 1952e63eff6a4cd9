using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Evaluation;
using Wager.Testing.Files;

namespace Wager.Harness.CommandLine;

/// <summary><c>check --assert FILE</c>: the bounds and claims of a file, all at one level.</summary>
internal static class AssertReport
{
    private static readonly Option[] _used =
        [Arguments.AssertFile, Arguments.JUnit, Arguments.Json, Arguments.Trials, Arguments.Seed, Arguments.Level, Arguments.Threads, Arguments.Timeout, Arguments.PlugIn];

    /// <summary>An assertion with what was found; null where it was stopped before that.</summary>
    private sealed record Row(FileAssertion Assertion, Finding? Finding, double Seconds)
    {
        public bool Passes => Finding?.Passes(Assertion.AllowsInconclusive) == true;
    }

    /// <summary>Judges all and tells. Options win over what the file says.</summary>
    public static int Run(ParseResult parse)
    {
        RequireNothingElse(parse);
        string path = parse.GetValue(Arguments.AssertFile)!;
        AssertionFile file = AssertionFile.Read(path, Arguments.PlugInsOf(parse));
        using Session session = new(parse, 1, 1, file.Tables);
        Destination? junit = Arguments.DestinationOf(parse, Arguments.JUnit);
        double level = Arguments.Has(parse, Arguments.Level) ? session.Sampling.Level : file.Level ?? session.Sampling.Level;
        long? trials = Arguments.Has(parse, Arguments.Trials) ? session.Sampling.Trials : null;
        Sampling sampling = session.Sampling with
        {
            Seed = Arguments.Has(parse, Arguments.Seed) ? session.Sampling.Seed : file.Seed ?? session.Sampling.Seed,
            Level = file.ShareLevel(level),
        };
        Sampling SamplingOf(FileAssertion assertion) => sampling with { Trials = trials ?? assertion.Trials ?? file.Trials ?? assertion.UsualTrials };
        if (file.Assertions.FirstOrDefault(assertion => assertion.Claim is not null && SamplingOf(assertion).Trials > ClaimAssertion.MostTrials) is { } large)
        {
            throw large.Refused($"{SamplingOf(large).Trials} trials, where {ClaimAssertion.MostTrials} are the most of a claim");
        }

        file.RequireDistances(sampling with { Trials = Advantage.UsualTrials });
        Row[] rows = [.. file.Assertions.Select((assertion, i) => Judged(assertion, $"{i + 1} of {file.Assertions.Count}: {assertion.Label}", SamplingOf(assertion), session, parse))];
        Print(rows, sampling.Seed, level, session.Screen.Tables);
        session.Write(new JsonArray([.. rows.Select(row => Describe(row, sampling, session))]));
        string most = (trials ?? file.Trials)?.ToString(CultureInfo.InvariantCulture) ?? $"{Advantage.UsualTrials} of a game, {ClaimAssertion.UsualTrials} of a claim";
        junit?.Write(JUnit.Text(
            path,
            [.. rows.Select(row => new JUnitCase(row.Assertion.Subject.Name, row.Assertion.Label, row.Finding, row.Passes, row.Seconds))],
            ("seed", sampling.Seed.ToString(CultureInfo.InvariantCulture)), ("level", level.ToString("R", CultureInfo.InvariantCulture)), ("trials", most)));
        return session.Stopping ? Session.Interrupted : rows.All(row => row.Passes) ? 0 : Session.NotHeld;
    }

    private static void RequireNothingElse(ParseResult parse)
    {
        if (parse.GetValue(Arguments.OptionalScheme) is { } scheme)
        {
            throw new UsageException($"{Arguments.AssertFile.Name} {parse.GetValue(Arguments.AssertFile)}: the file names its schemes; leave out {scheme}");
        }

        if (parse.CommandResult.Command.Options.FirstOrDefault(option => Arguments.Has(parse, option) && !_used.Contains(option)) is { } vain)
        {
            throw new UsageException($"{Arguments.AssertFile.Name} {parse.GetValue(Arguments.AssertFile)}: the file says what is asserted, and of what; leave out {vain.Name}");
        }
    }

    private static Row Judged(FileAssertion assertion, string title, Sampling sampling, Session session, ParseResult parse)
    {
        if (session.Stopping)
        {
            return new(assertion, null, 0);
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            Finding finding = session.Stoppable(title, (progress, stop) =>
            {
                Finding found = assertion.Judged(sampling, progress, stop);
                if (Arguments.Has(parse, Arguments.Json) || !found.Passes(assertion.AllowsInconclusive))
                {
                    _ = found.Replay; // which plays some trials, so that it is worked out while Ctrl-C is heard
                }

                return found;
            });
            return new(assertion, finding, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        catch (OperationCanceledException) when (session.Stopping)
        {
            return new(assertion, null, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private static void Print(Row[] rows, ulong seed, double level, IAnsiConsole console)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("assertion", "verdict", "found");
        foreach (Row row in rows)
        {
            table.AddRow(Markup.Escape(row.Assertion.Label), Verdict(row), row.Finding is { } finding ? Found(finding) : "");
        }

        console.Write(table);
        foreach (Row row in rows.Where(row => row.Finding is not null && !row.Passes))
        {
            string name = row.Assertion.Name is { } given ? $"{given}: " : "";
            console.Profile.Out.Writer.WriteLine($"{name}{row.Finding}"); // a command that is copied must not be broken into lines
        }

        int held = rows.Count(row => row.Finding?.Holds == true);
        int open = rows.Count(row => row.Finding?.Verdict == Testing.Evaluation.Verdict.Inconclusive);
        int left = rows.Count(row => row.Finding is null);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}; at {100 * level:G9} % no bound among these is decided falsely"));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{held} hold, {rows.Length - held - open - left} fail{(open > 0 ? $", {open} inconclusive, of which {rows.Count(row => row.Passes) - held} may be" : "")}{(left > 0 ? $"; stopped before {left} were judged" : "")}"));
    }

    private static string Verdict(Row row) => row.Finding is not { } finding ? Card.Coloured(Testing.Evaluation.Verdict.Inconclusive, "not played")
        : Card.Coloured(finding.Verdict, finding.Verdict == Testing.Evaluation.Verdict.PremiseUnmet ? finding.Verdict.InWords() : Card.OneWord(finding.Verdict)) + (row.Passes && !finding.Holds ? ", allowed" : "");

    /// <summary>What was found, short enough for a cell.</summary>
    private static string Found(Finding finding)
    {
        if (finding.Result is { } result && (result.Game.Notion.Kind == Kind.Property ? result.Probability : result.Judged) is { } quantity)
        {
            string how = result.Trials is { } trials ? FormattableString.Invariant($", {trials} trials") : "";
            return $"{Card.Text(quantity)} {Card.Span(result, quantity)}{how}";
        }

        return finding.Claim?.Conclusion is { Left: { } left, Right: { } right }
            ? $"{Card.Text(left)} against {Card.Text(right)}"
            : Markup.Escape(finding.Claim?.Conclusion.Because ?? finding.Evidence);
    }

    private static JsonObject Describe(Row row, Sampling sampling, Session session)
    {
        (FileAssertion assertion, Finding? finding, _) = row;
        JsonObject json = finding?.Result is { } result
            ? Json.Of(result, finding.Verdict, assertion.Bound!, new Sentence(result, finding.Verdict, assertion.Bound!, result.Level), session.Device)
            : finding?.Claim is { } claim ? Json.Of(claim, assertion.Subject.Name, sampling.Level)
            : new()
            {
                ["game"] = assertion.Game?.Name,
                ["claim"] = assertion.Claim?.Name,
                ["scheme"] = assertion.Subject.Name,
                ["adversary"] = assertion.Game?.Adversary ?? assertion.Claim?.Adversary,
                ["verdict"] = finding?.Verdict.InWords() ?? "not played",
                ["stopped"] = finding is null,
            };
        json.Insert(0, "assertion", assertion.Label);
        json["holds"] = finding?.Holds;
        json["passes"] = row.Passes;
        json["found"] = finding?.Evidence;
        json["replay"] = finding?.Replay;
        return json;
    }
}
