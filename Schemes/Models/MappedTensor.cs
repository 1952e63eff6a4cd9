using System.IO.MemoryMappedFiles;

namespace Wager.Schemes.Models;

/// <summary>
/// A tensor's bytes, mapped into memory to be read. They are not copied: the system reads the pages that are touched, and
/// disposal gives them back, so that a model larger than the memory can be gone through tensor by tensor.
/// </summary>
public sealed unsafe class MappedTensor : IDisposable
{
    private readonly MemoryMappedViewAccessor? _view;
    private readonly IDisposable? _memory;
    private readonly byte* _pointer;
    private bool _disposed;

    internal MappedTensor(MemoryMappedFile file, TensorEntry entry)
    {
        Entry = entry;
        if (entry.Length > 0) // a view of 0 bytes would be one of the whole rest
        {
            _view = file.CreateViewAccessor(entry.Offset, entry.Length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
            _pointer += _view.PointerOffset;
        }
    }

    /// <summary>One that is in memory already, which is freed with it.</summary>
    internal MappedTensor(byte* pointer, IDisposable memory, TensorEntry entry)
    {
        _pointer = pointer;
        (_memory, Entry) = (memory, entry);
    }

    /// <summary>What the header says of it.</summary>
    public TensorEntry Entry { get; }

    /// <summary>Its bytes.</summary>
    public long Length => Entry.Length;

    /// <summary>Its first byte, which need not be aligned; null where it is empty. It holds until disposal.</summary>
    /// <exception cref="ObjectDisposedException">That was.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _pointer;
        }
    }

    /// <summary>Some of its bytes. They hold until disposal.</summary>
    /// <param name="offset">The first, from the start of the tensor.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has not as many.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new(Pointer + offset, length);
    }

    /// <summary>Unmaps it.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _view?.SafeMemoryMappedViewHandle.ReleasePointer();
            _view?.Dispose();
            _memory?.Dispose();
        }
    }
}
