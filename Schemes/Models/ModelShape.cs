namespace Wager.Schemes.Models;

/// <summary>The shape of a language model: what its config.json says.</summary>
/// <param name="Name">Its name here.</param>
/// <param name="ModelType">The architecture: opt, llama, mistral or phi.</param>
/// <param name="Width">The width of the residual stream, d and D of the MLPs.</param>
/// <param name="Hidden">The hidden width of the MLPs, h.</param>
/// <param name="Layers">The number of layers.</param>
/// <param name="Heads">The attention heads.</param>
/// <param name="KeyValueHeads">Those of keys and values.</param>
/// <param name="Vocabulary">The number of tokens.</param>
/// <param name="Positions">The most tokens of a text.</param>
/// <param name="ActivationName">The activation, as its config.json names it.</param>
/// <param name="InitializerRange">The standard deviation of initial weights.</param>
/// <param name="BeginToken">The token that begins a text.</param>
/// <param name="EndToken">The token that ends one.</param>
/// <param name="RotaryBase">The base of the rotary positions; unused by OPT, which learns its own.</param>
/// <param name="SlidingWindow">The tokens that attention reaches back; null where it reaches all.</param>
public sealed record ModelShape(
    string Name,
    string ModelType,
    int Width,
    int Hidden,
    int Layers,
    int Heads,
    int KeyValueHeads,
    int Vocabulary,
    int Positions,
    string ActivationName,
    double InitializerRange,
    int BeginToken,
    int EndToken,
    double RotaryBase = 10_000,
    int? SlidingWindow = null)
{
    /// <summary>
    /// Those that are known: published ones, and of each architecture a tiny one of nobody's, for trying in seconds what takes those
    /// minutes. opt-tiny has GELU where OPT has ReLU, whose series is a line.
    /// </summary>
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new("opt-125m", "opt", 768, 3072, 12, 12, 12, 50_272, 2048, "relu", 0.02, 2, 2),
        new("opt-1.3b", "opt", 2048, 8192, 24, 32, 32, 50_272, 2048, "relu", 0.02, 2, 2),
        new("opt-2.7b", "opt", 2560, 10_240, 32, 32, 32, 50_272, 2048, "relu", 0.02, 2, 2),
        new("opt-6.7b", "opt", 4096, 16_384, 32, 32, 32, 50_272, 2048, "relu", 0.02, 2, 2),
        new("llama2-7b", "llama", 4096, 11_008, 32, 32, 32, 32_000, 4096, "silu", 0.02, 1, 2),
        new("llama2-13b", "llama", 5120, 13_824, 40, 40, 40, 32_000, 4096, "silu", 0.02, 1, 2),
        new("llama3-8b", "llama", 4096, 14_336, 32, 32, 8, 128_256, 8192, "silu", 0.02, 128_000, 128_001, 500_000),
        new("mistral-7b", "mistral", 4096, 14_336, 32, 32, 8, 32_000, 32_768, "silu", 0.02, 1, 2, SlidingWindow: 4096),
        new("phi-2", "phi", 2560, 10_240, 32, 32, 32, 51_200, 2048, "gelu_new", 0.02, 50_256, 50_256),
        new("opt-tiny", "opt", 64, 256, 4, 4, 4, 512, 256, "gelu", 0.1, 2, 2),
        new("llama-tiny", "llama", 64, 256, 4, 4, 2, 512, 256, "silu", 0.1, 1, 2),
        new("mistral-tiny", "mistral", 64, 256, 4, 4, 2, 512, 256, "silu", 0.1, 1, 2, SlidingWindow: 16),
        new("phi-tiny", "phi", 64, 256, 4, 4, 4, 512, 256, "gelu_new", 0.1, 511, 511),
    ];

    /// <summary>Whether the MLPs are gated.</summary>
    public bool IsGated => Family.IsGated;

    internal ModelFamily Family => ModelFamily.All.First(family => family.ModelType == ModelType);

    /// <summary>The shape of a name; null where there is none.</summary>
    public static ModelShape? Find(string name) => All.FirstOrDefault(shape => shape.Name == name);

    /// <summary>The names of a layer's MLP.</summary>
    /// <param name="layer">The layer, from 0.</param>
    public MlpNames Mlp(int layer) => Family.Mlp(layer);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
