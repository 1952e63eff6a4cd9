using System.CommandLine;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Testing.Evaluation;
using Wager.Testing.SelfTest;

namespace Wager.Harness.CommandLine;

/// <summary><c>selftest</c>: whether the harness would have noticed.</summary>
internal static class SelfTestVerb
{
    private const int Trials = 2000;

    private const int DefaultRuns = 400;

    private const int TrialsOfMutant = 20_000;

    private static readonly Option<string> _runs = Arguments.Text("--runs", "N", $"runs of each bound on a known advantage (default {DefaultRuns})");

    /// <summary>An honest harness is found at fault with this probability at most, half of it in each table.</summary>
    private const double Alarm = 1e-6;

    public static Command Command() => Arguments.Verb(
        "selftest",
        "judge the harness itself: games with one thing wrong must be noticed, and known advantages be told as often as the level says",
        Run,
        [Arguments.Seed, Arguments.Level, Arguments.Threads, _runs, Arguments.Json]);

    private static int Run(ParseResult parse)
    {
        using Session session = new(parse, Trials, Trials);
        Sampling sampling = session.Sampling;
        MutantStudy mutants = new(sampling with { Trials = TrialsOfMutant }, Alarm / 2);
        FalseAlarmStudy alarms = new(sampling, (int)Arguments.Whole(parse, _runs, DefaultRuns, 20, 1_000_000), Alarm / 2);
        List<MutantResult> killed = Rows(session, "mutants", MutantStudy.Count, mutants.Run);
        List<FalseAlarmResult> played = Rows(session, "known advantages", alarms.Count, alarms.Run);
        SelfTestReport report = new(killed, played, alarms.Together(played), sampling);
        session.Screen.Tables.Write(report.Mutants());
        session.Screen.Tables.Write(report.Alarms(wide: session.Screen.Tables.Profile.Width >= Card.WidthOfAll));
        foreach (string line in report.Legend())
        {
            session.Screen.Tables.WriteLine($"  {line}");
        }

        session.Screen.Tables.WriteLine($"  {(session.Stopping ? "stopped, and so far " : "")}{report.Sentence()}");
        session.Write(report.Json(session.Stopping));
        return session.Stopping ? Session.Interrupted : report.IsAsItShouldBe ? 0 : Session.NotHeld;
    }

    /// <summary>The rows of a study, those that were done when it was to stop.</summary>
    private static List<T> Rows<T>(Session session, string what, int all, Func<CancellationToken, IEnumerable<T>> run)
    {
        List<T> done = [];
        return session.Stopping ? done : session.Stoppable(what, (progress, stop) =>
        {
            try
            {
                foreach (T row in run(stop))
                {
                    done.Add(row);
                    progress?.Invoke((double)done.Count / all);
                }
            }
            catch (OperationCanceledException) when (session.Stopping)
            {
                // the tables tell what was known by then
            }

            return done;
        });
    }
}
