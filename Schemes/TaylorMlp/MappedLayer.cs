using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

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
            IsGated = file.IsGated,
            Variant = file.Variant,
            IsX0Public = file.IsGated,
        };
    }

    /// <summary>The layer, of its protected units.</summary>
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
