using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>An MLP of a release's file in tensors of float64, with V and U: what Run′ is computed with.</summary>
public static class ReleasedTensors
{
    /// <summary>Loads one.</summary>
    /// <param name="file">The release.</param>
    /// <param name="mlp">One of its MLPs.</param>
    /// <exception cref="ModelFileException">U is missing or of another shape than V, or an entry is not a finite number.</exception>
    public static TaylorRelease Load(ReleaseFile file, ReleasedMlp mlp)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        (int d, int h, int outputs, bool isGated) = mlp.Shape;
        int units = mlp.Protected;
        string path = mlp.Names.Path;
        Tensor v = Matrix(mlp.Names.V, h, d);
        Tensor? u = mlp.Names.U is null ? null : Matrix(mlp.Names.U, h, d);
        Tensor z0 = TensorMath.Of(file.Vector(ReleaseFile.Z0Name(path)), CPU, units);
        Tensor theta0 = isGated ? Matrix(ReleaseFile.ThetaName(path, 0), outputs, units) : TensorMath.Of(file.Vector(ReleaseFile.ThetaName(path, 0)), CPU, outputs);
        Tensor theta = empty(file.Order, outputs, units, dtype: float64);
        for (int n = 1; n <= file.Order; n++)
        {
            using Tensor matrix = Matrix(ReleaseFile.ThetaName(path, n), outputs, units);
            theta.select(0, n - 1).copy_(matrix);
        }

        return new(
            v.MoveToOuterDisposeScope(), z0.MoveToOuterDisposeScope(), theta0.MoveToOuterDisposeScope(), theta.MoveToOuterDisposeScope(), file.Activation,
            u?.MoveToOuterDisposeScope())
        {
            Storage = mlp.Storage,
            Variant = file.Variant,
            Clear = mlp.Places is null || units == h ? null : ClearOf(mlp.Places),
        };

        ClearUnits ClearOf(int[] places)
        {
            int[] others = ClearUnits.Others(places, h);
            Tensor b = isGated ? zeros(others.Length, dtype: float64) : TensorMath.Of(file.Vector(ReleaseFile.RestBiasName(path)), CPU, others.Length);
            return new(ClearUnits.Indices(places, CPU).MoveToOuterDisposeScope(), ClearUnits.Indices(others, CPU).MoveToOuterDisposeScope(), Matrix(ReleaseFile.RestWeightName(path), outputs, others.Length).MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope());
        }

        Tensor Matrix(string name, int rows, int columns) => TensorMath.Of(file.Matrix(name, rows, columns), CPU, rows, columns);
    }
}
