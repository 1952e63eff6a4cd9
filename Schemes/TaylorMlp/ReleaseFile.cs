using System.Globalization;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>One MLP in a release's file.</summary>
/// <param name="Names">What its tensors are called in the model.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Storage">The type of z₀, Θ₀ and Θ_n.</param>
/// <param name="Weights">The type of V, which W, b and c have had too.</param>
public sealed record ReleasedMlp(MlpNames Names, MlpShape Shape, StorageType Storage, StorageType Weights);

/// <summary>
/// A TaylorMLP release of a model, in a safetensors file: every unprotected tensor under its own name, and for each MLP at path P
/// <c>P.taylor.z0</c> [h] and <c>P.taylor.theta.n</c> [D, h], n = 0 … N, n = 0 being [D] without a gate. The header says <c>format</c> =
/// <c>taylor-mlp/1</c>, <c>variant</c>, <c>activation</c>, <c>order</c> and <c>gated</c>. On opening, every MLP's tensors are there, with the right
/// sides and one type.
/// </summary>
public sealed class ReleaseFile : IDisposable
{
    /// <summary>The format that is written and read.</summary>
    public const string Format = "taylor-mlp/1";

    /// <summary>The variant that follows the paper, and what a file without a variant is.</summary>
    public const string PaperVariant = "paper";

    /// <summary>The largest N.</summary>
    public const int GreatestOrder = 64;

    /// <summary>The largest h and D: a hundred times those of any model.</summary>
    private const int MostUnits = 1 << 24;

    /// <summary>What every tensor that a release adds has in its name, and no other tensor.</summary>
    internal const string Mark = ".taylor.";

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

        string variant = file.Metadata.GetValueOrDefault("variant", PaperVariant);
        if (variant != PaperVariant)
        {
            throw Refused($"variant is {ModelFileException.Quoted(variant)}, where {PaperVariant} is read");
        }

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

    /// <summary>Maps an MLP into memory, until the result is disposed of.</summary>
    /// <exception cref="ModelFileException">z₀ or θ₀ has an entry that is not a finite number, or the file cannot be mapped.</exception>
    public MappedLayer Map(ReleasedMlp mlp) => new(this, mlp);

    /// <summary>Maps a tensor.</summary>
    internal MappedTensor Map(string name) => _file.Map(_entries[name]);

    /// <summary>Reads a vector; its entries must be finite.</summary>
    internal double[] Vector(string name)
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

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private ReleasedMlp Found(TensorEntry z0)
    {
        string path = z0.Name[..^Z0Suffix.Length];
        if (_entries.ContainsKey($"{path}{Mark}columns"))
        {
            throw Refused($"tensor {path}.taylor.columns: only releases that protect all columns are read");
        }

        MlpNames names = MlpNames.At(path, IsGated);
        if (z0.Shape.Count != 1 || z0.Shape[0] < 1 || z0.Storage is not { } storage)
        {
            throw Refused($"tensor {z0.Name} is {z0.Type} {z0.Sides}; it must be a vector of {StorageNames}");
        }

        long h = z0.Shape[0];
        long outputs = Order == 0 && !IsGated ? Entry(ThetaName(path, 0), storage, 1).Shape[0] : Entry(ThetaName(path, Order), storage, 2).Shape[0];
        for (int n = 0; n <= Order; n++)
        {
            long[] shape = n == 0 && !IsGated ? [outputs] : [outputs, h];
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
        return v.Storage is not { } weights || v.Shape.Count != 2 || v.Shape[0] != h || Math.Max(outputs, h) > MostUnits
            ? throw Refused($"tensor {v.Name} is {v.Type} {v.Sides}; it must be of {StorageNames}, with {h} rows, and no side be above {MostUnits}")
            : new(names, new((int)Math.Min(v.Shape[1], int.MaxValue), (int)h, (int)outputs, IsGated), storage, weights);
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

/// <summary>A released MLP that is mapped into memory.</summary>
public sealed class MappedLayer : IDisposable
{
    private readonly List<MappedTensor> _mapped = [];

    internal unsafe MappedLayer(ReleaseFile file, ReleasedMlp mlp)
    {
        double[] z0 = file.Vector(ReleaseFile.Z0Name(mlp.Names.Path));
        double[] theta0 = file.IsGated ? [] : file.Vector(ReleaseFile.ThetaName(mlp.Names.Path, 0));
        nint[] theta = new nint[file.Order + 1];
        try
        {
            for (int n = file.IsGated ? 0 : 1; n <= file.Order; n++)
            {
                MappedTensor matrix = file.Map(ReleaseFile.ThetaName(mlp.Names.Path, n));
                _mapped.Add(matrix);
                theta[n] = (nint)matrix.Pointer;
            }
        }
        catch (ModelFileException)
        {
            Dispose();
            throw;
        }

        Layer = new()
        {
            Theta = theta,
            Theta0 = theta0,
            Z0 = z0,
            Outputs = mlp.Shape.Outputs,
            Format = mlp.Storage,
            Storage = mlp.Storage,
            Activation = file.Activation,
            IsX0Public = file.IsGated,
        };
    }

    /// <summary>The layer.</summary>
    public ReleasedLayer Layer { get; }

    /// <summary>Has the system bring all of its bytes into memory, so that what follows is not about the disk.</summary>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public unsafe void Touch(CancellationToken stop)
    {
        const int Page = 4096;
        foreach (MappedTensor tensor in _mapped)
        {
            byte* end = tensor.Pointer + tensor.Length;
            for (byte* next = tensor.Pointer; next < end; next = (byte*)(((nint)next + Page) & -Page)) // a tensor may begin within a page
            {
                stop.ThrowIfCancellationRequested();
                Volatile.Read(ref *next); // a plain read of what is not used would be compiled away
            }
        }
    }

    /// <summary>Unmaps it.</summary>
    public void Dispose() => _mapped.ForEach(tensor => tensor.Dispose());
}
