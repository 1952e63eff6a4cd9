using System.Text;
using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>Wrong use of the verbs that run whole models, and models and releases that are none: one line, exit code 2, and nothing left behind.</summary>
internal static class GenerateRefusalTests
{
    private const string Embedding = "model.decoder.embed_tokens.weight";
    private const string Attention = "model.decoder.layers.1.self_attn.q_proj.weight";

    /// <summary>MODEL is a tiny OPT, LLAMA another model, RELEASE the folder of its release, TEXT a text, HERE a folder with a file, empty and blank texts and one in Latin 1, and OUT nothing yet.</summary>
    private static readonly (string Arguments, string Says)[] _wrong =
    [
        ("generate MODEL", "--prompt is missing: the text to go on with"),
        ("generate HERE --prompt a", "HERE/config.json"),
        ("generate OUT --prompt a", "OUT: there is no such folder"),
        ("generate MODEL --prompt a --tokens 0", "--tokens 0: must be a whole number from 1 to"),
        ("generate MODEL --prompt a --tokens 300", "2 tokens, and 300 to come, are beyond the context of 256"),
        ("generate MODEL --prompt LONG", "are beyond the context of 256; give a shorter text, or fewer --tokens"),
        ("generate MODEL --prompt a --form nonsense", "unknown form 'nonsense'"),
        ("generate MODEL --prompt a --form released", "MODEL is a model, not a release"),
        ("generate MODEL --prompt a --truth MODEL", "--truth is for a released folder"),
        ("generate RELEASE --prompt a --form original", "name the model that it was made of with --truth"),
        ("generate RELEASE --prompt a --truth LLAMA", "--truth LLAMA: it is another model than RELEASE was made of"),
        ("generate MODEL --prompt a --temperature -1", "--temperature -1: must be a number from 0 to 100"),
        ("generate MODEL --prompt a --temperature NaN", "--temperature NaN: must be a number from 0 to 100"),
        ("generate MODEL --prompt a --top-k 3", "--top-k is of drawn tokens: give --temperature too"),
        ("generate MODEL --prompt a --top-p 0.5", "--top-p is of drawn tokens: give --temperature too"),
        ("generate MODEL --prompt a --temperature 1 --top-k 0", "--top-k 0: must be a whole number from 1 to"),
        ("generate MODEL --prompt a --temperature 1 --top-p 1.5", "--top-p 1.5: must be a number from"),
        ("generate MODEL --prompt a --dtype f15", "unknown storage type 'f15'"),
        ("calibrate MODEL --text TEXT", "-o is missing"),
        ("calibrate MODEL -o OUT", "--text is missing"),
        ("calibrate MODEL --text OUT -o OUT2", "OUT: there is no such file"),
        ("calibrate MODEL --text HERE -o OUT", "HERE: this is a folder, where a file is needed"),
        ("calibrate MODEL --text HERE/empty -o OUT", "HERE/empty: it is empty, or no plain file"),
        ("calibrate MODEL --text HERE/blank -o OUT", "HERE/blank: it has no text; name a file with some"),
        ("calibrate MODEL --text HERE/latin -o OUT", "HERE/latin: it is not UTF-8 throughout"),
        ("calibrate MODEL --text HERE/utf16 -o OUT", "HERE/utf16: it is not UTF-8 throughout"),
        ("calibrate MODEL --text HERE/latin -o HERE/latin", "which is read; name another file"),
        ("calibrate MODEL --text TEXT -o MODEL/model.safetensors", "which is read; name another file"),
        ("calibrate MODEL --text TEXT -o HERE", "-o HERE: cannot be written (it names no file)"),
        ("calibrate MODEL --text TEXT -o OUT/z", "-o OUT/z: cannot be written"),
        ("calibrate MODEL --text TEXT -o OUT --window 300", "--window 300: must be a whole number from 2 to 256"),
        ("calibrate MODEL --text TEXT -o OUT --window 1", "--window 1: must be a whole number from 2 to 256"),
        ("calibrate MODEL --text TEXT -o OUT --tokens 0", "--tokens 0: must be a whole number from 1"),
        ("calibrate RELEASE --text TEXT -o OUT", "RELEASE: it has neither model.safetensors nor"),
        ("release MODEL --folder", "-o is missing: the folder to write the release into"),
        ("release MODEL --folder -o HERE", "HERE: it is there already, and not empty"),
        ("release MODEL --folder -o MODEL", "MODEL: it is there already, and not empty"),
        ("release MODEL --folder -o OUT --z-range TEXT", "TEXT"),
        ("attack RELEASE -o HERE", "HERE: it is there already, and not empty"),
        ("attack RELEASE -o HERE/latin", "HERE/latin: it is there already, and not empty"),
        ("attack RELEASE -o OUT --truth LLAMA", "name the model that was released"),
    ];

