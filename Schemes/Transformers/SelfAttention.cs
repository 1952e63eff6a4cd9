using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Attention of each token to those before it in its text, with what was computed of these kept in a cache.</summary>
internal sealed record SelfAttention(TransformerConfig Config, int Layer, Linear Queries, Linear Keys, Linear Values, Linear Out)
{
    /// <summary>Reads it; what the last projection is called differs.</summary>
    public static SelfAttention Read(WeightReader reader, int layer, string path, string outName, bool hasOutBias)
    {
        TransformerConfig config = reader.Config;
        (long width, long all, long shared) = (config.Model.Width, (long)config.Heads * config.HeadWidth, (long)config.KeyValueHeads * config.HeadWidth);
        Linear Of(string name, long outputs) => Linear.Read(reader, $"{path}.{name}", outputs, width, config.HasAttentionBias);
        return new(config, layer, Of("q_proj", all), Of("k_proj", shared), Of("v_proj", shared), Linear.Read(reader, $"{path}.{outName}", width, all, hasOutBias));
    }

    /// <summary><c>[B·T, d]</c> to <c>[B·T, d]</c></summary>
    public Tensor Apply(Tensor x, Step step)
    {
        TensorMath math = step.Math;
        Tensor queries = InHeads(Queries.Apply(x, math), Config.Heads, step);
        Tensor keys = InHeads(Keys.Apply(x, math), Config.KeyValueHeads, step);
        Tensor values = InHeads(Values.Apply(x, math), Config.KeyValueHeads, step);
        if (step.Angles is var (cosines, sines))
        {
            queries = math.Turned(queries, cosines, sines);
            keys = math.Turned(keys, cosines, sines);
        }

        (Tensor allKeys, Tensor allValues) = step.Cache.With(Layer, keys, values, step.FirstSeen);
        Tensor mixed = math.Attention(queries, allKeys, allValues, step.Mask);
        return Out.Apply(mixed.transpose(1, 2).reshape(x.shape[0], -1), math);
    }

    private Tensor InHeads(Tensor rows, int heads, Step step) => rows.view(step.Batch, step.Count, heads, Config.HeadWidth).transpose(1, 2);
}
