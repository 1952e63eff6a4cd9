using System.Text.Json;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using IOPath = System.IO.Path;

namespace Wager.Schemes.Transformers;

/// <summary>What config.json says of a transformer beyond its MLPs.</summary>
/// <param name="Model">Its architecture and its MLPs.</param>
/// <param name="Activation">The MLPs' activation.</param>
/// <param name="Heads">H, the attention heads of queries.</param>
/// <param name="KeyValueHeads">Those of keys and values, a divisor of H.</param>
/// <param name="HeadWidth">The entries of a head.</param>
/// <param name="Vocabulary">How many tokens there are.</param>
/// <param name="Positions">The most tokens of a text: the context.</param>
/// <param name="NormEpsilon">What norms add before the root.</param>
/// <param name="Rotary">The rotary positions; null where positions are learned.</param>
/// <param name="SlidingWindow">How many tokens, itself included, a token sees; null where it sees all before it.</param>
/// <param name="HasTiedHead">Whether the head is the embedding.</param>
/// <param name="HasAttentionBias">Whether the projections of attention have biases.</param>
/// <param name="EndTokens">The tokens that end a text; may be empty.</param>
public sealed record TransformerConfig(
    ModelConfig Model,
    Activation Activation,
    int Heads,
    int KeyValueHeads,
    int HeadWidth,
    int Vocabulary,
    int Positions,
    double NormEpsilon,
    Rotary? Rotary,
    int? SlidingWindow,
    bool HasTiedHead,
    bool HasAttentionBias,
    IReadOnlyList<int> EndTokens)
{
    /// <summary>Mistral's, where the file does not say; null says that there is none.</summary>
    private const int UsualWindow = 4096;

    /// <summary>As many positions as the longest contexts have; of each the angles are kept.</summary>
    private const int MostPositions = 1 << 20;

    private const double LayerNormEpsilon = 1e-5;
    private const double RootMeanSquareEpsilon = 1e-6;

    /// <summary>Reads what a model's config.json says, and of the tokens that end a text generation_config.json, where that says it.</summary>
    /// <exception cref="ModelFileException">It is not there, no number, or of a kind that is not known.</exception>
    public static TransformerConfig Read(ModelConfig model)
    {
        JsonFile json = model.Json;
        int heads = json.Size("num_attention_heads");
        int keyValueHeads = Has(json, "num_key_value_heads") ? json.Size("num_key_value_heads") : heads;
        int headWidth = Has(json, "head_dim") ? json.Size("head_dim") : model.Width / heads;
        Activation activation = Activation.Find(model.ActivationName)
            ?? throw json.Refused($"the activation {ModelFileException.Quoted(model.ActivationName)} is not known; there are {string.Join(", ", Activation.All)}");
        if (heads % keyValueHeads != 0 || (model.Width % heads != 0 && !Has(json, "head_dim")))
        {
            throw json.Refused($"{heads} attention heads must divide hidden_size, {model.Width}, and {keyValueHeads} key-value heads must divide them");
        }

        int positions = json.Size("max_position_embeddings");
        if (positions > MostPositions)
        {
            throw json.Refused($"max_position_embeddings must be at most {MostPositions}");
        }

        TransformerConfig config = new(
            model, activation, heads, keyValueHeads, headWidth, json.Size("vocab_size"), positions, LayerNormEpsilon, null, null,
            json.Switch("tie_word_embeddings") ?? model.ModelType == "opt", false, EndsOf(model));
        return model.ModelType switch
        {
            "opt" => OfOpt(config, json),
            "phi" => Refusing(json, "qk_layernorm", true, config with
            {
                NormEpsilon = Epsilon(json, "layer_norm_eps", LayerNormEpsilon),
                Rotary = Rotary.Read(json, headWidth, Number(json, json.Root, "partial_rotary_factor", 0.5)),
                HasAttentionBias = true,
            }),
            _ => config with
            {
                NormEpsilon = Epsilon(json, "rms_norm_eps", RootMeanSquareEpsilon),
                Rotary = Rotary.Read(json, headWidth, 1),
                SlidingWindow = model.ModelType == "mistral" ? Window(json) : null,
                HasAttentionBias = json.Switch("attention_bias") ?? false,
            },
        };
    }

    /// <summary>A number; the other where it is not there, which null says must not be.</summary>
    internal static double Number(JsonFile json, JsonElement of, string key, double? otherwise) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw json.Refused($"{key} must be a number")
            : otherwise ?? throw json.Refused($"{key} must be there, as a number");

    private static TransformerConfig OfOpt(TransformerConfig config, JsonFile json)
    {
        if (Has(json, "word_embed_proj_dim") && json.Size("word_embed_proj_dim") != config.Model.Width)
        {
            throw json.Refused($"word_embed_proj_dim must be hidden_size, {config.Model.Width}: embeddings of another width are not known");
        }

        Refusing(json, "_remove_final_layer_norm", true, config);
        Refusing(json, "layer_norm_elementwise_affine", false, config);
        return Refusing(json, "do_layer_norm_before", false, config with { HasAttentionBias = true });
    }

    private static TransformerConfig Refusing(JsonFile json, string key, bool refused, TransformerConfig config) =>
        json.Switch(key) == refused ? throw json.Refused($"{key} must be {(refused ? "false" : "true")}: the other is not known") : config;

    private static int? Window(JsonFile json) =>
        !json.Root.TryGetProperty("sliding_window", out _) ? UsualWindow : Has(json, "sliding_window") ? json.Size("sliding_window") : null;

    private static double Epsilon(JsonFile json, string key, double otherwise) =>
        Number(json, json.Root, key, otherwise) is var epsilon and >= 0 ? epsilon : throw json.Refused($"{key} must be 0 or more");

    internal static bool Has(JsonFile json, string key) => json.Root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    private static int[] EndsOf(ModelConfig model)
    {
        string generation = IOPath.Combine(IOPath.GetDirectoryName(model.Path) ?? "", "generation_config.json");
        JsonFile json = File.Exists(generation) ? new(generation) : model.Json;
        return Has(json, "eos_token_id") ? Ends(json) : Ends(model.Json);
    }

    private static int[] Ends(JsonFile json)
    {
        if (!Has(json, "eos_token_id"))
        {
            return [];
        }

        JsonElement ends = json.Root.GetProperty("eos_token_id");
        JsonElement[] each = ends.ValueKind == JsonValueKind.Array ? [.. ends.EnumerateArray()] : [ends];
        return [.. each.Select(end => end.ValueKind == JsonValueKind.Number && end.TryGetInt32(out int token) ? token
            : throw json.Refused("eos_token_id must be a token, or a list of tokens"))];
    }
}
