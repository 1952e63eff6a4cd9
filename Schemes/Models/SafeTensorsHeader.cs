using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Wager.Schemes.Models;

/// <summary>
/// The header of a safetensors file: a JSON object with an object {dtype, shape, data_offsets} for each tensor, and one with free text.
/// What the format leaves to a reader is refused: a key that comes twice, a key of a tensor besides those three.
/// </summary>
internal ref struct SafeTensorsHeader
{
    /// <summary>The bytes that a header may have.</summary>
    public const int LongestLength = 100_000_000;

    /// <summary>The bytes before it: its length, little-endian.</summary>
    public const int PrefixLength = 8;

    /// <summary>The key of the free text.</summary>
    public const string MetadataKey = "__metadata__";

    private readonly string _path;
    private readonly long _dataLength;
    private readonly long _dataOffset;
    private readonly Dictionary<string, TensorEntry> _tensors = [];
    private Dictionary<string, string>? _metadata;
    private Utf8JsonReader _json;

    private SafeTensorsHeader(string path, ReadOnlySpan<byte> header, long fileLength)
    {
        _path = path;
        _dataOffset = PrefixLength + header.Length;
        _dataLength = fileLength - _dataOffset;
        _json = new(header);
    }

    /// <summary>The header's length, held against the file's before there is room made for it.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="prefix">The bytes before the header, or as many as there are.</param>
    /// <param name="fileLength">The bytes of the whole file.</param>
    /// <exception cref="ModelFileException">No such header can be in such a file.</exception>
    public static int LengthOf(string path, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (fileLength < PrefixLength)
        {
            throw new ModelFileException(path, $"{fileLength} bytes are no safetensors file, which begins with {PrefixLength} that tell its header's length");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        return length <= LongestLength && length <= (ulong)(fileLength - PrefixLength) ? (int)length
            : throw new ModelFileException(
                path, $"a header of {length} bytes cannot be in a file of {fileLength}, nor be longer than {LongestLength}; is this a safetensors file, and all of it?");
    }

    /// <summary>Reads a header and holds it against the file's length.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="header">The header, without its length.</param>
    /// <param name="fileLength">The bytes of the whole file.</param>
    /// <returns>The free text, and the tensors in the order of their bytes.</returns>
    /// <exception cref="ModelFileException">It is no header of such a file.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, TensorEntry[] Tensors) Parse(string path, ReadOnlySpan<byte> header, long fileLength)
    {
        if (!Utf8.IsValid(header))
        {
            throw new ModelFileException(path, "the header is not UTF-8; is this a safetensors file?");
        }

        if (!header.StartsWith("{"u8) || !header.TrimEnd((byte)' ').EndsWith("}"u8))
        {
            throw new ModelFileException(path, "the header is not one JSON object with nothing before it and only spaces after it; is this a safetensors file?");
        }

        SafeTensorsHeader reader = new(path, header, fileLength);
        try
        {
            return (reader.ReadAll(), reader.InOrder());
        }
        catch (JsonException e)
        {
            throw new ModelFileException(path, $"the header is not JSON, at {ModelFileException.Place(e)}");
        }
    }

    private IReadOnlyDictionary<string, string> ReadAll()
    {
        _json.Read();
        while (NextKey() is { } key)
        {
            if (key == MetadataKey)
            {
                ReadMetadata();
            }
            else if (!_tensors.TryAdd(key, ReadTensor(key)))
            {
                throw Refused($"tensor {ModelFileException.Quoted(key)} stands there twice");
            }
        }

        _json.Read(); // to the end: after the object there is nothing but spaces
        return _metadata ?? [];
    }

    private void ReadMetadata()
    {
        if (_metadata is not null)
        {
            throw Refused($"{MetadataKey} stands there twice");
        }

        _metadata = [];
        Require(JsonTokenType.StartObject, MetadataKey, "an object of text");
        while (NextKey() is { } key)
        {
            if (!_metadata.TryAdd(key, Text($"{MetadataKey}, key {ModelFileException.Quoted(key)}")))
            {
                throw Refused($"{MetadataKey}: key {ModelFileException.Quoted(key)} stands there twice");
            }
        }
    }

    private TensorEntry ReadTensor(string name)
    {
        string what = $"tensor {ModelFileException.Quoted(name)}";
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Require(JsonTokenType.StartObject, what, "an object with dtype, shape and data_offsets");
        while (NextKey() is { } key)
        {
            switch (key)
            {
                case "dtype" when type is null:
                    type = Text($"{what}, dtype");
                    break;
                case "shape" when shape is null:
                    shape = Numbers($"{what}, shape", int.MaxValue);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = Numbers($"{what}, data_offsets", 2);
                    break;
                default:
                    throw Refused($"{what}: key {ModelFileException.Quoted(key)} {(key is "dtype" or "shape" or "data_offsets" ? "stands there twice" : "is none of dtype, shape and data_offsets")}");
            }
        }

        return type is null || shape is null || offsets is null ? throw Refused($"{what} lacks one of dtype, shape and data_offsets")
            : !TensorEntry.Types.Contains(type) ? throw Refused($"{what}: unknown dtype {ModelFileException.Quoted(type)}; there are {string.Join(", ", TensorEntry.Types)}")
            : offsets.Count != 2 || offsets[0] > offsets[1] || offsets[1] > _dataLength
                ? throw Refused($"{what}: data_offsets {TensorEntry.Bracketed(offsets)} must be a begin and an end within the {_dataLength} bytes of data; the file may have been cut short")
            : TensorEntry.LengthOf(type, shape) is not { } length || length != offsets[1] - offsets[0]
                ? throw Refused($"{what}: data_offsets give it {offsets[1] - offsets[0]} bytes, which is not what shape {TensorEntry.Bracketed(shape)} of {type} takes")
            : new(name, type, shape.AsReadOnly(), _dataOffset + offsets[0], length);
    }

    /// <summary>The tensors in the order of their bytes, of which each must belong to exactly one.</summary>
    private readonly TensorEntry[] InOrder()
    {
        TensorEntry[] tensors = [.. _tensors.Values.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Length)];
        long end = _dataOffset;
        foreach (TensorEntry tensor in tensors)
        {
            if (tensor.Offset != end)
            {
                throw Refused($"tensor {ModelFileException.Quoted(tensor.Name)} begins at byte {tensor.Offset - _dataOffset} of the data, where the one before it ends at {end - _dataOffset}: there may be neither a hole nor an overlap");
            }

            end += tensor.Length;
        }

        return end == _dataOffset + _dataLength ? tensors
            : throw Refused($"the tensors take {end - _dataOffset} bytes, and {_dataLength} follow the header: nothing else may be there");
    }

    /// <summary>The next key of the object that is being read; null at its end.</summary>
    private string? NextKey()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.EndObject ? null : TextHere("the header");
    }

    private string Text(string what)
    {
        Require(JsonTokenType.String, what, "text");
        return TextHere(what);
    }

    private readonly string TextHere(string what)
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refused($"{what}: text with half a surrogate pair, which is no Unicode");
        }
    }

    private List<long> Numbers(string what, int most)
    {
        List<long> numbers = [];
        Require(JsonTokenType.StartArray, what, "an array of whole numbers from 0");
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(_json.TokenType == JsonTokenType.Number && _json.ValueSpan[0] != '-' && _json.TryGetInt64(out long number) && numbers.Count < most
                ? number
                : throw Refused($"{what} must be an array of {(most == 2 ? "two " : "")}whole numbers from 0 to {long.MaxValue}"));
        }

        return numbers;
    }

    private void Require(JsonTokenType type, string what, string needed)
    {
        _json.Read();
        if (_json.TokenType != type)
        {
            throw Refused($"{what} must be {needed}");
        }
    }

    private readonly ModelFileException Refused(string problem) => new(_path, $"the header is wrong: {problem}");
}
