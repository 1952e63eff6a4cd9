using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Color = ScottPlot.Color;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>TaylorMLP's paper and its public code as a pair: one unit as a figure, and whole MLPs as a table, by how far z goes from z₀.</summary>
internal sealed record VariantFigure() : FigureReproduction("variants", "Wang et al. 2024, Eq. 3 and the public code", "where the outputs of the two differ, and by how much")
{
    private const int Order = 8;
    private const double X0 = 0.3;
    private const double Reach = 6;
    private const int Points = 1201;
    private const double Least = 1e-9; // what a logarithmic axis shows of less

    private static readonly double[] _spreads = [0.25, 0.5, 1, 1.5, 2, 3];
    private static readonly Activation[] _activations = [Activation.Gelu, Activation.GeluTanh, Activation.Silu];

    /// <inheritdoc/>
    public override long Trials => 200;

    protected override IReadOnlyList<Option> OwnOptions { get; } = [FileArguments.Figures, Arguments.Trials];

    public override int Run(ParseResult parse, Session session)
    {
        FigureFile file = FileOf(parse);
        (Activation, StorageType)[] kinds = [.. _activations.Select(activation => (activation, StorageType.F64)), (Activation.Gelu, StorageType.BF16), (Activation.Gelu, StorageType.F16)];
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string column in new[] { "activation", "stored", "z", "beyond 2.5", "inputs differ", "difference", "greatest", "paper − Run", "code − Run", "paper correct", "code correct" })
        {
            table.AddColumn(new TableColumn(column).NoWrap().Alignment(column is "activation" or "stored" ? Justify.Left : Justify.Right));
        }

