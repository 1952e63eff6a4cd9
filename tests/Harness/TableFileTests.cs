using System.Text;
using System.Text.Json.Nodes;
using Expecto;

namespace Wager.Tests;

/// <summary>Schemes from files, on the command line.</summary>
internal static class TableFileTests
{
    private const string Right = """
        {
          "train": ["1/2", 0.5],
          "keys": ["1/3", "2/3"],
          "public": [0, 1],
          "inputs": [1],
          "release": [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
          "run": [[[1, 0]], [[0, 1]]],
          "runReleased": [[[[1, 0]], [[0, 1]]], [[[0, 1]], [[1, 0]]]],
          "weightDistance": { "table": [[0, 1], [1, 0]], "threshold": 0, "metric": true },
          "outputDistance": { "table": [[0, 1], [1, 0]], "threshold": 0, "metric": true },
          "runReleasedCost": 2,
          "adversaries": {
            "recoverer": { "answers": [[0, 1], [1, 0]], "cost": 1 },
            "accelerator": { "answers": [[[0], [1]], [[1], [0]]] },
            "distinguisher": { "ones": [[[[0, 0], [0, 1]], [[1, 0], [0, 0]]], [[[0, 0], [1, 0]], [[0, 1], ["1/2", 0.25]]]] },
            "pairDistinguisher": { "symbols": [[[[0, 0], [0, 1]], [[1, 0], [0, 0]]], [[[0, 0], [1, 0]], [[0, 1], [0, 0]]]], "answers": [[0, 1], [1, 0]], "default": 1 }
          }
        }
        """;

