using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary>How <c>play</c> and <c>exact</c> end.</summary>
internal static class Report
{
    /// <summary>Prints one result, writes its JSON, and gives the exit code.</summary>
    public static int One(Session session, Subject subject, Result result, JsonObject? search = null)
    {
        Verdict verdict = session.Bound.Of(result);
        Card card = new(session.Screen.Tables, session.Bound);
        card.Add(result, verdict);
        card.Write(subject.Name, subject.Summary, result.Level);
        JsonObject json = session.Describe(result, verdict, result.Level);
        if (search is not null)
        {
            json["search"] = search;
        }

        string count = result.Trials is { } trials ? $"{trials} trials, {result.Wins} won, seed {result.Seed}" : $"{result.Paths} paths";
        string rate = result.Trials is { } all ? FormattableString.Invariant($", {all / result.Seconds:0} trials/s{(result.Lanes > 1 ? $" in {result.Lanes} lanes" : "")}") : "";
        session.Screen.Tables.WriteLine(FormattableString.Invariant($"  {count}, {result.Seconds:0.00} s{rate}"));
        if (result.FirstFault is { } fault)
        {
            session.Screen.Tables.WriteLine($"  without a valid answer first: {fault}");
        }

        if (result.Stopped)
        {
            session.Screen.Tables.WriteLine("  stopped: this is what was known by then");
        }

        session.Screen.Tables.WriteLine($"  {json["sentence"]!.GetValue<string>()}");
        session.Write(json);
        return session.ExitCode(verdict);
    }
}
