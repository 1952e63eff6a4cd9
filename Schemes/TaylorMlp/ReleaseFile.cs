using System.Buffers.Binary;
using System.Globalization;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>One MLP in a release's file.</summary>
/// <param name="Names">What its tensors are called in the model.</param>
/// <param name="Shape">Its shape, of all its units.</param>
/// <param name="Storage">The type of z₀, Θ₀ and Θ_n.</param>
/// <param name="Weights">The type of V, which W, b and c have had too.</param>
/// <param name="Places">The places of the protected units, ascending; null where all are. <c>[K]</c></param>
public sealed record ReleasedMlp(MlpNames Names, MlpShape Shape, StorageType Storage, StorageType Weights, int[]? Places = null)
{
    /// <summary>K, how many units are protected.</summary>
    public int Protected => Places?.Length ?? Shape.Hidden;
}

/// <summary>
/// A TaylorMLP release of a model, in a safetensors file: every unprotected tensor under its own name, and for each MLP at path P
/// <c>P.taylor.z0</c> [h] and <c>P.taylor.theta.n</c> [D, h], n = 0 … N, n = 0 being [D] without a gate. The header says <c>format</c> =
/// <c>taylor-mlp/1</c>, <c>variant</c>, <c>activation</c>, <c>order</c> and <c>gated</c>. Where only K columns are protected these have K columns,
/// <c>P.taylor.columns</c> [K] tells which, and the others stand in clear as <c>P.taylor.rest.weight</c> [D, h − K] and, without a gate,
/// <c>P.taylor.rest.bias</c> [h − K]. On opening, every MLP's tensors are there, with the right sides and types.
/// </summary>
public sealed class ReleaseFile : ITensorFiles, IDisposable
{
    /// <summary>The format that is written and read.</summary>
    public const string Format = "taylor-mlp/1";

    /// <summary>The largest N.</summary>
    public const int GreatestOrder = 64;

    /// <summary>The largest h and D: a hundred times those of any model.</summary>
    private const int MostUnits = 1 << 24;

    /// <summary>What every tensor that a release adds has in its name, and no other tensor.</summary>
    public const string Mark = ".taylor.";

    /// <summary>The type of the places of protected columns.</summary>
    internal const string ColumnsType = "I64";

    private const string Z0Suffix = Mark + "z0";

    private readonly SafeTensorsFile _file;
    private readonly Dictionary<string, TensorEntry> _entries;

