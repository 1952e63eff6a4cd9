namespace Wager.Schemes.Models;

/// <summary>Where a layer's multilayer perceptron stands in a model's files: W·φ(V·x + b) + c, or gated W·(φ(V·x) ⊙ U·x).</summary>
/// <param name="Path">The path of its module, such as <c>model.layers.0.mlp</c>.</param>
/// <param name="V">The tensor into the hidden layer, [h, d].</param>
/// <param name="B">Its biases, [h]; null where it has none.</param>
/// <param name="W">The tensor out of the hidden layer, [D, h].</param>
/// <param name="C">Its biases, [D]; null where it has none.</param>
/// <param name="U">The tensor that is gated, [h, d]; null where nothing is.</param>
public sealed record MlpNames(string Path, string V, string? B, string W, string? C, string? U)
{
    /// <summary>The names in the module of an MLP: all architectures that are known here name alike what is gated, and what is not.</summary>
    public static MlpNames At(string path, bool isGated) => isGated
        ? new(path, $"{path}.gate_proj.weight", null, $"{path}.down_proj.weight", null, $"{path}.up_proj.weight")
        : new(path, $"{path}.fc1.weight", $"{path}.fc1.bias", $"{path}.fc2.weight", $"{path}.fc2.bias", null);
}
