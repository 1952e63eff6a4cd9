using System.Text.Json;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>Tokens with their ids, each once.</summary>
/// <param name="refused">Says what is wrong with the file that they are from.</param>
internal sealed class Vocabulary(Func<string, ModelFileException> refused)
{
    /// <summary>Above what anyone has trained, and little enough to count.</summary>
    private const int LargestId = (1 << 24) - 1;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _tokens = [];

    /// <summary>The ids of the tokens.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>The greatest id and 1.</summary>
    public int Size { get; private set; }

    /// <summary>The object of a vocabulary in a file: tokens with ids.</summary>
    /// <exception cref="ModelFileException">It is not that.</exception>
    public static Vocabulary Of(JsonFile file, string place, JsonElement json)
    {
        Vocabulary vocabulary = new(file.Refused);
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw file.Refused($"{place} must be an object of ids");
        }

        foreach (JsonProperty property in json.EnumerateObject())
        {
            string token = JsonFile.NameOf(property) ?? throw file.Refused($"{place}: a token has half a surrogate pair, which is no Unicode");
            vocabulary.Add(token, IdOf(file, $"the id of {ModelFileException.Quoted(token)}", property.Value));
        }

        return vocabulary;
    }

    /// <summary>An id in a file.</summary>
    /// <exception cref="ModelFileException">It is none.</exception>
    public static int IdOf(JsonFile file, string what, JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int id) && id is >= 0 and <= LargestId ? id
        : throw file.Refused($"{what} is {JsonFile.Shown(json)}, and must be a whole number from 0 to {LargestId}");

    /// <summary>Adds a token; one that is there with this id stays.</summary>
    /// <exception cref="ModelFileException">The token has another id, or the id another token.</exception>
    public void Add(string token, int id)
    {
        if (_ids.TryGetValue(token, out int other) ? other != id : !_tokens.TryAdd(id, token))
        {
            throw Refused($"{ModelFileException.Quoted(token)} has id {id}, but {(_ids.ContainsKey(token) ? $"id {other} too" : $"so has {ModelFileException.Quoted(_tokens[id])}")}; each token has one id, and each id one token");
        }

        _ids[token] = id;
        Size = Math.Max(Size, id + 1);
    }

    /// <summary>The token of an id; null where there is none.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    /// <summary>What is wrong with the file that it is from.</summary>
    public ModelFileException Refused(string problem) => refused(problem);
}
