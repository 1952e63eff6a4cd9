using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>
/// A block of Llama 2 and 3 (Touvron et al. 2023, Grattafiori et al. 2024): attention with rotary positions, whose keys and values some heads may share, then
/// a gated MLP, each after a norm by the root mean square.
/// </summary>
internal sealed record LlamaBlock(RootMeanSquareNorm AttentionNorm, SelfAttention Attention, RootMeanSquareNorm MlpNorm) : ITransformerBlock
{
    public static TransformerParts Read(WeightReader reader)
    {
        TransformerConfig config = reader.Config;
        Tensor embedding = reader.Read("model.embed_tokens.weight", config.Vocabulary, config.Model.Width);
        return new(
            embedding,
            null,
            [.. Enumerable.Range(0, config.Model.Layers).Select(layer => ReadBlock(reader, layer, $"model.layers.{layer}"))],
            RootMeanSquareNorm.Read(reader, "model.norm"),
            config.HasTiedHead ? new(embedding, null) : Linear.Read(reader, "lm_head", config.Vocabulary, config.Model.Width, hasBias: false));
    }

    private static LlamaBlock ReadBlock(WeightReader reader, int layer, string path) => new(
        RootMeanSquareNorm.Read(reader, $"{path}.input_layernorm"),
        SelfAttention.Read(reader, layer, $"{path}.self_attn", "o_proj", reader.Config.HasAttentionBias),
        RootMeanSquareNorm.Read(reader, $"{path}.post_attention_layernorm"));

    public Tensor Apply(Tensor x, IMlp mlp, Step step)
    {
        x = step.Math.Add(x, Attention.Apply(AttentionNorm.Apply(x, step.Math), step));
        return step.Math.Add(x, mlp.Infer(MlpNorm.Apply(x, step.Math), step.Math));
    }
}
