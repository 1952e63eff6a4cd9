using ScottPlot;
using SkiaSharp;

namespace Wager.Harness.Reports;

/// <summary>A figure: plots in rows and columns under one title, with a note below that says what they show and how.</summary>
public sealed class Figure
{
    private const float TitleSize = 20;
    private const float LabelSize = 17;
    private const float NoteSize = 14;
    private const float PanelTitleSize = 15;
    private const float TickSize = 12;
    private const float KeyLine = 26;
    private const float KeyStep = 150;
    private const float KeyStroke = 28;
    /// <summary>The pixels between panels, half of them on each side.</summary>
    public const float Gap = 8;

    private readonly Plot[,] _panels;
    private readonly int _panelWidth;
    private readonly int _panelHeight;

    /// <summary>DejaVu Sans has the Greek letters and signs of the captions, and makes a figure the same wherever it is installed.</summary>
    static Figure()
    {
        const string Preferred = "DejaVu Sans";
        if (SKFontManager.Default.FontFamilies.Contains(Preferred))
        {
            Fonts.Default = Preferred;
        }
    }

    /// <summary>A figure of empty plots.</summary>
    /// <param name="rows">Rows of plots.</param>
    /// <param name="columns">Columns of plots.</param>
    /// <param name="panelWidth">The width of each, in pixels of the PNG.</param>
    /// <param name="panelHeight">Its height, likewise.</param>
    public Figure(int rows, int columns, int panelWidth, int panelHeight)
    {
        (_panelWidth, _panelHeight, _panels) = (panelWidth, panelHeight, new Plot[rows, columns]);
        for (int i = 0; i < rows * columns; i++)
        {
            Plot panel = new();
            panel.RenderManager.ClearCanvasBeforeEachRender = false; // it would wipe out its neighbours
            _panels[i / columns, i % columns] = panel;
        }
    }

    /// <summary>What stands above.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the colours of curves mean, in a line under the title; empty where no plot needs it.</summary>
    public IReadOnlyList<(Color Colour, string Text)> Key { get; init; } = [];

    /// <summary>What stands at the lower edge, for all plots; empty where each has its own.</summary>
    public string XLabel { get; init; } = "";

    /// <summary>What stands at the left edge, likewise.</summary>
    public string YLabel { get; init; } = "";

    /// <summary>What stands below all, in one line or several.</summary>
    public string Note { get; init; } = "";

    private int Rows => _panels.GetLength(0);

    private int Columns => _panels.GetLength(1);

    private float KeyTop => Gap + Height(Title, TitleSize);

    private float Top => KeyTop + (Key.Count == 0 ? 0 : KeyLine);

    private float Left => YLabel.Length > 0 ? Height(YLabel, LabelSize) : 0;

    private int Width => (int)Math.Ceiling(Left + (Columns * _panelWidth));

    private int FullHeight => (int)Math.Ceiling(Top + (Rows * _panelHeight) + Height(XLabel, LabelSize) + Height(Note, NoteSize) + (2 * Gap));

    /// <summary>The plot in a row and column, both from 0, with what stands around it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="title">Above it.</param>
    /// <param name="x">At its x-axis.</param>
    /// <param name="y">At its y-axis.</param>
    public Plot Panel(int row, int column, string title = "", string x = "", string y = "")
    {
        Plot panel = _panels[row, column];
        panel.Title(title, PanelTitleSize);
        foreach ((IAxis axis, string text) in new (IAxis, string)[] { (panel.Axes.Bottom, x), (panel.Axes.Left, y) })
        {
            axis.Label.Text = text;
            axis.Label.FontSize = PanelTitleSize;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = TickSize;
        }

        return panel;
    }

    /// <summary>The figure as a PNG.</summary>
    public byte[] Png()
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(Width, FullHeight));
        Draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The figure as an SVG.</summary>
    public byte[] Svg()
    {
        using MemoryStream stream = new();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, FullHeight), stream))
        {
            Draw(canvas);
        } // which writes the end

        return stream.ToArray();
    }

    private void Draw(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                float left = Left + (column * _panelWidth);
                float top = Top + (row * _panelHeight);
                _panels[row, column].Render(canvas, new PixelRect(left + Gap, left + _panelWidth - Gap, top + _panelHeight, top));
            }
        }

        float below = Top + (Rows * _panelHeight);
        float middle = Left + (Columns * _panelWidth / 2f);
        Write(canvas, Title, new(Width / 2f, Gap), TitleSize, Alignment.UpperCenter, bold: true);
        foreach ((int place, (Color colour, string text)) in Key.Index())
        {
            float left = (Width / 2f) + ((place - (Key.Count / 2f)) * KeyStep);
            using SKPaint stroke = new() { Color = new SKColor(colour.ARGB), StrokeWidth = 3, IsAntialias = true };
            canvas.DrawLine(left, KeyTop + Gap, left + KeyStroke, KeyTop + Gap, stroke);
            Write(canvas, text, new(left + KeyStroke + Gap, KeyTop), NoteSize, Alignment.UpperLeft);
        }

        Write(canvas, XLabel, new(middle, below), LabelSize, Alignment.UpperCenter);
        Write(canvas, YLabel, new(Gap, Top + (Rows * _panelHeight / 2f)), LabelSize, Alignment.UpperCenter, rotation: -90);
        Write(canvas, Note, new(2 * Gap, below + Height(XLabel, LabelSize) + Gap), NoteSize, Alignment.UpperLeft);
    }

    private static void Write(SKCanvas canvas, string text, Pixel place, float size, Alignment alignment, bool bold = false, float rotation = 0)
    {
        if (text.Length > 0)
        {
            using Paint paint = Paint.NewDisposablePaint();
            LabelStyle style = new() { Text = text, FontName = Fonts.Default, FontSize = size, Bold = bold, Alignment = alignment, Rotation = rotation };
            style.Render(canvas, place, paint);
        }
    }

    /// <summary>The height of a text of several lines, with a gap; 0 of none.</summary>
    private static float Height(string text, float size) => text.Length == 0 ? 0 : (text.Split('\n').Length * size * 1.35f) + Gap;
}
