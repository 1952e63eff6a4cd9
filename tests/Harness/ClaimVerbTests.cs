using System.Globalization;
using System.Text.Json.Nodes;
using Expecto;
using Wager.Testing.Catalog;

namespace Wager.Tests;

/// <summary><c>claims</c> as it is typed.</summary>
internal static class ClaimVerbTests
{
    /// <summary>Wrong use, and what the one line must say.</summary>
    private static readonly (string Name, string Arguments, string Says)[] _wrong =
    [
        ("an unknown claim", "claims eq10 --exact", "unknown claim 'eq10': did you mean eq8?"),
        ("an unknown claim to search", "claims --search eq9-repared", "unknown claim 'eq9-repared': did you mean eq9-repaired?"),
        ("an unknown scheme", "claims eq9 --scheme uniform", "uniform"),
        ("a scheme that cannot be enumerated", "claims eq9 --scheme taylor-mlp --exact", "--exact: nothing of taylor-mlp can be enumerated for eq9; leave it out to sample"),
        ("an adversary that the claim does not speak of", "claims eq9 --scheme clear --adversary function-compare", "of clear these claims speak of constant, recovery, guess"),
        ("a claim that no adversary is about", "claims re-release --scheme pad-3", "re-release: no adversary of pad-3 is one that it speaks of"),
        ("a claim whose premises nothing meets", "claims eq8 --scheme uniform-3", "eq8: premises are met by nothing that was evaluated (of uniform-3: Correctness is 1)"),
        ("a search that is given a scheme", "claims --search eq9 --scheme clear", "--search draws its own schemes and adversaries: leave out --scheme"),
        ("a search for two claims", "claims eq8 --search eq9", "--search names the claim: leave out eq8"),
        ("a search over no instance", "claims --search eq9 --instances 0", "--instances 0: must be a whole number from 1 to"),
        ("a search with queries", "claims --search hybrid --queries 3", "leave out --queries"),
        ("a replay without a scheme", "claims eq9 --replay 3", "--replay needs --scheme"),
        ("claims of one query with several", "claims eq9 --scheme clear --queries 2", "--queries 2: eq9 is about one query; leave it out"),
        ("inputs of a claim without any", "claims eq9 --scheme clear --inputs 3", "--inputs is EffInf's, in eq8 and eq8-repaired: leave it out"),
        ("trials of the diagram", "claims --trials 5", "--trials: claims alone draws the diagram of notions"),
        ("a picture of a search", "claims --search eq9 -o pictures", "leave out -o"),
        ("instances without a search", "claims eq9 --scheme clear --instances 5", "--instances is of --search"),
    ];

