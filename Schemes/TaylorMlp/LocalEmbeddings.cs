using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Where the local embeddings z₀ of a model's MLPs come from.</summary>
public interface ILocalEmbeddings : IDisposable
{
    /// <summary>In words, for reports.</summary>
    string Description { get; }

    /// <summary>z₀ of one MLP. <c>[h]</c></summary>
    /// <exception cref="ModelFileException">There is none for it.</exception>
    double[] Of(string path, int hidden);

    /// <summary>|z_max − z_min| of one MLP's units, by which the protected ones are chosen. <c>[h]</c></summary>
    /// <exception cref="ModelFileException">There is none for it.</exception>
    double[] Range(string path, int hidden);
}

/// <summary>Seeded z₀, normal around 0: for where no activations were recorded.</summary>
/// <param name="seed">The seed.</param>
/// <param name="spread">The standard deviation.</param>
public sealed class DrawnEmbeddings(ulong seed, double spread) : ILocalEmbeddings
{
    /// <inheritdoc/>
    public string Description => FormattableString.Invariant($"z₀ drawn, normal with standard deviation {spread}");

    /// <inheritdoc/>
    public double[] Of(string path, int hidden)
    {
        double[] z0 = new double[hidden];
        NormalCoins.Fill(NormalCoins.Key(seed, ReleaseFile.Z0Name(path)), 0, spread, z0);
        return z0;
    }

    /// <summary>Drawn too: magnitudes of normal numbers.</summary>
    public double[] Range(string path, int hidden)
    {
        double[] range = new double[hidden];
        NormalCoins.Fill(NormalCoins.Key(seed, $"{path}.z.range"), 0, 1, range);
        return [.. range.Select(Math.Abs)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>
/// z₀ = (z_max + z_min)/2 (Wang et al. 2024, Eq. 6) from a safetensors file with <c>P.z.min</c> and <c>P.z.max</c> [h] of each MLP at path P:
/// the least and the greatest of each entry of z = Vx that was seen on some text.
/// </summary>
public sealed class RecordedEmbeddings : ILocalEmbeddings
{
    private readonly SafeTensorsFile _file;

    /// <summary>Opens the file.</summary>
    /// <exception cref="ModelFileException">It is no safetensors file.</exception>
    public RecordedEmbeddings(string path) => _file = SafeTensorsFile.Open(path);

    /// <inheritdoc/>
    public string Description => $"z₀ the midrange of {_file.Path}";

    /// <inheritdoc/>
    public double[] Of(string path, int hidden)
    {
        (double[] least, double[] greatest) = Ends(path, hidden);
        return [.. least.Zip(greatest, (a, b) => (a / 2) + (b / 2))];
    }

    /// <inheritdoc/>
    public double[] Range(string path, int hidden)
    {
        (double[] least, double[] greatest) = Ends(path, hidden);
        return [.. least.Zip(greatest, (a, b) => b - a)];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The name of the least z of an MLP's units.</summary>
    public static string LeastName(string path) => $"{path}.z.min";

    /// <summary>The name of the greatest.</summary>
    public static string GreatestName(string path) => $"{path}.z.max";

    private (double[] Least, double[] Greatest) Ends(string path, int hidden)
    {
        double[] least = Read(LeastName(path), hidden);
        double[] greatest = Read(GreatestName(path), hidden);
        int wrong = Enumerable.Range(0, hidden).FirstOrDefault(j => least[j] > greatest[j], -1);
        return wrong < 0 ? (least, greatest)
            : throw new ModelFileException(_file.Path, $"tensor {LeastName(path)}[{wrong}] is above {GreatestName(path)}[{wrong}]");
    }

    private double[] Read(string name, int hidden)
    {
        TensorEntry entry = _file.Find(name) ?? throw new ModelFileException(_file.Path, $"tensor {name} is missing: the range of z needs P.z.min and P.z.max of each MLP at path P");
        if (entry.Storage is null || !entry.Shape.SequenceEqual([hidden]))
        {
            throw new ModelFileException(_file.Path, $"tensor {name} is {entry.Type} {entry.Sides}, where {hidden} floating-point numbers are needed");
        }

        using MappedTensor mapped = _file.Map(entry);
        return FiniteVector.Read(_file.Path, mapped);
    }
}
