using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Expecto;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>check --assert: what a file asserts, judged.</summary>
internal static class AssertionFileTests
{
    private const string Held = """{ "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "atMost": "1/3" }""";

    /// <summary>After 200 trials of 1/4 nobody knows.</summary>
    private const string Open = """{ "game": "WRec", "scheme": "gaussian-noise-1", "adversary": "guess", "atMost": 0.25, "trials": 200 }""";

    public static Test All => Suite.Sequenced(Suite.Group(
        "assertion files",
        Suite.Test("the example holds, and the last line counts it", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("check", "--assert", Path.Combine(Repository.Root, "examples", "assertions.json"));
            Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}{outcome.Output}");
            Assert.Equal("15 hold, 0 fail", outcome.Output.TrimEnd().Split('\n')[^1], "the last line");
        }),
        Suite.Test("what fails is exit code 1, and each replay command that is printed fails again", () =>
        {
            using TemporaryFolder folder = new();
            string tables = folder.File("two views.json");
            File.Copy(Path.Combine(Repository.Root, "examples", "two-views.json"), tables);
            string[] failing =
            [
                """{ "name": "too low", "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "atMost": 0.3 }""",
                """{ "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "atLeast": 0.4 }""",
                """{ "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "exactly": "2/5" }""",
                """{ "game": "WRec", "scheme": "uniform-3", "adversary": "constant", "exactly": "1/4" }""",
                """{ "game": "W-IND", "scheme": "noisy-bit", "adversary": "eq9(recovery)", "queries": 3, "line4": "reject", "atMost": "1/20" }""",
                """{ "game": "WRec", "scheme": "gaussian-noise-1", "adversary": "guess", "atMost": 0.1 }""",
                """{ "game": "EffInf", "scheme": "uniform-3", "adversary": "guess", "inputs": 2, "budget": 1, "atLeast": 0.9 }""",
                """{ "claim": "eq9", "scheme": "uniform-3", "adversary": "constant" }""",
                $$"""{ "game": "WRec", "scheme": "{{tables}}", "adversary": "table", "atMost": 0.7 }""",
            ];
            CommandLine.Outcome outcome = Run(folder, [Held, .. failing]);
            Assert.Equal(1, outcome.Code, $"exit code, after {outcome.Error}");
            Assert.Equal($"1 hold, {failing.Length} fail", outcome.Output.TrimEnd().Split('\n')[^1], "the last line");
            Assert.Contains("too low: WRec of uniform-3 against constant: Adv ≤ 0.3: refuted\n  found:  ", outcome.Output, "what fails");
            string[] commands = Replays(outcome.Output);
            Assert.Equal(failing.Length, commands.Length, $"replay commands of\n{outcome.Output}");
            foreach (string command in commands)
            {
                CommandLine.Outcome again = CommandLine.Run(Words(command)[1..]);
                Assert.Equal(1, again.Code, $"exit code of {command}, after {again.Error}{again.Output}");
            }
        }),
        Suite.Test("what is not decided fails, unless that is allowed", () =>
        {
            using TemporaryFolder folder = new();
            CommandLine.Outcome refused = Run(folder, [Held, Open]);
            Assert.Equal(1, refused.Code, $"exit code, after {refused.Error}");
            Assert.Equal("1 hold, 0 fail, 1 inconclusive, of which 0 may be", refused.Output.TrimEnd().Split('\n')[^1], "the last line");
            CommandLine.Outcome allowed = Run(folder, [Held, Open.Replace("}", ", \"allowInconclusive\": true }", StringComparison.Ordinal)]);
            Assert.Equal(0, allowed.Code, $"exit code where it is allowed, after {allowed.Error}");
            Assert.Equal("1 hold, 0 fail, 1 inconclusive, of which 1 may be", allowed.Output.TrimEnd().Split('\n')[^1], "the last line");
            Assert.Contains("inconclusive, allowed", allowed.Output, "the table");
        }),
        Suite.Test("a claim whose premises are not met, an undefined game and what cannot be exact do not hold", () =>
        {
            using TemporaryFolder folder = new();
            JsonArray json = Json(
                folder,
                1,
                """{ "claim": "eq8", "scheme": "uniform-3", "adversary": "constant", "allowInconclusive": true }""",
                """{ "game": "W-IND", "scheme": "uniform-1", "adversary": "guess", "atMost": 0.9, "allowInconclusive": true }""",
                """{ "game": "WRec", "scheme": "gaussian-noise-1", "adversary": "guess", "exactly": 0.25 }""");
            Assert.Equal("premise unmet, undefined, inconclusive", string.Join(", ", json.Select(found => found!["verdict"])), "verdicts");
            Assert.Equal("False, False, False", string.Join(", ", json.Select(found => found!["holds"]!.GetValue<bool>() || found["passes"]!.GetValue<bool>())), "whether one holds or passes");
        }),
        Suite.Test("Correctness is held against its probability", () =>
        {
            using TemporaryFolder folder = new();
            JsonArray json = Json(
                folder,
                1,
                """{ "game": "Correctness", "scheme": "one-bit-pad", "exactly": "1/2" }""",
                """{ "game": "correctness", "scheme": "one-bit-pad", "atLeast": 0.6 }""",
                """{ "game": "Correctness", "scheme": "gaussian-noise-0.1", "atLeast": 0.9 }""");
            Assert.Equal("Pr = 1/2: True, Pr ≥ 0.6: False, Pr ≥ 0.9: True", string.Join(", ", json.Select(found => $"{found!["bound"]}: {found["holds"]!.GetValue<bool>()}")), "bounds");
        }),
        Suite.Test("all share one level, by their number and by nothing else; an entry without an adversary counts for each that fits", () =>
        {
            using TemporaryFolder folder = new();
            double Level(JsonArray json) => json.First(found => (string?)found!["scheme"] == "gaussian-noise-1")!["level"]!.GetValue<double>();
            Assert.Equal(0.95, Level(Json(folder, 1, Open)), "the level of one alone");
            JsonArray together = Json(folder, 1, Held, """{ "name": "all", "game": "WRec", "scheme": "clear", "atLeast": 0.1 }""", Open, """{ "claim": "eq9-repaired", "scheme": "uniform-3" }""");
            Assert.Equal("constant recovery guess", string.Join(' ', together.Where(found => ((string)found!["assertion"]!).StartsWith("all, ", StringComparison.Ordinal)).Select(found => found!["adversary"])), "adversaries of clear");
            Assert.Equal("constant guess", string.Join(' ', together.Where(found => found!["claim"] is not null).Select(found => found!["adversary"])), "adversaries of the claim");
            Assert.Equal(7, together.Count, "findings");
            Assert.Equal(Sampling.Share(0.95, 7), Level(together), "the level of one of seven");
            Assert.Equal(Sampling.Share(0.99, 7), Level(Json(folder, 1, ["--level", "0.99"], Held, """{ "game": "WRec", "scheme": "clear", "atLeast": 0.1 }""", Open, """{ "claim": "eq9-repaired", "scheme": "uniform-3" }""")), "at another level");
        }),
        Suite.Test("options win over the entry, the entry over the file, the file over what is usual", () =>
        {
            using TemporaryFolder folder = new();
            string open = Open.Replace(", \"trials\": 200", "", StringComparison.Ordinal);
            string path = folder.File("own.json", Encoding.UTF8.GetBytes($$"""{ "level": 0.9, "trials": 70, "seed": 18446744073709551615, "assertions": [{{Open}}, {{open}}] }"""));
            string Of(params string[] options)
            {
                CommandLine.Outcome outcome = CommandLine.Run(["check", "--assert", path, "--json", "-", .. options]);
                Assert.Equal(1, outcome.Code, $"exit code, after {outcome.Error}");
                return string.Join("; ", JsonNode.Parse(outcome.Output)!.AsArray().Select(found => $"{found!["trials"]} {found["seed"]} {found["level"]}"));
            }

            Assert.Equal("200 18446744073709551615 0.95; 70 18446744073709551615 0.95", Of(), "without options");
            Assert.Equal("80 5 0.99; 80 5 0.99", Of("--trials", "80", "--seed", "5", "--level", "0.98"), "with options");
        }),
        Suite.Test("schemes and adversaries of a plug-in", () =>
        {
            using TemporaryFolder folder = new();
            string dll = PlugInTests.Dll("Dependent");
            JsonArray json = Json(folder, 1, ["--plugin", dll], """{ "game": "WRec", "scheme": "dependent", "adversary": "picky", "exactly": 0 }""", """{ "game": "WRec", "scheme": "clear", "adversary": "parrot", "atMost": 0.5 }""");
            Assert.Equal("proved for this scheme, refuted", string.Join(", ", json.Select(found => found!["verdict"])), "verdicts");
            Assert.Equal(1, CommandLine.Run(Words((string)json[1]!["replay"]!)[1..]).Code, $"exit code of {json[1]!["replay"]}");
        }),
        Suite.Test("Ctrl-C stops with what is known so far", () =>
        {
            using TemporaryFolder folder = new();
            string path = Written(folder, Held, Open.Replace("200", "10000000000", StringComparison.Ordinal), Held);
            using Process process = CommandLine.Start("check", "--assert", path, "--json", folder.File("json"), "--junit", folder.File("xml"));
            while (process.TotalProcessorTime < TimeSpan.FromSeconds(5) && !process.HasExited) // which starting alone never takes
            {
                Thread.Sleep(100);
            }

            CommandLine.Interrupt(process);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(130, process.ExitCode, $"exit code, after\n{output}{process.StandardError.ReadToEnd()}");
            Assert.Equal("1 hold, 0 fail; stopped before 2 were judged", output.TrimEnd().Split('\n')[^1], "the last line");
            Assert.Equal("proved for this scheme, not played, not played", string.Join(", ", JsonNode.Parse(File.ReadAllText(folder.File("json")))!.AsArray().Select(found => found!["verdict"])), "verdicts");
            Assert.Equal("2", System.Xml.Linq.XDocument.Load(folder.File("xml")).Root!.Attribute("skipped")!.Value, "skipped");
        })));

    /// <summary>The file of such assertions.</summary>
    public static string Written(TemporaryFolder folder, params string[] assertions) =>
        folder.File("assertions.json", Encoding.UTF8.GetBytes($$"""{ "assertions": [{{string.Join(", ", assertions)}}] }"""));

    private static CommandLine.Outcome Run(TemporaryFolder folder, string[] assertions, params string[] options) =>
        CommandLine.Run(["check", "--assert", Written(folder, assertions), .. options]);

    private static JsonArray Json(TemporaryFolder folder, int code, params string[] assertions) => Json(folder, code, [], assertions);

    private static JsonArray Json(TemporaryFolder folder, int code, string[] options, params string[] assertions)
    {
        CommandLine.Outcome outcome = Run(folder, assertions, [.. options, "--json", "-"]);
        Assert.Equal(code, outcome.Code, $"exit code, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!.AsArray();
    }

    private static string[] Replays(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith("  replay: ", StringComparison.Ordinal)).Select(line => line["  replay: ".Length..])];

    /// <summary>A command's words, as a shell takes them.</summary>
    private static string[] Words(string command) =>
        [.. command.Split('\'').Index().SelectMany(part => part.Index % 2 == 1 ? [part.Item] : part.Item.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