    /// <summary>What config.json may not say, of a family, and what the line must.</summary>
    private static readonly (string Family, Action<JsonObject> Change, string Says)[] _configs =
    [
        ("opt", config => config["model_type"] = "gpt5", "model_type 'gpt5' is not known"),
        ("opt", config => config["num_attention_heads"] = 5, "5 attention heads must divide hidden_size, 64"),
        ("opt", config => config.Remove("num_attention_heads"), "num_attention_heads must be there"),
        ("opt", config => config.Remove("vocab_size"), "vocab_size must be there"),
        ("opt", config => config["vocab_size"] = 600, "tensor model.decoder.embed_tokens.weight is [512, 64], where"),
        ("opt", config => config["vocab_size"] = 300, "its tokenizer has tokens up to 511"),
        ("opt", config => config["max_position_embeddings"] = 100, "tensor model.decoder.embed_positions.weight is [258, 64]"),
        ("opt", config => config["max_position_embeddings"] = int.MaxValue, "max_position_embeddings must be at most 1048576"),
        ("opt", config => config["activation_function"] = "step", "the activation 'step' is not known"),
        ("opt", config => config["do_layer_norm_before"] = false, "do_layer_norm_before must be true"),
        ("opt", config => config["eos_token_id"] = "x", "eos_token_id must be a token, or a list of tokens"),
        ("phi", config => config["eos_token_id"] = new JsonArray(2, 1.5), "eos_token_id must be a token, or a list of tokens"),
        ("llama", config => config["head_dim"] = 0, "head_dim must be there, as a whole number from 1"),
        ("llama", config => config["num_key_value_heads"] = 3, "3 key-value heads must divide them"),
        ("llama", config => config["rms_norm_eps"] = -1, "rms_norm_eps must be 0 or more"),
        ("llama", config => config["rms_norm_eps"] = "small", "rms_norm_eps must be a number"),
        ("llama", config => config["rope_theta"] = 0, "rope_theta must be above 0"),
        ("llama", config => config["rope_scaling"] = "linear", "rope_scaling must be an object, or null"),
        ("llama", config => config["rope_scaling"] = new JsonObject { ["rope_type"] = "yarn" }, "the rotary scaling 'yarn' is not known"),
        ("llama", config => config["rope_scaling"] = new JsonObject { ["rope_type"] = 3 }, "the type of the rotary scaling must be a text"),
        ("llama", config => config["rope_scaling"] = new JsonObject { ["type"] = "linear" }, "factor must be there, as a number"),
        ("llama", config => config["rope_scaling"] = new JsonObject { ["type"] = "linear", ["factor"] = 0 }, "factor of the rotary scaling must be above 0"),
        ("mistral", config => config["sliding_window"] = 0, "sliding_window must be there, as a whole number from 1"),
        ("phi", config => config["partial_rotary_factor"] = 2, "that must be an even number from 2 to 16"),
        ("phi", config => config["qk_layernorm"] = true, "qk_layernorm must be false"),
    ];

