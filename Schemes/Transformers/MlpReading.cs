using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Reads MLPs in the forms that files hold.</summary>
public static class MlpReading
{
    /// <summary>An MLP with its weights.</summary>
    /// <param name="reader">Reads the tensors.</param>
    /// <param name="names">What they are called.</param>
    /// <exception cref="ModelFileException">One is missing, or has other sides.</exception>
    public static PlainMlp PlainMlp(this WeightReader reader, MlpNames names)
    {
        (int d, int h) = (reader.Config.Model.Width, reader.Config.Model.Hidden);
        Tensor w = reader.Read(names.W, d, h);
        return new(
            new(
                reader.Read(names.V, h, d),
                names.B is null ? reader.Zeros(h, w) : reader.Read(names.B, h),
                w,
                names.C is null ? reader.Zeros(d, w) : reader.Read(names.C, d),
                names.U is null ? null : reader.Read(names.U, h, d)),
            reader.Config.Activation);
    }

    /// <summary>A released MLP, in the types of its file; its orders are copied only where they do not lie one after the other.</summary>
    /// <param name="reader">Reads the tensors.</param>
    /// <param name="release">The release.</param>
    /// <param name="mlp">One of its MLPs.</param>
    /// <exception cref="ModelFileException">One is missing, or has other sides.</exception>
    public static TaylorRelease ReleasedMlp(this WeightReader reader, ReleaseFile release, ReleasedMlp mlp)
    {
        (int d, int h, int outputs, bool isGated) = mlp.Shape;
        (int units, string path) = (mlp.Protected, mlp.Names.Path);
        return new(
            reader.Read(mlp.Names.V, h, d),
            reader.ReadReleased(ReleaseFile.Z0Name(path), units),
            reader.ReadReleased(ReleaseFile.ThetaName(path, 0), isGated ? [outputs, units] : [outputs]),
            reader.ReadTogether(release, [.. Enumerable.Range(1, release.Order).Select(n => ReleaseFile.ThetaName(path, n))], outputs, units),
            release.Activation,
            mlp.Names.U is null ? null : reader.Read(mlp.Names.U, h, d))
        {
            Storage = mlp.Storage,
            Variant = release.Variant,
            Clear = reader.ClearOf(mlp),
        };
    }

    /// <summary>The units of a released MLP that stand in clear; null where none do.</summary>
    /// <param name="reader">Reads the tensors.</param>
    /// <param name="mlp">One of the release's MLPs.</param>
    /// <exception cref="ModelFileException">One is missing, or has other sides.</exception>
    public static ClearUnits? ClearOf(this WeightReader reader, ReleasedMlp mlp)
    {
        if (mlp.Places is not { } places || places.Length == mlp.Shape.Hidden)
        {
            return null;
        }

        int[] others = ClearUnits.Others(places, mlp.Shape.Hidden);
        Tensor w = reader.Read(ReleaseFile.RestWeightName(mlp.Names.Path), mlp.Shape.Outputs, others.Length);
        return new(
            reader.Kept(ClearUnits.Indices(places, w.device)), reader.Kept(ClearUnits.Indices(others, w.device)), w,
            mlp.Shape.IsGated ? reader.Zeros(others.Length, w) : reader.Read(ReleaseFile.RestBiasName(mlp.Names.Path), others.Length));
    }
}
