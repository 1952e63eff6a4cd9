using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using Spectre.Console;
using Wager.Harness.Studies;
using Color = ScottPlot.Color;

namespace Wager.Harness.Reports;

/// <summary>A <see cref="QueryStudy"/> as a table, a figure, JSON, and in sentences.</summary>
/// <param name="study">What was studied.</param>
/// <param name="outcome">What came of it.</param>
public sealed class QueryReport(QueryStudy study, QueryStudy.Outcome outcome)
{
    /// <summary>What is drawn as 0 on a logarithmic axis: below it is rounding.</summary>
    private const double Floor = 1e-16;

    /// <summary>Those that lie on one another are told apart by their widths.</summary>
    private static readonly (QueriedOracle Oracle, string Name, string Colour, MarkerShape Marker, float Width, float Size)[] _oracles =
    [
        (QueriedOracle.Run, "Run", "#7fa8e0", MarkerShape.FilledCircle, 6, 12),
        (QueriedOracle.ReleaseAsRun, "Run′ fitted as Run", "#c0392b", MarkerShape.FilledSquare, 2, 8),
        (QueriedOracle.Release, "Run′ fitted as its series", "#1d5e2a", MarkerShape.OpenCircle, 1.5f, 8),
    ];

    /// <summary>A row for each oracle and number of queries, and one for the joint attack.</summary>
    public Table Table()
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string column in new[] { "oracle", "q/h", "queries", "independent", "residual", "held out", "signed mean", "mean relative", "within 1 %" })
        {
            table.AddColumn(new TableColumn(column).NoWrap().Alignment(column == "oracle" ? Justify.Left : Justify.Right));
        }

        foreach ((QueriedOracle oracle, string name, _, _, _, _) in _oracles)
        {
            foreach (QueryStudy.Point point in outcome.Of(oracle))
            {
                table.AddRow([
                    name, Number(point.Share, "0.0###"), Count(point.Fit.Queries), Count(point.Fit.Independent), Short(point.Fit.Residual), Short(point.Fit.HeldOutResidual),
                    .. Errors(point.Errors)]);
            }

            table.AddEmptyRow();
        }

        table.AddRow(["joint attack, no query", "0.0", "0", "", "", "", .. Errors(outcome.Joint)]);
        return table;
    }

    /// <summary>What it shows.</summary>
    public IEnumerable<string> Sentences()
    {
        QueryStudy.Point[] run = [.. outcome.Of(QueriedOracle.Run)];
        QueryStudy.Point[] below = [.. run.Where(point => !point.Fit.IsDetermined)];
        QueryStudy.Point[] determined = [.. run.Where(point => point.Fit.IsDetermined)];
        QueryStudy.Point few = run[0];
        yield return $"Gated MLP {QueryStudy.Width}-{study.Hidden}-{QueryStudy.Width}, SiLU, no bias, seeded normal weights and inputs, N = {QueryStudy.Order}, seed {study.Seed}; {QueryStudy.HeldOut} inputs held out; singular values up to max(q, h)·2⁻⁵² of the greatest count as 0.";
        yield return $"The trap: {Count(few.Fit.Queries)} queries for {Count(few.Fit.Unknowns)} unknowns of each output, as {QueryStudy.PublishedSamples} for {Count(QueryStudy.PublishedUnknowns)}, leave a residual of {Short(few.Fit.Residual)} and a signed mean error of {Short(few.Errors.SignedMean)} root mean squares of W, and look perfect. {Percent(few.Errors.Within)} of the weights are within 1 %, and on held-out inputs the answers are off by {Percent(few.Fit.HeldOutResidual)}.";
        yield return $"Below h queries of Run the signed mean is at most {Short(below.Max(point => Math.Abs(point.Errors.SignedMean)))} and the residual at most {Short(below.Max(point => point.Fit.Residual))}, while at most {Percent(below.Max(point => point.Errors.Within))} of the weights are within 1 %: only these, and the held-out residual of at least {Short(below.Min(point => point.Fit.HeldOutResidual))}, tell.";
        yield return determined.Length == 0 ? "No number of queries of Run that was tried has as many independent ones as there are unknowns."
            : $"With {Count(determined[0].Fit.Queries)} queries of Run or more there are {Count(determined[0].Fit.Independent)} independent ones, as many as unknowns, and {Percent(determined.Min(point => point.Errors.Within))} of the weights are within 1 %.";
        QueryStudy.Point[] asRun = [.. outcome.Of(QueriedOracle.ReleaseAsRun)], series = [.. outcome.Of(QueriedOracle.Release)];
        yield return $"Run′ is off Run by {Percent(outcome.Truncation)} here. Fitted as Run, at most {Percent(asRun.Max(point => point.Errors.Within))} of the weights are within 1 %, at whatever q; fitted as the series that it sums, {Percent(series[^1].Errors.Within)} at {Number(series[^1].Share, "0.##")}·h. An error of truncation that is known is no protection.";
        yield return $"The joint attack asks nothing, and has {Percent(outcome.Joint.Within)} of the weights within 1 %.";
    }

    /// <summary>Signed mean, share within 1 % and held-out residual over q/h.</summary>
    public Figure Figure()
    {
        Figure figure = new(1, 3, 440, 380)
        {
            Title = "W from queries by least squares: what looks right, and what is",
            XLabel = "queries q / unknowns h",
            Note = $"Gated MLP {QueryStudy.Width}-{study.Hidden}-{QueryStudy.Width}, SiLU, N = {QueryStudy.Order}. Upright lines: q = {QueryStudy.PublishedSamples}/{QueryStudy.PublishedUnknowns}·h, and q = h.\n"
                + "Below q = h the residual on the queries (grey) and the signed mean are near 0 however wrong the weights are: only what was held out, and the truth, tell.\n"
                + $"Without any query the joint attack has {Percent(outcome.Joint.Within)} of the weights within 1 %.",
        };
        Plot signed = figure.Panel(0, 0, "signed mean error of W", y: "in root mean squares of W");
        Draw(signed, point => Math.Clamp(point.Errors.SignedMean, -1, 1), [.. new[] { -1, -0.5, 0, 0.5, 1 }.Select(tick => (tick, Label(tick)))]);
        signed.Axes.SetLimitsY(-1.1, 1.1);
        Plot within = figure.Panel(0, 1, "weights within 1 %");
        Draw(within, point => point.Errors.Within, [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(tick => (tick, Number(tick * 100, "0") + " %"))]);
        within.ShowLegend(Alignment.UpperLeft);
        Plot residual = figure.Panel(0, 2, "residual on held-out inputs", y: "relative; grey: on the queries of Run");
        Draw(residual, point => Logarithm(point.Fit.HeldOutResidual), [.. Enumerable.Range(-8, 11).Select(i => (2.0 * i, $"10{Superscript(2 * i)}"))]);
        ScottPlot.Plottables.Scatter seen = residual.Add.Scatter(
            QueryStudy.Shares.Select(Math.Log10).ToArray(), outcome.Of(QueriedOracle.Run).Select(point => Logarithm(point.Fit.Residual)).ToArray(), Colors.Gray);
        (seen.LineWidth, seen.MarkerSize) = (1.5f, 5);
        return figure;
    }

    /// <summary>All numbers.</summary>
    public JsonObject Json() => new()
    {
        ["hidden"] = study.Hidden,
        ["width"] = QueryStudy.Width,
        ["order"] = QueryStudy.Order,
        ["heldOut"] = QueryStudy.HeldOut,
        ["truncation"] = outcome.Truncation,
        ["joint"] = JsonOf(outcome.Joint),
        ["points"] = new JsonArray([.. outcome.Points.Select(JsonOf)]),
        ["sentences"] = new JsonArray([.. Sentences().Select(sentence => (JsonNode)sentence)]),
    };

    private static JsonNode JsonOf(QueryStudy.Point point)
    {
        JsonObject json = new() { ["oracle"] = _oracles.First(oracle => oracle.Oracle == point.Oracle).Name, ["share"] = point.Share };
        foreach ((string key, JsonNode? value) in QueryFits.Json(point.Fit).Concat(JsonOf(point.Errors)))
        {
            json[key] = value?.DeepClone();
        }

        return json;
    }

    private static JsonObject JsonOf(WeightErrors errors) => new()
    {
        ["signedMean"] = Reports.Json.Number(errors.SignedMean),
        ["meanRelative"] = Reports.Json.Number(errors.MeanRelative),
        ["within"] = errors.Within,
    };

    private void Draw(Plot panel, Func<QueryStudy.Point, double> y, (double At, string Label)[] ticks)
    {
        foreach ((QueriedOracle oracle, string name, string colour, MarkerShape marker, float width, float size) in _oracles)
        {
            QueryStudy.Point[] points = [.. outcome.Of(oracle)];
            ScottPlot.Plottables.Scatter curve = panel.Add.Scatter(points.Select(point => Math.Log10(point.Share)).ToArray(), points.Select(y).ToArray(), Color.FromHex(colour));
            (curve.LineWidth, curve.MarkerShape, curve.MarkerSize, curve.LegendText) = (width, marker, size, name);
        }

        panel.Add.VerticalLine(Math.Log10(QueryStudy.Shares[0]), 1, Colors.Gray); // not dashed: SVG has no path effects
        panel.Add.VerticalLine(0, 1, Colors.Gray);
        double[] shares = [QueryStudy.Shares[0], 0.25, 0.5, 1, 2, 4];
        panel.Axes.Bottom.SetTicks([.. shares.Select(Math.Log10)], [.. shares.Select(share => Number(share, "0.##"))]);
        panel.Axes.Left.SetTicks([.. ticks.Select(tick => tick.At)], [.. ticks.Select(tick => tick.Label)]);
        panel.HideLegend(); // one panel shows it for all
    }

    private static string Superscript(int number) =>
        string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']));

    private static double Logarithm(double value) => Math.Log10(Math.Max(value, Floor));

    private static string Label(double value) => Number(value, "0.##").Replace('-', '−');

    private static string[] Errors(WeightErrors errors) => [Short(errors.SignedMean), Short(errors.MeanRelative), Percent(errors.Within)];

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("G2", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>A share, rounded down: 100.00 % is all of them.</summary>
    private static string Percent(double share) => Number(Math.Floor(share * 10_000) / 100, "0.00") + " %";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
