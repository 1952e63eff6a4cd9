using System.Text;
using IOPath = System.IO.Path;

namespace Wager.Schemes.Models;

/// <summary>What a model's config.json says of its architecture and its MLPs.</summary>
public sealed class ModelConfig
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "config.json";

    private ModelConfig(JsonFile json)
    {
        Json = json;
        string type = Json.Text("model_type");
        Family = ModelFamily.All.FirstOrDefault(family => family.ModelType == type)
            ?? throw Json.Refused($"model_type {ModelFileException.Quoted(type)} is not known; there are {string.Join(", ", ModelFamily.All.Select(family => family.ModelType))}");
        ActivationName = Json.Text(Family.ActivationKey);
        (Width, Hidden, Layers) = (Json.Size("hidden_size"), Json.Size(Family.HiddenKey), Json.Size("num_hidden_layers"));
        if (Family.Bias is var (key, needed) && Json.Switch(key) == !needed)
        {
            throw Json.Refused($"{key} must be {(needed ? "true" : "false")}: the MLP is known {(needed ? "with" : "without")} biases only");
        }
    }

    /// <summary>The file.</summary>
    public string Path => Json.Path;

    /// <summary>The architecture: opt, llama, mistral or phi.</summary>
    public string ModelType => Family.ModelType;

    /// <summary>The activation, as the file names it.</summary>
    public string ActivationName { get; }

    /// <summary>The width of the residual stream, d and D of the MLPs.</summary>
    public int Width { get; }

    /// <summary>The hidden width of the MLPs, h.</summary>
    public int Hidden { get; }

    /// <summary>The number of layers.</summary>
    public int Layers { get; }

    /// <summary>Whether the MLPs are gated.</summary>
    public bool IsGated => Family.IsGated;

    /// <summary>The file, for whoever reads more of it.</summary>
    internal JsonFile Json { get; }

    /// <summary>How models of this architecture name what is in their files.</summary>
    internal ModelFamily Family { get; }

    /// <summary>Reads the config.json of a folder.</summary>
    /// <exception cref="ModelFileException">There is none, or none of an architecture that is known.</exception>
    public static ModelConfig Read(string folder) => new(new JsonFile(IOPath.Combine(folder, FileName)));

    /// <summary>That of a model with seeded weights, which need not be in files.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="layers">Its layers, which may be others than the published one's.</param>
    /// <param name="storage">The type of all its tensors.</param>
    public static ModelConfig Of(ModelShape shape, int layers, StorageType storage) =>
        new(new JsonFile(IOPath.Combine(shape.Name, FileName), Encoding.UTF8.GetBytes(SyntheticConfig.Of(shape, layers, storage))));
}
