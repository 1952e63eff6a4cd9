using Expecto;
using Wager.Harness.Reports;
using Wager.Testing;

namespace Wager.Tests;

/// <summary>Figures in files, and what <c>reproduce</c> says of its items.</summary>
internal static class FigureFileTests
{
    /// <summary>Wrong use, and what the one line must say.</summary>
    private static readonly (string Name, string Arguments, string Says)[] _wrong =
    [
        ("no item", "reproduce", "Required argument 'ITEM' missing for command: 'reproduce'"),
        ("an unknown item", "reproduce tabel1", "unknown table or figure 'tabel1': did you mean table1?"),
        ("an option of no item", "reproduce table1 --trails 3", "unknown option '--trails'"),
    ];

    public static Test All => Suite.Group(
        "figure files",
        Suite.Group("wrong use is one line and exit code 2", [.. _wrong.Select(row => Suite.Test(row.Name, () => Refused(CommandLine.Run(row.Arguments.Split(' ')), row.Says)))]),
        Suite.Test("help and list tell every item", () =>
        {
            foreach (string verb in new[] { "reproduce --help", "list" })
            {
                CommandLine.Outcome outcome = CommandLine.Run(verb.Split(' '));
                Assert.Equal(0, outcome.Code, $"exit code of {verb}");
                Assert.Contains("table1", outcome.Output, verb);
            }
        }),
        Suite.Test("a figure is a PNG of its size and an SVG with its words, in a folder that is made, and nothing is left beside them", () =>
        {
            using TemporaryFolder folder = new();
            FigureFile file = new("-o", folder.File("new/figures"), "curve");
            Figure figure = new(2, 3, 300, 200) { Title = "Nine words", XLabel = "below", YLabel = "beside", Note = "one\ntwo" };
            figure.Panel(1, 2).Add.Line(0, 1, 1, 0);
            file.Write(figure);
            file.Write(figure); // over what is there
            Assert.Equal("curve.png curve.svg", string.Join(' ', Directory.EnumerateFileSystemEntries(folder.File("new/figures")).Select(Path.GetFileName).Order()), "files");
            byte[] png = File.ReadAllBytes(file.PngPath);
            Assert.True(png.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']), "the PNG's signature");
            Assert.True(png[18] * 256 + png[19] is > 900 and < 960, "the PNG's width");
            System.Xml.Linq.XDocument svg = System.Xml.Linq.XDocument.Load(file.SvgPath);
            Assert.Equal("svg", svg.Root!.Name.LocalName, "the SVG's root");
            foreach (string word in new[] { "Nine words", "below", "beside", "one", "two" })
            {
                Assert.True(svg.Descendants().Any(element => element.Name.LocalName == "text" && element.Value.Trim() == word), $"'{word}' is in the SVG");
            }
        }),
        Suite.Test("where figures cannot be written is said before the work, and leaves nothing", () =>
        {
            using TemporaryFolder folder = new();
            File.WriteAllText(folder.File("file"), "old");
            Assert.Contains("-o", Assert.Throws<UsageException>(() => _ = new FigureFile("-o", folder.File("file"), "curve"), "a file").Message, "a file");
            Assert.Contains("cannot be made", Assert.Throws<UsageException>(() => _ = new FigureFile("-o", folder.File("file/within"), "curve"), "within a file").Message, "within a file");
            Directory.CreateDirectory(folder.File("folder/curve.svg"));
            string says = Assert.Throws<UsageException>(() => _ = new FigureFile("-o", folder.File("folder"), "curve"), "a folder in its place").Message;
            Assert.Contains("curve.svg: cannot be written (it names no file); name a folder that can be written to", says, "a folder in its place");
            Assert.Equal("curve.svg", string.Join(' ', Directory.EnumerateFileSystemEntries(folder.File("folder")).Select(Path.GetFileName)), "files");
        }));

    private static void Refused(CommandLine.Outcome outcome, string says)
    {
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
    }
}
