using System.Text.Json;
using System.Text.Json.Nodes;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// A tokenizer for a model with seeded weights, with as many ids as the model has: its family's special tokens at the ids that config.json
/// names, the 256 bytes, and for the rest strings of letters by length, each merged of the one without its last letter. So any text can be
/// encoded, any id decoded, and nothing about it is drawn.
/// </summary>
internal static class SyntheticTokenizer
{
    private const int Bytes = 256;
    private const string Letters = "etaoinshrdlcumwfgypbvkjxqz";

    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The files, with their names; none where a model has too few ids for a token of each byte.</summary>
    public static IEnumerable<(string Name, string Text)> Of(ModelShape shape)
    {
        SortedDictionary<int, string> special = Special(shape);
        return shape.Vocabulary < Bytes + special.Count ? [] : [("tokenizer.json", Tokenizer(shape, special)), ("tokenizer_config.json", Config(shape, special))];
    }

    private static SortedDictionary<int, string> Special(ModelShape shape) => shape.ModelType switch
    {
        "opt" => new() { [SyntheticConfig.OptPadToken] = "<pad>", [shape.BeginToken] = "</s>" },
        "phi" => new() { [shape.BeginToken] = "<|endoftext|>" },
        _ when shape.Vocabulary > 100_000 => new() { [shape.BeginToken] = "<|begin_of_text|>", [shape.EndToken] = "<|end_of_text|>" },
        _ => new() { [shape.BeginToken] = "<s>", [shape.EndToken] = "</s>" },
    };

    private static string Tokenizer(ModelShape shape, SortedDictionary<int, string> special)
    {
        JsonObject vocabulary = [];
        JsonArray merges = [];
        using IEnumerator<int> ids = Enumerable.Range(0, shape.Vocabulary).Where(id => !special.ContainsKey(id)).GetEnumerator();
        for (int value = 0; value < Bytes && ids.MoveNext(); value++)
        {
            vocabulary[$"{ByteLetters.Of((byte)value)}"] = ids.Current;
        }

        Queue<string> shorter = new(Letters.Select(letter => $"{letter}").Prepend($"{ByteLetters.Of((byte)' ')}"));
        foreach ((string start, char letter) in Extended(shorter))
        {
            if (!ids.MoveNext())
            {
                break;
            }

            merges.Add($"{start} {letter}");
            vocabulary[$"{start}{letter}"] = ids.Current;
            shorter.Enqueue($"{start}{letter}");
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. special.Select(pair => (JsonNode)new JsonObject
            {
                ["id"] = pair.Key,
                ["content"] = pair.Value,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            })]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = shape.ModelType == "phi" ? ByteLevel() : Begins(shape.BeginToken, special[shape.BeginToken]),
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = merges },
        }.ToJsonString(_options) + "\n";
    }

    private static IEnumerable<(string Start, char Letter)> Extended(Queue<string> shorter)
    {
        while (shorter.TryDequeue(out string? start))
        {
            foreach (char letter in Letters)
            {
                yield return (start, letter);
            }
        }
    }

    private static string Config(ModelShape shape, SortedDictionary<int, string> special)
    {
        JsonObject config = new()
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["bos_token"] = special[shape.BeginToken],
            ["eos_token"] = special[shape.EndToken],
            ["clean_up_tokenization_spaces"] = false,
            ["model_max_length"] = shape.Positions,
        };
        if (shape.ModelType == "opt")
        {
            config["pad_token"] = special[SyntheticConfig.OptPadToken];
        }

        return config.ToJsonString(_options) + "\n";
    }

    private static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };

    private static JsonObject Begins(int id, string token)
    {
        static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };
        static JsonObject Text(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
        return new()
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Special(token, 0), Text("A", 0)),
            ["pair"] = new JsonArray(Special(token, 0), Text("A", 0), Special(token, 1), Text("B", 1)),
            ["special_tokens"] = new JsonObject { [token] = new JsonObject { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) } },
        };
    }
}
