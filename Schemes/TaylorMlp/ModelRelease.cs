using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Releases a whole model as TaylorMLP, layer by layer, so that it takes the memory of one.</summary>
/// <param name="Order">N, 0 … 64.</param>
/// <param name="Storage">What z₀, Θ₀ and Θ_n are rounded to.</param>
/// <param name="Activation">The MLPs' activation.</param>
/// <param name="Embeddings">z₀.</param>
/// <param name="Threads">How many threads share a layer's rows.</param>
public sealed record ModelRelease(int Order, StorageType Storage, Activation Activation, ILocalEmbeddings Embeddings, int Threads)
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

        HashSet<string> inMlps = [.. model.Mlps.SelectMany(mlp => new[] { mlp.V, mlp.U }).OfType<string>()];
        (string, string, long[])[] added = [.. model.Mlps.SelectMany(mlp => Added(model, mlp))];
        Dictionary<string, string> metadata = new()
        {
            ["format"] = ReleaseFile.Format,
            ["variant"] = ReleaseFile.PaperVariant,
            ["activation"] = Activation.Name,
            ["order"] = FormattableString.Invariant($"{Order}"),
            ["gated"] = model.IsGated ? "true" : "false",
        };
        using SafeTensorsWriter writer = new(path, [.. kept.Select(entry => (entry.Name, entry.Type, entry.Shape.ToArray())), .. added], metadata, stop);
        long layerBytes = LayerRelease.Bytes(model.Width, model.Hidden, Order, model.IsGated, Storage);
        long total = kept.Sum(entry => entry.Length) + (layerBytes * model.Layers);
        long done = 0;
        foreach (TensorEntry entry in kept)
        {
            using MappedTensor tensor = model.Map(entry.Name);
            for (long offset = 0; offset < tensor.Length; offset += PieceLength)
            {
                ReadOnlySpan<byte> piece = tensor.Bytes(offset, (int)Math.Min(PieceLength, tensor.Length - offset));
                if (inMlps.Contains(entry.Name))
                {
                    FiniteVector.Require(model.Path, entry, offset, piece);
                }

                writer.Write(piece);
                progress?.Invoke((double)(done += piece.Length) / total);
            }
        }

        using NativeBlock block = new(layerBytes);
        foreach (MlpNames mlp in model.Mlps)
        {
            using LoadedLayer loaded = new(model, mlp);
            ReleasedLayer layer = LayerRelease.Release(loaded.Weights, Embeddings.Of(mlp.Path, model.Hidden), Activation, Order, Storage, block, Threads, stop, out double[] greatest);
            Require(model, mlp, loaded.Weights, layer, greatest);
            Write(writer, layer);
            progress?.Invoke((double)(done += layerBytes) / total);
        }

        writer.Commit();
        return total;
    }

    private IEnumerable<(string, string, long[])> Added(ModelFolder model, MlpNames mlp)
    {
        yield return (ReleaseFile.Z0Name(mlp.Path), Storage.Code, [model.Hidden]);
        for (int n = 0; n <= Order; n++)
        {
            yield return (ReleaseFile.ThetaName(mlp.Path, n), Storage.Code, n == 0 && !model.IsGated ? [model.Width] : [model.Width, model.Hidden]);
        }
    }

    private static unsafe void Write(SafeTensorsWriter writer, ReleasedLayer layer)
    {
        WriteVector(layer.Z0);
        if (!layer.IsGated)
        {
            WriteVector(layer.Theta0);
        }

        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            for (long offset = 0; offset < layer.MatrixBytes; offset += PieceLength)
            {
                writer.Write(new ReadOnlySpan<byte>((byte*)layer.Theta[n] + offset, (int)Math.Min(PieceLength, layer.MatrixBytes - offset)));
            }
        }

        void WriteVector(double[] values)
        {
            byte[] bytes = new byte[values.Length * layer.Storage.Size];
            layer.Storage.Write(values, bytes);
            writer.Write(bytes);
        }
    }

    /// <summary>Refuses what is not finite. What is greatest in each row was found on the way; the entry is looked for only where that shows it.</summary>
    private static void Require(ModelFolder model, MlpNames mlp, LayerWeights weights, ReleasedLayer layer, double[] greatest)
    {
        int unit = Array.FindIndex(layer.Z0, value => !double.IsFinite(value));
        if (unit >= 0)
        {
            throw new ModelFileException(model.Path, $"{mlp.Path}: z₀[{unit}] is beyond the numbers of {layer.Storage}; use a --dtype that reaches further");
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
                    throw FiniteVector.NotFinite(model.Path, mlp.W, $"[{i}, {j}]", weights.Entry(i, j));
                }
            }

            throw new ModelFileException(model.Path, $"{mlp.Path}: Θ in row {i} is beyond the numbers of {layer.Storage}; use a --dtype that reaches further");
        }
    }
}
