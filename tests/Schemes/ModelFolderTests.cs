using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>Folders of models: those of each architecture, and what is wrong with others.</summary>
internal static class ModelFolderTests
{
    private const string Config = "config.json";
    private const string Index = "model.safetensors.index.json";
    private const string First = "model-00001-of-00003.safetensors";
    private const string Second = "model-00002-of-00003.safetensors";
    private const long ThreeShards = 1500;

    /// <summary>What is done to a Llama in one file, and what the one line must say.</summary>
    private static readonly (string Name, Action<string> Break, string Says)[] _wrong =
    [
        ("no config.json", folder => File.Delete(In(folder, Config)), "config.json: there is no such file"),
        ("a config.json that is empty", folder => File.WriteAllText(In(folder, Config), ""), "config.json: it is empty, or no plain file"),
        ("a config.json that is no JSON", folder => File.WriteAllText(In(folder, Config), "{"), "config.json: it is not JSON"),
        ("a config.json that is no object", folder => File.WriteAllText(In(folder, Config), "[]"), "config.json: it is no JSON object"),
        ("a key twice", folder => File.WriteAllText(In(folder, Config), """{"model_type":"opt","model_type":"llama"}"""), "config.json: a key comes twice in one object"),
        ("a key twice, further in", folder => File.WriteAllText(In(folder, Config), """{"a":[{"b":1,"b":2}]}"""), "config.json: a key comes twice in one object"),
        ("a byte order mark", folder => File.WriteAllText(In(folder, Config), "\uFEFF{}"), "config.json: it begins with a byte order mark"),
        ("bytes that are no UTF-8", folder => File.WriteAllBytes(In(folder, Config), [.. """{"model_type":"a"""u8, 0xE9, .. "\"}"u8]), "config.json: it is not UTF-8 throughout; save it so"),
        ("half a surrogate pair in a key", folder => File.WriteAllText(In(folder, Config), """{"\ud800odel_type":1,"model_type":"opt"}"""), "config.json: a key has half a surrogate pair"),
        ("deep nesting", folder => File.WriteAllText(In(folder, Config), "{\"a\":" + new string('[', 100_000)), "config.json: it is not JSON"),
        ("no model_type", Without("model_type"), "config.json: model_type must be there, as text"),
        ("half a surrogate pair", folder => File.WriteAllText(In(folder, Config), """{"model_type":"\ud800"}"""), "config.json: model_type must be there, as text"),
        ("an unknown model_type", With("model_type", "gpt2"), "config.json: model_type 'gpt2' is not known; there are opt, llama, mistral, phi"),
        ("no activation", Without("hidden_act"), "config.json: hidden_act must be there, as text"),
        ("an activation that is no text", With("hidden_act", 1), "config.json: hidden_act must be there, as text"),
        ("no width", Without("hidden_size"), "config.json: hidden_size must be there, as a whole number from 1 to 2147483647"),
        ("a width of 0", With("hidden_size", 0), "config.json: hidden_size must be there, as a whole number from 1"),
        ("a broken width", With("hidden_size", 8.5), "config.json: hidden_size must be there, as a whole number from 1"),
        ("a width that is text", With("hidden_size", "8"), "config.json: hidden_size must be there, as a whole number from 1"),
        ("no hidden width", Without("intermediate_size"), "config.json: intermediate_size must be there, as a whole number"),
        ("too large a hidden width", With("intermediate_size", 1L << 40), "config.json: intermediate_size must be there, as a whole number"),
        ("no number of layers", Without("num_hidden_layers"), "config.json: num_hidden_layers must be there, as a whole number"),
        ("a negative number of layers", With("num_hidden_layers", -1), "config.json: num_hidden_layers must be there, as a whole number"),
        ("a layer too many", With("num_hidden_layers", 3), "tensor model.layers.2.mlp.gate_proj.weight is missing; "),
        ("two billion layers", With("num_hidden_layers", int.MaxValue), "config.json says that there are 2147483647 layers of llama"),
        ("a layer too few", With("num_hidden_layers", 1), "config.json: num_hidden_layers is 1, but there is a tensor model.layers.1.mlp.gate_proj.weight"),
        ("biases in the MLP", With("mlp_bias", true), "config.json: mlp_bias must be false: the MLP is known without biases only"),
        ("a switch that is none", With("mlp_bias", "no"), "config.json: mlp_bias must be true or false"),
        ("another width", With("hidden_size", 9), "model.safetensors: tensor model.layers.0.mlp.gate_proj.weight is [20, 8], where "),
        ("another hidden width", With("intermediate_size", 21), "config.json makes it [21, 8]"),
        ("another architecture", folder => SmallModel.Edit(folder, Config, json => json["model_type"] = "phi"), "tensor model.layers.0.mlp.fc1.weight is missing"),
        ("no weights", folder => File.Delete(In(folder, "model.safetensors")), ": it has neither model.safetensors nor model.safetensors.index.json"),
        ("weights cut short", folder => File.WriteAllBytes(In(folder, "model.safetensors"), File.ReadAllBytes(In(folder, "model.safetensors"))[..^1]), "the file may have been cut short"),
        ("no up_proj", Weights(entry => entry.Name.Contains("1.mlp.up_proj", StringComparison.Ordinal) ? null : Same(entry)), "tensor model.layers.1.mlp.up_proj.weight is missing"),
        ("a transposed down_proj", Weights(entry => (entry.Name, entry.Type, entry.Name.Contains("down_proj", StringComparison.Ordinal) ? [20, 8] : [.. entry.Shape])), "tensor model.layers.0.mlp.down_proj.weight is [20, 8], where "),
        ("weights without a side", Weights(entry => (entry.Name, entry.Type, entry.Name.Contains("down_proj", StringComparison.Ordinal) ? [160] : [.. entry.Shape])), "tensor model.layers.0.mlp.down_proj.weight is [160], where "),
        ("weights that are no floating-point numbers", Weights(entry => (entry.Name, "I8", [.. entry.Shape])), "tensor model.layers.0.mlp.gate_proj.weight is I8, where one of F64, F32, BF16, F16 is needed"),
        ("weights of eight bits", Weights(entry => (entry.Name, "F8_E4M3", [.. entry.Shape])), "tensor model.layers.0.mlp.gate_proj.weight is F8_E4M3, where one of"),
        ("two types in a layer", Weights(entry => (entry.Name, entry.Name.Contains("1.mlp.down_proj", StringComparison.Ordinal) ? "F16" : "BF16", [.. entry.Shape])), "tensor model.layers.1.mlp.down_proj.weight is F16, where BF16 is needed"),
    ];

