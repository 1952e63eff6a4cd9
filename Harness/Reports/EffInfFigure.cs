using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Wager.Harness.Studies;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>EffInf as a picture: at the least and the greatest size each adversary's advantage against what it spends, and m* over the sizes.</summary>
public static class EffInfFigure
{
    private const float LabelSize = 15;
    private const float ThinLine = 1;
    private const float ThickLine = 7;

    /// <summary>Room right of the last point for its label, as a part of the width.</summary>
    private const double Room = 0.65;

    /// <summary>Likewise, for two names.</summary>
    private const double RoomForNames = 0.75;

    /// <summary>How far right of the last point they stand, as a part of what the points span.</summary>
    private const double Stem = 0.08;

    /// <summary>The advantage above which labels hang from the points.</summary>
    private const double Middle = 0.5;

    private static readonly string[] _colours = ["#1f4e9c", "#c0392b", "#1e8449", "#b9770e", "#6c3483", "#117a8b", "#7b241c", "#34495e", "#d35400", "#ad1457"];

    /// <summary>Draws it.</summary>
    /// <param name="studies">One a size, ascending; at least one.</param>
    /// <param name="order">N.</param>
    public static Figure Of(IReadOnlyList<EffInfStudy> studies, int order)
    {
        EffInfStudy[] shown = studies.Count == 1 ? [studies[0]] : [studies[0], studies[^1]];
        Figure figure = new(1, shown.Length + 1, 640, 520)
        {
            Title = $"EffInf of TaylorMLP (d-4d-d, GELU, N = {order}): one input, and many",
            Note = "t is what the adversary spends for one input, preparation included, in counted operations. Left of the dashed line it is within the budget of Def. 3.3. Bars: intervals of the advantage. Beside each name: t / Cost(Run′).\n"
                + $"m*: from how many inputs on it costs less than Run′, of adversaries whose whole interval is above ε = {Bound.Usual.Text} there and at the greatest size. Adversaries with the same m* share a line.",
        };
        foreach ((int column, EffInfStudy study) in shown.Index())
        {
            Against(figure.Panel(0, column, $"d = {study.Width}", "t / Cost(Run′)", "Adv^EffInf"), study);
        }

        OverSizes(figure.Panel(0, shown.Length, "break-even", "d", "m*, inputs"), studies);
        return figure;
    }

    private static Color ColourOf(int place) => Color.FromHex(_colours[place % _colours.Length]);

    private static void Against(Plot panel, EffInfStudy study)
    {
        (int Place, EffInfAttack Attack, double X)[] points = [.. study.Attacks.Index().Select(a => (a.Index, a.Item, X: Math.Log10(a.Item.Cost))).Where(p => double.IsFinite(p.X)).OrderBy(p => p.X)];
        double least = Math.Min(-1, points.Min(p => p.X) - 0.15);
        double greatest = Math.Max(0.5, points.Max(p => p.X));
        double right = greatest + (Room * (greatest - least));
        panel.Axes.SetLimits(least, right, -0.06, 1.06);
        Decades(panel.Axes.Bottom, least, greatest);
        panel.Add.VerticalLine(0, 2, Colors.Black, LinePattern.Dashed);

        // Labels hang from the points above and stand on those below, the left ones on longer stems, so that no stem crosses a label.
        foreach (bool above in new[] { true, false })
        {
            (int Place, EffInfAttack Attack, double X)[] group = [.. points.Where(p => p.Attack.Result.Advantage.Value > Middle == above)];
            double step = 1.0 / (points.Length + 1);
            foreach ((int i, (int place, EffInfAttack attack, double x)) in group.Index())
            {
                double level = above ? 1 - (step * (group.Length - i)) : step * (group.Length - i);
                double y = attack.Result.Advantage.Value;
                Interval interval = attack.Result.Advantage.Interval;
                panel.Add.Line(x, interval.Low, x, interval.High).LineStyle = new(ThickLine, ColourOf(place).WithAlpha(0.15));
                panel.Add.Line(x, y, x, level).LineStyle = new(ThinLine, ColourOf(place));
                panel.Add.Marker(x, y, MarkerShape.FilledCircle, 10, ColourOf(place));
                Write(panel, $" {attack.Name}  {Times(attack.Cost)} ", x, level, ColourOf(place));
            }
        }
    }

