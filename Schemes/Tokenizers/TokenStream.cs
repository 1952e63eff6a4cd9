using System.Text;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>The tokens of a text file in windows, read piece by piece, so that it may be longer than the memory.</summary>
public static class TokenStream
{
    private const int PieceLength = 1 << 16;

    /// <summary>The windows of a file, the last of which may be shorter. Pieces of the text end before white space, so that no word is cut but one that is longer than a piece.</summary>
    /// <param name="tokenizer">Makes the tokens; those that it puts before a text begin each window.</param>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="length">The tokens of a window, those before it included; more than these.</param>
    /// <exception cref="ModelFileException">It cannot be read, is no UTF-8, or has no text.</exception>
    public static IEnumerable<int[]> Windows(ModelTokenizer tokenizer, string path, int length)
    {
        int[] before = tokenizer.Encode("");
        int room = length - before.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(room, 1, nameof(length));
        List<int> waiting = [];
        bool isEmpty = true, goesOn = false;
        foreach (string piece in Pieces(path))
        {
            waiting.AddRange(tokenizer.Encode(piece, addSpecial: false, goesOn));
            goesOn = true;
            int taken = 0;
            for (; waiting.Count - taken >= room; taken += room)
            {
                isEmpty = false;
                yield return [.. before, .. waiting.GetRange(taken, room)];
            }

            waiting.RemoveRange(0, taken);
        }

        if (waiting.Count > 0)
        {
            yield return [.. before, .. waiting];
        }
        else if (isEmpty)
        {
            throw new ModelFileException(path, "it has no text; name a file with some");
        }
    }

    /// <summary>The pieces, which together are the text; none where all of it is white space.</summary>
    private static IEnumerable<string> Pieces(string path)
    {
        using StreamReader reader = Opened(path);
        char[] buffer = new char[PieceLength];
        StringBuilder rest = new();
        bool hasText = false;
        while (Read(path, reader, buffer) is var count and > 0)
        {
            rest.Append(buffer, 0, count);
            string text = rest.ToString();
            hasText |= !string.IsNullOrWhiteSpace(text);
            if (hasText)
            {
                int space = text.AsSpan(1).LastIndexOfAny(" \n") + 1; // what begins with white space belongs to the next piece
                int end = space > 0 ? space : text.Length - (char.IsHighSurrogate(text[^1]) ? 1 : 0);
                rest.Clear().Append(text, end, text.Length - end);
                yield return text[..end];
            }
        }

        if (hasText && rest.Length > 0)
        {
            yield return rest.ToString();
        }
    }

    private static StreamReader Opened(string path)
    {
        PlainFile.Open(path, out _).Dispose(); // which says in its line what is wrong with it
        return new(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
    }

    private static int Read(string path, StreamReader reader, char[] buffer)
    {
        try
        {
            return reader.ReadBlock(buffer);
        }
        catch (DecoderFallbackException)
        {
            throw new ModelFileException(path, "it is not UTF-8 throughout; save it so");
        }
        catch (IOException e)
        {
            throw new ModelFileException(path, $"it cannot be read ({e.Message})");
        }
    }
}
