using System.Text.Json;
using Wager.Schemes.Models;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Testing.Files;

/// <summary>Reads an object of a JSON file with assertions. Each mistake is one line: the file, the assertion, the key, and what would be right.</summary>
/// <param name="file">The file.</param>
/// <param name="root">The object.</param>
/// <param name="where">Which assertion it is; empty for the whole.</param>
internal sealed class EntryReader(JsonFile file, JsonElement root, string where)
{
    /// <summary>Refuses keys that mean nothing.</summary>
    public void RequireOnly(params string[] known)
    {
        foreach (JsonProperty property in root.EnumerateObject().Where(property => !known.Contains(property.Name)))
        {
            throw Refused(Nearest.Unknown("key", property.Name, known));
        }
    }

    /// <summary>Refuses keys that mean something elsewhere.</summary>
    /// <param name="why">Why they do not here.</param>
    /// <param name="keys">The keys.</param>
    public void RequireNone(string why, params string[] keys)
    {
        if (keys.FirstOrDefault(Has) is { } vain)
        {
            throw Refused($"{why}: leave out {vain}");
        }
    }

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key) => root.TryGetProperty(key, out _);

    /// <summary>Text; null where it is not there.</summary>
    public string? Text(string key) => !root.TryGetProperty(key, out JsonElement value) ? null
        : JsonFile.TextOf(value) is { Length: > 0 } text && !text.Any(char.IsControl) ? text
        : throw Refused($"{key} is {JsonFile.Shown(value)}, where a text in quotes is needed");

    /// <summary>Text that must be there.</summary>
    public string Required(string key) => Text(key) ?? throw Refused($"{key} is missing");

    /// <summary>A switch; off where it is not there.</summary>
    public bool Switch(string key) => root.TryGetProperty(key, out JsonElement value)
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Refused($"{key} is {JsonFile.Shown(value)}, where true or false is needed"));

    /// <summary>A whole number; null where it is not there.</summary>
    public ulong? Whole(string key, ulong least, ulong most) => !root.TryGetProperty(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number) && number >= least && number <= most ? number
        : throw Refused($"{key} is {JsonFile.Shown(value)}, where a whole number from {least} to {most} is needed");

    /// <summary>A number; null where it is not there.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fits">Whether it is one that may stand there.</param>
    /// <param name="needed">What may, in words.</param>
    public double? Number(string key, Func<double, bool> fits, string needed) => !root.TryGetProperty(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && fits(number) ? number
        : throw Refused($"{key} is {JsonFile.Shown(value)}, where {needed} is needed");

    /// <summary>The one of these keys that is a bound.</summary>
    public Bound Bound(params (string Key, Side Side)[] sides)
    {
        (string Key, Side Side)[] given = [.. sides.Where(side => Has(side.Key))];
        if (given is not [(string key, Side side)])
        {
            throw Refused(given.Length == 0
                ? $"a bound is missing: {string.Join(", ", sides.Select(each => each.Key))}"
                : $"{given[0].Key} and {given[1].Key} are two bounds: give one");
        }

        JsonElement value = root.GetProperty(key);
        string? text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : JsonFile.TextOf(value);
        return Evaluation.Bound.Parse(text ?? "", side)
            ?? throw Refused($"{key} is {JsonFile.Shown(value)}, where a probability in [0, 1] is needed, as a number such as 0.05 or a fraction in quotes such as \"1/20\"");
    }

    /// <summary>The entries of a list that must be there and must not be empty.</summary>
    public IEnumerable<EntryReader> Entries(string key)
    {
        JsonElement list = root.TryGetProperty(key, out JsonElement value) ? value : throw Refused($"{key} is missing, a list of at least one");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            throw Refused(list.ValueKind != JsonValueKind.Array ? $"{key} must be a list in brackets" : $"{key} is empty, and a file that asserts nothing could not fail: give it at least one");
        }

        foreach ((int i, JsonElement element) in list.EnumerateArray().Index())
        {
            string place = $"assertion {i + 1}";
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw Refused($"{place} is {JsonFile.Shown(element)}, where an object in braces is needed");
            }

            string? name = element.TryGetProperty("name", out JsonElement named) ? JsonFile.TextOf(named) : null;
            yield return new(file, element, name is null ? place : $"{place}, {ModelFileException.Quoted(name)}");
        }
    }

    /// <summary>What is wrong with the file.</summary>
    public ModelFileException Refused(string problem) => file.Refused(where.Length == 0 ? problem : $"{where}: {problem}");
}
