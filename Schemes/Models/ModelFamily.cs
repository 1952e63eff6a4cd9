namespace Wager.Schemes.Models;

/// <summary>How the models of one architecture name what is in their files.</summary>
/// <param name="ModelType">Its name in config.json, as model_type.</param>
/// <param name="HiddenKey">The key of h there.</param>
/// <param name="ActivationKey">The key of the activation there.</param>
/// <param name="Layer">The path of the MLP's module in a layer, with {0} for its number.</param>
/// <param name="IsGated">Whether the MLP is gated. If so, it has no biases.</param>
/// <param name="Bias">The key of a switch for the MLP's biases, and the value that it must have where it is there.</param>
internal sealed record ModelFamily(
    string ModelType, string HiddenKey, string ActivationKey, string Layer, bool IsGated, (string Key, bool Needed)? Bias)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new("opt", "ffn_dim", "activation_function", "model.decoder.layers.{0}", IsGated: false, ("enable_bias", true)),
        new("llama", "intermediate_size", "hidden_act", "model.layers.{0}.mlp", IsGated: true, ("mlp_bias", false)),
        new("mistral", "intermediate_size", "hidden_act", "model.layers.{0}.mlp", IsGated: true, null),
        new("phi", "intermediate_size", "hidden_act", "model.layers.{0}.mlp", IsGated: false, null),
    ];

    /// <summary>The names of a layer's MLP.</summary>
    public MlpNames Mlp(int layer) => MlpNames.At(string.Format(System.Globalization.CultureInfo.InvariantCulture, Layer, layer), IsGated);
}
