using System.Text.Json;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>tokenizer.json, where it is byte-level BPE: as GPT-2's, Phi's, Llama 3's and OPT's are.</summary>
internal static class TokenizerJson
{
    private const string Supported = "supported are byte-level BPE in tokenizer.json or in vocab.json with merges.txt, and SentencePiece BPE in tokenizer.model";

    private static readonly string[] _noneThere = ["normalizer", "continuing_subword_prefix", "end_of_word_suffix"];

    /// <summary>What it is, where it is not byte-level BPE; null where it is.</summary>
    public static string? OtherKind(JsonFile file)
    {
        string type = TypeOf(Part(file.Root, "model")) ?? throw file.Refused("model must be there, as an object with text in its type");
        return type != "BPE" ? type : Steps(file, "pre_tokenizer", "pretokenizers").Any(step => TypeOf(step) == "ByteLevel") ? null : "BPE without a ByteLevel pre_tokenizer";
    }

    /// <summary>That it is none that can be read.</summary>
    public static ModelFileException Unsupported(JsonFile file, string kind) => file.Refused($"unsupported tokenizer {ModelFileException.Quoted(kind)}; {Supported}");

    /// <summary>Reads one.</summary>
    /// <exception cref="ModelFileException">It is not what it should be.</exception>
    public static TokenizerParts Read(JsonFile file, TokenizerConfig config)
    {
        JsonElement model = Part(file.Root, "model");
        foreach (string key in _noneThere)
        {
            if (new[] { file.Root, model }.Any(json => Part(json, key).ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) && JsonFile.TextOf(Part(json, key)) != ""))
            {
                throw Unsupported(file, $"with a {key}");
            }
        }

        Vocabulary vocabulary = Vocabulary.Of(file, "model.vocab", Part(model, "vocab"));
        AddedToken[] added = TokenizerParts.Join(vocabulary, Items(file, "added_tokens", Part(file.Root, "added_tokens")).Select(json =>
            AddedToken.Of(file, "each of added_tokens", json, json.ValueKind == JsonValueKind.Object ? Vocabulary.IdOf(file, "the id of an added token", Part(json, "id")) : 0)));
        ByteLevelBpe subwords = new(vocabulary, Merges(file, Part(model, "merges")), file.Refused, [.. Cuts(file)], file.Switch(model, "ignore_merges") ?? false);
        (int[] Before, int[] After)? ends = null;
        foreach (JsonElement step in Steps(file, "post_processor", "processors"))
        {
            ends = TypeOf(step) switch
            {
                "ByteLevel" => ends,
                "TemplateProcessing" => Template(file, step, vocabulary),
                var other => throw Unsupported(file, $"with a post_processor {other}"),
            };
        }

