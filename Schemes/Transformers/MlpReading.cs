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

    /// <summary>A released MLP, in the types of its file; only an order that does not lie beside the next is copied.</summary>
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
            reader.Read(ReleaseFile.Z0Name(path), units),
            reader.Read(ReleaseFile.ThetaName(path, 0), isGated ? [outputs, units] : [outputs]),
            reader.ReadTogether(release, [.. Enumerable.Range(1, release.Order).Select(n => ReleaseFile.ThetaName(path, n))], outputs, units),
            release.Activation,
            mlp.Names.U is null ? null : reader.Read(mlp.Names.U, h, d))
        {
            Storage = mlp.Storage,
            Variant = release.Variant,
            Clear = mlp.Places is null || units == h ? null : ClearOf(mlp.Places),
        };

        ClearUnits ClearOf(int[] places)
        {
            int[] others = ClearUnits.Others(places, h);
            Tensor w = reader.Read(ReleaseFile.RestWeightName(path), outputs, others.Length);
            return new(
                reader.Kept(ClearUnits.Indices(places, w.device)), reader.Kept(ClearUnits.Indices(others, w.device)), w,
                isGated ? reader.Zeros(others.Length, w) : reader.Read(ReleaseFile.RestBiasName(path), others.Length));
        }
    }
}
