using System.Text.Json;
using System.Text.Json.Nodes;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>
/// Models of every family with seeded weights, small enough to commit, each with the reference's logits for some tokens. Their weights are
/// so large that attention, positions and MLP all show in the logits. llama.cpp, in float32, gives the same for llama2, llama3 and mistral
/// with its window to 2e-6. It looks GELU's tanh form up in a table of half precision, so that phi2, and opt with that form, are the same
/// to 2e-3; where the reference rounds as that table does, to 2e-5.
/// </summary>
internal static class TransformerFixtures
{
    private const double Deviation = 0.25;
    private const double NormDeviation = 0.2;
    private const ulong Seed = 11;

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>The tokens whose logits are committed.</summary>
    public static IReadOnlyList<int> Tokens { get; } = [2, 17, 5, 46, 5, 31, 9, 0, 40, 22, 17, 3];

    public static IReadOnlyList<string> Names { get; } = ["opt", "llama2", "llama3", "mistral", "phi2"];

    /// <summary>Where a committed fixture lies.</summary>
    public static string Folder(string name) => Path.Combine(Repository.Root, "tests", "Fixtures", "transformers", name);

    /// <summary>A fixture's config.json, for a test to change.</summary>
    public static JsonObject Config(string name) => JsonNode.Parse(name switch
    {
        "opt" => """
            {
              "architectures": ["OPTForCausalLM"], "model_type": "opt", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
              "max_position_embeddings": 16, "vocab_size": 48, "bos_token_id": 2, "eos_token_id": 2, "pad_token_id": 1, "torch_dtype": "float32",
              "use_cache": true, "ffn_dim": 64, "activation_function": "gelu", "word_embed_proj_dim": 32, "do_layer_norm_before": true,
              "enable_bias": true, "layer_norm_elementwise_affine": true, "_remove_final_layer_norm": false, "tie_word_embeddings": true
            }
            """,
        "llama2" => """
            {
              "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
              "max_position_embeddings": 32, "vocab_size": 48, "bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "float32", "use_cache": true,
              "intermediate_size": 48, "hidden_act": "silu", "num_key_value_heads": 4, "rms_norm_eps": 0.01, "rope_theta": 10000.0,
              "tie_word_embeddings": false, "attention_bias": false, "mlp_bias": false, "pretraining_tp": 1, "rope_scaling": null
            }
            """,
        "llama3" => """
            {
              "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
              "max_position_embeddings": 256, "vocab_size": 48, "bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "float32", "use_cache": true,
              "intermediate_size": 64, "hidden_act": "silu", "num_key_value_heads": 2, "rms_norm_eps": 1e-05, "rope_theta": 100.0,
              "tie_word_embeddings": true, "attention_bias": false, "mlp_bias": false, "pretraining_tp": 1,
              "rope_scaling": {
                "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32
              }
            }
            """,
        "mistral" => """
            {
              "architectures": ["MistralForCausalLM"], "model_type": "mistral", "hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4,
              "max_position_embeddings": 32, "vocab_size": 48, "bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "float32", "use_cache": true,
              "intermediate_size": 48, "hidden_act": "silu", "num_key_value_heads": 2, "head_dim": 8, "rms_norm_eps": 1e-05, "rope_theta": 1000.0,
              "tie_word_embeddings": false, "sliding_window": 4
            }
            """,
        "phi2" => """
            {
              "architectures": ["PhiForCausalLM"], "model_type": "phi", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
              "max_position_embeddings": 32, "vocab_size": 48, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "float32", "use_cache": true,
              "intermediate_size": 64, "hidden_act": "gelu_new", "num_key_value_heads": 4, "layer_norm_eps": 0.01, "partial_rotary_factor": 0.5,
              "qk_layernorm": false, "rope_theta": 100.0, "rope_scaling": null, "tie_word_embeddings": false
            }
            """,
        _ => throw new ArgumentException($"no fixture {name}", nameof(name)),
    })!.AsObject();

    /// <summary>Writes all of them where they are committed.</summary>
    public static int WriteAll()
    {
        foreach (string name in Names)
        {
            Write(name, Folder(name));
        }

        return 0;
    }

    /// <summary>Writes a fixture into a folder: the model, and logits.json.</summary>
    public static void Write(string name, string folder)
    {
        Write(folder, Config(name), Seed);
        IEnumerable<string> rows = ReferenceTransformer.Logits(folder, Tokens).Select(row => JsonSerializer.Serialize(row));
        File.WriteAllText(Path.Combine(folder, "logits.json"), $"{{\"tokens\":{JsonSerializer.Serialize(Tokens)},\"logits\":[\n{string.Join(",\n", rows)}\n]}}\n");
    }

