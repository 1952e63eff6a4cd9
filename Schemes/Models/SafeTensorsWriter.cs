using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wager.Schemes.Models;

/// <summary>
/// Writes a safetensors file as it comes: the header from what is declared, then the tensors' bytes in the declared order. It is
/// written aside and renamed by <see cref="Commit"/>, so that no half of it is ever seen. The data begin at a multiple of 8;
/// for every tensor to be aligned, declare those with the larger entries first.
/// </summary>
public sealed class SafeTensorsWriter : IDisposable
{
    private const int Alignment = 8;
    private const int BufferLength = 1 << 16;

    /// <summary>What may wait to be brought to the disk: little, since that cannot be stopped, and at the end would else take as long as it takes to write gigabytes.</summary>
    private const int UnflushedLength = 1 << 26;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly string _aside;
    private readonly FileStream _file;
    private readonly CancellationToken _stop;
    private long _missing;
    private long _unflushed;
    private bool _committed;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <param name="tensors">The names, codes of types and sides of its tensors.</param>
    /// <param name="metadata">Free text for the header; Python's libraries want "format": "pt".</param>
    /// <param name="stop">Ends it: from then on nothing is written, and it cannot be committed.</param>
    /// <exception cref="ArgumentException">A name comes twice, is reserved or no Unicode, a type is unknown, a side negative, or the header too long.</exception>
    /// <exception cref="ModelFileException">The file cannot be written.</exception>
    public SafeTensorsWriter(
        string path,
        IReadOnlyList<(string Name, string Type, long[] Shape)> tensors,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken stop = default)
    {
        byte[] header = Header(tensors, metadata, out _missing);
        _path = path;
        _stop = stop;
        _aside = $"{path}.{Environment.ProcessId}.part";
        long length = header.Length + _missing;
        _file = Guarded(() =>
        {
            if (path.Length == 0 || Directory.Exists(path))
            {
                throw new IOException("it names no file");
            }

            if (new FileInfo(path) is { Exists: true, Length: 0 })
            {
                using FileStream there = new(path, FileMode.Open, FileAccess.ReadWrite);
                there.SetLength(0); // which a device or a pipe refuses: renaming would put a file in its place
            }

            return new FileStream(_aside, FileMode.Create, FileAccess.Write, FileShare.None, BufferLength);
        });
        try
        {
            Guarded(() =>
            {
                // What a killed process of the same number has left, as in a container each has the same, takes no room any more.
                PlainFile.RequireRoom(path, Path.GetDirectoryName(Path.GetFullPath(path))!, length);
                _file.Write(header);
                return true;
            });
        }
        catch (ModelFileException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Writes the bytes that follow.</summary>
    /// <exception cref="InvalidOperationException">They are more than were declared.</exception>
    /// <exception cref="ModelFileException">They cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _missing)
        {
            throw new InvalidOperationException($"{_path}: {bytes.Length} bytes, where {_missing} are missing");
        }

        _stop.ThrowIfCancellationRequested();
        try
        {
            _file.Write(bytes);
            _unflushed += bytes.Length;
            if (_unflushed >= UnflushedLength)
            {
                _file.Flush(flushToDisk: true);
                _unflushed = 0;
            }
        }
        catch (Exception e) when (PlainFile.IsRefusal(e))
        {
            throw Unwritable(e);
        }

        _missing -= bytes.Length;
    }

    /// <summary>Brings what was written to the disk, and gives it its name. A file that had that name is replaced.</summary>
    /// <exception cref="InvalidOperationException">Bytes that were declared are missing.</exception>
    /// <exception cref="ModelFileException">It cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Commit()
    {
        if (_missing > 0)
        {
            throw new InvalidOperationException($"{_path}: {_missing} bytes are missing");
        }

        Guarded(() =>
        {
            _file.Flush(flushToDisk: true);
            _stop.ThrowIfCancellationRequested();
            _file.Dispose();
            File.Move(_aside, _path, overwrite: true);
            return _committed = true;
        });
    }

    /// <summary>Without a commit, deletes what was written.</summary>
    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        try
        {
            _file.Dispose(); // which may have to write what is buffered
        }
        catch (IOException)
        {
            // to a disk that is full, say: it is deleted anyway
        }

        File.Delete(_aside);
    }

    private static byte[] Header(
        IReadOnlyList<(string Name, string Type, long[] Shape)> tensors, IReadOnlyDictionary<string, string> metadata, out long dataLength)
    {
        ArrayBufferWriter<byte> header = new();
        header.Write(stackalloc byte[SafeTensorsHeader.PrefixLength]);
        using Utf8JsonWriter json = new(header, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject(SafeTensorsHeader.MetadataKey);
            foreach ((string key, string text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(_utf8.GetBytes(key), _utf8.GetBytes(text));
            }

            json.WriteEndObject();
        }

        HashSet<string> names = [SafeTensorsHeader.MetadataKey];
        dataLength = 0;
        foreach ((string name, string type, long[] shape) in tensors)
        {
            long length = names.Add(name) && shape.All(side => side >= 0) && TensorEntry.LengthOf(type, shape) is { } whole
                ? whole
                : throw new ArgumentException($"{name}, {type} {TensorEntry.Bracketed(shape)}: no tensor, or a second one of its name", nameof(tensors));
            json.WriteStartObject(_utf8.GetBytes(name));
            json.WriteString("dtype", type);
            WriteNumbers(json, "shape", shape);
            WriteNumbers(json, "data_offsets", [dataLength, checked(dataLength += length)]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        while (header.WrittenCount % Alignment != 0)
        {
            header.Write(" "u8);
        }

        byte[] bytes = header.WrittenSpan.ToArray();
        long headerLength = bytes.Length - SafeTensorsHeader.PrefixLength;
        BinaryPrimitives.WriteInt64LittleEndian(bytes, headerLength);
        return headerLength <= SafeTensorsHeader.LongestLength ? bytes
            : throw new ArgumentException($"a header of {headerLength} bytes, where {SafeTensorsHeader.LongestLength} are allowed", nameof(tensors));
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, long[] numbers)
    {
        json.WriteStartArray(key);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private T Guarded<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (PlainFile.IsRefusal(e))
        {
            throw Unwritable(e);
        }
    }

    private ModelFileException Unwritable(Exception e) => new(_path, $"it cannot be written ({e.Message}); name a file in a folder that exists, with room on its disk");
}
