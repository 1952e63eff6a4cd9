using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// Cuts texts into words by a regular expression, character by character as tokenizers are trained, where .NET's go by halves of
/// surrogate pairs: a letter beyond U+FFFF must be a letter. So such a character is replaced by one of its category that is one half long.
/// </summary>
internal sealed class WordPattern
{
    /// <summary>How a ByteLevel pre-tokenizer cuts by itself, which is how GPT-2 does.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>A character of each category: its last, which no pattern is about.</summary>
    private static readonly Dictionary<UnicodeCategory, char> _standIns =
        Enumerable.Range(0, char.MaxValue + 1).GroupBy(code => char.GetUnicodeCategory((char)code)).ToDictionary(group => group.Key, group => (char)group.Last());

    private readonly Regex _regex;
    private readonly bool _keepsGaps;

    /// <summary>A pattern.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="keepsGaps">Whether what is between its matches is a word too, or is left out.</param>
    /// <exception cref="ArgumentException">It is no expression.</exception>
    public WordPattern(string pattern, bool keepsGaps = true) => (_regex, _keepsGaps) = (new(pattern, RegexOptions.CultureInvariant), keepsGaps);

    /// <summary>A text's words, in order.</summary>
    public IEnumerable<string> Split(string text)
    {
        (string units, int[]? places) = Units(text);
        string Piece(int from, int to) => places is null ? text[from..to] : text[places[from]..places[to]];
        int done = 0;
        for (Match match = _regex.Match(units); match.Success; match = match.NextMatch())
        {
            if (match.Length == 0)
            {
                continue;
            }

            if (_keepsGaps && match.Index > done)
            {
                yield return Piece(done, match.Index);
            }

            done = match.Index + match.Length;
            yield return Piece(match.Index, done);
        }

        if (_keepsGaps && done < units.Length)
        {
            yield return Piece(done, units.Length);
        }
    }

    /// <summary>The text with one half for each character, and where each begins; null where that is what it has.</summary>
    private static (string Units, int[]? Places) Units(string text)
    {
        if (!text.Any(char.IsSurrogate))
        {
            return (text, null);
        }

        StringBuilder units = new(text.Length);
        List<int> places = [0];
        foreach (Rune rune in text.EnumerateRunes())
        {
            units.Append(rune.IsBmp ? (char)rune.Value : _standIns[Rune.GetUnicodeCategory(rune)]);
            places.Add(places[^1] + rune.Utf16SequenceLength);
        }

        return (units.ToString(), [.. places]);
    }
}