    /// <summary>Writes a model of any of the families into a folder, as its config.json asks.</summary>
    public static void Write(string folder, JsonObject config, ulong seed)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString(_indented) + "\n");
        (string Name, string Type, long[] Shape)[] tensors = [.. TensorsOf(config).Select(tensor => (tensor.Name, StorageType.F32.Code, tensor.Shape))];
        using SafeTensorsWriter writer = new(Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        foreach ((string name, _, long[] shape) in tensors)
        {
            writer.Write(Entries(seed, name, shape));
        }

        writer.Commit();
    }

    /// <summary>The committed logits.</summary>
    public static (int[] Tokens, double[][] Logits) Committed(string folder)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "logits.json")))!;
        return (json["tokens"].Deserialize<int[]>()!, json["logits"].Deserialize<double[][]>()!);
    }

    /// <summary>Normal entries with mean 0, and with mean 1 for what norms multiply by.</summary>
    private static byte[] Entries(ulong seed, string name, long[] shape)
    {
        bool isScale = shape.Length == 1 && name.EndsWith(".weight", StringComparison.Ordinal);
        int count = (int)shape.Aggregate(1L, (product, side) => product * side);
        byte[] drawn = new byte[count * StorageType.F64.Size];
        SyntheticModel.Fill(seed, name, shape.Length == 1 ? NormDeviation : Deviation, StorageType.F64, drawn);
        double[] values = new double[count];
        StorageType.F64.Read(drawn, values);
        byte[] bytes = new byte[count * StorageType.F32.Size];
        StorageType.F32.Write(isScale ? [.. values.Select(value => 1 + value)] : values, bytes);
        return bytes;
    }

    private static IEnumerable<(string Name, long[] Shape)> TensorsOf(JsonObject config)
    {
        int Count(string key) => config[key]!.GetValue<int>();
        bool Flag(string key, bool missing) => config[key]?.GetValue<bool>() ?? missing;
        string type = config["model_type"]!.GetValue<string>();
        (int width, int vocabulary, int heads) = (Count("hidden_size"), Count("vocab_size"), Count("num_attention_heads"));
        int headWidth = config["head_dim"]?.GetValue<int>() ?? width / heads;
        int keyValueWidth = (config["num_key_value_heads"]?.GetValue<int>() ?? heads) * headWidth;
        IEnumerable<string> layers = Enumerable.Range(0, Count("num_hidden_layers")).Select(layer => $"{(type == "opt" ? "model.decoder" : "model")}.layers.{layer}");

        IEnumerable<(string, long[])> Linear(string path, int outputs, int inputs, bool biased) =>
            [($"{path}.weight", [outputs, inputs]), .. biased ? [($"{path}.bias", [outputs])] : Array.Empty<(string, long[])>()];
        IEnumerable<(string, long[])> Norm(string path, bool biased) =>
            [($"{path}.weight", [width]), .. biased ? [($"{path}.bias", [width])] : Array.Empty<(string, long[])>()];
        IEnumerable<(string, long[])> Attention(string path, string output, bool biased) =>
        [
            .. Linear($"{path}.self_attn.q_proj", heads * headWidth, width, biased), .. Linear($"{path}.self_attn.k_proj", keyValueWidth, width, biased),
            .. Linear($"{path}.self_attn.v_proj", keyValueWidth, width, biased), .. Linear($"{path}.self_attn.{output}", width, heads * headWidth, biased),
        ];
        IEnumerable<(string, long[])> Head(string embedding, bool tied, bool biased) =>
            [(embedding, [vocabulary, width]), .. tied ? [] : Linear("lm_head", vocabulary, width, biased)];

        return type switch
        {
            "opt" =>
            [
                .. Head("model.decoder.embed_tokens.weight", Flag("tie_word_embeddings", true), biased: false),
                ("model.decoder.embed_positions.weight", [Count("max_position_embeddings") + 2, width]),
                .. Norm("model.decoder.final_layer_norm", biased: true),
                .. layers.SelectMany(path => (IEnumerable<(string, long[])>)
                [
                    .. Attention(path, "out_proj", biased: true), .. Norm($"{path}.self_attn_layer_norm", biased: true),
                    .. Linear($"{path}.fc1", Count("ffn_dim"), width, biased: true), .. Linear($"{path}.fc2", width, Count("ffn_dim"), biased: true),
                    .. Norm($"{path}.final_layer_norm", biased: true),
                ]),
            ],
            "phi" =>
            [
                .. Head("model.embed_tokens.weight", tied: false, biased: true), .. Norm("model.final_layernorm", biased: true),
                .. layers.SelectMany(path => (IEnumerable<(string, long[])>)
                [
                    .. Attention(path, "dense", biased: true), .. Norm($"{path}.input_layernorm", biased: true),
                    .. Linear($"{path}.mlp.fc1", Count("intermediate_size"), width, biased: true),
                    .. Linear($"{path}.mlp.fc2", width, Count("intermediate_size"), biased: true),
                ]),
            ],
            _ =>
            [
                .. Head("model.embed_tokens.weight", Flag("tie_word_embeddings", false), biased: false), .. Norm("model.norm", biased: false),
                .. layers.SelectMany(path => (IEnumerable<(string, long[])>)
                [
                    .. Attention(path, "o_proj", Flag("attention_bias", false)), .. Norm($"{path}.input_layernorm", biased: false),
                    .. Linear($"{path}.mlp.gate_proj", Count("intermediate_size"), width, biased: false),
                    .. Linear($"{path}.mlp.up_proj", Count("intermediate_size"), width, biased: false),
                    .. Linear($"{path}.mlp.down_proj", width, Count("intermediate_size"), biased: false),
                    .. Norm($"{path}.post_attention_layernorm", biased: false),
                ]),
            ],
        };
    }
}
