using System.Globalization;
using System.Text;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// tokenizer.model: SentencePiece BPE with a token for each byte, as Llama 2 and Mistral have. The library's own reader of such files is
/// not used: of two equal merges it takes the right one, where SentencePiece takes the left, and it tells no piece's type. What it makes
/// of merges by rank is right, so pieces become those: any two pieces that make up a third are merged, by its score.
/// </summary>
internal sealed class SentencePieceModel : ISubwords
{
    private const char Space = '\u2581';

    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<int, byte> _byteIds = [];
    private readonly Dictionary<byte, int> _idsOfBytes;
    private readonly HashSet<Rune> _letters;
    private readonly BpeTokenizer _merging;
    private readonly bool _prefixes;
    private readonly bool _isLegacy;
    private readonly bool _cutsAtSpaces;

    private SentencePieceModel(string path, byte[] model, TokenizerConfig config)
    {
        _vocabulary = new(problem => new(path, problem));
        (List<Piece> pieces, bool isBpe, bool normalizes, _prefixes) = Parse(model);
        if (!isBpe || normalizes || pieces.Exists(piece => piece.Type == PieceType.Unused))
        {
            string kind = !isBpe ? "of another kind than BPE" : normalizes ? "that rewrites texts before it cuts them" : "with unused pieces";
            throw new ModelFileException(path, $"unsupported tokenizer: SentencePiece {kind}; supported is SentencePiece BPE with normalization 'identity' that keeps white space");
        }

        foreach ((int id, Piece piece) in pieces.Index())
        {
            _vocabulary.Add(piece.Text, id);
            if (piece.Type == PieceType.Byte)
            {
                _byteIds[id] = piece.Text.Length == 6 && byte.TryParse(piece.Text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) && piece.Text == $"<0x{value:X2}>"
                    ? value : throw _vocabulary.Refused($"piece {ModelFileException.Quoted(piece.Text)} is of a byte, and must be like <0x0A>");
            }
        }

        _idsOfBytes = _byteIds.ToDictionary(pair => pair.Value, pair => pair.Key);
        if (_byteIds.Count != 256)
        {
            throw _vocabulary.Refused($"{_byteIds.Count} of 256 bytes have a piece; all must, so that any text can be encoded (byte_fallback)");
        }

        Added = TokenizerParts.Join(_vocabulary, config.Added.Concat(
            from piece in pieces.Index()
            where piece.Item.Type is PieceType.Unknown or PieceType.Control or PieceType.UserDefined && config.Added.All(token => token.Id != piece.Index)
            select new AddedToken(piece.Index, piece.Item.Text, IsSpecial: piece.Item.Type != PieceType.UserDefined)));
        _isLegacy = config.IsLegacy;
        Dictionary<string, int> normal = pieces.Index().Where(piece => piece.Item.Type == PieceType.Normal).ToDictionary(piece => piece.Item.Text, piece => piece.Index);
        _letters = [.. normal.Keys.Select(text => text.EnumerateRunes().ToArray()).Where(runes => runes.Length == 1).Select(runes => runes[0])];
        _cutsAtSpaces = !normal.Keys.Any(text => text.AsSpan().TrimStart(Space).Contains(Space));
        IEnumerable<string> merges =
            from piece in pieces
            where piece.Type == PieceType.Normal
            orderby piece.Score descending
            from place in Enumerable.Range(1, Math.Max(0, piece.Text.Length - 1))
            where normal.ContainsKey(piece.Text[..place]) && normal.ContainsKey(piece.Text[place..])
            select $"{piece.Text[..place]} {piece.Text[place..]}";
        _merging = BpeTokenizer.Create(new BpeOptions(normal) { Merges = merges });
    }

