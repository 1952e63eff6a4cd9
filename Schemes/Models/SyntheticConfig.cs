using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wager.Schemes.Models;

/// <summary>The small files beside a model's weights, with the fields that the published models have.</summary>
internal static class SyntheticConfig
{
    /// <summary>The token that OPT fills up batches with.</summary>
    public const int OptPadToken = 1;

    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true };

    /// <summary>config.json.</summary>
    public static string Of(ModelShape shape, int layers, StorageType storage)
    {
        JsonObject config = new()
        {
            ["architectures"] = new JsonArray(Architecture(shape.ModelType)),
            ["model_type"] = shape.ModelType,
            ["hidden_size"] = shape.Width,
            ["num_hidden_layers"] = layers,
            ["num_attention_heads"] = shape.Heads,
            ["max_position_embeddings"] = shape.Positions,
            ["vocab_size"] = shape.Vocabulary,
            ["bos_token_id"] = shape.BeginToken,
            ["eos_token_id"] = shape.EndToken,
            ["torch_dtype"] = TorchName(storage),
            ["use_cache"] = true,
            [shape.Family.HiddenKey] = shape.Hidden,
            [shape.Family.ActivationKey] = shape.ActivationName,
        };
        foreach ((string key, JsonNode? value) in OfFamily(shape))
        {
            config[key] = value;
        }

        return Text(config);
    }

    /// <summary>model.safetensors.index.json.</summary>
    /// <param name="length">The bytes of all tensors.</param>
    /// <param name="shards">The tensors with their files.</param>
    public static string Index(long length, IEnumerable<(string Tensor, string Shard)> shards)
    {
        JsonObject map = [];
        foreach ((string tensor, string shard) in shards.OrderBy(pair => pair.Tensor, StringComparer.Ordinal))
        {
            map[tensor] = shard;
        }

        return new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = length }, ["weight_map"] = map }.ToJsonString(_options) + "\n";
    }

    /// <summary>A file's text.</summary>
    public static string Text(JsonObject json) => json.ToJsonString(_options) + "\n";

    private static IEnumerable<(string Key, JsonNode? Value)> OfFamily(ModelShape shape) => shape.ModelType switch
    {
        "opt" =>
        [
            ("init_std", shape.InitializerRange), ("word_embed_proj_dim", shape.Width), ("do_layer_norm_before", true), ("enable_bias", true),
            ("layer_norm_elementwise_affine", true), ("_remove_final_layer_norm", false), ("pad_token_id", OptPadToken), ("tie_word_embeddings", true),
        ],
        "phi" =>
        [
            ("initializer_range", shape.InitializerRange), ("num_key_value_heads", shape.KeyValueHeads), ("layer_norm_eps", 1e-5),
            ("partial_rotary_factor", 0.4), ("qk_layernorm", false), ("rope_theta", shape.RotaryBase), ("rope_scaling", null), ("tie_word_embeddings", false),
        ],
        "mistral" => [.. OfLlama(shape), ("sliding_window", shape.SlidingWindow)],
        _ => [.. OfLlama(shape), ("attention_bias", false), ("mlp_bias", false), ("pretraining_tp", 1), ("rope_scaling", null)],
    };

    private static IEnumerable<(string Key, JsonNode? Value)> OfLlama(ModelShape shape) =>
    [
        ("initializer_range", shape.InitializerRange), ("num_key_value_heads", shape.KeyValueHeads), ("rms_norm_eps", 1e-5),
        ("rope_theta", shape.RotaryBase), ("tie_word_embeddings", false),
    ];

    private static string Architecture(string modelType) => modelType switch
    {
        "opt" => "OPTForCausalLM",
        "phi" => "PhiForCausalLM",
        "mistral" => "MistralForCausalLM",
        _ => "LlamaForCausalLM",
    };

    private static string TorchName(StorageType storage) =>
        storage == StorageType.BF16 ? "bfloat16"
        : storage == StorageType.F16 ? "float16"
        : storage == StorageType.F32 ? "float32"
        : "float64";
}
