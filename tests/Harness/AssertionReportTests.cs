using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Expecto;
using Wager.Adversaries;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.Files;

namespace Wager.Tests;

/// <summary>What check --assert writes for machines, and that every verb's JSON tells what its numbers depend on.</summary>
internal static class AssertionReportTests
{
    private static readonly string[] _assertions =
    [
        """{ "name": "luck & <more>", "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "exactly": "1/3" }""",
        """{ "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "atMost": 0.3 }""",
        """{ "claim": "eq9", "scheme": "uniform-3", "adversary": "constant" }""",
        """{ "game": "W-IND", "scheme": "uniform-1", "adversary": "guess", "atMost": 0.9 }""",
    ];

    /// <summary>A short run of each verb that writes JSON. MODEL is a small model, TINY one with a tokenizer, RELEASE a release, FILE a file of assertions, OUT what is written.</summary>
    private static readonly string[] _verbs =
    [
        "check one-bit-pad", "check --assert FILE", "play WRec --scheme clear --adversary guess --trials 8", "play WRec --scheme clear --adversary guess --replay 0", "exact WRec --scheme clear --adversary guess",
        "exact WRec --scheme clear --optimal", "exact WRec --scheme uniform-n --adversary guess --sweep n=1..3", "claims eq9 --scheme uniform-3", "claims --search eq9", "cost --scheme clear", "list",
        "synth opt-125m --layers 1 -o OUT", "calibrate TINY --text FILE --tokens 20 -o OUT", "release MODEL --activation gelu -o OUT", "attack RELEASE -o OUT",
        "generate TINY --prompt a --tokens 2", "reproduce fig6 -o OUT", "selftest --runs 20", "devices",
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "reports of assertions",
        Suite.Test("JUnit XML: a case for each, with what fails, what is undefined, and what the numbers depend on", () =>
        {
            using TemporaryFolder folder = new();
            string path = AssertionFileTests.Written(folder, _assertions);
            CommandLine.Outcome outcome = CommandLine.Run("check", "--assert", path, "--seed", "7", "--junit", "-");
            Assert.Equal(1, outcome.Code, $"exit code, after {outcome.Error}");
            Assert.Contains("1 hold, 3 fail", outcome.Error, "the table, on standard error");
            XElement suite = XDocument.Parse(outcome.Output).Root!;
            Assert.Equal("testsuite", suite.Name.LocalName, "the root");
            Assert.Equal("4 2 1 0", $"{suite.Attribute("tests")!.Value} {suite.Attribute("failures")!.Value} {suite.Attribute("errors")!.Value} {suite.Attribute("skipped")!.Value}", "tests, failures, errors, skipped");
            Assert.Equal("properties testcase testcase testcase testcase", string.Join(' ', suite.Elements().Select(element => element.Name.LocalName)), "children");
            Dictionary<string, string> properties = suite.Element("properties")!.Elements().ToDictionary(property => property.Attribute("name")!.Value, property => property.Attribute("value")!.Value);
            Assert.Equal("7 0.95", $"{properties["seed"]} {properties["level"]}", "seed and level");
            Assert.True(new[] { "trials", "wager", "dotnet", "libtorch", "machine" }.All(key => properties[key].Length > 0), "properties");
            XElement[] cases = [.. suite.Elements("testcase")];
            Assert.Equal("luck & <more>", cases[0].Attribute("name")!.Value, "a name");
            Assert.Equal("WRec of uniform-3 against constant: Adv ≤ 0.3", cases[1].Attribute("name")!.Value, "a statement");
            Assert.Equal("uniform-3 uniform-3 uniform-3 uniform-1", string.Join(' ', cases.Select(each => each.Attribute("classname")!.Value)), "class names");
            Assert.Equal("system-out failure failure error", string.Join(' ', cases.Select(each => each.Elements().Single().Name.LocalName)), "outcomes");
            XElement failure = cases[1].Element("failure")!;
            Assert.Equal("refuted", failure.Attribute("type")!.Value, "the type");
            Assert.Contains("refuted: WRec of uniform-3 against constant", failure.Attribute("message")!.Value, "the message");
            Assert.Contains("replay: wager exact WRec --scheme uniform-3 --adversary constant --at-most 0.3", failure.Value, "the text");
            double[] seconds = [.. cases.Select(each => double.Parse(each.Attribute("time")!.Value, CultureInfo.InvariantCulture))];
            Assert.Near(seconds.Sum(), double.Parse(suite.Attribute("time")!.Value, CultureInfo.InvariantCulture), 0.001 * cases.Length, "seconds"); // which are rounded
        }),
        Suite.Test("what XML cannot say does not break it", () =>
        {
            Finding finding = new("a\u0000b", Verdict.Refuted, new("\u001b[31m ]]> & \ud83d\ude00 \ud800 \uffff"), new(() => "'<'"));
            XElement suite = XDocument.Parse(JUnit.Text("\u0007", [new("s\u0001", "n\u0002", finding, Passes: false, 0)])).Root!;
            Assert.Equal("\ufffd[31m ]]> & \ud83d\ude00 \ufffd \ufffd", suite.Descendants("failure").Single().Attribute("message")!.Value["refuted: ".Length..], "the message");
            Assert.Contains("replay: '<'", suite.Descendants("failure").Single().Value, "the text");
        }),
        Suite.Test("a scheme that throws is found to, and is an error of the XML", () =>
        {
            MadeScheme broken = new(2) { Releases = (_, _) => throw new InvalidOperationException("as told") };
            FileAssertion assertion = new()
            {
                Subject = new Subject<int, int, int, int, NoKey, NoKey>(broken, [], [], []) { Summary = "broken" },
                Game = Game.WRec(broken, new ConstantRecoverer<int, int, NoKey>(0)),
                Bound = Bound.Usual,
                Limits = Limits.None,
                AllowsInconclusive = true,
                Refused = problem => new("file", problem),
            };
            Finding finding = assertion.Judged(new() { Trials = 10 }, progress: null, CancellationToken.None);
            Assert.True(!finding.Passes(allowInconclusive: true), "it does not pass");
            Assert.Contains("as told", finding.Evidence, "what was found");
            Assert.Contains("errors=\"1\"", JUnit.Text("file", [new("made", "it", finding, Passes: false, 0)]), "the XML");
        }),
        Suite.Test("a scheme that throws where a claim asks for its distances, or for how far Run carries them, is told by its name", () =>
        {
            Subject Throwing(bool isListed) => new Subject<int, int, int, int, NoKey, NoKey>(
                new MadeScheme(2) { IsListed = isListed, Runs = (_, _) => throw new InvalidOperationException("as told") }, [], [], [])
            { Summary = "broken" };
            Assert.Equal("made threw InvalidOperationException: as told", Assert.Throws<BrokenSchemeException>(() => Throwing(isListed: false).BrokenMetric(new() { Trials = 10 }), "distances").Message, "distances");
            Assert.Equal("made threw InvalidOperationException: as told", Assert.Throws<BrokenSchemeException>(() => Assert.Equal("eq8", Throwing(isListed: true).Claims(ClaimKind.Find("eq8"), new()).First().Name, "its name"), "a claim").Message, "a claim");
        }),
        Suite.Test("JSON: an object for each, with what is asserted, found, and replays it", () =>
        {
            using TemporaryFolder folder = new();
            string path = AssertionFileTests.Written(folder, _assertions);
            Assert.Equal(1, CommandLine.Run("check", "--assert", path, "--json", folder.File("json"), "--junit", folder.File("xml")).Code, "exit code");
            JsonArray json = JsonNode.Parse(File.ReadAllText(folder.File("json")))!.AsArray();
            Assert.Equal(4, json.Count, "findings");
            foreach (JsonNode? found in json)
            {
                string[] missing = [.. new[] { "assertion", "scheme", "adversary", "verdict", "holds", "passes", "found", "replay", "versions" }.Where(key => found![key] is null)];
                Assert.Equal("", string.Join(' ', missing), $"missing of {found}");
            }

            Assert.Equal("luck & <more> proved for this scheme True True 1/3", $"{json[0]!["assertion"]} {json[0]!["verdict"]} {json[0]!["holds"]!.GetValue<bool>()} {json[0]!["passes"]!.GetValue<bool>()} {json[0]!["advantage"]}", "a bound");
            Assert.Equal("eq9 1/3 0 refuted", $"{json[2]!["claim"]} {json[2]!["left"]} {json[2]!["right"]} {json[2]!["verdict"]}", "a claim");
            Assert.Contains("wager claims eq9 --scheme uniform-3", (string)json[2]!["replay"]!, "what replays it");
            Assert.Equal(4, XDocument.Load(folder.File("xml")).Descendants("testcase").Count(), "cases of the XML beside it");
        }),
        Suite.Test("the JSON of every verb tells versions and machine", () =>
        {
            using TemporaryFolder folder = new();
            SmallModel.Write("opt", folder.File("MODEL"));
            Assert.Equal(0, CommandLine.Run("release", folder.File("MODEL"), "-o", folder.File("RELEASE"), "--activation", "gelu").Code, "the release");
            Assert.Equal(0, CommandLine.Run("synth", "opt-tiny", "-o", folder.File("TINY")).Code, "a model with a tokenizer");
            string assertions = AssertionFileTests.Written(folder, _assertions[0]);
            foreach ((int i, string verb) in _verbs.Index())
            {
                string Named(string word) => word switch
                {
                    "FILE" => assertions,
                    "OUT" => folder.File($"{word}{i}"),
                    "MODEL" or "TINY" or "RELEASE" => folder.File(word),
                    _ => word,
                };
                CommandLine.Outcome outcome = CommandLine.Run([.. verb.Split(' ').Select(Named), "--json", folder.File("json")]);
                Assert.Equal(0, outcome.Code, $"exit code of {verb}, after {outcome.Error}");
                JsonNode json = JsonNode.Parse(File.ReadAllText(folder.File("json")))!;
                JsonNode?[] found = json is JsonArray array ? [.. array] : [json];
                Assert.True(found.Length > 0, $"{verb} tells something");
                Assert.True(
                    found.All(each => new[] { "wager", "dotnet", "libtorch", "machine" }.All(key => each!["versions"]?[key]?.GetValue<string>() is { Length: > 0 })),
                    $"{verb} tells versions and machine in each of\n{json}");
            }
        }),
        Suite.Test("those are all verbs that write JSON", () =>
        {
            string[] verbs = CommandLine.Run().Error.Split("a verb is missing: ")[1].Split(';')[0].Split(", ");
            string[] writing = [.. verbs.Where(verb => CommandLine.Run(verb, "--help").Output.Contains("--json", StringComparison.Ordinal))];
            Assert.Equal(string.Join(' ', writing), string.Join(' ', _verbs.Select(verb => verb.Split(' ')[0]).Distinct()), "verbs");
        })));
}
