namespace Wager.Schemes.Models;

/// <summary>Vectors from files.</summary>
internal static class FiniteVector
{
    /// <summary>A mapped tensor's entries, each of which must be a finite number.</summary>
    /// <exception cref="ModelFileException">One is not.</exception>
    public static double[] Read(string path, MappedTensor tensor)
    {
        StorageType storage = tensor.Entry.Storage!;
        double[] values = new double[tensor.Length / storage.Size];
        storage.Read(tensor.Bytes(0, (int)tensor.Length), values);
        int at = Array.FindIndex(values, value => !double.IsFinite(value));
        return at < 0 ? values : throw NotFinite(path, tensor.Entry.Name, $"[{at}]", values[at]);
    }

    /// <summary>An entry of a tensor is not a finite number.</summary>
    public static ModelFileException NotFinite(string path, string tensor, string at, double value) =>
        new(path, FormattableString.Invariant($"tensor {tensor}{at} is {value}, where every entry must be a finite number"));
}
