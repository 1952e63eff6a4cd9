using ScottPlot;

namespace Wager.Harness.Reports;

/// <summary>The diagram of notions as a picture: solid arrows where one notion implies the other, struck ones where it does not, each with a number that is explained beside.</summary>
public static class NotionFigure
{
    private const float NodeSize = 20;
    private const float NumberSize = 14;
    private const float TextSize = 13;
    private const float Stroke = 3;

    /// <summary>Half the width and half the height of a node with some room, in the panel's units: arrows begin and end there.</summary>
    private const double NodeWidth = 2.6, NodeHeight = 0.9;

    /// <summary>How far apart arrows between the same nodes run.</summary>
    private const double Lane = 1.1;

    /// <summary>Half the length of a stroke through an arrow, and where on it the stroke and the number stand.</summary>
    private const double StrikeLength = 0.4, StrikePlace = 0.35, NumberPlace = 0.55;

    private const double LineHeight = 0.55;

    private static readonly Color _implies = Color.FromHex("#1e8449");
    private static readonly Color _not = Color.FromHex("#c0392b");
    private static readonly Color _breaks = Color.FromHex("#6c3483");

    private static readonly Dictionary<string, Coordinates> _oneQuery = new()
    {
        ["Correctness"] = new(0, 13),
        ["W-IND"] = new(0, 9),
        ["EffInf"] = new(-7.5, 0),
        ["WRec"] = new(7.5, 0),
    };

    private static readonly Dictionary<string, Coordinates> _severalQueries = new()
    {
        ["W-IND"] = new(-6.5, 13),
        ["q-W-IND"] = new(6.5, 13),
        ["q-EffInf"] = new(-6.5, 6.5),
        ["q-WRec"] = new(6.5, 6.5),
        ["WRec"] = new(6.5, 0),
    };

    /// <summary>Draws both diagrams, and what their numbers mean.</summary>
    /// <param name="oneQuery">The arrows with one query.</param>
    /// <param name="severalQueries">Those with several.</param>
    public static Figure Of(IReadOnlyList<NotionArrow> oneQuery, IReadOnlyList<NotionArrow> severalQueries)
    {
        Figure figure = new(1, 3, 620, 760)
        {
            Title = "Security of model weight release: which notion implies which",
            Key = [(_implies, "implies"), (_not, "does not"), (_breaks, "breaks")],
            Note = "A budget t ↦ t′: what is secure against t in the first game is secure against t′ in the second, less the loss. Numbers of a struck arrow are the exact advantages of the best of all adversaries against the\n"
                + "scheme named (of W-IND with one key, and in EffInf of constant-release, of one adversary; reads are of the probe model). Implications but those of eq9 and hybrid need a metric on outputs.\nη: Run′ is off from Run; κ: Run carries apart what Same takes for one; q: luck; Z: two draws of Train differ.",
        };
        Draw(figure.Panel(0, 0, "one release, or challenge", "", ""), oneQuery, _oneQuery, 1);
        Draw(figure.Panel(0, 1, "q releases, or challenges", "", ""), severalQueries, _severalQueries, oneQuery.Count + 1);
        Explain(figure.Panel(0, 2, "", "", ""), [.. oneQuery, .. severalQueries]);
        return figure;
    }

    private static void Draw(Plot panel, IReadOnlyList<NotionArrow> arrows, Dictionary<string, Coordinates> nodes, int firstNumber)
    {
        Clear(panel);
        foreach (var between in arrows.Index().GroupBy(each => string.Join(' ', new[] { each.Item.From, each.Item.To }.Order(StringComparer.Ordinal))))
        {
            (int Index, NotionArrow Arrow)[] parallel = [.. between];
            foreach ((int place, (int index, NotionArrow arrow)) in parallel.Index())
            {
                double aside = (place - ((parallel.Length - 1) / 2.0)) * Lane;
                bool isForward = string.CompareOrdinal(arrow.From, arrow.To) < 0;
                Draw(panel, arrow, nodes[arrow.From], nodes[arrow.To], isForward ? aside : -aside, firstNumber + index);
            }
        }

        foreach ((string name, Coordinates at) in nodes)
        {
            Label(panel, name, at, NodeSize, Colors.Black);
        }
    }

