using System.Text.Json;
using Wager.Schemes.Models;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Rotary positions (Su et al. 2021): at position p, pair i of a head's first r entries is turned by p times frequency i.</summary>
/// <param name="Base">θ: frequency i is θ^(−2i/r) before it is scaled.</param>
/// <param name="Width">r, how many entries of a head are turned; even.</param>
/// <param name="Scaling">How the frequencies of a longer context are scaled; null where they are not.</param>
public sealed record Rotary(double Base, int Width, RotaryScaling? Scaling)
{
    private static readonly string[] _settings = ["rope_parameters", "rope_scaling"];

    /// <summary>The angle of each pair at position 1. <c>[r/2]</c></summary>
    public double[] Frequencies()
    {
        double[] frequencies = [.. Enumerable.Range(0, Width / 2).Select(i => Math.Pow(Base, -2.0 * i / Width))];
        return Scaling is null ? frequencies : Array.ConvertAll(frequencies, Scaling.Scaled);
    }

    /// <summary>The cosines and sines of all angles up to a position, rounded once. <c>[P, r/2]</c> both</summary>
    public (Tensor Cosines, Tensor Sines) Tables(int positions, ScalarType type, Device device)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor places = tensor([.. Enumerable.Range(0, positions).Select(position => (double)position)], positions, 1);
        Tensor angles = places.mul(tensor(Frequencies()));
        return (angles.cos().to(type, device).MoveToOuterDisposeScope(), angles.sin().to(type, device).MoveToOuterDisposeScope());
    }

    /// <summary>What config.json says: <c>rope_theta</c> and <c>rope_scaling</c>, or both within <c>rope_parameters</c>.</summary>
    /// <exception cref="ModelFileException">It says it in no known way.</exception>
    internal static Rotary Read(JsonFile config, int headWidth, double share)
    {
        JsonElement root = config.Root;
        if (_settings.FirstOrDefault(key => TransformerConfig.Has(config, key) && root.GetProperty(key).ValueKind != JsonValueKind.Object) is { } odd)
        {
            throw config.Refused($"{odd} must be an object, or null");
        }

        JsonElement settings = root.TryGetProperty("rope_parameters", out JsonElement both) && both.ValueKind == JsonValueKind.Object ? both
            : root.TryGetProperty("rope_scaling", out JsonElement scaling) && scaling.ValueKind == JsonValueKind.Object ? scaling
            : default;
        double theta = TransformerConfig.Number(config, root, "rope_theta", TransformerConfig.Number(config, settings, "rope_theta", 10_000));
        share = TransformerConfig.Number(config, settings, "partial_rotary_factor", share);
        int width = (int)(headWidth * share);
        return width < 2 || width % 2 != 0 || width > headWidth
            ? throw config.Refused(FormattableString.Invariant($"of heads of {headWidth} entries a share of {share} would be turned, which is {width}: that must be an even number from 2 to {headWidth}"))
            : theta <= 0 ? throw config.Refused("rope_theta must be above 0")
            : new(theta, width, settings.ValueKind == JsonValueKind.Object ? RotaryScaling.Read(config, settings) : null);
    }
}

/// <summary>How rotary frequencies are scaled for contexts longer than the model was first trained on.</summary>
/// <param name="Factor">What low frequencies are divided by.</param>
/// <param name="LowFactor">Frequencies with fewer turns than this in the original context are divided. Llama 3 only; else infinite, so that all are.</param>
/// <param name="HighFactor">Those with more turns than this stay.</param>
/// <param name="OriginalPositions">The original context.</param>
public sealed record RotaryScaling(double Factor, double LowFactor, double HighFactor, double OriginalPositions)
{
    /// <summary>A frequency, scaled; between the two bounds on a line from one to the other.</summary>
    public double Scaled(double frequency)
    {
        double turns = OriginalPositions * frequency / Math.Tau;
        if (turns > HighFactor)
        {
            return frequency;
        }

        if (turns < LowFactor)
        {
            return frequency / Factor;
        }

        double share = (turns - LowFactor) / (HighFactor - LowFactor);
        return ((1 - share) * frequency / Factor) + (share * frequency);
    }

    internal static RotaryScaling? Read(JsonFile config, JsonElement settings)
    {
        string type = !settings.TryGetProperty("rope_type", out JsonElement named) && !settings.TryGetProperty("type", out named) ? "default"
            : JsonFile.TextOf(named) ?? throw config.Refused("the type of the rotary scaling must be a text");
        double Of(string key) => TransformerConfig.Number(config, settings, key, null) is double number && number > 0 ? number : throw config.Refused($"{key} of the rotary scaling must be above 0");
        if (type is "default")
        {
            return null;
        }

        if (type is "linear")
        {
            return new(Of("factor"), double.PositiveInfinity, double.PositiveInfinity, 1);
        }

        RotaryScaling scaling = type is "llama3" ? new(Of("factor"), Of("low_freq_factor"), Of("high_freq_factor"), Of("original_max_position_embeddings"))
            : throw config.Refused($"the rotary scaling {ModelFileException.Quoted(type)} is not known; there are default, linear and llama3");
        return scaling.LowFactor < scaling.HighFactor ? scaling : throw config.Refused("low_freq_factor of the rotary scaling must be below high_freq_factor");
    }
}
