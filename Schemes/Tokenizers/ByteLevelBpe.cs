using Microsoft.ML.Tokenizers;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// Byte-pair encoding of a text's bytes, within its words. The library's own byte level is not used: bytes are written with letters
/// here, since whole words are looked up (see ignoresMerges), and are told from the text of tokens in decoding.
/// </summary>
internal sealed class ByteLevelBpe : ISubwords
{
    private readonly Vocabulary _vocabulary;
    private readonly IReadOnlyList<Func<string, IEnumerable<string>>> _cuts;
    private readonly bool _ignoresMerges;
    private readonly BpeTokenizer _merging;

    /// <summary>A vocabulary with its merges.</summary>
    /// <param name="vocabulary">The tokens, one for each byte among them.</param>
    /// <param name="merges">The pairs of tokens to merge, the first ones first.</param>
    /// <param name="mergesFile">Where they are from, for messages.</param>
    /// <param name="cuts">How a text is cut into words: each step cuts what the one before left.</param>
    /// <param name="ignoresMerges">Whether a word that is in the vocabulary is one token, even where merges would not make it.</param>
    /// <exception cref="ModelFileException">A byte has no token, or a merge's tokens are not there.</exception>
    public ByteLevelBpe(
        Vocabulary vocabulary, IEnumerable<(string Left, string Right)> merges, Func<string, ModelFileException> mergesFile, IReadOnlyList<Func<string, IEnumerable<string>>> cuts, bool ignoresMerges)
    {
        (_vocabulary, _cuts, _ignoresMerges) = (vocabulary, cuts, ignoresMerges);
        for (int value = 0; value < 256; value++)
        {
            if (!vocabulary.Ids.ContainsKey($"{ByteLetters.Of((byte)value)}"))
            {
                throw vocabulary.Refused($"byte 0x{value:X2} has no token '{ByteLetters.Of((byte)value)}'; a byte-level vocabulary has one for each of 256");
            }
        }

        // Of a pair that comes twice the later place counts, as in the tokenizers that such files are made for; the library refuses it.
        (string Left, string Right)[] pairs = [.. merges.Reverse().Distinct().Reverse()];
        foreach ((string left, string right) in pairs)
        {
            if ((new[] { left, right, left + right }).FirstOrDefault(token => !vocabulary.Ids.ContainsKey(token)) is { } stray)
            {
                throw mergesFile($"the merge of {ModelFileException.Quoted(left)} and {ModelFileException.Quoted(right)} needs a token {ModelFileException.Quoted(stray)}, which the vocabulary lacks");
            }
        }

        _merging = BpeTokenizer.Create(new BpeOptions(vocabulary.Ids) { Merges = pairs.Select(pair => $"{pair.Left} {pair.Right}") });
    }

    /// <inheritdoc/>
    public string Kind => "byte-level BPE";

    /// <inheritdoc/>
    public IEnumerable<int> Encode(string text, bool isSpaced) =>
        _cuts.Aggregate<Func<string, IEnumerable<string>>, IEnumerable<string>>([text], (words, cut) => words.SelectMany(cut)).Select(ByteLetters.Of).SelectMany(OfWord);

    /// <inheritdoc/>
    public bool HasSpaceBefore(bool isFirst) => false;

    /// <inheritdoc/>
    public byte[]? BytesOf(int id) => _vocabulary.TokenOf(id) is { } token ? ByteLetters.Bytes(token) : null;

    private IReadOnlyList<int> OfWord(string letters) =>
        _ignoresMerges && _vocabulary.Ids.TryGetValue(letters, out int id) ? [id] : _merging.EncodeToIds(letters, considerPreTokenization: false, considerNormalization: false);
}