        JsonArray rows = [];
        List<VariantPair> exact = [];
        session.Stoppable("the pair", (progress, stop) =>
        {
            foreach ((int done, (Activation activation, StorageType storage)) in kinds.Index())
            {
                foreach (double spread in _spreads)
                {
                    GivenMlps mlps = SpreadMlps.Of(spread, session.Sampling.Seed);
                    VariantPair pair = VariantPair.Play(mlps, spread, new(Order, storage, activation, Variant.Paper), session.Sampling.Trials, session.Sampling.Seed, stop);
                    exact.AddRange(storage == StorageType.F64 ? [pair] : []);
                    table.AddRow(
                        activation.Name, storage.Name, Short(spread), Percent(pair.Beyond), Percent(pair.Differ), Short(pair.Difference), Short(pair.Greatest),
                        Short(pair.OfPaper), Short(pair.OfCode), $"{pair.PaperCorrect}/{pair.Trials}", $"{pair.CodeCorrect}/{pair.Trials}");
                    rows.Add(Row(activation, storage, pair));
                }

                progress?.Invoke((done + 1.0) / kinds.Length);
            }

            return true;
        });
        session.Screen.Tables.Write(table);
        session.Screen.Tables.WriteLine($"  N = {Order}; MLPs {SpreadMlps.Side}-{SpreadMlps.Side}-{SpreadMlps.Side} whose z is normal with the deviation that stands under z; differences are in norms, against Run's, root mean square over {session.Sampling.Trials} inputs; correct: within 0.05.");
        session.Screen.Tables.WriteLine(InWords(exact));
        return Finish(session, file, Draw(), new() { ["order"] = Order, ["trials"] = session.Sampling.Trials, ["rows"] = rows, ["conclusion"] = InWords(exact) });
    }

    private static string InWords(List<VariantPair> exact)
    {
        VariantPair[] near = [.. exact.Where(pair => pair.Beyond == 0)];
        VariantPair[] far = [.. exact.Where(pair => pair.Beyond > 0)];
        string within = near.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"Where no |z − z₀| is beyond {Variant.PublicCode.Reach} the two agree in f64 to {near.Max(pair => pair.Greatest):G1}. ");
        int worse = far.Count(pair => pair.OfCode > pair.OfPaper);
        return $"  {within}Beyond it the public code drops the orders above {Variant.PublicCode.Floor}: of {far.Length} rows in f64 with such units it is farther from Run than the paper in {worse}, and nearer in {far.Length - worse}.";
    }

    private static JsonObject Row(Activation activation, StorageType storage, VariantPair pair) => new()
    {
        ["activation"] = activation.Name,
        ["dtype"] = storage.Name,
        ["spread"] = pair.Spread,
        ["beyondReach"] = pair.Beyond,
        ["inputsThatDiffer"] = pair.Differ,
        ["difference"] = pair.Difference,
        ["greatestDifference"] = pair.Greatest,
        ["errorOfPaper"] = pair.OfPaper,
        ["errorOfCode"] = pair.OfCode,
        ["correctOfPaper"] = pair.PaperCorrect,
        ["correctOfCode"] = pair.CodeCorrect,
    };

    private static Figure Draw()
    {
        Figure figure = new(2, _activations.Length, 430, 330)
        {
            Title = $"One unit, N = {Order}, x₀ = {X0.ToString(CultureInfo.InvariantCulture)}: Act(z + b), TaylorMLP's paper, and its public code",
            Note = $"Between the dotted lines, |z − z₀| ≤ {Variant.PublicCode.Reach.ToString(CultureInfo.InvariantCulture)}, the two are one; outside the public code drops the orders above {Variant.PublicCode.Floor}.",
        };
        double[] step = [.. Enumerable.Range(0, Points).Select(i => Reach * ((2.0 * i / (Points - 1)) - 1))];
        foreach ((int column, Activation activation) in _activations.Index())
        {
            double[] exact = [.. step.Select(u => At(activation, X0 + u))];
            double[] paper = Sums(activation, step, Variant.Paper);
            double[] code = Sums(activation, step, Variant.PublicCode);
            Plot values = figure.Panel(0, column, activation.Name, "z − z₀", "a unit's activation");
            Plot errors = figure.Panel(1, column, "", "z − z₀", "error (log scale)");
            Curve(values, step, exact, "exact", "#000000", LinePattern.Solid);
            foreach ((double[] sum, string name, string colour, LinePattern pattern) in new[] { (paper, "paper", "#1f4e9c", LinePattern.Solid), (code, "public code", "#c0392b", LinePattern.Dashed) })
            {
                Curve(values, step, sum, name, colour, pattern);
                Curve(errors, step, [.. sum.Zip(exact, (a, b) => Math.Log10(Math.Max(Math.Abs(a - b), Least)))], name, colour, pattern);
            }

            values.Axes.SetLimits(-Reach, Reach, -4, 8);
            errors.Axes.SetLimits(-Reach, Reach, Math.Log10(Least), 3);
            errors.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = exponent => $"1e{exponent:0}" };
            foreach (Plot panel in new[] { values, errors })
            {
                foreach (double edge in new[] { -Variant.PublicCode.Reach, Variant.PublicCode.Reach })
                {
                    panel.Add.VerticalLine(edge, 1, Colors.Gray, LinePattern.Dotted);
                }
            }

            values.ShowLegend(Alignment.UpperLeft);
        }

        return figure;
    }

    private static void Curve(Plot panel, double[] x, double[] y, string name, string colour, LinePattern pattern)
    {
        ScottPlot.Plottables.Scatter curve = panel.Add.ScatterLine(x, y, Color.FromHex(colour));
        (curve.LineWidth, curve.LinePattern, curve.LegendText) = (2, pattern, name);
    }

    private static double At(Activation activation, double x)
    {
        Span<double> value = stackalloc double[1];
        activation.TaylorCoefficients(x, value);
        return value[0];
    }

    /// <summary>Σ_n g_n·(z − z₀)ⁿ as the variant's Run′ sums it.</summary>
    private static double[] Sums(Activation activation, double[] step, Variant variant)
    {
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        double[] g = new double[Order + 1];
        activation.TaylorCoefficients(X0, g);
        double[] scaled = [.. g.Select((coefficient, n) => coefficient * variant.Factor(n))];
        TorchSharp.torch.Tensor sums = variant.Series(
            TensorMath.Of(scaled, TorchSharp.torch.CPU, Order + 1, 1), 0, TensorMath.Of(step, TorchSharp.torch.CPU, step.Length, 1), new(new SeededTape(1)));
        return [.. sums.data<double>()];
    }

    /// <summary>Two or three digits, in few characters.</summary>
    private static string Short(double value) => value.ToString(value == 0 || value is >= 0.01 and < 1000 ? "G3" : "0.0e0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
