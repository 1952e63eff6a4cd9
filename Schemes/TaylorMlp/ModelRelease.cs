using System.Runtime.InteropServices;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Releases a whole model as TaylorMLP, layer by layer, so that it takes the memory of one.</summary>
/// <param name="Form">What it is released as.</param>
/// <param name="Embeddings">z₀, and by which units are chosen where not all are protected.</param>
/// <param name="Seed">What signs are drawn by, where the variant has some.</param>
/// <param name="Threads">How many threads share a layer's rows.</param>
public sealed record ModelRelease(ReleaseForm Form, ILocalEmbeddings Embeddings, ulong Seed, int Threads)
{
    private const int PieceLength = 1 << 24;

    /// <summary>Writes the release of a model: aside, and renamed at the end.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it, with nothing written.</param>
    /// <returns>The bytes of its tensors.</returns>
    /// <exception cref="ModelFileException">
    /// A weight of an MLP or an entry of the release is not a finite number, the model is a release already, z₀ is not there, or the file cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public long Write(ModelFolder model, string path, Action<double>? progress, CancellationToken stop)
    {
        HashSet<string> dropped = [.. model.Mlps.SelectMany(mlp => new[] { mlp.B, mlp.W, mlp.C }).OfType<string>()];
        TensorEntry[] kept = [.. model.Tensors.Where(entry => !dropped.Contains(entry.Name))];
        if (Array.Find(kept, entry => entry.Name.Contains(ReleaseFile.Mark, StringComparison.Ordinal)) is { } released)
        {
            throw new ModelFileException(model.Path, $"tensor {ModelFileException.Quoted(released.Name)} is one that a release adds: this is a release already; name the model that it was made of");
        }

        ReleasedUnits[] units = [.. model.Mlps.Select(mlp => UnitsOf(model, mlp))];
        Dictionary<string, ReleasedUnits?> inMlps = [];
        foreach ((MlpNames mlp, ReleasedUnits ofMlp) in model.Mlps.Zip(units))
        {
            inMlps[mlp.V] = ofMlp;
            if (mlp.U is not null)
            {
                inMlps[mlp.U] = null;
            }
        }

        (string, string, long[])[] added = [.. model.Mlps.Zip(units).SelectMany(mlp => Added(model, mlp.First, mlp.Second))];
        Dictionary<string, string> metadata = new()
        {
            ["format"] = ReleaseFile.Format,
            ["variant"] = Form.Variant.Name,
            ["activation"] = Form.Activation.Name,
            ["order"] = FormattableString.Invariant($"{Form.Order}"),
            ["gated"] = model.IsGated ? "true" : "false",
        };
        using SafeTensorsWriter writer = new(path, [.. kept.Select(entry => (entry.Name, entry.Type, entry.Shape.ToArray())), .. added], metadata, stop);
        int protectedUnits = Form.Protected ?? model.Hidden;
        long layerBytes = LayerRelease.Bytes(model.Width, protectedUnits, Form.Order, model.IsGated, Form.Storage);
        long total = kept.Sum(entry => entry.Length) + (layerBytes * model.Layers);
        long done = 0;
        byte[] flipped = new byte[Form.Variant.HasSigns ? PieceLength : 0];
        foreach (TensorEntry entry in kept)
        {
            using MappedTensor tensor = model.Map(entry.Name);
            for (long offset = 0; offset < tensor.Length; offset += PieceLength)
            {
                ReadOnlySpan<byte> piece = tensor.Bytes(offset, (int)Math.Min(PieceLength, tensor.Length - offset));
                if (inMlps.TryGetValue(entry.Name, out ReleasedUnits? ofMlp))
                {
                    FiniteVector.Require(model.Path, entry, offset, piece);
                    if (ofMlp?.Signs is { } signs)
                    {
                        Span<byte> copy = flipped.AsSpan(0, piece.Length);
                        piece.CopyTo(copy);
                        RowSigns.Flip(entry, offset, copy, RowSigns.OfAll(signs, ofMlp.Places, model.Hidden));
                        piece = copy;
                    }
                }

                writer.Write(piece);
                progress?.Invoke((double)(done += piece.Length) / total);
            }
        }

        using NativeBlock block = new(layerBytes);
        foreach ((MlpNames mlp, ReleasedUnits ofMlp) in model.Mlps.Zip(units))
        {
            using LoadedLayer loaded = new(model, mlp);
            if (ofMlp.Places is not null)
            {
                loaded.RequireFinite(stop); // what is left in clear too
            }

            WriteLayer(writer, model, mlp, ofMlp, loaded.Weights, block, stop);
            progress?.Invoke((double)(done += layerBytes) / total);
        }

        writer.Commit();
        return total;
    }

    /// <summary>What of an MLP's units is released how.</summary>
    /// <param name="Places">The places of the protected ones, ascending; null where all are. <c>[K]</c></param>
    /// <param name="Signs">Their signs; null where the variant has none. <c>[K]</c></param>
    private sealed record ReleasedUnits(int[]? Places, double[]? Signs);

