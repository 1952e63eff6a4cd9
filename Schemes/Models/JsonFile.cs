using System.Text.Json;
using System.Text.Unicode;

namespace Wager.Schemes.Models;

/// <summary>A file with one JSON object, and what must be in it.</summary>
internal sealed class JsonFile
{
    private readonly JsonElement _root;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is no JSON object.</exception>
    public JsonFile(string path)
        : this(path, PlainFile.ReadAll(path))
    {
    }

    /// <summary>A file with these bytes, whether or not it is anywhere.</summary>
    /// <exception cref="ModelFileException">They are no JSON object.</exception>
    public JsonFile(string path, byte[] bytes)
    {
        Path = path;
        if (bytes.AsSpan().StartsWith("\uFEFF"u8))
        {
            throw Refused("it begins with a byte order mark, which JSON has none of; save it as UTF-8 without one");
        }

        if (!Utf8.IsValid(bytes))
        {
            throw Refused("it is not UTF-8 throughout; save it so");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false });
            _root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Refused(IsJson(bytes) ? "a key comes twice in one object" : $"it is not JSON, at {ModelFileException.Place(e)}");
        }
        catch (InvalidOperationException)
        {
            throw Refused("a key has half a surrogate pair, which is no Unicode");
        }

        if (_root.ValueKind != JsonValueKind.Object)
        {
            throw Refused("it is no JSON object");
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The object, for whoever reads more than texts and sizes.</summary>
    public JsonElement Root => _root;

    /// <summary>Text that must be there.</summary>
    /// <exception cref="ModelFileException">It is not.</exception>
    public string Text(string key) =>
        _root.TryGetProperty(key, out JsonElement value) && TextOf(value) is { Length: > 0 } text ? text : throw Refused($"{key} must be there, as text");

    /// <summary>A number above 0 that must be there.</summary>
    /// <exception cref="ModelFileException">It is not.</exception>
    public int Size(string key) =>
        _root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number > 0
            ? number
            : throw Refused($"{key} must be there, as a whole number from 1 to {int.MaxValue}");

    /// <summary>A switch; null where it is not there.</summary>
    /// <exception cref="ModelFileException">It is there, and is none.</exception>
    public bool? Switch(string key) => Switch(_root, key);

    /// <summary>A switch of an object within; null where it is not there.</summary>
    /// <exception cref="ModelFileException">It is there, and is none.</exception>
    public bool? Switch(JsonElement json, string key) =>
        !json.TryGetProperty(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Refused($"{key} must be true or false");

    /// <summary>An object of text that must be there.</summary>
    /// <exception cref="ModelFileException">It is not.</exception>
    public IEnumerable<(string Key, string Text)> Texts(string key)
    {
        string problem = $"{key} must be there, as an object of text";
        if (!_root.TryGetProperty(key, out JsonElement value) || value.ValueKind != JsonValueKind.Object)
        {
            throw Refused(problem);
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            yield return (NameOf(property) ?? throw Refused(problem), TextOf(property.Value) ?? throw Refused(problem));
        }
    }

    /// <summary>What is wrong with the file.</summary>
    public ModelFileException Refused(string problem) => new(Path, problem);

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            JsonDocument.Parse(bytes).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Text; null where a value is none, or has half a surrogate pair in it.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? Unicode(value.GetString) : null;

    /// <summary>A value as a message shows it: missing where there is none.</summary>
    public static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "missing" : value.GetRawText() is { Length: <= 40 } text ? text : $"a {value.ValueKind.ToString().ToLowerInvariant()}";

    /// <summary>A key; null where it has half a surrogate pair in it.</summary>
    public static string? NameOf(JsonProperty property) => Unicode(() => property.Name);

    /// <summary>A string; null where half a surrogate pair is in it.</summary>
    private static string? Unicode(Func<string?> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
