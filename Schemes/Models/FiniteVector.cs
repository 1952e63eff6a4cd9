using System.Runtime.Intrinsics;

namespace Wager.Schemes.Models;

/// <summary>Numbers from files.</summary>
internal static class FiniteVector
{
    private const int PieceEntries = 1 << 24;

    /// <summary>A mapped tensor's entries, each of which must be a finite number.</summary>
    /// <exception cref="ModelFileException">One is not.</exception>
    public static double[] Read(string path, MappedTensor tensor)
    {
        StorageType storage = tensor.Entry.Storage!;
        double[] values = new double[tensor.Length / storage.Size];
        for (int first = 0; first < values.Length; first += PieceEntries)
        {
            Span<double> piece = values.AsSpan(first, Math.Min(PieceEntries, values.Length - first));
            storage.Read(tensor.Bytes((long)first * storage.Size, piece.Length * storage.Size), piece);
        }

        int at = Array.FindIndex(values, value => !double.IsFinite(value));
        return at < 0 ? values : throw NotFinite(path, tensor.Entry.Name, $"[{at}]", values[at]);
    }

    /// <summary>Holds against it a part of a matrix that is only copied or compared with.</summary>
    /// <param name="path">Its file, or the model it is of, for messages.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="offset">Where in its bytes the part begins: between two entries.</param>
    /// <param name="part">The part: whole entries.</param>
    /// <exception cref="ModelFileException">An entry is not a finite number.</exception>
    public static unsafe void Require(string path, TensorEntry matrix, long offset, ReadOnlySpan<byte> part)
    {
        StorageType storage = matrix.Storage!;
        fixed (byte* first = part)
        {
            int count = part.Length / storage.Size;
            if (!StorageFormats.With<bool, AllFinite>(storage, new((nint)first, count)))
            {
                int at = 0;
                while (double.IsFinite(storage.Read(part.Slice(at * storage.Size, storage.Size))))
                {
                    at++;
                }

                (long i, long j) = Math.DivRem((offset / storage.Size) + at, matrix.Shape[1]);
                throw NotFinite(path, matrix.Name, $"[{i}, {j}]", storage.Read(part.Slice(at * storage.Size, storage.Size)));
            }
        }
    }

    /// <summary>Holds a whole matrix against it.</summary>
    /// <param name="path">Its file, or the model it is of, for messages.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ModelFileException">An entry is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Require(string path, MappedTensor matrix, CancellationToken stop)
    {
        for (long offset = 0; offset < matrix.Length; offset += PieceEntries)
        {
            stop.ThrowIfCancellationRequested();
            Require(path, matrix.Entry, offset, matrix.Bytes(offset, (int)Math.Min(PieceEntries, matrix.Length - offset)));
        }
    }

    /// <summary>Whether all entries are finite: each less itself is 0 then, and so is the sum.</summary>
    private readonly unsafe record struct AllFinite(nint Entries, int Count) : IStorageFunction<bool>
    {
        public bool Apply<TFormat>()
            where TFormat : struct, IStorageFormat
        {
            Vector512<double> sum = default;
            for (int j = 0; j < Count; j += Vector512<double>.Count)
            {
                Vector512<double> entries = StorageLanes<double>.Load<TFormat>((byte*)Entries, j, Count);
                sum += entries - entries;
            }

            return Vector512.Sum(sum) == 0;
        }
    }

    /// <summary>An entry of a tensor is not a finite number.</summary>
    public static ModelFileException NotFinite(string path, string tensor, string at, double value) =>
        new(path, FormattableString.Invariant($"tensor {tensor}{at} is {value}, where every entry must be a finite number"));
}
