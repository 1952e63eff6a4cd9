using System.Globalization;
using System.Text.Json;
using Wager.Schemes.Models;
using IOPath = System.IO.Path;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// What the small files beside a vocabulary say: tokenizer_config.json, special_tokens_map.json where that says nothing, added_tokens.json,
/// and of config.json the model_type, whose tokenizers have their own ways where nothing else is said. Each may be absent.
/// </summary>
internal sealed class TokenizerConfig
{
    private static readonly string[] _roles = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    private readonly JsonFile? _config;
    private readonly Dictionary<string, string> _named = [];

    /// <summary>Reads a folder's.</summary>
    /// <exception cref="ModelFileException">A file is there, and is not what it should be.</exception>
    public TokenizerConfig(string folder)
    {
        _config = Read(folder, "tokenizer_config.json");
        JsonFile? map = Read(folder, "special_tokens_map.json");
        foreach (JsonFile file in new[] { _config, map }.OfType<JsonFile>())
        {
            foreach (string role in _roles)
            {
                if (file.Root.TryGetProperty(role, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                {
                    _named.TryAdd(role, JsonFile.TextOf(value) ?? AddedToken.Of(file, role, value, 0).Content);
                }
            }
        }

        ModelType = Read(folder, "config.json")?.Root.TryGetProperty("model_type", out JsonElement type) == true ? JsonFile.TextOf(type) : null;
        Added = [.. OfDecoder(), .. OfList(Read(folder, "added_tokens.json"))];
    }

    /// <summary>The model's architecture; null where none is named.</summary>
    public string? ModelType { get; }

    /// <summary>Whether a text begins with a token; null where nothing is said.</summary>
    public bool? AddsBegin => _config?.Switch("add_bos_token");

    /// <summary>Whether it ends with one.</summary>
    public bool AddsEnd => _config?.Switch("add_eos_token") ?? false;

    /// <summary>Whether a space is put before a text that begins with none.</summary>
    public bool AddsSpace => _config?.Switch("add_prefix_space") ?? false;

    /// <summary>Whether what follows an added token is encoded as a text's beginning is.</summary>
    public bool IsLegacy => _config?.Switch("legacy") ?? true;

    /// <summary>The token that begins a text; null where none is named.</summary>
    public string? Begin => _named.GetValueOrDefault("bos_token");

    /// <summary>The token that ends one; null where none is named.</summary>
    public string? End => _named.GetValueOrDefault("eos_token");

    /// <summary>All tokens that are named for what they do.</summary>
    public IEnumerable<string> Named => _named.Values.Distinct();

    /// <summary>The tokens that are given with their ids.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    private static JsonFile? Read(string folder, string name) => IOPath.Combine(folder, name) is var path && File.Exists(path) ? new(path) : null;

    private IEnumerable<AddedToken> OfDecoder()
    {
        if (_config?.Root.TryGetProperty("added_tokens_decoder", out JsonElement decoder) != true)
        {
            yield break;
        }

        foreach (JsonProperty property in Properties(_config!, "added_tokens_decoder", decoder))
        {
            string name = JsonFile.NameOf(property) ?? "";
            int id = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
                : throw _config!.Refused($"added_tokens_decoder: {ModelFileException.Quoted(name)} must be an id");
            yield return AddedToken.Of(_config!, $"added_tokens_decoder: {id}", property.Value, id);
        }
    }

    private static IEnumerable<AddedToken> OfList(JsonFile? file) =>
        file is null ? []
        : Vocabulary.Of(file, "it", file.Root).Ids.Select(pair => new AddedToken(pair.Value, pair.Key, IsSpecial: false));

    private static IEnumerable<JsonProperty> Properties(JsonFile file, string place, JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw file.Refused($"{place} must be an object");
}
