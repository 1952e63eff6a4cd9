using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>What a folder's files make up.</summary>
/// <param name="Subwords">How text becomes tokens.</param>
/// <param name="Vocabulary">All tokens, the added ones among them.</param>
/// <param name="Added">Those that are looked for first.</param>
/// <param name="Before">The ids before a text.</param>
/// <param name="After">Those after it.</param>
internal sealed record TokenizerParts(ISubwords Subwords, Vocabulary Vocabulary, IReadOnlyList<AddedToken> Added, int[] Before, int[] After)
{
    /// <summary>The token that begins or ends a text, where there is one.</summary>
    /// <exception cref="ModelFileException">The vocabulary lacks it.</exception>
    public static int[] Ends(bool isThere, Vocabulary vocabulary, string role, string? token) =>
        !isThere ? []
        : token is not null && vocabulary.Ids.TryGetValue(token, out int id) ? [id]
        : throw vocabulary.Refused($"tokenizer_config.json asks for a {role} around each text, and {(token is null ? "names none" : $"the vocabulary lacks {ModelFileException.Quoted(token)}")}");

    /// <summary>Takes the added tokens of one place and then of another into a vocabulary; of one that comes twice the first counts.</summary>
    /// <exception cref="ModelFileException">One has another's id.</exception>
    public static AddedToken[] Join(Vocabulary vocabulary, IEnumerable<AddedToken> tokens)
    {
        AddedToken[] added = [.. tokens.DistinctBy(token => (token.Id, token.Content))];
        foreach (AddedToken token in added)
        {
            vocabulary.Add(token.Content, token.Id);
        }

        return added;
    }
}
