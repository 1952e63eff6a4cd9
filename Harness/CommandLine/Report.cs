using Spectre.Console;
using Wager.Harness.Catalog;
using Wager.Harness.Evaluation;
using Wager.Harness.Reports;

namespace Wager.Harness.CommandLine;

/// <summary>How <c>play</c> and <c>exact</c> end.</summary>
internal static class Report
{
    /// <summary>Prints one result, writes its JSON, and gives the exit code.</summary>
    public static int One(Session session, Subject subject, Result result)
    {
        Verdict verdict = Verdicts.OfBound(result, session.Epsilon);
        Card card = new(session.Screen.Tables, session.EpsilonText);
        card.Add(result, verdict);
        card.Write(subject.Name, subject.Summary, result.Level);
        string count = result.Trials is { } trials ? $"{trials} trials, {result.Wins} won, seed {result.Seed}" : $"{result.Paths} paths";
        session.Screen.Tables.WriteLine(FormattableString.Invariant($"  {count}, {result.Seconds:0.00} s"));
        if (result.FirstFault is { } fault)
        {
            session.Screen.Tables.WriteLine($"  without a valid answer first: {fault}");
        }

        if (result.Stopped)
        {
            session.Screen.Tables.WriteLine("  stopped: this is what was known by then");
        }

        session.WriteJson(session.Describe(result, verdict));
        return result.Stopped ? Session.Interrupted : 0;
    }
}
