using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>
/// A block of Phi-2 (Javaheripi et al. 2023): attention and the MLP side by side after one layer norm, with biases everywhere; a part of each head is turned by its
/// position.
/// </summary>
internal sealed record PhiBlock(LayerNorm Norm, SelfAttention Attention) : ITransformerBlock
{
    public static TransformerParts Read(WeightReader reader)
    {
        TransformerConfig config = reader.Config;
        Tensor embedding = reader.Read("model.embed_tokens.weight", config.Vocabulary, config.Model.Width);
        return new(
            embedding,
            null,
            [.. Enumerable.Range(0, config.Model.Layers).Select(layer => ReadBlock(reader, layer, $"model.layers.{layer}"))],
            LayerNorm.Read(reader, "model.final_layernorm"),
            new(config.HasTiedHead ? embedding : reader.Read("lm_head.weight", config.Vocabulary, config.Model.Width), reader.Read("lm_head.bias", config.Vocabulary)));
    }

    private static PhiBlock ReadBlock(WeightReader reader, int layer, string path) => new(
        LayerNorm.Read(reader, $"{path}.input_layernorm"), SelfAttention.Read(reader, layer, $"{path}.self_attn", "dense", hasOutBias: true));

    public Tensor Apply(Tensor x, IMlp mlp, Step step)
    {
        Tensor normed = Norm.Apply(x, step.Math);
        Tensor both = step.Math.Add(Attention.Apply(normed, step), mlp.Infer(normed, step.Math));
        return step.Math.Add(both, x);
    }
}
