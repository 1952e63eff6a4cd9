using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using Spectre.Console;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>
/// Yang et al. 2025, Fig. 2: the relative error of the recovered weights as a heat map, all layers along the x-axis; of the pairwise attack,
/// as published, and of the joint one. W is taken in float32, so that errors below the spacing of bfloat16 are seen.
/// </summary>
internal sealed record ErrorFigure()
    : FigureReproduction("fig2", "Yang et al. 2025, Fig. 2", "the relative error of the recovered weights as a heat map, for the pairwise and the joint attack")
{
    private const int CellsAcross = 1536;
    private const int CellsDown = 128;

    /// <summary>The pixels of a cell's side, at least.</summary>
    private const int CellHeight = 2;

    /// <summary>The colours' ends, in log₁₀: means of cells lie well within.</summary>
    private const int Darkest = -5;
    private const int Brightest = 1;

    private const string DefaultShape = "opt-1.3b";

    private static readonly string[] _attacks = ["pairwise", "joint, all"];

    protected override IReadOnlyList<Option> OwnOptions { get; } =
    [
        FileArguments.Figures, FileArguments.Models, FileArguments.Layers, Arguments.Order, FileArguments.Storage, FileArguments.ActivationName,
        FileArguments.ZSpread, Arguments.Threads,
    ];

    public override int Run(ParseResult parse, Session session)
    {
        string name = parse.GetValue(FileArguments.Models) ?? DefaultShape;
        if (name.Contains(','))
        {
            throw new UsageException($"{FileArguments.Models.Name} {name}: {Name} shows one model; name one shape, such as {DefaultShape}");
        }

        ModelShape shape = FileArguments.ShapeOf(name);
        int layers = FileArguments.LayersOf(parse, shape);
        Activation activation = FileArguments.ReleasedActivationOf(parse, shape);
        (StorageType storage, int order, double spread) = (FileArguments.StorageOf(parse), FileArguments.OrderOf(parse), FileArguments.SpreadOf(parse));
        FigureFile file = FileOf(parse);
        Stopwatch watch = Stopwatch.StartNew();
        ErrorMap[] maps = session.Stoppable($"{shape}", (progress, stop) =>
        {
            using SyntheticRelease release = new(shape, activation, order, storage, new DrawnEmbeddings(session.Sampling.Seed, spread), session.Sampling);
            return Attacked(release, shape, layers, session.Sampling.Threads, progress, stop);
        });
        double seconds = watch.Elapsed.TotalSeconds;
        using Process process = Process.GetCurrentProcess();
        string what = $"{shape}, {layers} layer{(layers == 1 ? "" : "s")}";
        IAnsiConsole console = session.Screen.Tables;
        console.Write(TableOf(maps));
        console.WriteLine(FormattableString.Invariant(
            $"Shares of the entries of W by their relative error. {what}: seeded weights, normal with deviation {shape.InitializerRange}, in {SyntheticRelease.Weights}; released with {activation} in {storage}, N = {order}, z₀ normal with deviation {spread}; recovered in f32; seed {session.Sampling.Seed}, {seconds:0.0} s, peak memory {process.PeakWorkingSet64 / 1e9:0.00} GB."));
        return Finish(session, file, Drawn(maps, shape, layers, what), new()
        {
            ["model"] = shape.Name,
            ["layers"] = layers,
            ["activation"] = activation.Name,
            ["order"] = order,
            ["dtype"] = storage.Name,
            ["floor"] = ErrorMap.Floor,
            ["ceiling"] = ErrorMap.Ceiling,
            ["cell"] = new JsonObject { ["rows"] = maps[0].CellHeight, ["columns"] = maps[0].CellWidth },
            ["attacks"] = new JsonArray([.. maps.Zip(_attacks, JsonOf)]),
            ["seconds"] = seconds,
        });
    }

    private static unsafe ErrorMap[] Attacked(SyntheticRelease release, ModelShape shape, int layers, int threads, Action<double>? progress, CancellationToken stop)
    {
        ErrorMap[] maps = [.. _attacks.Select(_ => new ErrorMap(layers, shape.Width, shape.Hidden, CellsAcross, CellsDown))];
        using NativeBlock recovered = new((long)shape.Width * shape.Hidden * StorageType.F32.Size);
        nint w = (nint)recovered.First;
        LayerAttack attack = new(OrdersRead.All, threads);
        Cost work = default;
        release.ForEachLayer(
            layers,
            (number, truth, layer) =>
            {
                attack.Pairwise(layer, StorageType.F32, w, ref work);
                maps[0].Add(number, truth, w, threads);
                stop.ThrowIfCancellationRequested();
                attack.Jointly(layer, StorageType.F32, w, ref work);
                maps[1].Add(number, truth, w, threads);
            },
            progress,
            stop);
        return maps;
    }

    private static Table TableOf(ErrorMap[] maps)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("relative error");
        foreach (string attack in _attacks)
        {
            table.AddColumn(new TableColumn(attack).RightAligned());
        }

        string[] Row(string name, Func<ErrorMap, string> cell) => [Markup.Escape(name), .. maps.Select(cell)];
        string Share(ErrorMap map, long count) => count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / map.Entries:0.0000} %");
        table.AddRow(Row("0, exact", map => Share(map, map.Exact)));
        for (int i = 0; i < maps[0].Decades.Count; i++)
        {
            int decade = i;
            table.AddRow(Row(NameOf(i, maps[0].Decades.Count), map => Share(map, map.Decades[decade])));
        }

        table.AddRow(Row("columns lost", map => string.Create(CultureInfo.InvariantCulture, $"{map.ColumnsLost:N0} of {map.Columns:N0}")));
        return table;
    }

    private static string NameOf(int decade, int count)
    {
        int from = ErrorMap.Floor + decade;
        return decade == 0 ? $"below 10{Power(from + 1)}" : decade == count - 1 ? $"10{Power(from)} and more" : $"10{Power(from)} to 10{Power(from + 1)}";
    }

    private static string Power(int power) => (power < 0 ? "⁻" : "") + "⁰¹²³⁴⁵⁶⁷⁸⁹"[Math.Abs(power)];

    private static Figure Drawn(ErrorMap[] maps, ModelShape shape, int layers, string what)
    {
        (int down, int across) = (maps[0].Cells.GetLength(0), maps[0].Cells.GetLength(1));
        PixelPadding around = new(80, 110, 50, 40);
        int side = Math.Max(1, CellsAcross / across);
        int high = Math.Max(CellHeight, CellsDown * CellHeight / down);
        Figure figure = new(maps.Length, 1, (int)(around.Left + around.Right) + (across * side) + (2 * (int)Figure.Gap), (int)(around.Top + around.Bottom) + (down * high))
        {
            Title = $"log₁₀ of the relative error of the recovered W, {what}",
            Note = $"As Yang et al. 2025, Fig. 2. A cell is the mean of log₁₀ over {maps[0].CellHeight} rows and {maps[0].CellWidth} columns of W; where columns of it are lost, it is theirs alone:\n"
                + $"so each lost column is seen, {maps[0].CellWidth} times as wide as it is. An exact entry counts as 10{Power(ErrorMap.Floor)}, and any above 10{Power(ErrorMap.Ceiling)} as that.",
        };
        foreach ((int row, ErrorMap map) in maps.Index())
        {
            string lost = string.Create(CultureInfo.InvariantCulture, $"{map.ColumnsLost:N0} of {map.Columns:N0} columns lost, in {map.CellsWithLoss:N0} of {across:N0} cells across");
            Plot panel = figure.Panel(row, 0, $"the {(row == 0 ? "pairwise attack, as published" : "joint attack, from all orders")}: {lost}", string.Create(CultureInfo.InvariantCulture, $"layer, {shape.Hidden:N0} columns each"), "row of W");
            panel.Layout.Fixed(around);
            ScottPlot.Plottables.Heatmap heat = panel.Add.Heatmap(Upwards(map.Cells));
            heat.Position = new CoordinateRect(0, layers, 0, shape.Width);
            heat.Colormap = new ScottPlot.Colormaps.Viridis();
            heat.ManualRange = new(Darkest, Brightest);
            panel.Axes.SetLimits(0, layers, 0, shape.Width);
            panel.Axes.Bottom.TickGenerator = Ticks(Enumerable.Range(0, layers + 1));
            panel.Axes.Left.TickGenerator = Ticks(Enumerable.Range(0, 5).Select(quarter => shape.Width * quarter / 4));
            ScottPlot.Panels.ColorBar bar = panel.Add.ColorBar(heat);
            bar.Label = "log₁₀";
            bar.LabelStyle.Bold = false;
        }

        return figure;
    }

    private static ScottPlot.TickGenerators.NumericManual Ticks(IEnumerable<int> places) =>
        new([.. places.Select(place => (double)place)], [.. places.Select(place => place.ToString("N0", CultureInfo.InvariantCulture))]);

    /// <summary>The rows from the last to the first: a heat map begins above, an axis below.</summary>
    private static double[,] Upwards(double[,] cells)
    {
        double[,] turned = new double[cells.GetLength(0), cells.GetLength(1)];
        for (int i = 0; i < turned.GetLength(0); i++)
        {
            for (int j = 0; j < turned.GetLength(1); j++)
            {
                turned[i, j] = cells[turned.GetLength(0) - 1 - i, j];
            }
        }

        return turned;
    }

    private static JsonNode JsonOf(ErrorMap map, string attack)
    {
        JsonArray decades = [];
        for (int i = 0; i < map.Decades.Count; i++)
        {
            decades.Add(new JsonObject { ["fromLog10"] = i == 0 ? null : ErrorMap.Floor + i, ["toLog10"] = i == map.Decades.Count - 1 ? null : ErrorMap.Floor + i + 1, ["entries"] = map.Decades[i] });
        }

        double[,] cells = map.Cells;
        double Mean(int across) => Enumerable.Range(0, cells.GetLength(0)).Average(down => cells[down, across]);
        return new JsonObject
        {
            ["attack"] = attack,
            ["parameters"] = map.Entries,
            ["exact"] = map.Exact,
            ["decades"] = decades,
            ["columns"] = map.Columns,
            ["columnsLost"] = map.ColumnsLost,
            ["cellsWithLoss"] = map.CellsWithLoss,
            ["meansDown"] = Numbers(Enumerable.Range(0, cells.GetLength(1)).Select(across => Math.Round(Mean(across), 4))),
        };
    }
}
