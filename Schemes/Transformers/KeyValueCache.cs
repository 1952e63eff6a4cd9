using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>
/// The keys and values of a batch of texts, layer by layer, so that each token is computed once. Texts shorter than the longest are filled up at their beginning, and
/// what fills them is seen by none.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys, _values;

    /// <summary>An empty cache.</summary>
    /// <param name="model">What computes the keys and values.</param>
    /// <param name="padding">How many tokens fill up each text. <c>[B]</c></param>
    /// <param name="capacity">The most tokens of a text, those that fill it up included.</param>
    public KeyValueCache(Transformer model, IReadOnlyList<int> padding, int capacity)
    {
        (TransformerConfig config, Padding, Capacity) = (model.Config, padding, capacity);
        Tensor[] Empty() => [.. Enumerable.Range(0, config.Model.Layers).Select(_ =>
            empty([padding.Count, config.KeyValueHeads, capacity, config.HeadWidth], dtype: model.Type, device: model.Device).DetachFromDisposeScope())];
        (_keys, _values) = (Empty(), Empty());
    }

    /// <summary>How many tokens fill up each text. <c>[B]</c></summary>
    public IReadOnlyList<int> Padding { get; }

    /// <summary>The most tokens of a text.</summary>
    public int Capacity { get; }

    /// <summary>How many tokens of each text are in it.</summary>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    /// <summary>Adds a layer's keys and values of the next tokens, and gives those of all from the first that is seen. <c>[B, G, T, w]</c> to <c>[B, G, S, w]</c></summary>
    internal (Tensor Keys, Tensor Values) With(int layer, Tensor keys, Tensor values, long firstSeen)
    {
        long count = keys.shape[2];
        Tensor Of(Tensor all, Tensor next)
        {
            all.narrow(2, Length, count).copy_(next);
            return all.narrow(2, firstSeen, Length + count - firstSeen);
        }

        return (Of(_keys[layer], keys), Of(_values[layer], values));
    }

    /// <summary>Says that the next tokens are in all layers.</summary>
    internal void Advance(int count) => Length += count;
}
