using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.CommandLine.Reproductions;
using Wager.Harness.Reports;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary><c>list</c>: schemes, games, claims and adversaries, what fits what, and what <c>reproduce</c> regenerates.</summary>
internal static class ListVerb
{
    public static Command Command() => Arguments.Verb(
        "list",
        "list schemes, games, claims and adversaries, what fits what, and the tables and figures of reproduce",
        Run,
        [
            Arguments.PlugIn, Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        Destination? destination = Arguments.DestinationOf(parse, Arguments.Json);
        IAnsiConsole console = new Screen(aside: parse.GetValue(Arguments.Json) is "-").Tables;
        Table games = new() { Border = TableBorder.Rounded, Title = new("games") };
        games.AddColumns("game", "kind", "source", "budget");
        JsonArray json = [];
        foreach (Notion notion in Notion.All)
        {
            games.AddRow(notion.Name, notion.Kind.ToString(), notion.Source, notion.Budget is null ? "" : "Cost(Run′)");
        }

        Table schemes = new() { Border = TableBorder.Rounded, Title = new("schemes, and the adversaries that fit"), ShowRowSeparators = true };
        schemes.AddColumns("scheme", "what it is", "WRec", "EffInf", "W-IND");
        PlugIns plugIns = Arguments.PlugInsOf(parse);
        foreach (Subject subject in SchemeCatalog.Listed.Concat(plugIns.Schemes).Select(name => SchemeCatalog.Find(name, plugIns: plugIns)))
        {
            string Fitting(Notion notion) => string.Join("\n", subject.Adversaries(notion));
            schemes.AddRow(
                [.. new[] { subject.Name, subject.Summary, Fitting(Notion.WRec), Fitting(Notion.EffInf), Fitting(Notion.WInd) }.Select(Markup.Escape)]);
            JsonObject adversaries = [];
            foreach (Notion notion in Notion.All)
            {
                adversaries[notion.Name] = new JsonArray([.. subject.Adversaries(notion).Select(name => (JsonNode)name)]);
            }

            json.Add(new JsonObject { ["scheme"] = subject.Name, ["summary"] = subject.Summary, ["adversaries"] = adversaries });
        }

        Table claims = new() { Border = TableBorder.Rounded, Title = new("claims") };
        claims.AddColumns("claim", "what it relates", "");
        foreach (ClaimKind kind in ClaimKind.All)
        {
            string status = kind.IsTrue ? "proved" : "false";
            claims.AddRow(kind.Name, Markup.Escape(kind.Summary), status);
            json.Add(new JsonObject { ["claim"] = kind.Name, ["summary"] = kind.Summary, ["status"] = status });
        }

        console.Write(games);
        console.Write(claims);
        console.Write(schemes);
        console.WriteLine($"Families take a number: {string.Join(", ", SchemeCatalog.Families)}, as in uniform-10 or constant-release-9/10.");
        console.WriteLine($"On a whole model, --model DIR: {string.Join(", ", TransformerSubject.Names)}, with the adversaries of taylor-mlp block by block.");
        console.WriteLine("A reduction wraps a recoverer: eq8(·) plays EffInf, eq9(·) plays W-IND. With --queries, majority(·) asks them all.");
        Table items = new() { Border = TableBorder.Rounded, Title = new("what reproduce regenerates") };
        items.AddColumns("item", "what it shows", "options");
        foreach (Reproduction item in Reproduction.All)
        {
            items.AddRow(Markup.Escape(item.Name), Markup.Escape(item.Summary), Markup.Escape(string.Join(" ", item.Options.Select(option => option.Name))));
        }

        console.Write(items);
        destination?.Write(Json.Text(json));

        return 0;
    }
}
