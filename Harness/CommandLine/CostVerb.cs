using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary><c>cost --scheme S [--sweep P=A..B]</c>: what every procedure and adversary costs, and how that grows.</summary>
internal static class CostVerb
{
    private const long DefaultTrials = 20;

    private static readonly TimeSpan _warmUp = TimeSpan.FromMilliseconds(20);

    private static readonly string[] _columns = ["", "multiply-adds", "elementwise", "transcendental", "bytes", "queries", "operations", "seconds"];

    /// <summary>Those that a narrow terminal shows.</summary>
    private static readonly int[] _narrowColumns = [0, 4, 6, 7];

    public static Command Command() => Arguments.Verb(
        "cost",
        "tell what every procedure of a scheme and every adversary costs, and how it grows with a parameter",
        Run,
        [
            Arguments.Scheme, Arguments.Sweep, Arguments.Trials, Arguments.Seed, Arguments.Level, Arguments.Line4, Arguments.Timeout,
            Arguments.PlugIn, Arguments.Json, Arguments.OnDevice, .. Arguments.OfSchemes,
        ]);

    private static int Run(ParseResult parse)
    {
        PlugIns plugIns = Arguments.PlugInsOf(parse);
        Form form = Arguments.FormOf(parse);
        Sweep? sweep = Sweep.Of(parse, plugIns, form);
        using Session session = new(parse, DefaultTrials, DefaultTrials);
        if (sweep is null)
        {
            One(Arguments.SubjectOf(parse, plugIns), form, session);
        }
        else
        {
            Grow(sweep, session);
        }

        return 0;
    }

    private static void One(Subject subject, Form form, Session session)
    {
        CostRow[] rows = session.Stoppable($"cost of {subject.Name}", (_, stop) => CostTable.Of(subject, form, session.Sampling, _warmUp, stop).ToArray());
        Table table = new() { Border = TableBorder.Rounded };
        bool wide = session.Screen.Tables.Profile.Width >= Card.WidthOfAll;
        T[] Shown<T>(T[] cells) => wide ? cells : [.. _narrowColumns.Select(i => cells[i])];
        foreach (string column in Shown(_columns))
        {
            table.AddColumn(new TableColumn(column).NoWrap().Alignment(column.Length == 0 ? Justify.Left : Justify.Right));
        }

        foreach (CostRow row in rows)
        {
            Cost cost = row.Cost;
            IEnumerable<string> cells = row.Trials == 0 ? Enumerable.Repeat("–", 7) :
            [
                .. new[] { cost.MultiplyAdds, cost.Elementwise, cost.Transcendental, cost.BytesRead + cost.BytesWritten, cost.Queries, row.Operations }.Select(Card.Count),
                Time(row.Seconds),
            ];
            table.AddRow(Shown([Markup.Escape(Title(row)), .. cells]));
        }

        IAnsiConsole console = session.Screen.Tables;
        console.MarkupLine($"[bold]{Markup.Escape(subject.Name)}[/]: {Markup.Escape(subject.Summary)}");
        console.Write(table);
        console.MarkupLine($"  [dim]Means of {session.Sampling.Trials} trials, seed {session.Sampling.Seed}, one thread; seconds are this machine's. A multiply-add is one multiplication with its addition; {CostUnit.Operations}.[/]");
        if (!wide)
        {
            console.MarkupLine($"  [dim]A terminal of {Card.WidthOfAll} columns shows all counts.[/]");
        }

        if (rows.Any(row => row.Trials < session.Sampling.Trials))
        {
            console.MarkupLine("  [dim]Trials without a valid answer are left out; – where there was no other, or the game is undefined.[/]");
        }

        session.Write(new JsonObject
        {
            ["scheme"] = subject.Name,
            ["costs"] = new JsonArray([.. rows.Select(row => (JsonNode)Describe(row))]),
            ["unit"] = CostUnit.Operations.ToString(),
            ["trials"] = session.Sampling.Trials,
            ["seed"] = session.Sampling.Seed,
            ["device"] = session.Device,
        });
    }

