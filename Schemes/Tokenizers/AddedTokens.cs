using System.Buffers;

namespace Wager.Schemes.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, and of those that begin at one place the longest.</summary>
internal sealed class AddedTokens
{
    private readonly (SearchValues<string> Contents, AddedToken[] Longest)[] _passes;

    /// <summary>These tokens.</summary>
    public AddedTokens(IEnumerable<AddedToken> tokens) => _passes =
    [
        .. from pass in tokens.GroupBy(token => token.IsLate)
           orderby pass.Key
           let longest = pass.OrderByDescending(token => token.Content.Length).ToArray()
           select (SearchValues.Create([.. longest.Select(token => token.Content)], StringComparison.Ordinal), longest),
    ];

    /// <summary>A text's pieces, in order: tokens, and what is between them, with whether it begins the text.</summary>
    public IEnumerable<(string Text, AddedToken? Token, bool IsFirst)> Split(string text)
    {
        IEnumerable<(int From, int To, AddedToken? Token)> pieces = [(0, text.Length, null)];
        foreach ((SearchValues<string> contents, AddedToken[] longest) in _passes)
        {
            pieces = pieces.SelectMany(piece => piece.Token is null ? Split(text, piece.From, piece.To, contents, longest) : [piece]);
        }

        return from piece in pieces where piece.To > piece.From select (text[piece.From..piece.To], piece.Token, piece.From == 0);
    }

    private static List<(int From, int To, AddedToken? Token)> Split(string text, int from, int to, SearchValues<string> contents, AddedToken[] longest)
    {
        List<(int, int, AddedToken?)> pieces = [];
        ReadOnlySpan<char> rest;
        for (int searched = from, skip; (skip = (rest = text.AsSpan(searched, to - searched)).IndexOfAny(contents)) >= 0;)
        {
            AddedToken token = First(longest, rest[skip..]);
            int start = searched + skip;
            int end = searched = start + token.Content.Length;
            if (token.IsWord && ((start > 0 && IsOfWord(text[start - 1])) || (end < text.Length && IsOfWord(text[end]))))
            {
                continue;
            }

            for (; token.TakesLeft && start > from && char.IsWhiteSpace(text[start - 1]); start--)
            {
            }

            for (; token.TakesRight && end < to && char.IsWhiteSpace(text[end]); end++)
            {
            }

            pieces.Add((from, start, null));
            pieces.Add((start, end, token));
            from = end;
            searched = Math.Max(searched, end);
        }

        pieces.Add((from, to, null));
        return pieces;
    }

    private static AddedToken First(AddedToken[] tokens, ReadOnlySpan<char> text)
    {
        foreach (AddedToken token in tokens)
        {
            if (text.StartsWith(token.Content, StringComparison.Ordinal))
            {
                return token;
            }
        }

        throw new InvalidOperationException("a token was found, and is not there");
    }

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
