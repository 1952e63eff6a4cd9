using ScottPlot;

namespace Wager.Harness.Reports;

/// <summary>The diagram of notions as a picture: solid arrows where one notion implies the other, struck ones where it does not.</summary>
public static class NotionFigure
{
    private const float NodeSize = 20;
    private const float LabelSize = 13;
    private const float Stroke = 2;

    /// <summary>How far from a node's middle its arrows begin and end, in the panel's units.</summary>
    private const double NodeRadius = 1.1;

    /// <summary>How far apart two arrows between the same nodes run.</summary>
    private const double Lane = 0.8;

    private static readonly Color _implies = Color.FromHex("#1e8449");
    private static readonly Color _not = Color.FromHex("#c0392b");
    private static readonly Color _breaks = Color.FromHex("#6c3483");

    private static readonly Dictionary<string, Coordinates> _oneQuery = new()
    {
        ["Correctness"] = new(0, 12.5),
        ["W-IND"] = new(0, 8.5),
        ["EffInf"] = new(-7, 0),
        ["WRec"] = new(7, 0),
    };

    private static readonly Dictionary<string, Coordinates> _severalQueries = new()
    {
        ["W-IND"] = new(-5, 11),
        ["q-W-IND"] = new(5, 11),
        ["q-EffInf"] = new(-5, 5.5),
        ["q-WRec"] = new(5, 5.5),
        ["WRec"] = new(-5, 0),
    };

    /// <summary>Draws both diagrams.</summary>
    /// <param name="oneQuery">The arrows with one query.</param>
    /// <param name="severalQueries">Those with several.</param>
    public static Figure Of(IReadOnlyList<NotionArrow> oneQuery, IReadOnlyList<NotionArrow> severalQueries)
    {
        Figure figure = new(1, 2, 900, 760)
        {
            Title = "Security of model weight release: which notion implies which",
            Key = [(_implies, "implies"), (_not, "does not"), (_breaks, "breaks")],
            Note = "Beside a solid arrow: the claim that proves it, the budget t of the first notion and what that leaves for the second, and what is lost. Beside a struck arrow: a scheme that is a witness, and the exact\n"
                + "advantages of the best of all adversaries there (of W-IND with one key, and of EffInf by constant-release: of one adversary). η: Run′ is off from Run; κ: Run carries apart what is the same; q: luck.",
        };
        Draw(figure.Panel(0, 0, "one release, or challenge", "", ""), oneQuery, _oneQuery);
        Draw(figure.Panel(0, 1, "q releases, or challenges", "", ""), severalQueries, _severalQueries);
        return figure;
    }

    private static void Draw(Plot panel, IReadOnlyList<NotionArrow> arrows, Dictionary<string, Coordinates> nodes)
    {
        panel.Axes.SetLimits(-12, 12, -2.5, 14);
        panel.HideGrid();
        panel.Axes.Frameless();
        foreach (IGrouping<string, NotionArrow> between in arrows.GroupBy(arrow => string.CompareOrdinal(arrow.From, arrow.To) < 0 ? $"{arrow.From} {arrow.To}" : $"{arrow.To} {arrow.From}"))
        {
            NotionArrow[] parallel = [.. between];
            foreach ((int place, NotionArrow arrow) in parallel.Index())
            {
                bool isForward = string.CompareOrdinal(arrow.From, arrow.To) < 0;
                double aside = (place - ((parallel.Length - 1) / 2.0)) * Lane;
                double along = (place + 1.0) / (parallel.Length + 1);
                Draw(panel, arrow, nodes[arrow.From], nodes[arrow.To], isForward ? aside : -aside, isForward ? along : 1 - along);
            }
        }

        foreach ((string name, Coordinates at) in nodes)
        {
            ScottPlot.Plottables.Text node = panel.Add.Text(name, at);
            node.LabelFontSize = NodeSize;
            node.LabelBold = true;
            node.LabelAlignment = Alignment.MiddleCenter;
            node.LabelBackgroundColor = Colors.White;
            node.LabelBorderColor = Colors.Black;
            node.LabelBorderWidth = 1;
            node.LabelPadding = 8;
        }
    }

    private static void Draw(Plot panel, NotionArrow arrow, Coordinates from, Coordinates to, double side, double along)
    {
        (double dx, double dy) = (to.X - from.X, to.Y - from.Y);
        double length = Math.Sqrt((dx * dx) + (dy * dy));
        (dx, dy) = (dx / length, dy / length);
        (double sx, double sy) = (-dy * side, dx * side);
        double gap = NodeRadius * (1 + Math.Abs(dx));
        Coordinates start = new(from.X + (dx * gap) + sx, from.Y + (dy * gap) + sy);
        Coordinates end = new(to.X - (dx * gap) + sx, to.Y - (dy * gap) + sy);
        Color colour = arrow.Relation switch { ArrowKind.Implies => _implies, ArrowKind.DoesNotImply => _not, _ => _breaks };
        ScottPlot.Plottables.Arrow line = panel.Add.Arrow(start, end);
        line.ArrowFillColor = colour;
        line.ArrowLineColor = colour;
        line.ArrowWidth = Stroke;
        line.ArrowheadWidth = 12;
        line.ArrowheadLength = 14;
        Coordinates middle = new(start.X + ((end.X - start.X) * along), start.Y + ((end.Y - start.Y) * along));
        if (arrow.Relation == ArrowKind.DoesNotImply)
        {
            panel.Add.Line(middle.X - 0.3, middle.Y - 0.35, middle.X + 0.3, middle.Y + 0.35).LineColor = colour;
        }

        string[] lines = arrow.Relation == ArrowKind.DoesNotImply ? [arrow.By, arrow.Loss, arrow.Exactly] : [arrow.By, arrow.Budget, arrow.Loss];
        ScottPlot.Plottables.Text label = panel.Add.Text(string.Join('\n', lines), middle);
        label.LabelFontSize = LabelSize;
        label.LabelFontColor = colour;
        label.LabelAlignment = Alignment.MiddleCenter;
        label.LabelBackgroundColor = Colors.White.WithAlpha(0.85);
    }
}