    private static void Grow(Sweep sweep, Session session)
    {
        List<(int Value, CostRow[] Rows)> points = session.Stoppable($"cost over {sweep.Parameter}", (progress, stop) =>
        {
            List<(int, CostRow[])> all = [];
            foreach ((int value, Subject subject, Form form) in sweep.Points)
            {
                all.Add((value, [.. CostTable.Of(subject, form, session.Sampling, TimeSpan.Zero, stop)]));
                progress?.Invoke((double)all.Count / sweep.Points.Count);
            }

            return all;
        });

        int columnCount = Math.Min(session.Screen.Tables.Profile.Width >= Card.WidthOfAll ? 4 : 2, points.Count);
        int[] shown = [.. Enumerable.Range(0, columnCount).Select(i => i * (points.Count - 1) / (columnCount - 1))];
        Table table = new() { Border = TableBorder.Rounded, Title = new($"operations over {sweep.Parameter}") };
        string level = string.Create(CultureInfo.InvariantCulture, $"interval at {100 * session.Sampling.Level:G6} %");
        string[] columns = ["", .. shown.Select(i => $"{sweep.Parameter} = {points[i].Value}"), "exponent", level];
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap().Alignment(column.Length == 0 ? Justify.Left : Justify.Right));
        }

        JsonArray json = [];
        foreach (CostRow first in points.SelectMany(point => point.Rows).DistinctBy(row => (row.Name, row.Game)))
        {
            (int Value, CostRow Row)[] curve = [.. from point in points from row in point.Rows where row.Name == first.Name && row.Game == first.Game && row.Trials > 0 select (point.Value, row)];
            Line? exponent = Line.Exponent(curve.Select(point => ((double)point.Value, point.Row.Operations)), session.Sampling.Level);
            string At(int value) => curve.Where(point => point.Value == value).Select(point => Card.Count(point.Row.Operations)).FirstOrDefault("–");
            table.AddRow(
            [
                Markup.Escape(Title(first)), .. shown.Select(j => At(points[j].Value)),
                exponent is null ? "–" : Digits(exponent.Slope),
                exponent is null ? "" : Markup.Escape($"[{Digits(exponent.Low)}, {Digits(exponent.High)}]"),
            ]);
            json.Add(new JsonObject
            {
                ["name"] = first.Name,
                ["game"] = first.Game,
                ["points"] = new JsonArray([.. curve.Select(point => (JsonNode)new JsonObject { [sweep.Parameter] = point.Value, ["operations"] = point.Row.Operations, ["cost"] = Json.Of(point.Row.Cost) })]),
                ["exponent"] = exponent is null ? null : Json.Number(exponent.Slope),
                ["interval"] = exponent is null ? null : new JsonArray(Json.Number(exponent.Low), Json.Number(exponent.High)),
            });
        }

        IAnsiConsole console = session.Screen.Tables;
        console.Write(table);
        console.MarkupLine($"  [dim]Means for {points.Count} values, trials for each {session.Sampling.Trials}, seed {session.Sampling.Seed}; {CostUnit.Operations}.[/]");
        console.MarkupLine("  [dim]The exponent is the slope of least squares between logarithms; a wide interval says that the cost is no power, such as a sum of two.[/]");
        session.Write(new JsonObject
        {
            ["parameter"] = sweep.Parameter,
            ["costs"] = json,
            ["level"] = session.Sampling.Level,
            ["unit"] = CostUnit.Operations.ToString(),
            ["trials"] = session.Sampling.Trials,
            ["seed"] = session.Sampling.Seed,
        });
    }

    private static string Title(CostRow row) => row.Game is null ? row.Name : $"{row.Name} ({row.Game})";

    private static JsonObject Describe(CostRow row) => new()
    {
        ["name"] = row.Name,
        ["game"] = row.Game,
        ["cost"] = Json.Of(row.Cost),
        ["operations"] = row.Operations,
        ["seconds"] = row.Seconds,
        ["trials"] = row.Trials,
    };

    /// <summary>Two digits, and no sign before a zero.</summary>
    private static string Digits(double value) => (Math.Round(value, 2) + 0.0).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Time(double seconds) => seconds switch
    {
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:G3} s"),
        >= 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:G3} ms"),
        >= 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:G3} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0} ns"),
    };
}