    private enum PieceType
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4,
        Unused = 5,
        Byte = 6,
    }

    private sealed record Piece(string Text, float Score, PieceType Type);

    /// <inheritdoc/>
    public string Kind => "SentencePiece BPE";

    private AddedToken[] Added { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="ModelFileException">It is not what it should be.</exception>
    public static TokenizerParts Read(string path, TokenizerConfig config)
    {
        byte[] model = PlainFile.ReadAll(path);
        try
        {
            SentencePieceModel subwords = new(path, model, config);
            return new(
                subwords, subwords._vocabulary, subwords.Added,
                TokenizerParts.Ends(config.AddsBegin ?? true, subwords._vocabulary, "bos_token", config.Begin ?? "<s>"),
                TokenizerParts.Ends(config.AddsEnd, subwords._vocabulary, "eos_token", config.End ?? "</s>"));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException or ArgumentException or NullReferenceException or IndexOutOfRangeException)
        {
            throw new ModelFileException(path, "it is no SentencePiece model, or was cut short");
        }
    }

    /// <inheritdoc/>
    public IEnumerable<int> Encode(string text, bool isSpaced)
    {
        string spaced = (isSpaced ? $" {text}" : text).Replace(' ', Space);
        int done = 0;
        int place = 0;
        IReadOnlyList<int> Word() => done == place ? [] : _merging.EncodeToIds(spaced[done..place], considerPreTokenization: false, considerNormalization: false);
        foreach (Rune rune in spaced.EnumerateRunes())
        {
            bool isKnown = _letters.Contains(rune);
            if (!isKnown || (_cutsAtSpaces && place > 0 && spaced[place] == Space && spaced[place - 1] != Space))
            {
                foreach (int id in Word())
                {
                    yield return id;
                }

                done = place;
            }

            place += rune.Utf16SequenceLength;
            if (!isKnown)
            {
                foreach (byte value in Encoding.UTF8.GetBytes(spaced[done..place]))
                {
                    yield return _idsOfBytes[value];
                }

                done = place;
            }
        }

        foreach (int id in Word())
        {
            yield return id;
        }
    }

    /// <inheritdoc/>
    public bool HasSpaceBefore(bool isFirst) => _prefixes && (isFirst || _isLegacy);

    /// <inheritdoc/>
    public byte[]? BytesOf(int id) => _byteIds.TryGetValue(id, out byte value) ? [value]
        : _vocabulary.TokenOf(id) is { } token ? Encoding.UTF8.GetBytes(token.Replace(Space, ' ')) : null;

    /// <summary>What of the file is needed: field 1 are the pieces, 2 how it was trained, 3 how it rewrites texts.</summary>
    private static (List<Piece> Pieces, bool IsBpe, bool Normalizes, bool Prefixes) Parse(byte[] model)
    {
        List<Piece> pieces = [];
        (bool isBpe, bool hasMap, bool dropsSpaces, bool prefixes, bool escapes, bool suffixes) = (false, false, true, true, true, false);
        Each(model, (field, input) =>
        {
            if (field is < 1 or > 3)
            {
                return false;
            }

            (string text, float score, PieceType type) = ("", 0, PieceType.Normal);
            Each(input.ReadBytes().ToByteArray(), (inner, part) =>
            {
                switch (field, inner)
                {
                    case (1, 1): text = part.ReadString(); break;
                    case (1, 2): score = part.ReadFloat(); break;
                    case (1, 3): type = (PieceType)part.ReadEnum(); break;
                    case (2, 3): isBpe = part.ReadEnum() == 2; break;
                    case (2, 24): suffixes = part.ReadBool(); break;
                    case (3, 2): hasMap = part.ReadBytes().Length > 0; break;
                    case (3, 3): prefixes = part.ReadBool(); break;
                    case (3, 4): dropsSpaces = part.ReadBool(); break;
                    case (3, 5): escapes = part.ReadBool(); break;
                    default: return false;
                }

                return true;
            });
            if (field == 1)
            {
                pieces.Add(new(text, score, type));
            }

            return true;
        });
        return (pieces, isBpe, hasMap || dropsSpaces || !escapes || suffixes, prefixes);
    }

    /// <summary>Goes through a message's fields; what is not read of them is skipped.</summary>
    private static void Each(byte[] message, Func<int, CodedInputStream, bool> read)
    {
        using CodedInputStream input = new(message);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (!read(WireFormat.GetTagFieldNumber(tag), input))
            {
                input.SkipLastField();
            }
        }
    }
}
