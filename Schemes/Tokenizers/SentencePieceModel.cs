using System.Text;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;
using Wager.Schemes.Models;

namespace Wager.Schemes.Tokenizers;

/// <summary>
/// tokenizer.model: SentencePiece BPE with a token for each byte, as Llama 2 and Mistral have. The library encodes; pieces are read here,
/// for it tells neither their types nor what is in models that it encodes wrongly, which are refused.
/// </summary>
internal sealed class SentencePieceModel : ISubwords
{
    private const string Space = "\u2581";

    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<int, byte> _byteIds = [];
    private readonly SentencePieceTokenizer _pieces;
    private readonly bool _prefixes;
    private readonly bool _isLegacy;

    private SentencePieceModel(string path, byte[] model, TokenizerConfig config)
    {
        _vocabulary = new(problem => new(path, problem));
        (List<(string Text, PieceType Type)> pieces, bool isBpe, bool normalizes, _prefixes) = Parse(model);
        if (!isBpe || normalizes)
        {
            throw new ModelFileException(path, $"unsupported tokenizer: SentencePiece {(isBpe ? "that rewrites texts before it cuts them" : "of another kind than BPE")}; supported is SentencePiece BPE with normalization 'identity' that keeps white space");
        }

        foreach ((int id, (string text, PieceType type)) in pieces.Index())
        {
            _vocabulary.Add(text, id);
            if (type == PieceType.Byte)
            {
                _byteIds[id] = text.Length == 6 && byte.TryParse(text.AsSpan(3, 2), System.Globalization.NumberStyles.HexNumber, null, out byte value) && text == $"<0x{value:X2}>"
                    ? value : throw _vocabulary.Refused($"piece {ModelFileException.Quoted(text)} is of a byte, and must be like <0x0A>");
            }
        }

        if (_byteIds.Count != 256)
        {
            throw _vocabulary.Refused($"{_byteIds.Count} of 256 bytes have a piece; all must, so that any text can be encoded (byte_fallback)");
        }

        Added = TokenizerParts.Join(_vocabulary, config.Added.Concat(
            from piece in pieces.Index()
            where piece.Item.Type is PieceType.Unknown or PieceType.Control or PieceType.UserDefined && config.Added.All(token => token.Id != piece.Index)
            select new AddedToken(piece.Index, piece.Item.Text, IsSpecial: piece.Item.Type != PieceType.UserDefined)));
        _isLegacy = config.IsLegacy;
        // The space before a text is put there here, where it is known what follows an added token. A field that is given again has its last value.
        using MemoryStream stream = new([.. model, 0x1A, 2, 0x18, 0]);
        _pieces = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false, specialTokens: null);
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

    /// <inheritdoc/>
    public string Kind => "SentencePiece BPE";

    private AddedToken[] Added { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="ModelFileException">It is not what it should be.</exception>
    public static TokenizerParts Read(string path, TokenizerConfig config)
    {
        byte[] model = VocabularyFiles.Bytes(path);
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
    public IEnumerable<int> Encode(string text, bool isFirst) =>
        _pieces.EncodeToIds(HasSpaceBefore(isFirst) ? $" {text}" : text, addBeginningOfSentence: false, addEndOfSentence: false);

    /// <inheritdoc/>
    public bool HasSpaceBefore(bool isFirst) => _prefixes && (isFirst || _isLegacy);

    /// <inheritdoc/>
    public byte[]? BytesOf(int id) => _byteIds.TryGetValue(id, out byte value) ? [value]
        : _vocabulary.TokenOf(id) is { } token ? Encoding.UTF8.GetBytes(token.Replace(Space, " ", StringComparison.Ordinal)) : null;

    /// <summary>What of the file is needed: field 1 are the pieces, 2 how it was trained, 3 how it rewrites texts.</summary>
    private static (List<(string, PieceType)> Pieces, bool IsBpe, bool Normalizes, bool Prefixes) Parse(byte[] model)
    {
        List<(string, PieceType)> pieces = [];
        (bool isBpe, bool hasMap, bool dropsSpaces, bool prefixes, bool escapes, bool suffixes) = (false, false, true, true, true, false);
        Each(model, (field, input) =>
        {
            if (field is < 1 or > 3)
            {
                return false;
            }

            (string text, PieceType type) = ("", PieceType.Normal);
            Each(input.ReadBytes().ToByteArray(), (inner, part) =>
            {
                switch (field, inner)
                {
                    case (1, 1): text = part.ReadString(); break;
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
                pieces.Add((text, type));
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