    private static void OverSizes(Plot panel, IReadOnlyList<EffInfStudy> studies)
    {
        double[] x = [.. studies.Select(study => Math.Log2(study.Width))];
        (int Place, string Name, double[] Y)[] lines =
        [
            .. from attack in studies[0].Attacks.Index()
               let y = studies.Select(study => study.Attacks[attack.Index]).Select(a => a.Answers && double.IsFinite(a.BreakEven) ? Math.Log10(a.BreakEven) : double.NaN).ToArray()
               where double.IsFinite(y[^1]) // beside which its name stands
               select (attack.Index, attack.Item.Name, y),
        ];
        double most = Math.Max(1, lines.SelectMany(line => line.Y).Where(double.IsFinite).DefaultIfEmpty(1).Max());
        panel.Axes.SetLimits(x[0] - 0.3, x[^1] + (RoomForNames * (x[^1] - x[0] + 0.3)), -0.25, most + 0.3);
        Decades(panel.Axes.Left, 0, most);
        panel.Axes.Bottom.TickGenerator = new NumericManual(x, [.. studies.Select(study => $"{study.Width}")]);
        double below = double.NegativeInfinity;
        foreach (IGrouping<string, (int Place, string Name, double[] Y)> same in lines.GroupBy(line => string.Join(' ', line.Y)).OrderBy(same => same.First().Y.Last(double.IsFinite)))
        {
            (int place, _, double[] y) = same.First();
            (double X, double Y)[] finite = [.. x.Zip(y).Where(point => double.IsFinite(point.Second))];
            ScottPlot.Plottables.Scatter curve = panel.Add.Scatter(finite.Select(p => p.X).ToArray(), finite.Select(p => p.Y).ToArray(), ColourOf(place));
            curve.LineWidth = 2;
            curve.MarkerSize = 9;
            string[] names = [.. same.Select(line => line.Name)];
            double height = (most + 0.55) / 24 * ((names.Length + 1) / 2);
            double level = Math.Max(finite[^1].Y, below + height);
            below = level + height;
            double beside = x[^1] + (Stem * (x[^1] - x[0] + 0.3));
            panel.Add.Line(finite[^1].X, finite[^1].Y, beside, level).LineStyle = new(ThinLine, ColourOf(place));
            Write(panel, string.Join("\n", names.Chunk(2).Select(two => " " + string.Join(", ", two))), beside, level, ColourOf(place));
        }
    }

    private static void Write(Plot panel, string text, double x, double y, Color colour)
    {
        ScottPlot.Plottables.Text label = panel.Add.Text(text, x, y);
        label.LabelFontSize = LabelSize;
        label.LabelFontColor = colour;
        label.LabelAlignment = Alignment.MiddleLeft;
        label.LabelBackgroundColor = Colors.White.WithAlpha(0.85);
    }

    private static void Decades(IAxis axis, double least, double greatest)
    {
        double[] decades = [.. Enumerable.Range((int)Math.Floor(least), (int)Math.Ceiling(greatest) - (int)Math.Floor(least) + 1).Select(n => (double)n)];
        axis.TickGenerator = new NumericManual(decades, [.. decades.Select(n => Math.Pow(10, n).ToString("0.####", CultureInfo.InvariantCulture))]);
    }

    /// <summary>A ratio to three digits.</summary>
    public static string Times(double ratio) => ratio switch
    {
        double.PositiveInfinity => "∞",
        >= 100 => ratio.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => ratio.ToString("0.0", CultureInfo.InvariantCulture),
        >= 0.01 => ratio.ToString("0.00", CultureInfo.InvariantCulture),
        _ => ratio.ToString("G2", CultureInfo.InvariantCulture),
    };
}
