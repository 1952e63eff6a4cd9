using System.Text;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// The letters that byte-level vocabularies write bytes with, since JSON has no bytes: those of Latin-1 that are seen stand for
/// their own code, and the other 68 bytes, in order, are the letters from U+0100 on. So a space is Ġ and a line's end Ċ.
/// </summary>
internal static class ByteLetters
{
    private static readonly char[] _letters = Letters();
    private static readonly Dictionary<char, byte> _bytes = _letters.Index().ToDictionary(pair => pair.Item, pair => (byte)pair.Index);

    /// <summary>The letter of a byte.</summary>
    public static char Of(byte value) => _letters[value];

    /// <summary>A text's bytes in UTF-8, as letters. Half a surrogate pair is U+FFFD.</summary>
    public static string Of(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(Of));

    /// <summary>What a token of such a vocabulary stands for: bytes, or, where a letter is none of these, the text that it is.</summary>
    public static byte[] Bytes(string token) => token.All(_bytes.ContainsKey) ? [.. token.Select(letter => _bytes[letter])] : Encoding.UTF8.GetBytes(token);

    private static char[] Letters()
    {
        int unseen = 0;
        return [.. Enumerable.Range(0, 256).Select(value => (char)(value is (> 32 and < 127) or (> 160 and not 173) ? value : 256 + unseen++))];
    }
}
