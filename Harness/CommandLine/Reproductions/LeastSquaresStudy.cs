using System.CommandLine;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Harness.Studies;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>W from queries, and what measures of it say that are not honest: fewer queries than unknowns look perfect.</summary>
internal sealed record LeastSquaresStudy()
    : FigureReproduction("least-squares", "Beyond the papers", "W from queries by least squares, and why a residual of 0 and a signed mean of 0 say nothing")
{
    private const int DefaultHidden = 1000;

    private static readonly Option<string> _hidden = Arguments.Text("--hidden", "H", $"least-squares: the hidden width, and with it the unknowns of each output (default {DefaultHidden})");

    protected override IReadOnlyList<Option> OwnOptions { get; } = [FileArguments.Figures, _hidden];

    public override int Run(ParseResult parse, Session session)
    {
        const int Fewest = 20;
        const int Most = 4000; // a minute and a gigabyte
        FigureFile file = FileOf(parse);
        QueryStudy study = new((int)Arguments.Whole(parse, _hidden, DefaultHidden, Fewest, Most), session.Sampling.Seed);
        QueryStudy.Outcome outcome = session.Stoppable(Name, study.Run);
        QueryReport report = new(study, outcome);
        session.Screen.Tables.Write(report.Table());
        foreach (string sentence in report.Sentences())
        {
            session.Screen.Tables.WriteLine($"  {sentence}");
        }

        return Finish(session, file, report.Figure(), report.Json());
    }
}