    /// <summary>What may be wrong with a model's other files, and what the line must say.</summary>
    private static readonly (string Name, Action<string> Change, string Says)[] _models =
    [
        .. new[] { Attention, Embedding, "model.decoder.embed_positions.weight", "model.decoder.final_layer_norm.bias", "model.decoder.layers.0.self_attn_layer_norm.weight" }.Select(
            name => ($"without {name}", Without(name), $"tensor {name} is missing")),
        ("without a head of its own", folder => SmallModel.Edit(folder, "config.json", config => config["tie_word_embeddings"] = false), "tensor lm_head.weight is missing"),
        ("attention of another shape", folder => SmallModel.Rewrite(folder, entry => (entry.Name, entry.Type, entry.Name == Attention ? [64, 63] : [.. entry.Shape])), $"tensor {Attention} is [64, 63]"),
        ("attention of whole numbers", folder => SmallModel.Rewrite(folder, entry => (entry.Name, entry.Name == Attention ? "I32" : entry.Type, [.. entry.Shape])), $"tensor {Attention} is I32"),
        ("attention that is no number", NotFinite, "original: a logit is not a finite number"),
        ("without a tokenizer", folder => File.Delete(Path.Combine(folder, "tokenizer.json")), "it has no tokenizer"),
        ("a tokenizer that is no JSON", folder => File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{"), "tokenizer.json"),
        ("a tokenizer of another kind", folder => SmallModel.Edit(folder, "tokenizer.json", json => json["model"]!["type"] = "WordPiece"), "WordPiece"),
        ("ends that are none", folder => File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"eos_token_id": "x"}"""), "generation_config.json: eos_token_id must be a token"),
    ];

    /// <summary>Likewise with a released folder's.</summary>
    private static readonly (string Name, string Family, Action<string> Change, string Says)[] _releases =
    [
        ("more layers", "opt", folder => SmallModel.Edit(folder, "config.json", config => config["num_hidden_layers"] = 3), "model.decoder.layers.2 is not released"),
        ("fewer layers", "opt", folder => SmallModel.Edit(folder, "config.json", config => config["num_hidden_layers"] = 1), "it has 2 released MLPs"),
        ("another hidden width", "opt", folder => SmallModel.Edit(folder, "config.json", config => config["ffn_dim"] = 128), "model.decoder.layers.0 is a MLP 64-256-64"),
        ("another activation than is expanded", "opt", folder => SmallModel.Edit(folder, "config.json", config => config["activation_function"] = "relu"), "activation_function is 'relu', where"),
        ("without config.json", "opt", folder => File.Delete(Path.Combine(folder, "config.json")), "config.json"),
        ("without the embedding", "opt", Without(Embedding, ReleasedFolder.ReleaseName), $"tensor {Embedding} is missing"),
        ("without a norm", "llama", Without("model.norm.weight", ReleasedFolder.ReleaseName), "tensor model.norm.weight is missing"),
        ("without U", "llama", Without("model.layers.1.mlp.up_proj.weight", ReleasedFolder.ReleaseName), "tensor model.layers.1.mlp.up_proj.weight is missing"),
        ("without an order", "llama", Without("model.layers.1.mlp.taylor.theta.8", ReleasedFolder.ReleaseName), "tensor model.layers.1.mlp.taylor.theta.8 is missing"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "refused generation",
        Suite.Group("wrong use", [.. _wrong.Select(row => Suite.Test(row.Arguments, () => Refused(row.Arguments, row.Says)))]),
        Suite.Test("an empty prompt", () => CommandLine.IsRefused(CommandLine.Run("generate", TinyModel.Of("opt").Folder, "--prompt", ""), "--prompt is empty")),
        Suite.Group("config.json", [.. _configs.Select(row => Suite.Test($"{row.Family}: {row.Says}", () => Changed(TinyModel.Of(row.Family).Folder, folder => SmallModel.Edit(folder, "config.json", row.Change), row.Says)))]),
        Suite.Group("a model", [.. _models.Select(row => Suite.Test(row.Name, () => Changed(TinyModel.Of("opt").Folder, row.Change, row.Says)))]),
        Suite.Group("a release", [.. _releases.Select(row => Suite.Test(row.Name, () => Changed(TinyModel.Of(row.Family).Released(), row.Change, row.Says)))]),
        Suite.Test("a truth of another vocabulary", () =>
        {
            using TemporaryFolder folder = new();
            string truth = folder.File("truth");
            SyntheticModel.Write(ModelShape.Find("opt-tiny")! with { Vocabulary = 300 }, 2, StorageType.F32, 1, truth);
            CommandLine.IsRefused(CommandLine.Run("generate", TinyModel.Of("opt").Released(), "--prompt", "zebra", "--truth", truth), "it is another model than");
        })));

    private static void Refused(string arguments, string says)
    {
        TinyModel model = TinyModel.Of("opt");
        (string Name, string Value)[] named =
        [
            ("RELEASE", model.Released()), ("MODEL", model.Folder), ("LLAMA", TinyModel.Of("llama").Folder), ("TEXT", TinyModel.TextFile), ("LONG", string.Concat(Enumerable.Repeat("?", 300))),
        ];
        using TemporaryFolder folder = new();
        string here = Directory.CreateDirectory(folder.File("here")).FullName;
        File.WriteAllBytes(Path.Combine(here, "empty"), []);
        File.WriteAllText(Path.Combine(here, "blank"), " \r\n\t\n ");
        File.WriteAllBytes(Path.Combine(here, "latin"), Encoding.Latin1.GetBytes("Äpfel"));
        File.WriteAllText(Path.Combine(here, "utf16"), "text", Encoding.Unicode);
        string Named(string text) => named.Append(("HERE", here)).Append(("OUT", folder.File("out"))).Aggregate(text, (sofar, name) => sofar.Replace(name.Item1, name.Item2, StringComparison.Ordinal));
        string names = TinyModel.Names;
        CommandLine.IsRefused(CommandLine.Run(Named(arguments).Split(' ')), Named(says));
        Assert.Equal("here", folder.Names(), "files");
        Assert.Equal("blank empty latin utf16", string.Join(' ', Directory.EnumerateFileSystemEntries(here).Select(Path.GetFileName).Order()), "files here");
        Assert.Equal(names, TinyModel.Names, "files of the models");
    }

    private static void Changed(string original, Action<string> change, string says)
    {
        using TemporaryFolder folder = new();
        string copy = Directory.CreateDirectory(folder.File("copy")).FullName;
        foreach (string file in Directory.GetFiles(original))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        change(copy);
        CommandLine.IsRefused(CommandLine.Run("generate", copy, "--prompt", "a", "--tokens", "2", "--threads", "1"), says);
        Assert.Equal("copy", folder.Names(), "files");
    }

    private static Action<string> Without(string tensor, string file = ModelFolder.SingleName) =>
        folder => SmallModel.Rewrite(folder, entry => entry.Name == tensor ? null : (entry.Name, entry.Type, [.. entry.Shape]), file);

    /// <summary>Writes no numbers where attention's are.</summary>
    internal static void NotFinite(string folder)
    {
        string path = Path.Combine(folder, ModelFolder.SingleName);
        (TensorEntry Entry, byte[] Bytes)[] tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(path))
        {
            tensors = [.. file.Tensors.Select(entry =>
            {
                using MappedTensor tensor = file.Map(entry);
                return (entry, tensor.Bytes(0, (int)tensor.Length).ToArray());
            })];
        }

        using SafeTensorsWriter writer = new(path, [.. tensors.Select(tensor => (tensor.Entry.Name, tensor.Entry.Type, tensor.Entry.Shape.ToArray()))], new Dictionary<string, string>());
        foreach ((TensorEntry entry, byte[] bytes) in tensors)
        {
            writer.Write(entry.Name == Attention ? [.. bytes.Select(_ => byte.MaxValue)] : bytes);
        }

        writer.Commit();
    }
}
