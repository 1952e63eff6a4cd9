using System.Text.Json;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>A token that is looked for in a text before the text is cut into words, as those are that begin or end a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it is no text of its own, and so may be skipped in what is shown.</param>
/// <param name="IsWord">Whether it is found only where no letter, digit or underscore is beside it.</param>
/// <param name="TakesLeft">Whether it takes the white space before it.</param>
/// <param name="TakesRight">Whether it takes that after it.</param>
/// <param name="IsLate">Whether it is looked for only in what is left once the others are found, as "normalized" asks.</param>
internal sealed record AddedToken(
    int Id, string Content, bool IsSpecial, bool IsWord = false, bool TakesLeft = false, bool TakesRight = false, bool IsLate = false)
{
    /// <summary>A token as tokenizer.json and tokenizer_config.json describe one.</summary>
    /// <exception cref="ModelFileException">It is no such description.</exception>
    public static AddedToken Of(JsonFile file, string place, JsonElement json, int id)
    {
        string content = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("content", out JsonElement value) && JsonFile.TextOf(value) is { Length: > 0 } text
            ? text : throw file.Refused($"{place} must be an object, with text in its content");
        bool Has(string key) => file.Switch(json, key) ?? false;
        return new(id, content, Has("special"), Has("single_word"), Has("lstrip"), Has("rstrip"), Has("normalized"));
    }
}
