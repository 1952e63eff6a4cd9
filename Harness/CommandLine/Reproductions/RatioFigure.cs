using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.TaylorMlp;
using Color = ScottPlot.Color;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>Yang et al. 2025, Fig. 3 and 4: Act⁽ᵃ⁾/Act⁽ᵇ⁾ over [−10, 10], a the row and b the column, both from 1 to 5.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Source">The figure.</param>
/// <param name="Activation">Act.</param>
internal sealed record RatioFigure(string Name, string Source, Activation Activation)
    : FigureReproduction(Name, Source, $"the ratios of {Activation}'s derivatives of orders 1 … 5")
{
    private const int Highest = 5;
    private const double Reach = 10;
    private const int Points = 2001;
    private const int Fewest = 300; // between two poles, so that the curve comes close to them

    /// <summary>A panel shows twice what three in four points with |x| ≤ 4 do not exceed, so that neither poles nor tails decide.</summary>
    private const double Middle = 4;
    private const double Share = 0.75;
    private const double Room = 2;

    /// <summary>How far beyond its panel a curve is followed, in heights of the panel.</summary>
    private const double Beyond = 4;

    public override int Run(ParseResult parse, Session session)
    {
        FigureFile file = FileOf(parse);
        Figure figure = new(Highest, Highest, 280, 230)
        {
            Title = $"Ratios of {Activation}'s derivatives",
            XLabel = "x",
            YLabel = $"{Activation}⁽ᵃ⁾(x) / {Activation}⁽ᵇ⁾(x):  a is the row, b the column",
            Note = $"As {Source}. Dashed: poles, the zeros of the derivative below that the one above does not share; the curve is broken there, and at common zeros.\n"
                + "Each panel has limits of its own: twice what three in four points with |x| ≤ 4 do not exceed. Curves go on beyond them.",
        };
        Table table = new() { Border = TableBorder.Rounded, Title = new("poles within ±10") };
        table.AddColumns([$"{Activation}", .. Enumerable.Range(1, Highest).Select(b => $"b = {b}")]);
        JsonArray panels = [];
        for (int a = 1; a <= Highest; a++)
        {
            List<string> cells = [$"a = {a}"];
            for (int b = 1; b <= Highest; b++)
            {
                DerivativeRatio ratio = new(Activation, a, b);
                (double[] poles, double[] gaps) = (ratio.Poles(Reach), ratio.Gaps(Reach));
                double limit = Limit(ratio);
                Draw(figure.Panel(a - 1, b - 1, $"a = {a}, b = {b}{(a == b ? "" : $": {poles.Length} pole{(poles.Length == 1 ? "" : "s")}")}"), ratio, [.. poles], [.. poles.Concat(gaps).Order()], limit);
                cells.Add(gaps.Length == 0 ? $"{poles.Length}" : $"{poles.Length} (and {gaps.Length} common)");
                panels.Add(new JsonObject
                {
                    ["a"] = a,
                    ["b"] = b,
                    ["poles"] = Numbers(poles),
                    ["commonZeros"] = Numbers(gaps),
                    ["atEnds"] = Numbers([ratio.At(-Reach), ratio.At(Reach)]),
                    ["limit"] = limit,
                });
            }

            table.AddRow([.. cells]);
        }

        session.Screen.Tables.Write(table);
        JsonArray zeros = [];
        for (int n = 1; n <= Highest; n++)
        {
            double[] ofOrder = DerivativeRatio.Zeros(Activation, n, Reach);
            zeros.Add(new JsonObject { ["order"] = n, ["zeros"] = Numbers(ofOrder) });
            session.Screen.Tables.WriteLine($"  {Activation}{DerivativeFigure.Superscript(n)} is 0 at {string.Join(", ", ofOrder.Select(zero => (zero + 0.0).ToString("0.0000", CultureInfo.InvariantCulture)))}");
        }

        session.Screen.Tables.WriteLine("  A common zero is no pole: the ratio has a limit there, but no value.");
        return Finish(session, file, figure, new() { ["activation"] = Activation.Name, ["reach"] = Reach, ["zeros"] = zeros, ["panels"] = panels });
    }

    private static double Limit(DerivativeRatio ratio)
    {
        double[] sizes = [.. Grid(-Middle, Middle).Select(x => Math.Abs(ratio.At(x))).Where(double.IsFinite).Order()];
        return Room * sizes[(int)(Share * (sizes.Length - 1))];
    }

    private static void Draw(Plot panel, DerivativeRatio ratio, double[] poles, double[] breaks, double limit)
    {
        panel.Layout.Fixed(new PixelPadding(56, 12, 28, 38)); // one under the other, whatever their numbers
        panel.Axes.SetLimits(-Reach, Reach, -limit, limit);
        panel.Add.HorizontalLine(0, 1, Colors.Gray);
        foreach (double pole in poles)
        {
            panel.Add.VerticalLine(pole, 1, Color.FromHex("#c0392b"), LinePattern.Dashed);
        }

        double[] ends = [-Reach, .. breaks, Reach];
        double most = 2 * Beyond * limit;
        foreach ((double from, double to) in ends.Zip(ends.Skip(1)))
        {
            (double X, double Y)[] points = [.. Grid(from, to).Select(x => (x, ratio.At(x))).Where(point => double.IsFinite(point.Item2))];
            ScottPlot.Plottables.Scatter curve = panel.Add.ScatterLine(
                points.Select(point => point.X).ToArray(), points.Select(point => Math.Clamp(point.Y, -most, most)).ToArray(), Color.FromHex("#1f4e9c"));
            curve.LineWidth = 2;
        }
    }

    /// <summary>Points between two ends, denser towards them, where poles may be; the ends themselves are left out.</summary>
    private static IEnumerable<double> Grid(double from, double to)
    {
        int count = Math.Max(Fewest, (int)(Points * (to - from) / (2 * Reach)));
        return Enumerable.Range(1, count - 1).Select(i => from + ((to - from) * (1 - Math.Cos(Math.PI * i / count)) / 2));
    }
}
