using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Adversaries.TaylorMlp;
using Wager.Harness.Studies;

namespace Wager.Harness.Reports;

/// <summary>Rows of Yang et al. 2025, Table 1, with what it lacks.</summary>
public sealed class RecoveryTable
{
    private static readonly string[] _columns =
        ["model", "attack", "parameters", "recovered", "ratio", "bit-exact", "lost", "seconds", "M/s", "× copy", "USD"];

    /// <summary>Those that a narrow terminal shows.</summary>
    private static readonly int[] _narrow = [0, 1, 4, 5, 6, 7, 9];

    /// <summary>The columns of a terminal that shows them all, with the models of Table 1.</summary>
    private const int WidthOfAll = 126;

    private readonly Table _table = new() { Border = TableBorder.Rounded };
    private readonly IAnsiConsole _console;
    private readonly bool _wide;

    /// <summary>An empty table.</summary>
    public RecoveryTable(IAnsiConsole console)
    {
        _console = console;
        _wide = console.Profile.Width >= WidthOfAll;
        foreach (string column in Shown(_columns))
        {
            _table.AddColumn(new TableColumn(column).NoWrap().Alignment(column is "model" or "attack" ? Justify.Left : Justify.Right));
        }
    }

    /// <summary>Adds a published row, as printed.</summary>
    public void Add(string model, PublishedRecovery published) => Row(
        model, "published", Count(published.Parameters), Count(published.Recovered), Number(published.Ratio, "0.00") + " %", "", Count(published.ColumnsLost),
        Number(published.Seconds, "0.00"), Number(published.Parameters / published.Seconds / 1e6, "0.0"), "", Number(published.Dollars, "0.00"));

    /// <summary>Adds a measured row.</summary>
    public void Add(string model, AttackRun run)
    {
        RecoveryScore? score = run.Score;
        Row(
            model,
            run.Name,
            Count(run.Parameters),
            score is null ? "" : Count(score.Recovered),
            score is null ? "" : Percent(score.Recovered, score.Parameters),
            score is null ? "" : Percent(score.BitExact, score.Parameters),
            score is null ? "" : Count(score.ColumnsLost.Values.Sum()),
            Number(run.Seconds, run.Seconds < 1 ? "0.000" : "0.00"),
            Number(run.Parameters / run.Seconds / 1e6, "0"),
            run.CopySeconds > 0 ? Number(run.Seconds / run.CopySeconds, "0.0") : "",
            run.Dollars.ToString("G2", CultureInfo.InvariantCulture));
    }

    /// <summary>Draws a line below the rows so far.</summary>
    public void Rule() => _table.AddEmptyRow();

    /// <summary>Writes the table.</summary>
    public void Write()
    {
        _console.Write(_table);
        _console.MarkupLine($"  [dim]Recovered: within 1 %. Lost: columns of W most of which is not.{(_wide ? " M/s: million weights a second." : "")} × copy: the time, in plain copies of the bytes that had to move.[/]");
        if (!_wide)
        {
            _console.MarkupLine($"  [dim]A terminal of {WidthOfAll} columns, or a file, shows parameters, speed and price too.[/]");
        }
    }

    /// <summary>What is not in the table: which columns and entries are lost and why, b and c, and whether WRec counts it.</summary>
    public static IEnumerable<string> Remarks(AttackRun run)
    {
        KeyValuePair<ColumnLoss, long>[] given = [.. run.Given.Where(pair => pair.Key != ColumnLoss.None)];
        yield return given.Length == 0
            ? $"without the truth, the attack gives up none of {Count(run.Columns)} columns"
            : $"without the truth, the attack gives up {Count(given.Sum(pair => pair.Value))} of {Count(run.Columns)} columns ({Losses(given)}), which may be right all the same";
        if (run.Fits.Count > 0)
        {
            yield return QueryFits.Remark(run.Fits);
        }

        if (run.Score is not { } score)
        {
            yield break;
        }

        if (score.ColumnsLost.Count > 0)
        {
            yield return $"held against the truth, columns lost, most of their entries off by 1 % and more: {Losses(score.ColumnsLost)}";
        }

        if (score.Parameters > score.Recovered)
        {
            yield return $"entries lost: {Count(score.Unreadable)} are 0 or subnormal in every order of the release, {Count(score.Misread)} are misread; of the readable ones {Percent(score.Recovered, score.Parameters - score.Unreadable)} are recovered";
        }

        yield return $"within 1 %: b {Part(score.B)}, c {Part(score.C)}";
        yield return score.IsWin
            ? "WRec: won. Every entry of W, b and c is within 1 %"
            : $"WRec: not won. It asks every entry of W, b and c to be within 1 %, and {Count(score.Parameters - score.Recovered)} of W, {Count(score.B.All - score.B.Recovered)} of b and {Count(score.C.All - score.C.Recovered)} of c are not";
    }

    /// <summary>A measured row as JSON.</summary>
    public static JsonObject Json(string model, AttackRun run) => new()
    {
        ["model"] = model,
        ["attack"] = run.Name,
        ["parameters"] = run.Parameters,
        ["recovered"] = run.Score?.Recovered,
        ["bitExact"] = run.Score?.BitExact,
        ["unreadable"] = run.Score?.Unreadable,
        ["misread"] = run.Score?.Misread,
        ["columns"] = run.Columns,
        ["columnsLost"] = run.Score is null ? null : Counted(run.Score.ColumnsLost),
        ["columnsGivenUp"] = Counted(run.Given.Where(pair => pair.Key != ColumnLoss.None)),
        ["leastConfidence"] = run.Score?.LeastConfidence,
        ["b"] = run.Score is { } b ? new JsonObject { ["recovered"] = b.B.Recovered, ["all"] = b.B.All } : null,
        ["c"] = run.Score is { } c ? new JsonObject { ["recovered"] = c.C.Recovered, ["all"] = c.C.All } : null,
        ["wRec"] = run.Score?.IsWin,
        ["fits"] = run.Fits.Count == 0 ? null : new JsonArray([.. run.Fits.Select(QueryFits.Json)]),
        ["seconds"] = run.Seconds,
        ["copySeconds"] = run.CopySeconds,
        ["dollars"] = run.Dollars,
        ["cost"] = Reports.Json.Of(run.Cost),
    };

    private static JsonObject Counted(IEnumerable<KeyValuePair<ColumnLoss, long>> losses) =>
        new(losses.OrderBy(pair => pair.Key).Select(pair => KeyValuePair.Create(InWords(pair.Key), (JsonNode?)pair.Value)));

    private static string Losses(IEnumerable<KeyValuePair<ColumnLoss, long>> losses) =>
        string.Join(", ", losses.OrderBy(pair => pair.Key).Select(pair => $"{Count(pair.Value)} {InWords(pair.Key)}"));

    private static string InWords(ColumnLoss loss) => loss switch
    {
        ColumnLoss.None => "unnoticed", // lost, and not given up
        _ => loss.ToString().ToLowerInvariant(),
    };

    private static string Part((long Recovered, long All) part) => part.All == 0 ? "– (none, or public)" : $"{Count(part.Recovered)} of {Count(part.All)}";

    /// <summary>A share, rounded down: 100.00 % is all of them.</summary>
    private static string Percent(long part, long all) => all == 0 ? "–" : Number((double)(Int128.CreateChecked(part) * 10_000 / all) / 100, "0.00") + " %";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Row(params string[] cells) => _table.AddRow(Shown(cells).Select(Markup.Escape).ToArray());

    private T[] Shown<T>(T[] cells) => _wide ? cells : [.. _narrow.Select(i => cells[i])];
}
