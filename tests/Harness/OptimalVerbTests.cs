using System.Text.Json.Nodes;
using Expecto;

namespace Wager.Tests;

/// <summary><c>exact … --optimal</c>, as its user sees it.</summary>
internal static class OptimalVerbTests
{
    private static readonly (string Why, string Arguments, string Message)[] _wrong =
    [
        ("two who play", "exact WRec --scheme clear --adversary guess --optimal", "--adversary guess and --optimal both say who plays"),
        ("reads of nobody", "exact WRec --scheme sharing-3 --adversary guess --reads 2", "--reads is what the best adversary may read"),
        ("reads that are none", "exact WRec --scheme sharing-3 --optimal --reads two", "--reads two: must be a whole number from 0"),
        ("reads below 0", "exact WRec --scheme sharing-3 --optimal --reads -1", "--reads -1: must be a whole number from 0"),
        ("reads of a whole", "exact W-IND --scheme uniform-3 --optimal --reads 1", "--reads 1: a release of the scheme uniform-3 is read as a whole"),
        ("no probe model", "exact EffInf --scheme uniform-3 --optimal", "EffInf --optimal needs the probe model, since Run′ itself is free to everyone else"),
        ("no adversary at all", "exact Correctness --scheme clear --optimal", "Correctness has no adversary: leave out --optimal"),
        ("several inputs", "exact EffInf --scheme sharing-3 --optimal --inputs 2", "--optimal is worked out for one input"),
        ("a sweep of inputs", "exact EffInf --scheme sharing-3 --optimal --sweep m=1..3", "--optimal is worked out for one input"),
        ("a budget", "exact EffInf --scheme sharing-3 --optimal --budget 2", "--budget is of an adversary that is played"),
        ("a timeout", "exact EffInf --scheme sharing-3 --optimal --timeout 2", "--timeout is of an adversary that is played"),
        ("not finite: weights", "exact WRec --scheme taylor-mlp --optimal", "does not list its weights (AllWeights)"),
        ("not finite: outputs", "exact EffInf --scheme taylor-mlp --optimal", "does not list its outputs (AllOutputs)"),
        ("not finite: coins", "exact W-IND --scheme taylor-mlp --optimal", "cannot be enumerated"),
        ("undefined", "exact W-IND --scheme uniform-1 --optimal", "W-IND of uniform-1 against optimal is undefined"),
        ("too many cells", "exact EffInf --scheme sharing-16 --optimal", "bound them by --reads"),
        ("a family's least member", "exact WRec --scheme leaked-bit-1 --optimal", "scheme leaked-bit-1: n must be a whole number from 2 to 20"),
        ("a family's greatest member", "exact WRec --scheme dropped-bits-21 --optimal", "scheme dropped-bits-21: n must be a whole number from 1 to 20"),
        ("reads of real numbers", "exact W-IND --scheme gaussian-noise-1 --optimal --reads 1", "--reads 1: a release of the scheme gaussian-noise-1 is read as a whole"),
        ("inference on real numbers", "exact EffInf --scheme gaussian-noise-1 --optimal", "does not list its outputs (AllOutputs)"),
        ("no deviation", "exact W-IND --scheme gaussian-noise-0 --optimal", "scheme gaussian-noise-0: σ must be a number from 0.001 to 1000"),
        ("a deviation that is none", "exact W-IND --scheme gaussian-noise-1x --optimal", "scheme gaussian-noise-1x: σ must be a number from 0.001 to 1000"),
        ("a family of deviations alone", "exact W-IND --scheme gaussian-noise-σ --optimal", "gaussian-noise-σ is a family: give a number, as in gaussian-noise-0.5"),
        ("too many queries", "exact W-IND --scheme gaussian-noise-1 --optimal --queries 2001", "--queries 2001: the closed form of W-IND is summed for at most 2000"),
        ("a family alone", "exact WRec --scheme marked-sharing-n --optimal", "marked-sharing-n is a family: give a number, as in marked-sharing-10"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "optimal on the command line",
        Suite.Group("wrong use is told in one line", [.. _wrong.Select(row => Suite.Test(row.Why, () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run(row.Arguments.Split(' '));
            Assert.Equal(2, outcome.Code, "exit code");
            Assert.Equal(1, outcome.Error.Count(c => c == '\n'), $"lines of {outcome.Error}");
            Assert.Contains(row.Message, outcome.Error, "the line");
        }))]),
        Suite.Test("it is printed, by reads where there are cells, and said of every adversary", () =>
        {
            CommandLine.Outcome probed = CommandLine.Run("exact", "EffInf", "--scheme", "sharing-3", "--optimal");
            Assert.Equal(0, probed.Code, probed.Error);
            Assert.Contains("│ EffInf │ optimal   │ 2     │ 1/2 │ 1/2           │", probed.Output, "two reads");
            Assert.Contains("│ EffInf │ optimal   │ 3     │ 1   │ 1/2           │", probed.Output, "three reads");
            Assert.Contains("against every adversary (t below Cost(Run′), q = 1, m = 1)", OneLine(probed.Output), "the sentence");
            CommandLine.Outcome whole = CommandLine.Run("exact", "WRec", "--scheme", "uniform-3", "--optimal");
            Assert.Contains("│ WRec │ optimal   │ 1/3 │", whole.Output, "no reads");
            Assert.Contains("Adv^WRec = 1/3, exactly, so Adv ≤ 0.05 is refuted", OneLine(whole.Output), "the sentence");
        }),
        Suite.Test("the JSON has the keys of exact, and byReads in the probe model", () =>
        {
            JsonNode probed = JsonOf("exact", "EffInf", "--scheme", "marked-sharing-3", "--optimal", "--json", "-");
            Assert.Equal("EffInf marked-sharing-3 optimal 1 exact", $"{probed["game"]} {probed["scheme"]} {probed["adversary"]} {probed["level"]} {probed["method"]}", "who");
            Assert.Equal("1 1/2 refuted", $"{probed["advantage"]} {probed["withinBudget"]!["advantage"]} {probed["verdict"]}", "how much");
            string[] reads = [.. probed["byReads"]!.AsArray().Select(each => $"{each!["reads"]}: {each["advantage"]}, {each["withinBudget"]}")];
            Assert.Equal("0: 1/2, 1/2; 1: 1/2, 1/2; 2: 1/2, 1/2; 3: 1, 1/2; 4: 1, 1/2", string.Join("; ", reads), "byReads");
            JsonNode whole = JsonOf("exact", "W-IND", "--scheme", "leaked-bit-3", "--optimal", "--json", "-");
            Assert.Equal("4/7", $"{whole["advantage"]}", "W-IND");
            Assert.True(whole["byReads"] is null && whole["withinBudget"] is null, "no reads, and no budget");
            JsonNode one = JsonOf("exact", "W-IND", "--scheme", "marked-sharing-3", "--optimal", "--reads", "1", "--json", "-");
            Assert.Equal("2/3 1 2", $"{one["advantage"]} {one["budget"]} {one["byReads"]!.AsArray().Count}", "at most one read");
        }),
        Suite.Test("bounds decide the exit code: of EffInf what is within the budget", () =>
        {
            (string Arguments, int Code)[] asserted =
            [
                ("WRec --scheme uniform-3 --at-most 1/3", 0), ("WRec --scheme uniform-3 --at-most 0.3", 1), ("WRec --scheme uniform-3 --at-least 1/3", 0),
                ("WRec --scheme uniform-3 --at-least 0.34", 1), ("EffInf --scheme sharing-5 --at-most 1/2", 0), ("EffInf --scheme sharing-5 --at-most 0.49", 1),
                ("W-IND --scheme marked-sharing-3 --at-most 0.7 --reads 1", 0), ("W-IND --scheme marked-sharing-3 --at-most 0.7", 1),
                ("W-IND --scheme pad-3 --at-most 0 --queries 2", 0),
            ];
            foreach ((string arguments, int code) in asserted)
            {
                CommandLine.Outcome outcome = CommandLine.Run(["exact", .. arguments.Split(' '), "--optimal"]);
                Assert.Equal(code, outcome.Code, $"{arguments}\n{outcome.Output}{outcome.Error}");
            }
        }),
        Suite.Test("families are swept", () =>
        {
            JsonArray rows = JsonOf("exact", "WRec", "--scheme", "dropped-bits-n", "--optimal", "--sweep", "n=1..6", "--json", "-").AsArray();
            Assert.Equal("1/2 1/4 1/8 1/16 1/32 1/64", string.Join(' ', rows.Select(row => row!["advantage"])), "WRec");
            JsonArray sharing = JsonOf("exact", "EffInf", "--scheme", "sharing-n", "--optimal", "--sweep", "n=1..8", "--json", "-").AsArray();
            Assert.True(sharing.All(row => $"{row!["withinBudget"]!["advantage"]}" == "1/2"), "EffInf within the budget");
            Assert.Equal("2 3 4 5 6 7 8 9", string.Join(' ', sharing.Select(row => row!["byReads"]!.AsArray().Count)), "numbers of reads");
            JsonArray undefined = JsonOf("exact", "W-IND", "--scheme", "uniform-n", "--optimal", "--sweep", "n=1..3", "--json", "-").AsArray();
            Assert.Equal("undefined 0 0", $"{undefined[0]!["verdict"]} {undefined[1]!["advantage"]} {undefined[2]!["advantage"]}", "an undefined member");
            JsonArray queries = JsonOf("exact", "WRec", "--scheme", "noisy-bit", "--optimal", "--sweep", "q=1..3", "--json", "-").AsArray();
            Assert.Equal("3/4 3/4 27/32", string.Join(' ', queries.Select(row => row!["advantage"])), "over q");
        })));

    private static JsonNode JsonOf(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, outcome.Error);
        return JsonNode.Parse(outcome.Output)!;
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
