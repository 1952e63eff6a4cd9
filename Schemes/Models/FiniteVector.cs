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

    /// <summary>An entry of a tensor is not a finite number.</summary>
    public static ModelFileException NotFinite(string path, string tensor, string at, double value) =>
        new(path, FormattableString.Invariant($"tensor {tensor}{at} is {value}, where every entry must be a finite number"));
}
