using Wager.Adversaries.TaylorMlp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.CommandLine;

/// <summary>What <c>attack</c> writes of an MLP, under the names and with the sides that it had: W, b and c whole, with what stood in clear, and V where its signs were hidden.</summary>
internal static class RecoveredMlp
{
    private const int Piece = 1 << 24;

    /// <summary>The tensors, in the order in which they are written.</summary>
    public static IEnumerable<(string, string, long[])> Tensors(ReleaseFile release, ReleasedMlp mlp)
    {
        (string code, MlpShape shape) = (mlp.Weights.Code, mlp.Shape);
        yield return (mlp.Names.W, code, [shape.Outputs, shape.Hidden]);
        if (!shape.IsGated)
        {
            yield return (mlp.Names.B!, code, [shape.Hidden]);
            yield return (mlp.Names.C!, code, [shape.Outputs]);
        }

        if (release.Variant.HasSigns)
        {
            yield return (mlp.Names.V, code, [shape.Hidden, shape.Inputs]);
        }
    }

    /// <summary>What a whole model has beside what is recovered, as it stands in the release.</summary>
    public static IEnumerable<TensorEntry> Kept(ReleaseFile release)
    {
        HashSet<string> recovered = [.. release.Mlps.SelectMany(mlp => Tensors(release, mlp)).Select(tensor => tensor.Item1)];
        return release.Tensors.Where(entry => !entry.Name.Contains(ReleaseFile.Mark, StringComparison.Ordinal) && !recovered.Contains(entry.Name));
    }

    /// <summary>Copies a tensor of the release.</summary>
    public static void Copy(SafeTensorsWriter writer, ReleaseFile release, TensorEntry entry)
    {
        using MappedTensor tensor = release.Map(entry.Name);
        for (long offset = 0; offset < tensor.Length; offset += Piece)
        {
            writer.Write(tensor.Bytes(offset, (int)Math.Min(Piece, tensor.Length - offset)));
        }
    }

    /// <summary>The matrices of the release that are copied into them.</summary>
    public static IEnumerable<string> Copied(ReleaseFile release, ReleasedMlp mlp) =>
        [.. mlp.Places is null ? [] : new[] { ReleaseFile.RestWeightName(mlp.Names.Path) }, .. release.Variant.HasSigns ? new[] { mlp.Names.V } : []];

    /// <summary>Writes them.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="release">The release.</param>
    /// <param name="mlp">Which of its MLPs.</param>
    /// <param name="w">W of the protected units. <c>[D, K]</c></param>
    /// <param name="recovered">The rest of what was recovered.</param>
    public static void Write(SafeTensorsWriter writer, ReleaseFile release, ReleasedMlp mlp, NativeBlock w, RecoveredLayer recovered)
    {
        if (mlp.Places is null)
        {
            WriteBytes(writer, w);
        }
        else
        {
            WriteWhole(writer, release, mlp, mlp.Places, w);
        }

        if (!mlp.Shape.IsGated)
        {
            WriteVector(writer, mlp, mlp.Places is null ? recovered.B : Whole(release, mlp, mlp.Places, recovered.B));
            WriteVector(writer, mlp, recovered.C);
        }

        if (release.Variant.HasSigns)
        {
            WriteUnsigned(writer, release, mlp, RowSigns.OfAll([.. recovered.Units.Select(unit => (double)unit.Sign)], mlp.Places, mlp.Shape.Hidden));
        }
    }

    private static unsafe void WriteBytes(SafeTensorsWriter writer, NativeBlock block)
    {
        for (long offset = 0; offset < block.Length; offset += Piece)
        {
            writer.Write(new ReadOnlySpan<byte>(block.First + offset, (int)Math.Min(Piece, block.Length - offset)));
        }
    }

    private static void WriteVector(SafeTensorsWriter writer, ReleasedMlp mlp, double[] values)
    {
        byte[] bytes = new byte[values.Length * mlp.Weights.Size];
        mlp.Weights.Write(values, bytes);
        writer.Write(bytes);
    }

    /// <summary>W row by row, each column from where it was.</summary>
    private static unsafe void WriteWhole(SafeTensorsWriter writer, ReleaseFile release, ReleasedMlp mlp, int[] places, NativeBlock w)
    {
        (int h, int size) = (mlp.Shape.Hidden, mlp.Weights.Size);
        int[] others = ClearUnits.Others(places, h);
        using MappedTensor rest = release.Map(ReleaseFile.RestWeightName(mlp.Names.Path));
        byte[] row = new byte[h * size];
        for (int i = 0; i < mlp.Shape.Outputs; i++)
        {
            Scatter(new(w.First + ((long)i * places.Length * size), places.Length * size), places, size, row);
            Scatter(rest.Bytes((long)i * others.Length * size, others.Length * size), others, size, row);
            writer.Write(row);
        }
    }

    private static void Scatter(ReadOnlySpan<byte> entries, int[] places, int size, Span<byte> row)
    {
        for (int k = 0; k < places.Length; k++)
        {
            entries.Slice(k * size, size).CopyTo(row[(places[k] * size)..]);
        }
    }

    private static double[] Whole(ReleaseFile release, ReleasedMlp mlp, int[] places, double[] b)
    {
        double[] whole = new double[mlp.Shape.Hidden];
        foreach ((int k, int place) in places.Index())
        {
            whole[place] = b[k];
        }

        double[] rest = release.Vector(ReleaseFile.RestBiasName(mlp.Names.Path));
        foreach ((int k, int place) in ClearUnits.Others(places, whole.Length).Index())
        {
            whole[place] = rest[k];
        }

        return whole;
    }

    private static void WriteUnsigned(SafeTensorsWriter writer, ReleaseFile release, ReleasedMlp mlp, double[] signs)
    {
        using MappedTensor v = release.Map(mlp.Names.V);
        byte[] piece = new byte[Piece];
        for (long offset = 0; offset < v.Length; offset += Piece)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(Piece, v.Length - offset));
            v.Bytes(offset, part.Length).CopyTo(part);
            RowSigns.Flip(v.Entry, offset, part, signs);
            writer.Write(part);
        }
    }
}
