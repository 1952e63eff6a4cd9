using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>A released MLP that is mapped into memory. One that the public code released is brought to the paper's scale there, in a copy.</summary>
public sealed class MappedLayer : IDisposable
{
    private readonly List<MappedTensor> _mapped = [];
    private readonly ReleasedLayer _asStored;
    private readonly Variant _variant;
    private NativeBlock? _divided;

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

        _variant = file.Variant;
        _asStored = Layer = new()
        {
            Theta = theta,
            Theta0 = theta0,
            Z0 = z0,
            Outputs = mlp.Shape.Outputs,
            Format = mlp.Storage,
            Storage = mlp.Storage,
            Activation = file.Activation,
            IsGated = file.IsGated,
            HasSigns = file.Variant.HasSigns,
            IsX0Public = file.IsGated,
        };
    }

    /// <summary>The layer, of its protected units; of the public code, as it is stored until <see cref="Divide"/>.</summary>
    public ReleasedLayer Layer { get; private set; }

    /// <summary>Divides Θ_n by n! where the release did not, in a copy.</summary>
    /// <param name="threads">How many threads share the rows.</param>
    public void Divide(int threads)
    {
        if (!_variant.IsDivided && _divided is null && _asStored.Orders > 0)
        {
            _divided = new(DividedLayer.Bytes(_asStored));
            Layer = DividedLayer.Of(_asStored, _variant, _divided, threads);
        }
    }

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
    public void Dispose()
    {
        _mapped.ForEach(tensor => tensor.Dispose());
        _divided?.Dispose();
    }
}