        ends ??= (TokenizerParts.Ends(config.AddsBegin ?? false, vocabulary, "bos_token", config.Begin), TokenizerParts.Ends(config.AddsEnd, vocabulary, "eos_token", config.End));
        return new(subwords, vocabulary, added, ends.Value.Before, ends.Value.After);
    }

    /// <summary>How a ByteLevel pre-tokenizer cuts words.</summary>
    public static IEnumerable<Func<string, IEnumerable<string>>> ByteLevelCuts(bool addsSpace, bool cuts)
    {
        if (addsSpace)
        {
            yield return text => [text.StartsWith(' ') ? text : $" {text}"];
        }

        if (cuts)
        {
            yield return new WordPattern(WordPattern.Gpt2).Split;
        }
    }

    private static IEnumerable<Func<string, IEnumerable<string>>> Cuts(JsonFile file) => Steps(file, "pre_tokenizer", "pretokenizers").SelectMany(step => TypeOf(step) switch
    {
        "ByteLevel" => ByteLevelCuts(file.Switch(step, "add_prefix_space") ?? true, file.Switch(step, "use_regex") ?? true),
        "Split" => [Split(file, step)],
        var other => throw Unsupported(file, $"with a pre_tokenizer {other}"),
    });

    private static Func<string, IEnumerable<string>> Split(JsonFile file, JsonElement json)
    {
        JsonElement pattern = Part(json, "pattern");
        string expression = JsonFile.TextOf(Part(pattern, "Regex"))
            ?? (JsonFile.TextOf(Part(pattern, "String")) is { } text ? System.Text.RegularExpressions.Regex.Escape(text) : throw file.Refused("the pattern of a Split must have text as its Regex or String"));
        string behaviour = JsonFile.TextOf(Part(json, "behavior")) ?? "";
        bool keepsGaps = behaviour == "Isolated" || (behaviour == "Removed" && file.Switch(json, "invert") == true ? false
            : throw Unsupported(file, $"with a Split {behaviour}"));
        try
        {
            return new WordPattern(expression, keepsGaps).Split;
        }
        catch (ArgumentException)
        {
            throw file.Refused($"the Regex {ModelFileException.Quoted(expression)} of a Split is none of .NET's, which it must be");
        }
    }

    private static IEnumerable<(string, string)> Merges(JsonFile file, JsonElement json) => Items(file, "model.merges", json).Select(merge =>
    {
        IEnumerable<string?>? pair = merge.ValueKind == JsonValueKind.Array ? merge.EnumerateArray().Select(JsonFile.TextOf) : JsonFile.TextOf(merge)?.Split(' ');
        return pair?.ToArray() is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right)
            : throw file.Refused($"model.merges: {JsonFile.Shown(merge)} must be two tokens, as text with a space between, or as an array");
    });

    private static (int[], int[]) Template(JsonFile file, JsonElement json, Vocabulary vocabulary)
    {
        List<int>[] sides = [[], []];
        int side = 0;
        foreach (JsonElement item in Items(file, "post_processor.single", Part(json, "single")))
        {
            if (Part(item, "Sequence").ValueKind == JsonValueKind.Object)
            {
                side++;
                continue;
            }

            string name = JsonFile.TextOf(Part(Part(item, "SpecialToken"), "id")) ?? throw file.Refused("each of post_processor.single must be a SpecialToken with an id, or a Sequence");
            JsonElement ids = Part(Part(Part(json, "special_tokens"), name), "ids");
            foreach (JsonElement element in ids.ValueKind == JsonValueKind.Array ? ids.EnumerateArray() : throw file.Refused($"post_processor.special_tokens must have ids of {ModelFileException.Quoted(name)}"))
            {
                int id = Vocabulary.IdOf(file, $"an id of {ModelFileException.Quoted(name)} in post_processor", element);
                sides[side is 0 ? 0 : 1].Add(vocabulary.TokenOf(id) is not null ? id : throw file.Refused($"post_processor: no token has id {id}, which {ModelFileException.Quoted(name)} is to have"));
            }
        }

        return side == 1 ? ([.. sides[0]], [.. sides[1]]) : throw file.Refused("post_processor.single must have one Sequence, the text");
    }

    /// <summary>The steps of a part that is one, or a Sequence of them, or null.</summary>
    private static IEnumerable<JsonElement> Steps(JsonFile file, string key, string steps)
    {
        JsonElement part = Part(file.Root, key);
        return part.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? []
            : TypeOf(part) switch
            {
                null => throw file.Refused($"{key} must be an object with text in its type"),
                "Sequence" => Items(file, $"{key}.{steps}", Part(part, steps)),
                _ => [part],
            };
    }

    private static IEnumerable<JsonElement> Items(JsonFile file, string place, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray(),
        JsonValueKind.Undefined when place == "added_tokens" => [],
        _ => throw file.Refused($"{place} must be there, as an array"),
    };

    /// <summary>What an object has under a key; undefined where it has nothing, or is no object.</summary>
    private static JsonElement Part(JsonElement json, string key) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out JsonElement value) ? value : default;

    private static string? TypeOf(JsonElement json) => JsonFile.TextOf(Part(json, "type"));
}
