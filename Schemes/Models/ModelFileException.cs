using System.Text.Json;

namespace Wager.Schemes.Models;

/// <summary>A file or folder is not what it should be: one line, naming it, what in it is wrong, and what would be right.</summary>
public sealed class ModelFileException : Exception
{
    private const int LongestName = 100;

    /// <summary>What is wrong with a file or folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="problem">What is wrong, and what would be right.</param>
    public ModelFileException(string path, string problem)
        : base(OneLine($"{path}: {problem}"))
    {
    }

    /// <summary>A name from a file, for a message: quoted, and short however long it is.</summary>
    internal static string Quoted(string name) => name.Length <= LongestName ? $"'{name}'" : $"'{name[..LongestName]}…'";

    /// <summary>Where a text stops being JSON. The parser's own words may quote all that follows.</summary>
    internal static string Place(JsonException e) => e.LineNumber is { } line ? $"line {line + 1}, byte {e.BytePositionInLine + 1}" : "its end";

    /// <summary>What a file holds may stand in a message: none of it may end the line, or steer a terminal.</summary>
    private static string OneLine(string message) => string.Concat(message.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
