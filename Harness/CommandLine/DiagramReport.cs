using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary><c>claims</c> alone: the diagram of notions on the terminal, and with <c>-o</c> as a picture.</summary>
internal static class DiagramReport
{
    private const string Drawn = """
                        Correctness
                             ┃ breaks
                             ▼
                           W-IND
                         ╱       ╲
                        ╱         ╲
                       ▼           ▼
                    EffInf ──────▶ WRec
        """;

    /// <summary>Works the diagram out and prints it.</summary>
    public static int Run(ParseResult parse, Session session, Func<ClaimKind, Form, IEnumerable<ClaimResult>> evaluate)
    {
        FigureFile? file = parse.GetValue(FileArguments.Diagram) is { } folder ? new(FileArguments.Diagram.Name, folder, "notions") : null;
        NotionDiagram diagram = new((kind, form) =>
        {
            ClaimResult[] results = [.. evaluate(kind, form)];
            return session.Stopping ? throw new OperationCanceledException() : results; // half an answer would count as a whole one
        });
        NotionArrow[] one = [.. diagram.OneQuery()];
        NotionArrow[] several = [.. diagram.SeveralQueries()];
        IAnsiConsole console = session.Screen.Tables;
        console.WriteLine(Drawn);
        Write(console, "one release, or challenge", one);
        Write(console, "q releases, or challenges", several);
        console.MarkupLine("[dim]A budget t ↦ t′: what is secure against t in the first game is secure against t′ in the second, less the loss. Numbers are exact: of witnesses, what the best of all adversaries has[/]");
        console.MarkupLine("[dim](with one key, and in EffInf of constant-release, what one adversary has); of implications, pairs of finite schemes and adversaries on which it is not vacuous. Reads are of the probe model. eq8, output-compare and function-compare need a metric on outputs. claims CLAIM shows each.[/]");
        JsonArray json = [.. one.Concat(several).Select(arrow => new JsonObject
        {
            ["from"] = arrow.From,
            ["to"] = arrow.To,
            ["relation"] = arrow.Relation switch { ArrowKind.Implies => "implies", ArrowKind.DoesNotImply => "does not imply", _ => "breaks" },
            ["by"] = arrow.By,
            ["budget"] = arrow.Budget,
            ["loss"] = arrow.Loss,
            ["exactly"] = arrow.Exactly,
        })];
        if (file is not null)
        {
            file.Write(NotionFigure.Of(one, several));
            console.WriteLine($"drawn in {file.SvgPath} and {file.PngPath}");
        }

        session.Write(json);
        return 0;
    }

    private static void Write(IAnsiConsole console, string title, NotionArrow[] arrows)
    {
        Table table = new() { Border = TableBorder.Rounded, Title = new(title) };
        table.AddColumns("", "by", "budget", "loss, or why not", "exactly");
        foreach (NotionArrow arrow in arrows)
        {
            (string sign, string colour) = arrow.Relation switch { ArrowKind.Implies => ("⇒", "green"), ArrowKind.DoesNotImply => ("⇏", "red"), _ => ("breaks", "purple") };
            table.AddRow($"{arrow.From} [{colour}]{sign}[/] {arrow.To}", Markup.Escape(arrow.By), Markup.Escape(arrow.Budget), Markup.Escape(arrow.Loss), Markup.Escape(arrow.Exactly));
        }

        console.Write(table);
    }
}