    public static Test All => Suite.Group(
        "schemes from files",
        Suite.Test("a published pad is correct, and its adversaries win", () =>
        {
            using TemporaryFolder folder = new();
            string path = Written(folder, Right);
            Assert.Equal("1", Probability("Correctness", path), "Correctness");
            Assert.Equal("1", Probability("WRec", path, "--adversary", "table"), "WRec");
            Assert.Equal("1", Probability("EffInf", path, "--adversary", "table"), "EffInf");
            Assert.Equal("1", Probability("W-IND", path, "--adversary", "table"), "W-IND");
            Assert.Equal("1/2", Probability("W-IND", path, "--adversary", "table-pair"), "W-IND, one challenge of two");
            Assert.Equal("1/2", Probability("W-IND", path, "--adversary", "table-pair", "--queries", "2"), "W-IND, whether the two symbols differ, which is no news of b");
        }),
        Suite.Test("the example: half of all weights are 0, and of the rest 2 is found, 1 never", () =>
        {
            string path = Path.Combine(Repository.Root, "examples", "two-views.json");
            Assert.Equal("3/4", Probability("WRec", path, "--adversary", "table"), "WRec");
            CommandLine.Outcome check = CommandLine.Run("check", path, "--json", "-");
            Assert.Equal(0, check.Code, check.Error);
            Assert.Contains("two-views.json", check.Error, "the title");
        }),
        Suite.Group(
            "mistakes are one line and exit code 2",
            Refused("a row below 1", "\"1/2\", 0.5", "\"1/3\", 0.5", "train sums to 5/6, where probabilities sum to 1"),
            Refused("a row above 1", "[[[1, 0], [0, 1]], [[0", "[[[1, 0], [1, 1]], [[0", "release[0][1] sums to 2, where probabilities sum to 1"),
            Refused("a probability below 0", "\"1/3\", \"2/3\"", "\"-1/3\", \"4/3\"", "keys[0] is \"-1/3\", where a probability is from 0 to 1"),
            Refused("a division by 0", "\"1/3\", \"2/3\"", "\"1/0\", 1", "keys[0] is \"1/0\", where a probability is a number such as 0.25 or a fraction in quotes such as \"1/3\""),
            Refused("no number", "0.5]", "\"half\"]", "train[1] is \"half\", where a probability is a number"),
            Refused("an exponent", "0.5]", "5e-1]", "train[1] is 5e-1, where a probability is a number"),
            Refused("a list for a number", "0.5]", "[0.5]]", "train[1] is [0.5], where a probability is a number"),
            Refused("a number for a list", "\"run\": [[[1, 0]], [[0, 1]]]", "\"run\": 7", "run must be a list in brackets"),
            Refused("an empty list", "\"1/2\", 0.5", "", "train is empty, where it needs an entry for each of the weights"),
            Refused("a ragged row", "\"run\": [[[1, 0]]", "\"run\": [[[1]]", "run[1][0] has 2 entries, where there are 1 outputs, by run[0][0]"),
            Refused("too few keys", "\"release\": [[[1, 0], [0, 1]], ", "\"release\": [", "release has 1 entries, where there are 2 secret keys, by keys"),
            Refused("a missing table", "\"run\": [[[1, 0]], [[0, 1]]],", "", "run is missing"),
            Refused("public keys without their place", "\"public\": [0, 1],", "", "public is missing"),
            Refused("an unknown public key", "\"public\": [0, 1]", "\"public\": [0, 2]", "public[1] is 2, where a whole number from 0 to 1 is needed"),
            Refused("keys that are not there", "\"keys\": [\"1/3\", \"2/3\"],", "", "release has 2 entries, where there are 1 secret keys, by keys, which is not there"),
            Refused("an unknown key", "\"inputs\"", "\"imputs\"", "imputs is no key here; there are train, keys, public, inputs"),
            Refused("an unknown key within", "\"cost\": 1", "\"costs\": 1", "adversaries.recoverer.costs is no key here; there are answers, cost"),
            Refused("a key twice", "\"inputs\": [1]", "\"train\": [1]", "a key comes twice"),
            Refused("no object", "{ \"table\": [[0, 1], [1, 0]], \"threshold\": 0, \"metric\": true },\n  \"out", "[],\n  \"out", "weightDistance must be an object"),
            Refused("a distance below 0", "[[0, 1], [1, 0]], \"threshold\"", "[[0, -1], [1, 0]], \"threshold\"", "Distance.table[0][1] is -1, where a whole number from 0 to 1000000000 is needed"),
            Refused("a metric that is not symmetric", "[[0, 1], [1, 0]], \"threshold\"", "[[0, 2], [1, 0]], \"threshold\"", "Distance.metric is true, but d(0, 1) is 2 and d(1, 0) is 1, where a metric is symmetric"),
            Refused("a metric with a distance to itself", "[[0, 1], [1, 0]], \"threshold\"", "[[0, 1], [1, 3]], \"threshold\"", "Distance.metric is true, but d(1, 1) is 3, where a metric has 0"),
            Refused("a metric that is no switch", "\"metric\": true", "\"metric\": 1", "Distance.metric must be true or false"),
            Refused("weights outside", "[[0, 1], [1, 0]], \"cost\"", "[[0, 1], [2, 0]], \"cost\"", "adversaries.recoverer.answers[1][0] is 2, where a whole number from 0 to 1 is needed"),
            Refused("outputs outside", "[[[0], [1]], [[1], [0]]] }", "[[[0], [9]], [[1], [0]]] }", "adversaries.accelerator.answers[0][1][0] is 9, where a whole number from 0 to 1 is needed"),
            Refused("a chance above 1", "0.25", "1.25", "adversaries.distinguisher.ones[1][1][1][1] is 1.25, where a probability is from 0 to 1"),
            Refused("no bit", "\"default\": 1", "\"default\": 2", "adversaries.pairDistinguisher.default is 2, where a whole number from 0 to 1 is needed"),
            Refused("no JSON", "\"keys\": [", "\"keys\": (", "it is not JSON, at line 3, byte")),
        Suite.Test("a triangle that is none is told with its three values", () =>
        {
            Schemes.Tables.DistanceTable table = new([[0, 1, 3], [1, 0, 1], [3, 1, 0]], 0);
            Assert.Equal("d(0, 2) is 3, above d(0, 1) + d(1, 2) = 2: no triangle inequality", table.BrokenLaw!, "the law");
        }),
        Suite.Test("no file, and a folder", () =>
        {
            using TemporaryFolder folder = new();
            Refuse(folder.File("none.json"), "none.json: there is no such file");
            Directory.CreateDirectory(folder.File("folder.json"));
            Refuse(folder.File("folder.json"), "folder.json: this is a folder, where a file is needed");
        }));

    private static Test Refused(string name, string right, string wrong, string says) => Suite.Test(name, () =>
    {
        int place = Right.IndexOf(right, StringComparison.Ordinal);
        Assert.True(place >= 0, $"{right} is in the file");
        using TemporaryFolder folder = new();
        Refuse(Written(folder, Right[..place] + wrong + Right[(place + right.Length)..]), says);
    });

    private static void Refuse(string path, string says)
    {
        CommandLine.Outcome outcome = CommandLine.Run("exact", "Correctness", "--scheme", path);
        Assert.Equal(2, outcome.Code, "exit code");
        Assert.Contains(says, outcome.Error, "the message");
        Assert.Contains(Path.GetFileName(path), outcome.Error, "the file");
        Assert.Equal(1, outcome.Error.Trim().Split('\n').Length, "lines");
    }

    private static string Written(TemporaryFolder folder, string text) => folder.File("scheme.json", Encoding.UTF8.GetBytes(text));

    private static string Probability(string game, string path, params string[] more)
    {
        CommandLine.Outcome outcome = CommandLine.Run(["exact", game, "--scheme", path, .. more, "--json", "-"]);
        Assert.Equal(0, outcome.Code, outcome.Error);
        return (string)JsonNode.Parse(outcome.Output)!["probability"]!;
    }
}
