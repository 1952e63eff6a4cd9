using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>release, attack, reproduce and check --model on folders of small models.</summary>
internal static class ModelFileVerbTests
{
    /// <summary>Wrong use, and what the one line must say. MODEL is a small OPT, LLAMA another model, RELEASE its release, OUT nothing yet.</summary>
    private static readonly (string Name, string Arguments, string Says)[] _wrong =
    [
        ("release to nowhere", "release MODEL", "-o is missing: the file to write the release into"),
        ("release of no folder", "release MODEL/none -o OUT", "there is no such folder"),
        ("an unknown activation", "release MODEL -o OUT --activation geluu", "unknown activation 'geluu': did you mean gelu?"),
        ("an order beyond the format's", "release MODEL -o OUT --order 65", "--order 65: must be a whole number from 0 to 64"),
        ("an unknown type", "release MODEL -o OUT --dtype f15", "unknown storage type 'f15'"),
        ("a range of z that is not there", "release MODEL -o OUT --z-range OUT", "there is no such file"),
        ("a range of z without the tensors", "release MODEL -o OUT --z-range RELEASE", "tensor model.decoder.layers.0.z.min is missing"),
        ("two sources of z₀", "release MODEL -o OUT --z-range RELEASE --z-spread 1", "--z-range and --z-spread both say what z₀ is: give one"),
        ("a spread below 0", "release MODEL -o OUT --z-spread -1", "--z-spread -1: must be a standard deviation from 0 to 100"),
        ("an attack on no release", "attack MODEL/model.safetensors -o OUT", "format is 'pt', where taylor-mlp/1 is read"),
        ("an attack on a folder without a release", "attack MODEL -o OUT", "MODEL: it has no model.taylor.safetensors"),
        ("a truth of another shape", "attack RELEASE -o OUT --truth LLAMA", "name the model that was released"),
        ("orders that are neither", "attack RELEASE -o OUT --order two", "--order two: must be one or all"),
        ("orders of the pairwise attack", "attack RELEASE -o OUT --order one --method pairwise", "--order is of the joint attack: pairwise reads one order always"),
        ("a method that is neither", "attack RELEASE -o OUT --method best", "--method best: must be joint, pairwise or least-squares"),
        ("an unknown table", "reproduce table9", "did you mean table1?"),
        ("an unknown model", "reproduce table1 --models opt-125", "unknown shape 'opt-125': did you mean opt-125m?"),
        ("a model without a name", "reproduce table1 --models opt-125m,", "--models opt-125m,: a name is empty; give shapes with one comma between two"),
        ("a model and data", "check taylor-mlp --model MODEL --hidden 8", "--hidden is of trained MLPs: leave it out with --model"),
    ];