    /// <summary>What is done to an OPT in three shards, and what the one line must say.</summary>
    private static readonly (string Name, Action<string> Break, string Says)[] _wrongShards =
    [
        ("a shard that is not there", folder => File.Delete(In(folder, Second)), $"{Second}: there is no such file"),
        ("a shard that is broken", folder => File.WriteAllText(In(folder, Second), "x"), $"{Second}: 1 bytes are no safetensors file"),
        ("an index that is no JSON", folder => File.WriteAllText(In(folder, Index), "x"), $"{Index}: it is not JSON"),
        ("no weight_map", Map(map => map.Parent!.AsObject().Remove("weight_map")), $"{Index}: weight_map must be there, as an object of text"),
        ("a weight_map that is no object", Map(map => map.Parent!["weight_map"] = 1), $"{Index}: weight_map must be there, as an object of text"),
        ("a shard that is no text", Map(map => map["a"] = 1), $"{Index}: weight_map must be there, as an object of text"),
        ("a shard elsewhere", Map(map => map["a"] = "../a.safetensors"), $"{Index}: weight_map: '../a.safetensors' must be the name of a file beside it"),
        ("a shard at a path", Map(map => map["a"] = "/etc/passwd"), $"{Index}: weight_map: '/etc/passwd' must be the name of a file beside it"),
        ("a shard that is the folder above", Map(map => map["a"] = ".."), $"{Index}: weight_map: '..' must be the name of a file beside it"),
        ("a shard with a name that no file has", Map(map => map["a"] = new string('x', 5000)), $"{Index}: weight_map: '{new string('x', 100)}…' must be the name of a file beside it"),
        ("a tensor that there is not", Map(map => map["a"] = First), $"{Index}: weight_map: tensor 'a' must be in the shard that is named for it, and '{First}' does not hold it"),
        ("a tensor in another shard", Map(map => map["model.decoder.embed_tokens.weight"] = Second), $"tensor 'model.decoder.embed_tokens.weight' must be in the shard that is named for it, and '{Second}' does not hold it"),
        ("a tensor that is not listed", Map(map => map.Remove("model.decoder.embed_tokens.weight")), $"{Index}: weight_map: tensor 'model.decoder.embed_tokens.weight' is missing, which "),
        ("a tensor in two shards", folder => File.Copy(In(folder, First), In(folder, Second), overwrite: true), $"{First} too; it must be in one shard"),
        ("half a surrogate pair for a tensor", folder => File.WriteAllText(In(folder, Index), """{"weight_map":{"\ud800":"a.safetensors"}}"""), $"{Index}: a key has half a surrogate pair"),
        ("no biases", With("enable_bias", false), "config.json: enable_bias must be true: the MLP is known with biases only"),
    ];

