using System.Text;
using System.Text.Json.Nodes;

namespace Wager.Tests;

/// <summary>Runs <c>reproduce</c> on a figure, looks at its files, and returns its JSON.</summary>
internal static class Figures
{
    public static JsonNode Reproduce(string item, params string[] options)
    {
        using TemporaryFolder folder = new();
        CommandLine.Outcome outcome = CommandLine.Run(["reproduce", item, "-o", folder.File("figures"), "--json", "-", .. options]);
        Assert.Equal(0, outcome.Code, $"exit code of {item}, after {outcome.Error}");
        Assert.Equal($"{item}.png {item}.svg", string.Join(' ', Directory.EnumerateFileSystemEntries(folder.File("figures")).Select(Path.GetFileName).Order()), "files");
        byte[] png = File.ReadAllBytes(folder.File($"figures/{item}.png"));
        Assert.True(png.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]), "the PNG's signature");
        Assert.True(Encoding.UTF8.GetString(png[^8..]).Contains("IEND", StringComparison.Ordinal), "the PNG's end");
        Assert.Equal("svg", System.Xml.Linq.XDocument.Load(folder.File($"figures/{item}.svg")).Root!.Name.LocalName, "the SVG's root");
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal(item, (string)json["item"]!, "item");
        return json;
    }

    public static double[] Numbers(JsonNode? array) => [.. array!.AsArray().Select(value => value is null ? double.NaN : (double)value)];
}