    /// <summary>What is wrong with a release, and what the line must say.</summary>
    private static readonly (string Name, Action<Dictionary<string, string>, List<(string Name, string Type, long[] Shape)>> Change, string Says)[] _refused =
    [
        ("another version", (metadata, _) => metadata["format"] = "taylor-mlp/2", "format is 'taylor-mlp/2', where taylor-mlp/1 is read"),
        ("another variant", (metadata, _) => metadata["variant"] = "private-code", "variant is 'private-code'; there are paper and public-code"),
        ("no activation", (metadata, _) => metadata.Remove("activation"), "the header's __metadata__ has no activation"),
        ("an unknown activation", (metadata, _) => metadata["activation"] = "step", "activation is 'step'"),
        ("an order that is no number", (metadata, _) => metadata["order"] = "eight", "order is 'eight'; it must be a whole number from 0 to 64"),
        ("an order beyond the tensors", (metadata, _) => metadata["order"] = "4", "tensor model.decoder.layers.0.taylor.theta.4 is missing"),
        ("an order below the tensors", (metadata, _) => metadata["order"] = "2", "is beyond the order 2 that the header says"),
        ("gated that is neither", (metadata, _) => metadata["gated"] = "yes", "gated is 'yes'; it must be true or false"),
        ("no MLP", (_, tensors) => tensors.RemoveAll(tensor => tensor.Name.EndsWith("z0", StringComparison.Ordinal)), "there is no tensor whose name ends in .taylor.z0"),
        ("too few places", (_, tensors) => tensors.Add(("model.decoder.layers.0.taylor.columns", "I64", [2])), "taylor.columns is I64 [2]; it must be I64 [24], as model.decoder.layers.0.taylor.z0"),
        ("places of another type", (_, tensors) => tensors.Add(("model.decoder.layers.0.taylor.columns", "I32", [24])), "taylor.columns is I32 [24]; it must be I64 [24]"),
        ("places without what is in clear", (_, tensors) => tensors.Add(("model.decoder.layers.0.taylor.columns", "I64", [24])), "taylor.rest.weight is missing; beside model.decoder.layers.0.taylor.columns it must be BF16 [8, 0]"),
        ("places that do not ascend", (_, tensors) => AddClear(tensors), "taylor.columns[1] is 0; the places must ascend, and be below 24"),
        ("V missing", (_, tensors) => tensors.RemoveAll(tensor => tensor.Name == "model.decoder.layers.1.fc1.weight"), "tensor model.decoder.layers.1.fc1.weight is missing"),
        ("a matrix of another shape", (_, tensors) => Change(tensors, "model.decoder.layers.0.taylor.theta.2", "F64", [8, 23]), "theta.2 is [8, 23]"),
        ("a matrix of another type", (_, tensors) => Change(tensors, "model.decoder.layers.0.taylor.theta.2", "F32", [8, 24]), "theta.2 is F32 [8, 24]; it must be F64"),
        ("z₀ of whole numbers", (_, tensors) => Change(tensors, "model.decoder.layers.0.taylor.z0", "I64", [24]), "z0 is I64 [24]; it must be a vector of"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "model files",
        Suite.Group("wrong use is one line and exit code 2, and leaves nothing", [.. _wrong.Select(row => Suite.Test(row.Name, () => Refused(row.Arguments, row.Says)))]),
        Suite.Group("a release that is none is refused in one line", [.. _refused.Select(row => Suite.Test(row.Name, () => RefusedRelease(row.Change, row.Says)))]),
        Suite.Test("models of every architecture go through release and attack, and every weight comes back to the last bit", () =>
        {
            foreach (ModelShape shape in SmallModel.All)
            {
                using TemporaryFolder folder = new();
                string model = SmallModel.Write(shape.ModelType, folder.File("model"));
                CommandLine.Json("release", model, "-o", folder.File("release"), "--dtype", "f64", "--activation", shape.IsGated ? "silu" : "gelu");
                JsonNode json = CommandLine.Json("attack", folder.File("release"), "-o", folder.File("recovered"), "--truth", model);
                long parameters = 2L * shape.Width * shape.Hidden;
                Assert.Equal((parameters, parameters, true), ((long)json["recovered"]!, (long)json["bitExact"]!, (bool)json["wRec"]!), $"{shape}: recovered, bit-exact, WRec");
                Identical(model, folder.File("recovered"));
            }
        }),
        Suite.Test("a release keeps every unprotected tensor, and none of the protected ones", () =>
        {
            using TemporaryFolder folder = new();
            string path = SmallModel.Write("phi", folder.File("model"));
            CommandLine.Json("release", path, "-o", folder.File("release"), "--order", "2");
            using ModelFolder model = ModelFolder.Open(path);
            using SafeTensorsFile release = SafeTensorsFile.Open(folder.File("release"));
            string[] dropped = [.. model.Mlps.SelectMany(mlp => new[] { mlp.W, mlp.B!, mlp.C! })];
            foreach (TensorEntry entry in model.Tensors)
            {
                if (dropped.Contains(entry.Name))
                {
                    Assert.True(release.Find(entry.Name) is null, $"{entry.Name} is not released");
                    continue;
                }

                using MappedTensor original = model.Map(entry.Name);
                using MappedTensor kept = release.Map(release.Find(entry.Name)!);
                Assert.True(original.Bytes(0, (int)original.Length).SequenceEqual(kept.Bytes(0, (int)kept.Length)), entry.Name);
            }

            Assert.Equal("gelu-tanh false 2 paper", string.Join(' ', new[] { "activation", "gated", "order", "variant" }.Select(key => release.Metadata[key])), "the header");
        }),
        Suite.Test("reproduce table1 makes, releases, attacks and drops a layer, beside the published row", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("reproduce", "table1", "--models", "opt-125m", "--layers", "1");
            Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
            foreach (string part in new[] { "28,310,784", "pairwise", "joint, one", "joint, all", "opt-125m 1/12", "100.00 %", "normal with deviation 0.02 and biases too, stored in bf16", "unexplained), which may be right all the same", "OPT is released with GELU" })
            {
                Assert.Contains(part, outcome.Output, "the table");
            }
        }),
        Suite.Test("one layer is said to be one", () =>
        {
            using TemporaryFolder folder = new();
            SyntheticModel.Write(SmallModel.Of("opt") with { Layers = 1 }, 1, StorageType.BF16, SmallModel.Seed, folder.File("model"));
            CommandLine.Run("release", folder.File("model"), "-o", folder.File("release"), "--activation", "gelu");
            Assert.Contains(": 1 layer, W, b and c; ", CommandLine.Run("attack", folder.File("release"), "-o", folder.File("out")).Output, "the report");
            CommandLine.IsRefused(CommandLine.Run("check", "taylor-mlp", "--model", folder.File("model")), "it has one layer, and W-IND needs two different ones");
        }),
        Suite.Test("check taylor-mlp --model plays the games on the folder's MLPs alone", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("llama", folder.File("model"));
            JsonArray results = CommandLine.Json("check", "taylor-mlp", "--model", model, "--dtype", "f64", "--trials", "5").AsArray();
            JsonNode Played(string game, string adversary) => results.First(row => (string?)row!["game"] == game && (string?)row["adversary"] == adversary)!;
            Assert.Equal(5, (int)Played("WRec", "recovery")["wins"]!, "WRec of the recovery");
            Assert.Equal(0, (int)Played("WRec", "constant")["wins"]!, "WRec of the constant");
        })));

    public static void Identical(string model, string recovered, bool withV = false)
    {
        using ModelFolder truth = ModelFolder.Open(model);
        using SafeTensorsFile file = SafeTensorsFile.Open(recovered);
        foreach (TensorEntry entry in file.Tensors)
        {
            using MappedTensor found = file.Map(entry);
            using MappedTensor expected = truth.Map(entry.Name);
            Assert.Equal((expected.Entry.Type, expected.Entry.Sides), (entry.Type, entry.Sides), entry.Name);
            Assert.True(expected.Bytes(0, (int)expected.Length).SequenceEqual(found.Bytes(0, (int)found.Length)), $"{entry.Name} to the last bit");
        }

        Assert.Equal(SmallModel.Layers * ((truth.IsGated ? 1 : 3) + (withV ? 1 : 0)), file.Tensors.Count, "tensors recovered");
    }

    public static void Refused(string arguments, string says)
    {
        using TemporaryFolder folder = new();
        SmallModel.Write("opt", folder.File("model"));
        SmallModel.Write("llama", folder.File("llama"));
        CommandLine.Json("release", folder.File("model"), "-o", folder.File("release"), "--order", "3", "--activation", "gelu");
        string before = folder.Names();
        string Named(string text) => text.Replace("MODEL", folder.File("model"), StringComparison.Ordinal).Replace("LLAMA", folder.File("llama"), StringComparison.Ordinal)
            .Replace("RELEASE", folder.File("release"), StringComparison.Ordinal).Replace("OUT", folder.File("out"), StringComparison.Ordinal);
        CommandLine.IsRefused(CommandLine.Run(Named(arguments).Split(' ')), Named(says));
        Assert.Equal(before, folder.Names(), "files");
    }

    private static void RefusedRelease(Action<Dictionary<string, string>, List<(string, string, long[])>> change, string says)
    {
        using TemporaryFolder folder = new();
        SmallModel.Write("opt", folder.File("model"));
        CommandLine.Json("release", folder.File("model"), "-o", folder.File("release"), "--order", "3", "--activation", "gelu", "--dtype", "f64");
        Dictionary<string, string> metadata;
        List<(string, string, long[])> tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(folder.File("release")))
        {
            metadata = file.Metadata.ToDictionary();
            tensors = [.. file.Tensors.Select(entry => (entry.Name, entry.Type, entry.Shape.ToArray()))];
        }

        change(metadata, tensors);
        using (SafeTensorsWriter writer = new(folder.File("release"), tensors, metadata))
        {
            writer.Write(new byte[tensors.Sum(tensor => TensorEntry.LengthOf(tensor.Item2, tensor.Item3)!.Value)]);
            writer.Commit();
        }

        CommandLine.IsRefused(CommandLine.Run("attack", folder.File("release"), "-o", folder.File("out")), says);
        Assert.Equal("model release", folder.Names(), "files");
    }

    private static void AddClear(List<(string, string, long[])> tensors)
    {
        tensors.Add(("model.decoder.layers.0.taylor.columns", "I64", [24]));
        tensors.Add(("model.decoder.layers.0.taylor.rest.weight", "BF16", [8, 0]));
        tensors.Add(("model.decoder.layers.0.taylor.rest.bias", "BF16", [0]));
    }

    private static void Change(List<(string Name, string Type, long[] Shape)> tensors, string name, string type, long[] shape) =>
        tensors[tensors.FindIndex(tensor => tensor.Name == name)] = (name, type, shape);
}
