using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>check, play, cost and list on whole models.</summary>
internal static class TransformerVerbTests
{
    private static readonly (string What, string Arguments, string Says)[] _refused =
    [
        ("no model", "play WRec --scheme taylor-transformer --adversary recovery", "taylor-transformer is played on a whole model: --model DIR names its folder"),
        ("no model to check", "check --answer greedy", "taylor-transformer is played on a whole model: --model DIR names its folder"),
        ("a folder that is not there", "check --model /nowhere", "/nowhere: there is no such folder; name one with config.json"),
        ("a hidden width", "check --model MODEL --hidden 8", "--hidden is of trained MLPs: leave it out with --model"),
        ("data", "check taylor-transformer --model MODEL --data numbers.csv", "--data is of trained MLPs: leave it out with --model"),
        ("an answer of MLPs", "check taylor-mlp --model MODEL --answer law", "--answer is of taylor-transformer: leave it out, for taylor-mlp has no such option"),
        ("tokens of a pad", "play WRec --scheme pad-3 --adversary guess --tokens 4", "--tokens is of taylor-transformer: leave it out, for pad-3 has no such option"),
        ("another answer", "check --model MODEL --answer logits", "--answer logits: must be law or greedy"),
        ("tokens of a law", "check --model MODEL --tokens 4", "--tokens is of --answer greedy: leave it out, for a law is of one token"),
        ("more tokens than the context", "check --model MODEL --answer greedy --tokens 17", "--tokens 17: must be a whole number from 1 to 15"),
        ("a text without a tokenizer", "check --model MODEL --text /nowhere.txt", "MODEL: "),
        ("a text of MLPs", "check taylor-mlp --model MODEL --text /nowhere.txt", "--text is of taylor-transformer: leave it out, for taylor-mlp has no such option"),
        ("more units than there are", "check --model MODEL --protect 65", "--protect 65: must be a whole number from 1 to 64, the hidden width"),
        ("an unknown activation", "check --model MODEL --activation gelo", "unknown activation 'gelo': did you mean gelu?"),
        ("lanes", "play WRec --scheme taylor-transformer --model MODEL --adversary recovery --lanes 4", "--lanes 4: taylor-transformer: it plays one trial at a time; leave it out"),
        ("paths", "exact WRec --scheme taylor-transformer --model MODEL --adversary recovery", "cannot be enumerated (Train draws a 64-bit key, so its coins cannot be enumerated); use play, which samples"),
        ("a sweep over orders", "cost --scheme taylor-transformer --model MODEL --sweep N=1..3", "--sweep N=1..3: taylor-transformer has no parameter N"),
        ("a name like it", "check taylor-tansformer", "unknown scheme 'taylor-tansformer': did you mean taylor-transformer?"),
    ];

    public static Test All => Suite.Group("verbs on models",
    [
        .. _refused.Select(refused => Suite.Test($"{refused.What} is one line", () =>
        {
            string Named(string text) => text.Replace("MODEL", TransformerFixtures.Folder("opt"), StringComparison.Ordinal);
            CommandLine.IsRefused(CommandLine.Run(Named(refused.Arguments).Split(' ')), Named(refused.Says));
        })),
        Suite.Test("check --model judges the whole model, in either variant and form of answer, with 100 trials of a small one", () =>
        {
            JsonArray results = CommandLine.Json("check", "--model", TransformerFixtures.Folder("llama3"), "--dtype", "f64").AsArray();
            Assert.Equal((100, 100), ((int)Of(results, "WRec", "recovery")["wins"]!, (int)Of(results, "WRec", "recovery")["trials"]!), "wins and trials of the recovery");
            Assert.Equal(0, (int)Of(results, "WRec", "constant")["wins"]!, "WRec of the folder's own model");
            Assert.Equal("taylor-transformer", (string?)Of(results, "EffInf", "collapse")["scheme"], "the scheme");
            JsonArray greedy = CommandLine.Json("check", "taylor-transformer-public-code", "--model", TransformerFixtures.Folder("phi2"), "--dtype", "f64", "--trials", "4", "--answer", "greedy", "--tokens", "3").AsArray();
            Assert.Equal(4, (int)Of(greedy, "EffInf", "collapse")["wins"]!, "EffInf of the collapse, greedy");
        }),
        Suite.Test("one layer is a model, though of its MLPs alone W-IND says nothing", () =>
        {
            using TemporaryFolder folder = new();
            SyntheticModel.Write(SmallModel.Of("opt") with { Layers = 1 }, 1, StorageType.F32, SmallModel.Seed, folder.File("model"));
            JsonArray results = CommandLine.Json("check", "--model", folder.File("model"), "--activation", "gelu", "--dtype", "f64", "--trials", "3").AsArray();
            Assert.Equal(3, (int)Of(results, "WRec", "recovery")["wins"]!, "WRec of the recovery");
        }),
        Suite.Test("prompts are of a text, which must have the tokens of one", () =>
        {
            using TemporaryFolder folder = new();
            SyntheticModel.Write(ModelShape.Find("llama-tiny")!, 1, StorageType.F32, SmallModel.Seed, folder.File("model"));
            File.WriteAllText(folder.File("long"), string.Concat(Enumerable.Repeat("a text that is long enough for prompts ", 20)));
            File.WriteAllText(folder.File("short"), "ab");
            JsonNode played = CommandLine.Json("play", "WRec", "--scheme", "taylor-transformer", "--model", folder.File("model"), "--text", folder.File("long"), "--adversary", "recovery", "--trials", "3");
            Assert.Equal(3, (int)played["wins"]!, "wins of the recovery");
            CommandLine.IsRefused(CommandLine.Run("check", "--model", folder.File("model"), "--text", folder.File("short")), "short: it has fewer than the 16 tokens of a prompt; name a longer text");
        }),
        Suite.Test("play, cost and list know it", () =>
        {
            string model = TransformerFixtures.Folder("mistral");
            Assert.Equal(5, (int)CommandLine.Json("play", "WRec", "--scheme", "taylor-transformer", "--model", model, "--dtype", "f64", "--adversary", "recovery", "--trials", "5")["wins"]!, "wins of the recovery");
            Assert.Contains("MLPs, of which the first", CommandLine.Run("play", "WRec", "--scheme", "taylor-transformer", "--model", model, "--adversary", "recovery", "--replay", "2").Output, "a trial");
            JsonArray costs = CommandLine.Json("cost", "--scheme", "taylor-transformer", "--model", model, "--trials", "2")["costs"]!.AsArray();
            double Operations(string name) => (double)costs.First(row => (string?)row!["name"] == name)!["operations"]!;
            Assert.True(Operations("collapse") < Operations("Run′") && Operations("Run") < Operations("Run′"), "the collapse, and Run, cost less than Run′");
            Assert.Contains("taylor-transformer, taylor-transformer-public-code", CommandLine.Run("list").Output, "the list");
        }),
    ]);

    private static JsonNode Of(JsonArray results, string game, string adversary) =>
        results.First(row => (string?)row!["game"] == game && (string?)row["adversary"] == adversary)!;
}