    private ReleasedUnits UnitsOf(ModelFolder model, MlpNames mlp)
    {
        int[]? places = Form.Protected is not { } count || count == model.Hidden ? null : ClearUnits.LeastVarying(Embeddings.Range(mlp.Path, model.Hidden), count);
        return new(places, Form.Variant.HasSigns ? RowSigns.Draw(Seed, mlp.Path, places?.Length ?? model.Hidden) : null);
    }

    private IEnumerable<(string, string, long[])> Added(ModelFolder model, MlpNames mlp, ReleasedUnits units)
    {
        int count = units.Places?.Length ?? model.Hidden;
        yield return (ReleaseFile.Z0Name(mlp.Path), Form.Storage.Code, [count]);
        for (int n = 0; n <= Form.Order; n++)
        {
            yield return (ReleaseFile.ThetaName(mlp.Path, n), Form.Storage.Code, n == 0 && !model.IsGated ? [model.Width] : [model.Width, count]);
        }

        if (units.Places is not null)
        {
            string code = model.Find(mlp.W)!.Type;
            yield return (ReleaseFile.ColumnsName(mlp.Path), ReleaseFile.ColumnsType, [count]);
            yield return (ReleaseFile.RestWeightName(mlp.Path), code, [model.Width, model.Hidden - count]);
            if (!model.IsGated)
            {
                yield return (ReleaseFile.RestBiasName(mlp.Path), code, [model.Hidden - count]);
            }
        }
    }

    private unsafe void WriteLayer(SafeTensorsWriter writer, ModelFolder model, MlpNames mlp, ReleasedUnits units, LayerWeights weights, NativeBlock block, CancellationToken stop)
    {
        double[] z0 = Embeddings.Of(mlp.Path, model.Hidden);
        int[]? places = units.Places;
        int count = places?.Length ?? 0;
        using NativeBlock aside = new((long)model.Width * Math.Max(count, model.Hidden - count) * (places is null ? 0 : weights.Storage.Size));
        LayerWeights hidden = places is null ? weights : weights.Columns(places, aside, Threads);
        ReleasedLayer layer = LayerRelease.Release(
            Form, hidden, places is null ? z0 : [.. places.Select(place => z0[place])], units.Signs, block, Threads, stop, out double[] greatest);
        Require(model, mlp, hidden, units, layer, greatest);
        WriteVector(writer, layer.Storage, layer.Z0);
        if (!layer.IsGated)
        {
            WriteVector(writer, layer.Storage, layer.Theta0);
        }

        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            WriteBytes(writer, layer.Theta[n], layer.MatrixBytes);
        }

        if (places is not null)
        {
            LayerWeights rest = weights.Columns(ClearUnits.Others(places, model.Hidden), aside, Threads);
            writer.Write(MemoryMarshal.AsBytes<long>(Array.ConvertAll(places, place => (long)place)));
            WriteBytes(writer, rest.W, (long)model.Width * rest.Hidden * rest.Storage.Size);
            if (!model.IsGated)
            {
                WriteVector(writer, rest.Storage, rest.B);
            }
        }
    }

    private static unsafe void WriteBytes(SafeTensorsWriter writer, nint first, long length)
    {
        for (long offset = 0; offset < length; offset += PieceLength)
        {
            writer.Write(new ReadOnlySpan<byte>((byte*)first + offset, (int)Math.Min(PieceLength, length - offset)));
        }
    }

    private static void WriteVector(SafeTensorsWriter writer, StorageType storage, double[] values)
    {
        byte[] bytes = new byte[values.Length * storage.Size];
        storage.Write(values, bytes);
        writer.Write(bytes);
    }

    /// <summary>Refuses what is not finite, and an order that is lost altogether. What is greatest in each row was found on the way; the entry is looked for only where that shows it.</summary>
    private static void Require(ModelFolder model, MlpNames mlp, LayerWeights weights, ReleasedUnits units, ReleasedLayer layer, double[] greatest)
    {
        int[]? places = units.Places;
        int unit = Array.FindIndex(layer.Z0, value => !double.IsFinite(value));
        if (unit >= 0)
        {
            throw new ModelFileException(model.Path, $"{mlp.Path}: z₀[{places?[unit] ?? unit}] is beyond the numbers of {layer.Storage}; use a --dtype that reaches further");
        }

        foreach ((int i, double most) in greatest.Index())
        {
            if (double.IsFinite(layer.Storage.Round(most)))
            {
                continue;
            }

            for (int j = 0; j < layer.Hidden; j++)
            {
                if (!double.IsFinite(weights.Entry(i, j)))
                {
                    throw FiniteVector.NotFinite(model.Path, mlp.W, $"[{i}, {places?[j] ?? j}]", weights.Entry(i, j));
                }
            }

            throw new ModelFileException(model.Path, $"{mlp.Path}: Θ in row {i} is beyond the numbers of {layer.Storage}; use a --dtype that reaches further, or a lower --order");
        }

        if (LayerRelease.LostOrder(weights, units.Signs, layer) is { } lost)
        {
            throw new ModelFileException(model.Path, $"{mlp.Path}: Θ_{lost} is 0 throughout in {layer.Storage}, which cannot hold that order; use --order {lost - 1} or a lower one, or a --dtype that reaches further");
        }
    }
}