    private static void Draw(Plot panel, NotionArrow arrow, Coordinates from, Coordinates to, double aside, int number)
    {
        double length = Math.Sqrt(Math.Pow(to.X - from.X, 2) + Math.Pow(to.Y - from.Y, 2));
        (double dx, double dy) = ((to.X - from.X) / length, (to.Y - from.Y) / length);
        double gap = Math.Min(NodeWidth / Math.Max(Math.Abs(dx), 1e-9), NodeHeight / Math.Max(Math.Abs(dy), 1e-9));
        Coordinates At(double along) => new(
            from.X + (dx * (gap + ((length - (2 * gap)) * along))) - (dy * aside), from.Y + (dy * (gap + ((length - (2 * gap)) * along))) + (dx * aside));
        Color colour = ColourOf(arrow);
        ScottPlot.Plottables.Arrow line = panel.Add.Arrow(At(0), At(1));
        line.ArrowFillColor = colour;
        line.ArrowLineColor = colour;
        line.ArrowWidth = Stroke;
        line.ArrowheadWidth = 14;
        line.ArrowheadLength = 16;
        if (arrow.Relation == ArrowKind.DoesNotImply)
        {
            Coordinates struck = At(StrikePlace);
            (double sx, double sy) = ((dx - dy) * StrikeLength, (dy + dx) * StrikeLength);
            ScottPlot.Plottables.LinePlot strike = panel.Add.Line(struck.X - sx, struck.Y - sy, struck.X + sx, struck.Y + sy);
            strike.LineColor = colour;
            strike.LineWidth = Stroke;
        }

        Label(panel, number.ToString(System.Globalization.CultureInfo.InvariantCulture), At(NumberPlace), NumberSize, colour);
    }

    private static void Explain(Plot panel, IReadOnlyList<NotionArrow> arrows)
    {
        Clear(panel);
        double y = 14.4;
        foreach ((int index, NotionArrow arrow) in arrows.Index())
        {
            string sign = arrow.Relation switch { ArrowKind.Implies => "implies", ArrowKind.DoesNotImply => "does not imply", _ => "breaks" };
            string[] lines = arrow.Relation == ArrowKind.DoesNotImply
                ? [$"{index + 1}  {arrow.From} {sign} {arrow.To}: {arrow.By}", $"     {arrow.Exactly} ({arrow.Loss})"]
                : [$"{index + 1}  {arrow.From} {sign} {arrow.To}: {arrow.By}", $"     {arrow.Budget}; {(arrow.Relation == ArrowKind.Breaks ? "" : "loss ")}{arrow.Loss}"];
            foreach (string line in lines)
            {
                ScottPlot.Plottables.Text text = panel.Add.Text(line, -12.9, y);
                text.LabelFontSize = TextSize;
                text.LabelFontColor = ColourOf(arrow);
                text.LabelAlignment = Alignment.MiddleLeft;
                y -= LineHeight;
            }

            y -= LineHeight / 4;
        }
    }

    private static Color ColourOf(NotionArrow arrow) => arrow.Relation switch { ArrowKind.Implies => _implies, ArrowKind.DoesNotImply => _not, _ => _breaks };

    private static void Clear(Plot panel)
    {
        panel.Axes.SetLimits(-13, 13, -3, 15);
        panel.HideGrid();
        panel.Axes.Frameless();
    }

    private static void Label(Plot panel, string text, Coordinates at, float size, Color colour)
    {
        ScottPlot.Plottables.Text label = panel.Add.Text(text, at);
        label.LabelFontSize = size;
        label.LabelFontColor = colour;
        label.LabelBold = true;
        label.LabelAlignment = Alignment.MiddleCenter;
        label.LabelBackgroundColor = Colors.White;
        label.LabelBorderColor = colour;
        label.LabelBorderWidth = 1;
        label.LabelPadding = 6;
    }
}
