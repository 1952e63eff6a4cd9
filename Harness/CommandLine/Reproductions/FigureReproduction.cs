using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Testing;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>A figure of the papers: NAME.png and NAME.svg in the folder of -o, what they show as numbers, and those as JSON on request.</summary>
/// <param name="Name">What it is called on the command line, and its files.</param>
/// <param name="Source">The paper and the figure.</param>
/// <param name="Shows">What it shows, in a line.</param>
internal abstract record FigureReproduction(string Name, string Source, string Shows) : Reproduction(Name, $"{Source}: {Shows}")
{
    protected override IReadOnlyList<Option> OwnOptions { get; } = [FileArguments.Figures];

    /// <summary>Where the figure goes. It is found out before the work; a folder that is missing is made.</summary>
    /// <exception cref="UsageException">It cannot go there, or JSON is to go to the same file.</exception>
    protected FigureFile FileOf(ParseResult parse)
    {
        string folder = parse.GetValue(FileArguments.Figures) ?? ".";
        foreach (string path in new[] { FigureFile.PngOf(folder, Name), FigureFile.SvgOf(folder, Name) })
        {
            FilePlaces.RequireApart(parse, path);
        }

        return new(FileArguments.Figures.Name, folder, Name);
    }

    /// <summary>Writes the figure's files and its JSON, and says where.</summary>
    /// <param name="session">Where it writes.</param>
    /// <param name="file">Where the figure goes.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="numbers">What it shows, as JSON; what every figure has is added.</param>
    protected int Finish(Session session, FigureFile file, Figure figure, JsonObject numbers)
    {
        file.Write(figure);
        session.Screen.Tables.WriteLine($"  {file.PngPath}, {file.SvgPath}");
        JsonObject json = new()
        {
            ["item"] = Name,
            ["source"] = Source,
            ["title"] = figure.Title,
            ["note"] = figure.Note,
            ["files"] = new JsonArray(file.PngPath, file.SvgPath),
        };
        foreach ((string key, JsonNode? value) in numbers)
        {
            json[key] = value?.DeepClone();
        }

        json["seed"] = session.Sampling.Seed;
        session.Write(json);
        return session.Stopping ? Session.Interrupted : 0;
    }

    /// <summary>Numbers as JSON; null where one is none that JSON knows.</summary>
    protected static JsonArray Numbers(IEnumerable<double> values) => [.. values.Select(value => (JsonNode?)Json.Number(value))];
}
