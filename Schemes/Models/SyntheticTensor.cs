namespace Wager.Schemes.Models;

/// <summary>A tensor of a model with seeded weights.</summary>
/// <param name="Name">Its name, as in a published model's files.</param>
/// <param name="Shape">Its sides.</param>
/// <param name="Deviation">The standard deviation of its entries, which are normal with mean 0; null where all are 1.</param>
public sealed record SyntheticTensor(string Name, IReadOnlyList<long> Shape, double? Deviation)
{
    /// <summary>Its entries.</summary>
    public long Count => Shape.Aggregate(1L, (product, side) => product * side);

    /// <summary>All tensors of a model, under the names and with the sides of a published one's.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="layers">Its layers, which may be others than the published one's.</param>
    public static IEnumerable<SyntheticTensor> Of(ModelShape shape, int layers) => shape.ModelType switch
    {
        "opt" => Opt(shape, layers),
        "phi" => Phi(shape, layers),
        _ => Llama(shape, layers),
    };

    private static IEnumerable<SyntheticTensor> Opt(ModelShape shape, int layers)
    {
        const int PositionsAhead = 2; // OPT's table of positions begins with two that no token has
        (long d, long h) = (shape.Width, shape.Hidden);
        IEnumerable<SyntheticTensor> Layer(string path) =>
        [
            .. Linear(shape, $"{path}.self_attn.k_proj", d, d), .. Linear(shape, $"{path}.self_attn.v_proj", d, d),
            .. Linear(shape, $"{path}.self_attn.q_proj", d, d), .. Linear(shape, $"{path}.self_attn.out_proj", d, d),
            .. Norm(shape, $"{path}.self_attn_layer_norm"), .. Linear(shape, $"{path}.fc1", h, d), .. Linear(shape, $"{path}.fc2", d, h),
            .. Norm(shape, $"{path}.final_layer_norm"),
        ];
        return
        [
            Matrix(shape, "model.decoder.embed_tokens", shape.Vocabulary, d),
            Matrix(shape, "model.decoder.embed_positions", shape.Positions + PositionsAhead, d),
            .. Norm(shape, "model.decoder.final_layer_norm"),
            .. Enumerable.Range(0, layers).SelectMany(layer => Layer($"model.decoder.layers.{layer}")),
        ];
    }

    private static IEnumerable<SyntheticTensor> Llama(ModelShape shape, int layers)
    {
        (long d, long h) = (shape.Width, shape.Hidden);
        long keyValueWidth = d / shape.Heads * shape.KeyValueHeads;
        IEnumerable<SyntheticTensor> Layer(string path) =>
        [
            Matrix(shape, $"{path}.self_attn.q_proj", d, d), Matrix(shape, $"{path}.self_attn.k_proj", keyValueWidth, d),
            Matrix(shape, $"{path}.self_attn.v_proj", keyValueWidth, d), Matrix(shape, $"{path}.self_attn.o_proj", d, d),
            Matrix(shape, $"{path}.mlp.gate_proj", h, d), Matrix(shape, $"{path}.mlp.up_proj", h, d), Matrix(shape, $"{path}.mlp.down_proj", d, h),
            Ones(shape, $"{path}.input_layernorm"), Ones(shape, $"{path}.post_attention_layernorm"),
        ];
        return
        [
            Matrix(shape, "model.embed_tokens", shape.Vocabulary, d),
            .. Enumerable.Range(0, layers).SelectMany(layer => Layer($"model.layers.{layer}")),
            Ones(shape, "model.norm"),
            Matrix(shape, "lm_head", shape.Vocabulary, d),
        ];
    }

    private static IEnumerable<SyntheticTensor> Phi(ModelShape shape, int layers)
    {
        (long d, long h) = (shape.Width, shape.Hidden);
        IEnumerable<SyntheticTensor> Layer(string path) =>
        [
            .. Linear(shape, $"{path}.self_attn.q_proj", d, d), .. Linear(shape, $"{path}.self_attn.k_proj", d, d),
            .. Linear(shape, $"{path}.self_attn.v_proj", d, d), .. Linear(shape, $"{path}.self_attn.dense", d, d),
            .. Linear(shape, $"{path}.mlp.fc1", h, d), .. Linear(shape, $"{path}.mlp.fc2", d, h), .. Norm(shape, $"{path}.input_layernorm"),
        ];
        return
        [
            Matrix(shape, "model.embed_tokens", shape.Vocabulary, d),
            .. Enumerable.Range(0, layers).SelectMany(layer => Layer($"model.layers.{layer}")),
            .. Norm(shape, "model.final_layernorm"),
            .. Linear(shape, "lm_head", shape.Vocabulary, d),
        ];
    }

    private static IEnumerable<SyntheticTensor> Linear(ModelShape shape, string path, long outputs, long inputs) =>
        [Matrix(shape, path, outputs, inputs), Bias(shape, path, outputs)];

    private static IEnumerable<SyntheticTensor> Norm(ModelShape shape, string path) => [Ones(shape, path), Bias(shape, path, shape.Width)];

    private static SyntheticTensor Matrix(ModelShape shape, string path, long outputs, long inputs) =>
        new($"{path}.weight", [outputs, inputs], shape.InitializerRange);

    private static SyntheticTensor Bias(ModelShape shape, string path, long outputs) => new($"{path}.bias", [outputs], shape.InitializerRange);

    private static SyntheticTensor Ones(ModelShape shape, string path) => new($"{path}.weight", [shape.Width], null);
}