    public static Test All => Suite.Group(
        "claims verb",
        Suite.Group("wrong use is one line and exit code 2", [.. _wrong.Select(row => Suite.Test(row.Name, () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run(row.Arguments.Split(' '));
            Assert.Equal(2, outcome.Code, "exit code");
            Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, "lines");
            Assert.Contains(row.Says, outcome.Error, "the line");
        }))]),
        Suite.Test("claims --exact evaluates every claim on every finite scheme: what is false is refuted on some, what is proved holds on all", () =>
        {
            JsonArray all = JsonOf("claims", "--exact", "--json", "-");
            foreach (ClaimKind kind in ClaimKind.All)
            {
                string[] verdicts = [.. all.Where(row => row!["claim"]!.GetValue<string>() == kind.Name).Select(row => row!["verdict"]!.GetValue<string>())];
                Assert.True(verdicts.Length > 0, $"{kind.Name} was evaluated");
                Assert.True(kind.IsTrue ? !verdicts.Contains("refuted") && verdicts.Contains("proved for this scheme") : verdicts.Contains("refuted"), $"{kind.Name}: {string.Join(", ", verdicts.Distinct())}");
            }

            JsonNode row = all.First(row => row!["claim"]!.GetValue<string>() == "eq9" && row["scheme"]!.GetValue<string>() == "uniform-3")!;
            Assert.Equal("1/3 0", $"{row["left"]} {row["right"]}", "left and right");
            JsonNode term = row["terms"]!.AsArray().First(term => term!["symbol"]!.GetValue<string>() == "q")!;
            Assert.Equal("1/3", term["value"]!.GetValue<string>(), "the term that it lacks");
            Assert.True(all.All(row => row!["costs"]!.AsArray().All(cost => cost!["agrees"]!.GetValue<bool>())), "costs are as the reductions say");
        }),
        Suite.Test("claims of taylor-mlp: the trials of eq8-repaired and of p = Adv^WRec are never broken, and costs are what the reductions say", () =>
        {
            foreach (string claim in new[] { "eq8-repaired", "eq9-repaired" })
            {
                JsonNode row = JsonOf("claims", claim, "--scheme", "taylor-mlp", "--adversary", "recovery(one)", "--trials", "12", "--json", "-")[0]!;
                JsonNode step = row["steps"]!.AsArray().First(step => step!["pointwise"]!.GetValue<bool>())!;
                Assert.Equal("inconclusive", step["verdict"]!.GetValue<string>(), $"{claim}: {step["statement"]}, which 12 trials cannot support");
                Assert.Equal(0, step["breaking"]!.AsArray().Count, "trials that break it");
                Assert.True(row["costs"]!.AsArray() is [var cost] && cost!["agrees"]!.GetValue<bool>(), "the cost");
            }
        }),
        Suite.Test("a refutation that was asked to hold is exit code 1, and else a result", () =>
        {
            Assert.Equal(1, CommandLine.Run("claims", "eq9", "--scheme", "uniform-3", "--assert").Code, "asserted");
            Assert.Equal(0, CommandLine.Run("claims", "eq9", "--scheme", "uniform-3").Code, "asked");
            Assert.Equal(0, CommandLine.Run("claims", "eq9-repaired", "--scheme", "uniform-3", "--assert").Code, "what holds");
            Assert.Equal(1, CommandLine.Run("claims", "--search", "eq9", "--assert").Code, "found");
        }),
        Suite.Test("a replay tells what every procedure returned in each game of a claim", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("claims", "eq9-repaired", "--scheme", "noisy-bit", "--adversary", "recovery", "--replay", "3");
            Assert.Equal(0, outcome.Code, outcome.Error);
            foreach (string part in new[] { "Adv^WRec(A):", "q:", "p:", "seed 1, trial 3", "Release", "the game returns" })
            {
                Assert.Contains(part, outcome.Output, "the replay");
            }
        }),
        Suite.Test("the diagram: every implication proved wherever it speaks, every other with the exact numbers of its witness, printed and drawn", () =>
        {
            using TemporaryFolder folder = new();
            string report = folder.File("notions.json");
            CommandLine.Outcome outcome = CommandLine.Run("claims", "-o", folder.Path, "--json", report);
            Assert.Equal(0, outcome.Code, outcome.Error);
            JsonArray arrows = JsonNode.Parse(File.ReadAllText(report))!.AsArray();
            string Of(string from, string relation, string to) => (string)arrows.First(arrow => (string?)arrow!["from"] == from && (string?)arrow["relation"] == relation && (string?)arrow["to"] == to)!["exactly"]!;
            foreach ((string from, string relation, string to, string exactly) in new[]
            {
                ("WRec", "does not imply", "EffInf", "WRec 1/4, EffInf 1"),
                ("WRec", "does not imply", "W-IND", "WRec 1/2, W-IND 2/3"),
                ("EffInf", "does not imply", "W-IND", "EffInf 1/2 below the budget, W-IND 2/3 at one read"),
                ("EffInf", "does not imply", "WRec", "EffInf 1/2 below the budget, WRec 1 at all reads"),
                ("W-IND", "does not imply", "WRec", "W-IND 0, WRec 3/4"),
                ("W-IND", "does not imply", "EffInf", "W-IND 0, EffInf 1"),
                ("W-IND", "does not imply", "q-W-IND", "W-IND 0, q-W-IND 1/2 at q = 2"),
                ("WRec", "does not imply", "q-WRec", "WRec 3/4, q-WRec 27/32 at q = 3"),
            })
            {
                Assert.Equal(exactly, Of(from, relation, to), $"{from} {relation} {to}");
                Assert.Contains($"{from} ⇏ {to}", outcome.Output, "the table");
            }

            foreach (JsonNode? arrow in arrows.Where(arrow => (string?)arrow!["relation"] != "does not imply"))
            {
                string[] words = ((string)arrow!["exactly"]!).Split(' ');
                Assert.True(words[0] == words[2] && int.Parse(words[0], CultureInfo.InvariantCulture) >= 5, $"{arrow["from"]} {arrow["relation"]} {arrow["to"]}: {arrow["exactly"]}");
            }

            Assert.Equal("notions.json notions.png notions.svg", folder.Names(), "the files");
            Assert.Contains("marked-sharing-3", File.ReadAllText(System.IO.Path.Combine(folder.Path, "notions.svg")), "the picture");
        }),
        Suite.Test("a counterexample's JSON takes the place of a scheme, and refutes the claim again", () =>
        {
            using TemporaryFolder folder = new();
            string found = folder.File("found.json");
            string scheme = folder.File("scheme.json");
            Assert.Equal(0, CommandLine.Run("claims", "--search", "eq8", "--seed", "5", "--json", found).Code, "the search");
            JsonNode report = JsonNode.Parse(File.ReadAllText(found))!;
            Assert.Equal("refuted", report["verdict"]!.GetValue<string>(), "the verdict");
            File.WriteAllText(scheme, report["counterexample"]!.ToJsonString());
            foreach (string verb in new[] { "claims eq8 --scheme FILE --json FILE", "check FILE --json FILE", "check FILE --latex FILE", "exact WRec --scheme FILE --adversary table --json FILE" })
            {
                CommandLine.Outcome lost = CommandLine.Run(verb.Replace("FILE", scheme, StringComparison.Ordinal).Split(' '));
                Assert.Equal(2, lost.Code, verb);
                Assert.Contains("that file is what is read; name another", lost.Error, verb);
            }

            JsonNode whole = JsonOf("claims", "eq8", "--scheme", found, "--adversary", "table", "--json", "-")[0]!;
            Assert.Equal("refuted", whole["verdict"]!.GetValue<string>(), "the report itself as a scheme");
            JsonNode again = JsonOf("claims", "eq8", "--scheme", scheme, "--adversary", "table", "--json", "-")[0]!;
            Assert.Equal("refuted", again["verdict"]!.GetValue<string>(), "the claim about the file's scheme");
            Assert.Equal($"{report["left"]} {report["right"]}", $"{again["left"]} {again["right"]}", "both sides");
        }));

    private static JsonArray JsonOf(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, outcome.Error);
        return JsonNode.Parse(outcome.Output)!.AsArray();
    }
}
