using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>A block of OPT (Zhang et al. 2022): attention, then the MLP, each after a layer norm and with biases.</summary>
internal sealed record OptBlock(LayerNorm AttentionNorm, SelfAttention Attention, LayerNorm MlpNorm) : ITransformerBlock
{
    /// <summary>The table of positions begins with two that no token has.</summary>
    private const int PositionsAhead = 2;

    public static TransformerParts Read(WeightReader reader)
    {
        TransformerConfig config = reader.Config;
        int width = config.Model.Width;
        Tensor embedding = reader.Read("model.decoder.embed_tokens.weight", config.Vocabulary, width);
        Tensor positions = reader.Read("model.decoder.embed_positions.weight", config.Positions + PositionsAhead, width);
        return new(
            embedding,
            reader.Kept(positions.narrow(0, PositionsAhead, config.Positions)),
            [.. Enumerable.Range(0, config.Model.Layers).Select(layer => ReadBlock(reader, layer, $"model.decoder.layers.{layer}"))],
            LayerNorm.Read(reader, "model.decoder.final_layer_norm"),
            config.HasTiedHead ? new(embedding, null) : Linear.Read(reader, "lm_head", config.Vocabulary, width, hasBias: false));
    }

    private static OptBlock ReadBlock(WeightReader reader, int layer, string path) => new(
        LayerNorm.Read(reader, $"{path}.self_attn_layer_norm"),
        SelfAttention.Read(reader, layer, $"{path}.self_attn", "out_proj", hasOutBias: true),
        LayerNorm.Read(reader, $"{path}.final_layer_norm"));

    public Tensor Apply(Tensor x, IMlp mlp, Step step)
    {
        x = step.Math.Add(x, Attention.Apply(AttentionNorm.Apply(x, step.Math), step));
        return step.Math.Add(x, mlp.Infer(MlpNorm.Apply(x, step.Math), step.Math));
    }
}
