using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Wager.Schemes.Models;

/// <summary>
/// A safetensors file, opened to be read. Its header is read and checked whole; the tensors stay on disk until they are mapped.
/// A file that is cut short by another process while a tensor is mapped ends this one, as with every mapped file.
/// </summary>
public sealed class SafeTensorsFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly Dictionary<string, TensorEntry> _byName;

    private SafeTensorsFile(string path, SafeFileHandle file, long length)
    {
        (Path, _file) = (path, file);
        (Metadata, Tensors) = SafeTensorsHeader.Parse(path, ReadHeader(length), length);
        _byName = Tensors.ToDictionary(tensor => tensor.Name);
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>Free text from the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>All tensors, in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is no safetensors file.</exception>
    public static SafeTensorsFile Open(string path)
    {
        SafeFileHandle file = PlainFile.Open(path, out long length);
        try
        {
            return new(path, file, length);
        }
        catch (Exception e) when (PlainFile.IsRefusal(e))
        {
            file.Dispose();
            throw new ModelFileException(path, $"it cannot be mapped into memory ({e.Message})");
        }
        catch (ModelFileException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of a name; null where there is none.</summary>
    public TensorEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Maps one tensor's bytes into memory, until the result is disposed of.</summary>
    /// <param name="entry">One of <see cref="Tensors"/>.</param>
    /// <exception cref="ArgumentException">It is none of this file's.</exception>
    /// <exception cref="ModelFileException">The file was cut short since it was opened, or cannot be mapped.</exception>
    public MappedTensor Map(TensorEntry entry) =>
        ReferenceEquals(Find(entry.Name), entry) ? Mapped(entry) : throw new ArgumentException($"{entry.Name} is no tensor of {Path}", nameof(entry));

    /// <summary>Maps tensors of one type and with the same sides as one, where the file has them one after the other; else null. <c>[n, …]</c></summary>
    /// <param name="entries">Of <see cref="Tensors"/>; at least one.</param>
    /// <exception cref="ModelFileException">As of <see cref="Map"/>.</exception>
    internal MappedTensor? MapTogether(IReadOnlyList<TensorEntry> entries)
    {
        TensorEntry first = entries[0];
        return entries.Index().All(entry => entry.Item.Type == first.Type && entry.Item.Shape.SequenceEqual(first.Shape) && entry.Item.Offset == first.Offset + (entry.Index * first.Length))
            ? Mapped(first with { Shape = [entries.Count, .. first.Shape], Length = entries.Count * first.Length })
            : null;
    }

    /// <summary>Closes the file. What is mapped stays so.</summary>
    public void Dispose()
    {
        _map.Dispose();
        _file.Dispose();
    }

    private MappedTensor Mapped(TensorEntry entry)
    {
        try
        {
            return RandomAccess.GetLength(_file) < entry.Offset + entry.Length
                ? throw new ModelFileException(Path, $"tensor {ModelFileException.Quoted(entry.Name)} is gone: the file was cut short since it was opened")
                : new(_map, entry);
        }
        catch (Exception e) when (PlainFile.IsRefusal(e))
        {
            throw new ModelFileException(Path, $"tensor {ModelFileException.Quoted(entry.Name)} cannot be mapped into memory ({e.Message})");
        }
    }

    private byte[] ReadHeader(long fileLength)
    {
        Span<byte> prefix = stackalloc byte[(int)Math.Min(SafeTensorsHeader.PrefixLength, fileLength)];
        PlainFile.Read(Path, _file, prefix, 0);
        byte[] header = new byte[SafeTensorsHeader.LengthOf(Path, prefix, fileLength)];
        PlainFile.Read(Path, _file, header, SafeTensorsHeader.PrefixLength);
        return header;
    }
}
