using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Evaluation;
using Color = ScottPlot.Color;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>
/// Wang et al. 2024, §3.4: that Run′ converges to Run for all z, and that N ≥ 8 is large enough. The error of the series of one hidden unit,
/// order by order; and Correctness, played over N and the spread of z.
/// </summary>
internal sealed record ConvergenceFigure()
    : FigureReproduction("convergence", "Wang et al. 2024, §3.4", "where the Taylor series converges, and what Correctness makes of it over N and the spread of z")
{
    private const int Highest = 40;

    /// <summary>What §3.4 and §5.5 say is enough.</summary>
    private const int Sufficient = 8;

    /// <summary>The ends of the error axis, in log₁₀; what is exact is drawn at the lower one.</summary>
    private const int Lowest = -17;
    private const int Greatest = 14;

    private static readonly double[] _x0 = [0, 1, 2, 4];
    private static readonly double[] _distances = [1, 2, 3, 4, 6];
    private static readonly int[] _orders = [0, 2, 4, 8, 16, 24, 32, 40];
    private static readonly double[] _deviations = [0.5, 1, 2, 3];
    private static readonly string[] _colours = ["#1f4e9c", "#2a9d4a", "#c98a00", "#c0392b", "#7b2d8b"];

    public override long Trials => 200;

    protected override IReadOnlyList<Option> OwnOptions { get; } = [FileArguments.Figures, Arguments.Trials, Arguments.Level, Arguments.Threads];

    public override int Run(ParseResult parse, Session session)
    {
        FigureFile file = FileOf(parse);
        IAnsiConsole console = session.Screen.Tables;
        Truncation[] series = [.. from activation in Activation.Smooth from x0 in _x0 from distance in _distances select new Truncation(activation, x0, distance)];
        Dictionary<Truncation, double[]> errors = series.ToDictionary(one => one, one => one.Errors(Highest));
        Write(console, errors);
        Dictionary<(Activation, int Order, double Deviation), Result> played = session.Stoppable("Correctness", (progress, stop) => Played(session.Sampling, progress, stop));
        Write(console, played, session);
        JsonArray ofSeries = [.. series.Select(one => JsonOf(one, errors[one]))];
        JsonArray ofGames = [.. played.Select(pair => JsonOf(pair.Key.Item1, pair.Key.Order, pair.Key.Deviation, pair.Value))];
        return Finish(session, file, Drawn(errors), new() { ["series"] = ofSeries, ["correctness"] = ofGames, ["trials"] = session.Sampling.Trials, ["level"] = session.Sampling.Level });
    }

    /// <summary>Correctness for every activation, N and deviation; where it was stopped, what was whole by then.</summary>
    private static Dictionary<(Activation, int, double), Result> Played(Sampling sampling, Action<double>? progress, CancellationToken stop)
    {
        Dictionary<(Activation, int, double), Result> played = [];
        double all = Activation.Smooth.Count * _orders.Length * _deviations.Length;
        foreach (double deviation in _deviations)
        {
            GivenMlps source = SpreadMlps.Of(deviation, sampling.Seed);
            foreach ((Activation activation, int order) in Activation.Smooth.SelectMany(activation => _orders.Select(order => (activation, order))))
            {
                TaylorMlpScheme scheme = new(new() { Source = source, Activation = activation, Order = order });
                Result result = SampledEvaluator.Evaluate(Game.Correctness(scheme), sampling with { Metered = false }, cancellation: stop);
                if (result.Stopped)
                {
                    return played;
                }

                played[(activation, order, deviation)] = result;
                progress?.Invoke(played.Count / all);
            }
        }

        return played;
    }

    private static void Write(IAnsiConsole console, Dictionary<Truncation, double[]> errors)
    {
        Table table = new() { Border = TableBorder.Rounded, Title = new($"error of the series at |z − z₀|: N = {Sufficient} → N = {Highest}") };
        table.AddColumns(["", "x₀", "radius", .. _distances.Select(distance => Number(distance))]);
        foreach (IGrouping<(Activation Activation, double X0), KeyValuePair<Truncation, double[]>> row in errors.GroupBy(pair => (pair.Key.Activation, pair.Key.X0)))
        {
            table.AddRow([$"{row.Key.Activation}", Number(row.Key.X0), Radius(row.Key.Activation, row.Key.X0), .. row.Select(pair => $"{Short(pair.Value[Sufficient])} → {Short(pair.Value[Highest])}")]);
        }

        console.Write(table);
        int beyond = errors.Count(pair => !pair.Key.Converges);
        int worse = errors.Count(pair => !pair.Key.Converges && pair.Value[Highest] > pair.Value[Sufficient]);
        console.WriteLine("  Wang et al. 2024, §3.4: the series converges for all z, and N ≥ 8 is large enough; Yang et al. 2025, Eq. 13, write ≈ and speak of correctness.");
        console.WriteLine($"  It converges within the radius alone: {beyond} of the {errors.Count} series lie beyond, and {worse} of those are further off at N = {Highest} than at N = {Sufficient}.");
        foreach ((Truncation one, double[] error) in errors.Where(pair => pair.Key is { X0: 0, Distance: 4, Converges: true }))
        {
            int worst = Array.IndexOf(error, error.Max());
            console.WriteLine($"  {one.Activation} at x₀ = 0, |z − z₀| = 4 converges, but first worsens: it is furthest off at N = {worst}, by {Short(error[worst])}.");
        }
    }

    private static void Write(IAnsiConsole console, Dictionary<(Activation Activation, int Order, double Deviation), Result> played, Session session)
    {
        Table table = new() { Border = TableBorder.Rounded, Title = new("Correctness: Pr, and its interval, by the standard deviation of z") };
        table.AddColumns(["", "N", .. _deviations.Select(deviation => Number(deviation))]);
        foreach ((Activation activation, int order) in Activation.Smooth.SelectMany(activation => _orders.Select(order => (activation, order))))
        {
            string Cell(double deviation) => played.TryGetValue((activation, order, deviation), out Result? result)
                ? string.Create(CultureInfo.InvariantCulture, $"{result.Probability.Value:0.00} in {result.Probability.Interval.Low:0.00}–{result.Probability.Interval.High:0.00}")
                : "";
            table.AddRow([$"{activation}", $"{order}", .. _deviations.Select(Cell)]);
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  MLP {SpreadMlps.Side}-{SpreadMlps.Side}-{SpreadMlps.Side}, V a multiple of the identity, W standard normal, b = c = 0, x standard normal, float64; the same is within 0.05 of the norm. {session.Sampling.Trials} trials each, Clopper–Pearson's intervals at {100 * session.Sampling.Level:G6} % each, seed {session.Sampling.Seed}."));
        if (session.Stopping)
        {
            console.WriteLine("  stopped: what is empty was not played");
        }
    }

    private static Figure Drawn(Dictionary<Truncation, double[]> errors)
    {
        Figure figure = new(Activation.Smooth.Count, _x0.Length, 360, 290)
        {
            Title = "How far the Taylor series is from the activation",
            Key = [.. _distances.Zip(_colours, (distance, colour) => (Color.FromHex(colour), $"|z − z₀| = {Number(distance)}"))],
            XLabel = "N, the order of the series",
            YLabel = "| the series up to N − Act(z + b) |",
            Note = $"As Wang et al. 2024, §3.4, who have it converge for all z, and N ≥ {Sufficient} (dotted) large enough. Dashed curves are of |z − z₀| beyond the radius of convergence, told above.\n"
                + "Of z₀ + |z − z₀| and z₀ − |z − z₀| the greater error counts. float64: what lies near 10⁻¹⁶ is rounding.",
        };
        foreach ((int row, Activation activation) in Activation.Smooth.Index())
        {
            foreach ((int column, double x0) in _x0.Index())
            {
                Plot panel = figure.Panel(row, column, $"{activation}, x₀ = {Number(x0)}: radius {Radius(activation, x0)}");
                panel.Layout.Fixed(new PixelPadding(56, 12, 28, 38));
                panel.Axes.SetLimits(0, Highest, Lowest, Greatest);
                panel.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
                    [-16, -12, -8, -4, 0, 4, 8, 12], ["10⁻¹⁶", "10⁻¹²", "10⁻⁸", "10⁻⁴", "1", "10⁴", "10⁸", "10¹²"]);
                panel.Add.VerticalLine(Sufficient, 1, Colors.Gray, LinePattern.Dotted);
                foreach ((int place, double distance) in _distances.Index())
                {
                    Truncation one = new(activation, x0, distance);
                    double[] logs = [.. errors[one].Select(error => Math.Max(Lowest, Math.Log10(error)))];
                    ScottPlot.Plottables.Scatter curve = panel.Add.ScatterLine([.. Enumerable.Range(0, Highest + 1).Select(n => (double)n)], logs, Color.FromHex(_colours[place]));
                    curve.LineWidth = 2;
                    curve.LinePattern = one.Converges ? LinePattern.Solid : LinePattern.Dashed;
                }
            }
        }

        return figure;
    }

    private static JsonObject JsonOf(Truncation one, double[] errors) => new()
    {
        ["activation"] = one.Activation.Name,
        ["x0"] = one.X0,
        ["distance"] = one.Distance,
        ["radius"] = Json.Number(one.Activation.ConvergenceRadius(one.X0)), // null: infinite
        ["converges"] = one.Converges,
        ["errors"] = Numbers(errors),
    };

    private static JsonObject JsonOf(Activation activation, int order, double deviation, Result result) => new()
    {
        ["activation"] = activation.Name,
        ["order"] = order,
        ["deviation"] = deviation,
        ["trials"] = result.Trials,
        ["wins"] = result.Wins,
        ["probability"] = result.Probability.Value,
        ["interval"] = Numbers([result.Probability.Interval.Low, result.Probability.Interval.High]),
    };

    private static string Radius(Activation activation, double x0) =>
        activation.ConvergenceRadius(x0) is var radius && double.IsFinite(radius) ? radius.ToString("0.00", CultureInfo.InvariantCulture) : "∞";

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0e+0", CultureInfo.InvariantCulture).Replace("e+0", "", StringComparison.Ordinal).Replace('-', '−').Replace("e+", "e", StringComparison.Ordinal);
}