    public static Test All => Suite.Group(
        "model folders",
        Suite.Group("what is wrong is one line that names it", [.. _wrong.Select(row => Suite.Test(row.Name, () => Refused("llama", SyntheticModel.ShardLength, row.Break, row.Says)))]),
        Suite.Group("what is wrong with shards likewise", [.. _wrongShards.Select(row => Suite.Test(row.Name, () => Refused("opt", ThreeShards, row.Break, row.Says)))]),
        Suite.Test("no folder, and a file for one", () =>
        {
            using TemporaryFolder folder = new();
            foreach (string path in new[] { folder.File("none"), folder.File("a", "a"u8), "" })
            {
                Assert.Equal($"{path}: there is no such folder; name one with config.json and model.safetensors", Assert.Throws<ModelFileException>(() => ModelFolder.Open(path), path).Message, "the line");
            }
        }),
        Suite.Group("each architecture, in one file and in shards", [.. SmallModel.All.SelectMany(shape => new[]
        {
            Suite.Test($"{shape.ModelType}, in one file", () => Opens(shape, SyntheticModel.ShardLength)),
            Suite.Test($"{shape.ModelType}, in shards", () => Opens(shape, 600)),
        })]),
        Suite.Test("the names of an MLP's tensors", () =>
        {
            string p = "model.decoder.layers.3";
            Assert.Equal(new MlpNames(p, $"{p}.fc1.weight", $"{p}.fc1.bias", $"{p}.fc2.weight", $"{p}.fc2.bias", null), SmallModel.Of("opt").Mlp(3), "opt");
            p = "model.layers.3.mlp";
            Assert.Equal(new MlpNames(p, $"{p}.fc1.weight", $"{p}.fc1.bias", $"{p}.fc2.weight", $"{p}.fc2.bias", null), SmallModel.Of("phi").Mlp(3), "phi");
            MlpNames gated = new(p, $"{p}.gate_proj.weight", null, $"{p}.down_proj.weight", null, $"{p}.up_proj.weight");
            Assert.True(SmallModel.Of("llama").Mlp(3) == gated && SmallModel.Of("mistral").Mlp(3) == gated, "llama and mistral");
        }));

    private static void Opens(ModelShape shape, long shardLength)
    {
        using TemporaryFolder parent = new();
        string path = SmallModel.Write(shape.ModelType, parent.File("model"), shardLength);
        using ModelFolder folder = ModelFolder.Open(path);
        Assert.Equal(
            (path, shape.ModelType, shape.ActivationName, shape.Width, shape.Hidden, shape.Layers, shape.IsGated),
            (folder.Path, folder.ModelType, folder.ActivationName, folder.Width, folder.Hidden, folder.Layers, folder.IsGated),
            "what config.json says");
        Assert.True(folder.Mlps.SequenceEqual([shape.Mlp(0), shape.Mlp(1)]), "the MLPs");
        Assert.True(shardLength == 600 == folder.Files.Count > 2, $"{folder.Files.Count} files");
        SyntheticTensor[] tensors = [.. SyntheticTensor.Of(shape, SmallModel.Layers)];
        Assert.Equal(string.Join('\n', tensors.Select(tensor => tensor.Name)), string.Join('\n', folder.Tensors.Select(tensor => tensor.Name)), "tensors");
        foreach (SyntheticTensor tensor in tensors)
        {
            byte[] expected = new byte[2 * tensor.Count];
            SyntheticModel.Fill(SmallModel.Seed, tensor, StorageType.BF16, expected);
            using MappedTensor mapped = folder.Map(tensor.Name);
            Assert.True(mapped.Entry == folder.Find(tensor.Name) && mapped.Entry.Shape.SequenceEqual(tensor.Shape), $"the entry of {tensor.Name}");
            Assert.True(mapped.Bytes(0, expected.Length).SequenceEqual(expected), $"the bytes of {tensor.Name}");
        }

        Assert.True(folder.Find("none") is null, "a tensor that there is not");
        Assert.Throws<ArgumentException>(() => folder.Map("none"), "a tensor that there is not");
    }

    private static void Refused(string modelType, long shardLength, Action<string> change, string says)
    {
        using TemporaryFolder parent = new();
        string path = SmallModel.Write(modelType, parent.File("model"), shardLength);
        change(path);
        string line = Assert.Throws<ModelFileException>(() => ModelFolder.Open(path).Dispose(), says).Message;
        Assert.Contains(says, line, "the line");
        Assert.True(line.StartsWith(path, StringComparison.Ordinal) && !line.Any(char.IsControl), $"one line with the file's name: {line}");
    }

    private static string In(string folder, string name) => Path.Combine(folder, name);


    private static Action<string> With(string key, JsonNode value) => folder => SmallModel.Edit(folder, Config, json => json[key] = value.DeepClone());

    private static Action<string> Without(string key) => folder => SmallModel.Edit(folder, Config, json => json.Remove(key));

    private static Action<string> Map(Action<JsonObject> change) => folder => SmallModel.Edit(folder, Index, json => change(json["weight_map"]!.AsObject()));

    private static Action<string> Weights(Func<TensorEntry, (string Name, string Type, long[] Shape)?> change) => folder => SmallModel.Rewrite(folder, change);

    private static (string Name, string Type, long[] Shape) Same(TensorEntry entry) => (entry.Name, entry.Type, [.. entry.Shape]);
}
