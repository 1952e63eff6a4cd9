using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>An MLP of a model folder in memory: W mapped, its biases read.</summary>
public sealed class LoadedLayer : IDisposable
{
    private readonly MappedTensor _w;
    private readonly string _path;

    /// <summary>Maps a layer.</summary>
    /// <exception cref="ModelFileException">A bias has an entry that is not a finite number, or a file cannot be mapped.</exception>
    public unsafe LoadedLayer(ModelFolder model, MlpNames mlp)
    {
        double[] b = mlp.B is null ? new double[model.Hidden] : Vector(mlp.B);
        double[]? c = mlp.C is null ? null : Vector(mlp.C);
        _w = model.Map(mlp.W);
        _path = model.Path;
        Weights = new((nint)_w.Pointer, _w.Entry.Storage!, b, c, model.Width);

        double[] Vector(string name)
        {
            using MappedTensor mapped = model.Map(name);
            return FiniteVector.Read(model.Path, mapped);
        }
    }

    /// <summary>The weights.</summary>
    public LayerWeights Weights { get; }

    /// <summary>Reads all of W. A release shows what of it is not finite; where W is only compared with, nothing else does.</summary>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ModelFileException">An entry is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void RequireFinite(CancellationToken stop) => FiniteVector.Require(_path, _w, stop);

    /// <summary>Unmaps W.</summary>
    public void Dispose() => _w.Dispose();
}
