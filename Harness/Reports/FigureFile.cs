using Wager.Testing;
namespace Wager.Harness.Reports;

/// <summary>Where a figure is to be written: NAME.png and NAME.svg in a folder, which is made where it is missing.</summary>
public sealed class FigureFile
{
    private readonly Destination _png;
    private readonly Destination _svg;

    /// <summary>A place for a figure. Whether files can be made there is found out now, before the work.</summary>
    /// <param name="option">The option that names the folder, for messages.</param>
    /// <param name="folder">As the user wrote it.</param>
    /// <param name="name">What the files are called, without an ending.</param>
    /// <exception cref="UsageException">The folder cannot be made, or the files not be written.</exception>
    public FigureFile(string option, string folder, string name)
    {
        const string Remedy = "name a folder that can be written to";
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{option} {folder}: cannot be made ({e.Message}); {Remedy}");
        }

        (PngPath, SvgPath) = (PngOf(folder, name), SvgOf(folder, name));
        (_png, _svg) = (new(option, PngPath, Remedy), new(option, SvgPath, Remedy));
    }

    /// <summary>The path of the PNG.</summary>
    public string PngPath { get; }

    /// <summary>The path of the SVG.</summary>
    public string SvgPath { get; }

    /// <summary>The path that a PNG will have.</summary>
    public static string PngOf(string folder, string name) => Path.Combine(folder, name + ".png");

    /// <summary>The path that an SVG will have.</summary>
    public static string SvgOf(string folder, string name) => Path.Combine(folder, name + ".svg");

    /// <summary>Draws the figure and writes both files, each aside first and then by renaming, so that no half of one is ever seen.</summary>
    /// <exception cref="UsageException">One cannot be written.</exception>
    public void Write(Figure figure)
    {
        (byte[] png, byte[] svg) = (figure.Png(), figure.Svg());
        _png.Write(png);
        _svg.Write(svg);
    }
}
