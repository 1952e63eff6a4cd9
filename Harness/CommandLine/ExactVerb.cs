using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary><c>exact GAME --scheme S (--adversary A | --optimal)</c>: a finite scheme, over all paths of its coins; with <c>--sweep</c>, a family of them.</summary>
internal static class ExactVerb
{
    public static Command Command() => Arguments.Verb(
        "exact",
        "evaluate one game of a finite scheme exactly, as a fraction, or of a family of them over its parameter",
        Run,
        [
            Arguments.Game, Arguments.Scheme, Arguments.Adversary, Arguments.Optimal, Arguments.Reads, Arguments.Sweep, Arguments.Epsilon, Arguments.AtMost, Arguments.AtLeast,
            Arguments.Line4, Arguments.Queries, Arguments.Inputs, Arguments.Budget, Arguments.Memory, Arguments.Timeout, Arguments.PlugIn,
            Arguments.Json, Arguments.Latex, Arguments.Seed, Arguments.OnDevice, .. Arguments.OfSchemes,
        ]);

    private static int Run(ParseResult parse)
    {
        Notion notion = Arguments.NotionOf(parse);
        PlugIns plugIns = Arguments.PlugInsOf(parse);
        Form form = Arguments.FormOf(parse, notion);
        Question question = OptimalReport.IsAsked(parse, notion) ? Optimal(notion, OptimalReport.ReadsOf(parse)) : Against(notion, parse.GetValue(Arguments.Adversary));
        if (Sweep.Of(parse, plugIns, form) is { } sweep)
        {
            using Session family = new(parse, trials: 1, mostTrials: 1);
            return Family(sweep, notion, question, $"{notion.Name} of {Arguments.SchemeOf(parse, plugIns)}{(question.Adversary is null ? "" : $" against {question.Adversary}")} over {sweep.Parameter}", family);
        }

        Subject subject = Arguments.SubjectOf(parse, plugIns);
        (Game game, Func<Session, Optimum> evaluate) = question.Of(subject, form);
        using Session session = new(parse, trials: 1, mostTrials: 1);
        try
        {
            Optimum found = evaluate(session);
            return found.Result.IsOptimal ? OptimalReport.One(session, subject, found) : Report.One(session, subject, found.Result);
        }
        catch (UndefinedConditionException e)
        {
            throw new UsageException($"{game} is {e.Message}");
        }
    }

    /// <summary>What is asked of each scheme: its game, and how it is evaluated.</summary>
    private sealed record Question(string? Adversary, Func<Subject, Form, (Game Game, Func<Session, Optimum> Evaluate)> Of);

    private static Question Against(Notion notion, string? adversary) => new(adversary, (subject, form) =>
    {
        Game game = subject.Game(notion, adversary, form);
        return (game, session => new(Enumerated(game, session)));
    });

    private static Question Optimal(Notion notion, int? reads) => new(OptimalAdversary.Name, (subject, form) =>
    {
        OptimalAdversary optimal = subject.Optimal(notion, form);
        return (optimal.Game, session => OptimalReport.Worked(optimal, reads, session));
    });

    private static Result Enumerated(Game game, Session session)
    {
        try
        {
            return session.Enumerate(game)!;
        }
        catch (NotFiniteException e)
        {
            throw new UsageException($"exact: {game} cannot be enumerated ({e.Message}); use play, which samples");
        }
    }

    /// <summary>The exact advantage against the parameter, so that "negligible" is something to look at: for every k, nᵏ·Adv goes to 0.</summary>
    private static int Family(Sweep sweep, Notion notion, Question question, string title, Session session)
    {
        string symbol = notion.Kind == Kind.Property ? "Pr" : "Adv";
        Table table = new() { Border = TableBorder.Rounded };
        string[] columns =
        [
            sweep.Parameter, notion.Budget is null ? symbol : $"{symbol} within budget", "about", "log₂", $"{sweep.Parameter}·{symbol}",
            $"{sweep.Parameter}²·{symbol}", notion.Kind == Kind.Property ? "Pr = 1" : session.Bound.ToString(),
        ];
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap().RightAligned());
        }

        JsonArray json = [];
        List<Verdict> verdicts = [];
        List<(double X, double Y)> points = [];
        foreach ((int value, Subject subject, Form form) in sweep.Points)
        {
            (Game game, Func<Session, Optimum> evaluate) = question.Of(subject, form);
            JsonObject row;
            try
            {
                Optimum found = evaluate(session);
                Result result = found.Result;
                if (result.Stopped)
                {
                    break;
                }

                Verdict verdict = OptimalReport.VerdictOf(result, session);
                Quantity quantity = notion.Kind == Kind.Property ? result.Probability : result.Judged!;
                double about = quantity.Value;
                points.Add((value, about));
                verdicts.Add(verdict);
                row = OptimalReport.Describe(session, found, verdict);
                table.AddRow(
                [
                    Number(value), Short(quantity), Number(about), about == 0 ? "–" : Math.Log2(about).ToString("0.00", CultureInfo.InvariantCulture),
                    Number(value * about), Number((double)value * value * about), Card.Coloured(verdict, Card.OneWord(verdict)),
                ]);
            }
            catch (OperationCanceledException) when (session.Stopping)
            {
                break;
            }
            catch (UndefinedConditionException e)
            {
                verdicts.Add(Verdict.Undefined);
                row = Json.OfUndefined(game, e.Message);
                table.AddRow([Number(value), "", "", "", "", "", Card.Coloured(Verdict.Undefined, "undefined")]);
            }

            row[sweep.Parameter == "q" ? "queries" : sweep.Parameter == "m" ? "inputs" : sweep.Parameter] = value;
            json.Add(row);
        }

        IAnsiConsole console = session.Screen.Tables;
        console.MarkupLine($"[bold]{Markup.Escape(title)}[/]");
        console.Write(table);
        Fit(points, sweep.Parameter, symbol, session, console);
        session.Write(json);
        return session.ExitCode(verdicts);
    }

    /// <summary>Says whether a power or an exponential of the parameter describes the points better, and how far off each is.</summary>
    private static void Fit(List<(double X, double Y)> points, string parameter, string symbol, Session session, IAnsiConsole console)
    {
        Line? power = Line.Exponent(points, session.Sampling.Level);
        Line? exponential = Line.Through(points.Where(point => point.Y > 0).Select(point => (point.X, Math.Log2(point.Y))), session.Sampling.Level);
        if (power is null || exponential is null)
        {
            console.MarkupLine("  [dim]Fewer than three values above 0: no fit.[/]");
            return;
        }

        string Off(Line line) => string.Create(CultureInfo.InvariantCulture, $"within a factor of {Math.Pow(2, line.Residual):0.##}");
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"  {symbol} as a power: {parameter}^{power.Slope:0.00}, {Off(power)}; as an exponential: 2^({exponential.Slope:0.00}·{parameter}), {Off(exponential)}."));
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Short(Quantity quantity) => Card.Text(quantity) is { Length: <= 24 } text ? text : "…";
}
