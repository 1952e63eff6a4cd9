using System.Text;
using Wager.Schemes.Models;
using IOPath = System.IO.Path;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// A model folder's tokenizer: byte-level BPE in tokenizer.json, or in vocab.json with merges.txt, or SentencePiece BPE in
/// tokenizer.model. Any text can be encoded, and decoding gives it back, except that half a surrogate pair comes back as U+FFFD, white
/// space that a token takes to itself is gone, and a space that add_prefix_space puts before a text stays. SentencePiece has ▁ for a
/// space, and cannot tell a text that begins with its own &lt;s&gt; from one that is begun with it.
/// </summary>
public sealed class ModelTokenizer
{
    private const string Json = "tokenizer.json";
    private const string SentencePiece = "tokenizer.model";
    private const string Vocab = "vocab.json";
    private const string Merges = "merges.txt";

    private static readonly string[] _files =
        [Json, SentencePiece, "tokenizer_config.json", Vocab, Merges, "special_tokens_map.json", "added_tokens.json", "generation_config.json"];

    private readonly TokenizerParts _parts;
    private readonly AddedTokens _added;
    private readonly Dictionary<int, AddedToken> _addedIds;

    private ModelTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _added = new(parts.Added);
        _addedIds = parts.Added.ToDictionary(token => token.Id);
    }

    /// <summary>The number of ids: the greatest and 1.</summary>
    public int Vocabulary => _parts.Vocabulary.Size;

    /// <summary>What it is, as in "byte-level BPE of 50,272 tokens".</summary>
    public string Description => FormattableString.Invariant($"{_parts.Subwords.Kind} of {_parts.Vocabulary.Ids.Count:N0} tokens");

    /// <summary>Opens a folder's tokenizer: tokenizer.json where it is byte-level BPE, or else tokenizer.model, or else vocab.json with merges.txt.</summary>
    /// <exception cref="ModelFileException">There is none, or none that is supported, or a file of it is not what it should be.</exception>
    public static ModelTokenizer Open(string folder)
    {
        string In(string name) => IOPath.Combine(folder, name);
        bool Has(string name) => File.Exists(In(name));
        if (!Directory.Exists(folder))
        {
            throw new ModelFileException(folder, $"there is no such folder; name one with a {Json}");
        }

        if (!Has(Json) && !Has(SentencePiece) && !(Has(Vocab) && Has(Merges)))
        {
            throw new ModelFileException(folder, $"it has no tokenizer: neither {Json} nor {SentencePiece} nor {Vocab} with {Merges}");
        }

        TokenizerConfig config = new(folder);
        if (Has(Json))
        {
            JsonFile file = new(In(Json));
            string? other = TokenizerJson.OtherKind(file);
            if (other is null || !Has(SentencePiece))
            {
                return new(other is null ? TokenizerJson.Read(file, config) : throw TokenizerJson.Unsupported(file, other));
            }
        }

        return new(Has(SentencePiece) ? SentencePieceModel.Read(In(SentencePiece), config) : VocabularyFiles.Read(In(Vocab), In(Merges), config));
    }

    /// <summary>The names of the files that a folder has beside its model and are copied along with it: the tokenizer's, and how to generate.</summary>
    public static IReadOnlyList<string> FilesOf(string folder) => [.. _files.Where(name => File.Exists(IOPath.Combine(folder, name)))];

    /// <summary>The ids of a text. Added tokens are found in it wherever they stand.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">Whether the tokens come with it that the folder puts before and after texts.</param>
    /// <param name="goesOn">Whether the text goes on with another, so that no space is put before it.</param>
    public int[] Encode(string text, bool addSpecial = true, bool goesOn = false)
    {
        IEnumerable<int> ids = _added.Split(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))).SelectMany(piece =>
            piece.Token is { } token ? [token.Id] : _parts.Subwords.Encode(piece.Text, !(goesOn && piece.IsFirst) && _parts.Subwords.HasSpaceBefore(piece.IsFirst)));
        return addSpecial ? [.. _parts.Before, .. ids, .. _parts.After] : [.. ids];
    }

    /// <summary>What ids add to the text of others before them.</summary>
    public string DecodeAfter(IReadOnlyList<int> before, IReadOnlyList<int> tokens)
    {
        (string head, string whole) = (Decode(before), Decode([.. before, .. tokens]));
        return whole.StartsWith(head, StringComparison.Ordinal) ? whole[head.Length..] : Decode(tokens);
    }

    /// <summary>The text of ids. Those that the vocabulary lacks, as a model's padded head may give them, are skipped.</summary>
    /// <param name="tokens">The ids.</param>
    /// <param name="skipSpecial">Whether special tokens are skipped too.</param>
    public string Decode(IEnumerable<int> tokens, bool skipSpecial = true)
    {
        List<byte> bytes = [];
        bool begins = true;
        bool isFirst = true;
        foreach ((int place, int id) in tokens.Index())
        {
            if (_addedIds.TryGetValue(id, out AddedToken? token))
            {
                bytes.AddRange(token.IsSpecial && skipSpecial ? [] : Encoding.UTF8.GetBytes(token.Content));
                begins = true;
                isFirst &= place < _parts.Before.Length && id == _parts.Before[place];
            }
            else if (_parts.Subwords.BytesOf(id) is { } part)
            {
                // The space that encoding put before the piece is no part of the text.
                bytes.AddRange(begins && part is [(byte)' ', ..] && _parts.Subwords.HasSpaceBefore(isFirst) ? part[1..] : part);
                begins = isFirst = false;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