    private ReleaseFile(SafeTensorsFile file)
    {
        _file = file;
        _entries = file.Tensors.ToDictionary(entry => entry.Name);
        string format = Metadata("format");
        if (format != Format)
        {
            throw Refused($"format is {ModelFileException.Quoted(format)}, where {Format} is read");
        }

        string variant = file.Metadata.GetValueOrDefault("variant", Variant.Paper.Name); // a file that does not say is the paper's
        Variant = Variant.All.FirstOrDefault(known => known.Name == variant)
            ?? throw Refused($"variant is {ModelFileException.Quoted(variant)}; there are {string.Join(" and ", Variant.All)}");
        string activation = Metadata("activation");
        Activation = Activation.Find(activation)
            ?? throw Refused($"activation is {ModelFileException.Quoted(activation)}; there are {string.Join(", ", Activation.All)}");
        string order = Metadata("order");
        Order = int.TryParse(order, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n <= GreatestOrder ? n
            : throw Refused($"order is {ModelFileException.Quoted(order)}; it must be a whole number from 0 to {GreatestOrder}");
        string gated = Metadata("gated");
        IsGated = gated switch
        {
            "true" => true,
            "false" => false,
            _ => throw Refused($"gated is {ModelFileException.Quoted(gated)}; it must be true or false"),
        };
        Mlps = [.. file.Tensors.Where(entry => entry.Name.EndsWith(Z0Suffix, StringComparison.Ordinal)).Select(Found)];
        if (Mlps.Count == 0)
        {
            throw Refused($"there is no tensor whose name ends in {Z0Suffix}: nothing of the model is released as TaylorMLP");
        }
    }

    /// <summary>The file, as it was named.</summary>
    public string Path => _file.Path;

    /// <summary>As in the paper, or as in its public code.</summary>
    public Variant Variant { get; }

    /// <summary>The activation.</summary>
    public Activation Activation { get; }

    /// <summary>N.</summary>
    public int Order { get; }

    /// <summary>Whether the MLPs are gated.</summary>
    public bool IsGated { get; }

    /// <summary>The released MLPs, in the order of the file.</summary>
    public IReadOnlyList<ReleasedMlp> Mlps { get; }

    /// <summary>Opens a release.</summary>
    /// <exception cref="ModelFileException">It is no release in the format that is read.</exception>
    public static ReleaseFile Open(string path)
    {
        SafeTensorsFile file = SafeTensorsFile.Open(path);
        try
        {
            return new(file);
        }
        catch (ModelFileException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The name of an MLP's z₀.</summary>
    public static string Z0Name(string path) => path + Z0Suffix;

    /// <summary>The name of an MLP's Θ_n.</summary>
    public static string ThetaName(string path, int order) => $"{path}{Mark}theta.{order}";

    /// <summary>The name of the places of an MLP's protected columns.</summary>
    public static string ColumnsName(string path) => $"{path}{Mark}columns";

    /// <summary>The name of an MLP's columns of W that stand in clear.</summary>
    public static string RestWeightName(string path) => $"{path}{Mark}rest.weight";

    /// <summary>The name of their entries of b.</summary>
    public static string RestBiasName(string path) => $"{path}{Mark}rest.bias";

    /// <summary>Maps an MLP into memory, until the result is disposed of.</summary>
    /// <exception cref="ModelFileException">z₀ or θ₀ has an entry that is not a finite number, or the file cannot be mapped.</exception>
    public MappedLayer Map(ReleasedMlp mlp) => new(this, mlp);

    /// <summary>All tensors, in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> Tensors => _file.Tensors;

    /// <inheritdoc/>
    public TensorEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <inheritdoc/>
    public MappedTensor Map(string name) =>
        Find(name) is { } entry ? _file.Map(entry) : throw new ArgumentException($"{name} is no tensor of {Path}", nameof(name));

    /// <summary>Maps tensors of one type and with the same sides as one, where the file has them one after the other; else null. <c>[n, …]</c></summary>
    /// <exception cref="ArgumentException">There is no tensor of one of these names, or no name.</exception>
    /// <exception cref="ModelFileException">The file was cut short since it was opened, or cannot be mapped.</exception>
    internal MappedTensor? MapTogether(IReadOnlyList<string> names) =>
        _file.MapTogether([.. names.Select(name => Find(name) ?? throw new ArgumentException($"{name} is no tensor of {Path}", nameof(names)))]);

    /// <summary>Reads a vector, which must be there.</summary>
    /// <exception cref="ModelFileException">An entry is not a finite number.</exception>
    public double[] Vector(string name)
    {
        TensorEntry entry = _entries[name];
        using MappedTensor mapped = _file.Map(entry);
        return FiniteVector.Read(Path, mapped);
    }

    /// <summary>Reads a matrix, row by row; it must be there with these sides, and its entries be finite.</summary>
    internal double[] Matrix(string name, int rows, int columns)
    {
        TensorEntry entry = _entries.GetValueOrDefault(name) ?? throw Refused($"tensor {name} is missing, which a release keeps");
        return entry.Storage is not null && entry.Shape.SequenceEqual([rows, columns]) ? Vector(name)
            : throw Refused($"tensor {name} is {entry.Type} {entry.Sides}; it must be of {StorageNames}, and {TensorEntry.Bracketed([rows, columns])}");
    }

    /// <summary>Reads all of a matrix, entries of which must be finite numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ModelFileException">One is not.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void RequireFinite(string name, CancellationToken stop)
    {
        using MappedTensor matrix = Map(name);
        FiniteVector.Require(Path, matrix, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private ReleasedMlp Found(TensorEntry z0)
    {
        string path = z0.Name[..^Z0Suffix.Length];
        MlpNames names = MlpNames.At(path, IsGated);
        if (z0.Shape.Count != 1 || z0.Shape[0] < 1 || z0.Storage is not { } storage)
        {
            throw Refused($"tensor {z0.Name} is {z0.Type} {z0.Sides}; it must be a vector of {StorageNames}");
        }

        long count = z0.Shape[0];
        long outputs = Order == 0 && !IsGated ? Entry(ThetaName(path, 0), storage, 1).Shape[0] : Entry(ThetaName(path, Order), storage, 2).Shape[0];
        for (int n = 0; n <= Order; n++)
        {
            long[] shape = n == 0 && !IsGated ? [outputs] : [outputs, count];
            TensorEntry theta = Entry(ThetaName(path, n), storage, shape.Length);
            if (!theta.Shape.SequenceEqual(shape))
            {
                throw Refused($"tensor {theta.Name} is {theta.Sides}, where {z0.Name} and the others make it {TensorEntry.Bracketed(shape)}");
            }
        }

        if (_entries.ContainsKey(ThetaName(path, Order + 1)))
        {
            throw Refused($"tensor {ThetaName(path, Order + 1)} is beyond the order {Order} that the header says");
        }

        TensorEntry v = _entries.GetValueOrDefault(names.V) ?? throw Refused($"tensor {names.V} is missing, which a release keeps");
        bool isWhole = !_entries.ContainsKey(ColumnsName(path));
        if (isWhole && _entries.ContainsKey(RestWeightName(path)))
        {
            throw Refused($"tensor {ColumnsName(path)} is missing, which tells the places of the columns that are not in {RestWeightName(path)}");
        }

        if (v.Storage is not { } weights || v.Shape.Count != 2 || (isWhole ? v.Shape[0] != count : v.Shape[0] < count) || Math.Max(outputs, v.Shape[0]) > MostUnits)
        {
            throw Refused($"tensor {v.Name} is {v.Type} {v.Sides}; it must be of {StorageNames}, with {count} rows{(isWhole ? $" as {z0.Name} has entries, where no {ColumnsName(path)} tells which are protected" : " or more")}, and no side be above {MostUnits}");
        }

        int hidden = (int)v.Shape[0];
        return new(
            names, new((int)Math.Min(v.Shape[1], int.MaxValue), hidden, (int)outputs, IsGated), storage, weights, isWhole ? null : Places(path, (int)count, hidden, outputs, weights));
    }

    /// <summary>The places of the protected columns; what stands in clear beside them must fit.</summary>
    private int[] Places(string path, int count, int hidden, long outputs, StorageType weights)
    {
        TensorEntry columns = _entries[ColumnsName(path)];
        if (columns.Type != ColumnsType || !columns.Shape.SequenceEqual([count]))
        {
            throw Refused($"tensor {columns.Name} is {columns.Type} {columns.Sides}; it must be {ColumnsType} [{count}], as {Z0Name(path)}");
        }

        RequireRest(RestWeightName(path), outputs, hidden - count);
        if (!IsGated)
        {
            RequireRest(RestBiasName(path), hidden - count);
        }

        using MappedTensor mapped = _file.Map(columns);
        int[] places = new int[count];
        long last = -1;
        for (int k = 0; k < count; k++)
        {
            long place = BinaryPrimitives.ReadInt64LittleEndian(mapped.Bytes(k * (long)sizeof(long), sizeof(long)));
            places[k] = place > last && place < hidden ? (int)(last = place)
                : throw Refused($"tensor {columns.Name}[{k}] is {place}; the places must ascend, and be below {hidden}");
        }

        return places;

        void RequireRest(string name, params long[] shape)
        {
            TensorEntry? rest = _entries.GetValueOrDefault(name);
            if (rest is null || rest.Storage != weights || !rest.Shape.SequenceEqual(shape))
            {
                throw Refused($"tensor {name} {(rest is null ? "is missing" : $"is {rest.Type} {rest.Sides}")}; beside {columns.Name} it must be {weights.Code} {TensorEntry.Bracketed(shape)}");
            }
        }
    }

    private static string StorageNames => string.Join(", ", StorageType.All.Select(type => type.Code));

    private TensorEntry Entry(string name, StorageType storage, int sides) =>
        _entries.GetValueOrDefault(name) is not { } entry ? throw Refused($"tensor {name} is missing; the header says order {Order}")
        : entry.Storage != storage || entry.Shape.Count != sides || entry.Shape[0] < 1
            ? throw Refused($"tensor {name} is {entry.Type} {entry.Sides}; it must be {storage.Code} with {sides} side{(sides == 1 ? "" : "s")}")
        : entry;

    private string Metadata(string key) => _file.Metadata.GetValueOrDefault(key)
        ?? throw Refused($"the header's __metadata__ has no {key}: this is no release in the format {Format}");

    private ModelFileException Refused(string problem) => new(Path, problem);
}
