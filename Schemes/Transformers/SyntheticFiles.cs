using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Schemes.Transformers;

/// <summary>A model of a published shape with seeded weights, as <see cref="SyntheticModel"/> writes it, without files: each tensor is made when it is asked for.</summary>
/// <param name="shape">The model.</param>
/// <param name="layers">Its layers, which may be others than the published one's.</param>
/// <param name="storage">The type of all its tensors.</param>
/// <param name="seed">The seed.</param>
public sealed class SyntheticFiles(ModelShape shape, int layers, StorageType storage, ulong seed) : ITensorFiles
{
    private readonly Dictionary<string, SyntheticTensor> _tensors = SyntheticTensor.Of(shape, layers).ToDictionary(tensor => tensor.Name);

    /// <summary>The model.</summary>
    public ModelShape Shape => shape;

    /// <summary>The name of the shape, for messages.</summary>
    public string Path => shape.Name;

    /// <summary>What its config.json would say.</summary>
    public ModelConfig Config { get; } = ModelConfig.Of(shape, layers, storage);

    /// <inheritdoc/>
    public TensorEntry? Find(string name) =>
        _tensors.TryGetValue(name, out SyntheticTensor? tensor) ? new(name, storage.Code, tensor.Shape, 0, tensor.Count * storage.Size) : null;

    /// <summary>Makes a tensor, which is in memory until the result is disposed of.</summary>
    /// <exception cref="ArgumentException">There is no tensor of this name.</exception>
    public unsafe MappedTensor Map(string name)
    {
        const int Piece = 1 << 26;
        TensorEntry entry = Find(name) ?? throw new ArgumentException($"{shape} has no tensor {name}", nameof(name));
        NativeBlock block = new(entry.Length);
        for (long offset = 0; offset < entry.Length; offset += Piece)
        {
            Span<byte> piece = new(block.First + offset, (int)Math.Min(Piece, entry.Length - offset));
            SyntheticModel.Fill(seed, _tensors[name], storage, piece, offset / storage.Size);
        }

        return new(block.First, block, entry);
    }
}
