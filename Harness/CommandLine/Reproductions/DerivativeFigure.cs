using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Schemes.TaylorMlp;
using Color = ScottPlot.Color;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>Wang et al. 2024, Fig. 6 and 7: y = Act⁽ⁿ⁾(x) for n = 0 … 5, in six panels (a) to (f).</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Source">The figure.</param>
/// <param name="Activation">Act.</param>
/// <param name="Reach">x goes from −Reach to Reach; beyond, nothing more happens.</param>
internal sealed record DerivativeFigure(string Name, string Source, Activation Activation, double Reach)
    : FigureReproduction(Name, Source, $"{Activation}⁽ⁿ⁾(x) for n = 0 … 5")
{
    private const int Highest = 5;
    private const int Columns = 3;
    private const int Points = 801;

    public override int Run(ParseResult parse, Session session)
    {
        FigureFile file = FileOf(parse);
        double[] x = [.. Enumerable.Range(0, Points).Select(i => Reach * ((2.0 * i / (Points - 1)) - 1))];
        double[][] y = [.. Enumerable.Range(0, Highest + 1).Select(_ => new double[Points])];
        double[] orders = new double[Highest + 1];
        for (int i = 0; i < Points; i++)
        {
            Activation.Derivatives(x[i], orders);
            for (int n = 0; n <= Highest; n++)
            {
                y[n][i] = orders[n];
            }
        }

        Figure figure = new((Highest + 1) / Columns, Columns, 420, 340)
        {
            Title = $"y = {Activation}⁽ⁿ⁾(x), n = 0, 1, 2, 3, 4, 5",
            Note = string.Create(CultureInfo.InvariantCulture, $"As {Source}, over ±{Reach}; each panel has a y-axis of its own."),
        };
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("panel", "n", "at 0", "least", "where", "greatest", "where");
        JsonArray panels = [];
        for (int n = 0; n <= Highest; n++)
        {
            Plot panel = figure.Panel(n / Columns, n % Columns, $"({(char)('a' + n)})  n = {n}", "x", $"{Activation}{Superscript(n)}(x)");
            panel.Axes.SetLimitsX(-Reach, Reach);
            panel.Add.HorizontalLine(0, 1, Colors.Gray);
            ScottPlot.Plottables.Scatter curve = panel.Add.ScatterLine(x, y[n], Color.FromHex("#1f4e9c"));
            curve.LineWidth = 2;
            (int least, int greatest) = (Array.IndexOf(y[n], y[n].Min()), Array.IndexOf(y[n], y[n].Max()));
            table.AddRow([$"({(char)('a' + n)})", $"{n}", .. new[] { y[n][Points / 2], y[n][least], x[least], y[n][greatest], x[greatest] }.Select(Short)]);
            panels.Add(new JsonObject { ["panel"] = $"({(char)('a' + n)})", ["order"] = n, ["y"] = Numbers(y[n]) });
        }

        session.Screen.Tables.Write(table);
        return Finish(session, file, figure, new() { ["activation"] = Activation.Name, ["x"] = Numbers(x), ["panels"] = panels });
    }

    private static string Short(double value) => (Math.Round(value, 4) + 0.0).ToString("0.0000", CultureInfo.InvariantCulture).Replace('-', '−'); // no −0

    public static string Superscript(int n) => n == 0 ? "" : $"⁽{"⁰¹²³⁴⁵⁶⁷⁸⁹"[n]}⁾";
}
