using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>What all blocks share while the next tokens of a batch go through them.</summary>
/// <param name="Batch">B, how many texts there are.</param>
/// <param name="Count">T, how many tokens of each come next.</param>
/// <param name="Positions">The position of each token in its text. <c>[B·T]</c>, or, where all texts have the same, <c>[T]</c></param>
/// <param name="Angles">The cosines and sines of the rotary positions; null where positions are learned. <c>[B or 1, 1, T, r/2]</c></param>
/// <param name="Mask">What attention adds to its products; null for nothing. <c>[B or 1, 1, T, S]</c></param>
/// <param name="FirstSeen">The first token whose keys are looked at.</param>
/// <param name="Cache">The keys and values before.</param>
/// <param name="Math">Pays.</param>
internal sealed record Step(int Batch, int Count, Tensor Positions, (Tensor Cosines, Tensor Sines)? Angles, Tensor? Mask, long FirstSeen, KeyValueCache Cache, TensorMath Math)
{
    /// <summary>Added to a product it leaves nothing of it, and it is a number in every type, which −∞ would not stay in a row that sees nothing.</summary>
    private const double Unseen = -6e4;

    /// <summary>The next tokens of a batch.</summary>
    /// <param name="model">What they go through.</param>
    /// <param name="cache">The keys and values before.</param>
    /// <param name="count">T.</param>
    /// <param name="math">Pays.</param>
    public static Step Of(Transformer model, KeyValueCache cache, int count, TensorMath math)
    {
        (int past, int batch) = (cache.Length, cache.Padding.Count);
        bool isPadded = cache.Padding.Any(padding => padding > 0);
        int[] paddings = isPadded ? [.. cache.Padding] : [0];
        long[] positions = [.. paddings.SelectMany(padding => Enumerable.Range(0, count).Select(t => (long)System.Math.Max(0, past + t - padding)))];
        Tensor places = tensor(positions, device: model.Device);
        (Tensor, Tensor)? angles = null;
        if (model.Angles is var (cosines, sines))
        {
            Tensor Of(Tensor table) => isPadded || count > 1
                ? table.index_select(0, places).view(paddings.Length, 1, count, table.shape[1])
                : table.narrow(0, positions[0], 1).view(1, 1, 1, table.shape[1]);
            angles = (Of(cosines), Of(sines));
        }

        int window = model.Config.SlidingWindow ?? int.MaxValue;
        bool isAlone = count == 1 && !isPadded;
        long first = isAlone ? System.Math.Max(0L, past + 1L - window) : 0;
        return new(batch, count, places, angles, isAlone ? null : MaskOf(paddings, past, count, window).to(model.Type, model.Device), first, cache, math);
    }

    private static Tensor MaskOf(int[] paddings, int past, int count, int window)
    {
        int length = past + count;
        float[] mask = new float[(long)paddings.Length * count * length];
        for (int text = 0; text < paddings.Length; text++)
        {
            for (int t = 0; t < count; t++)
            {
                int at = past + t;
                Span<float> row = mask.AsSpan(((text * count) + t) * length, length);
                row.Fill((float)Unseen);
                int from = System.Math.Max(paddings[text], at + 1 - (window == int.MaxValue ? at + 1 : window));
                row[System.Math.Min(from, length)..System.Math.Max(at + 1, System.Math.Min(from, length))].Clear();
            }
        }

        return tensor(mask, paddings.Length, 1, count, length);
    }
}
