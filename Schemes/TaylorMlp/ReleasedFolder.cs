using System.Text.Json.Nodes;
using Wager.Schemes.Models;
using Wager.Schemes.Tokenizers;
using IOPath = System.IO.Path;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// A released model in a folder, which runs by itself: the model's config.json, with the activation that is expanded, its tokenizer's files, and the release. On opening, there
/// is a released MLP for every layer of the config.json, of its shape.
/// </summary>
public sealed class ReleasedFolder : IDisposable
{
    /// <summary>The name of the release in it.</summary>
    public const string ReleaseName = "model.taylor.safetensors";

    private const int OtherFilesLength = 1 << 26;

    private ReleasedFolder(string path, ModelConfig config, ReleaseFile release)
    {
        (Path, Config, Release) = (path, config, release);
        Dictionary<string, ReleasedMlp> found = release.Mlps.ToDictionary(mlp => mlp.Names.Path);
        MlpShape shape = new(config.Width, config.Hidden, config.Width, config.IsGated);
        Mlps = [.. Enumerable.Range(0, config.Layers).Select(layer => found.TryGetValue(config.Family.Mlp(layer).Path, out ReleasedMlp? mlp) && mlp.Shape == shape ? mlp
            : throw new ModelFileException(release.Path, $"{config.Family.Mlp(layer).Path} {(mlp is null ? "is not released" : $"is a {mlp.Shape}")}, where {config.Path} makes it a {shape}"))];
        if (Activation.Find(config.ActivationName) != release.Activation)
        {
            throw new ModelFileException(config.Path, $"{config.Family.ActivationKey} is {ModelFileException.Quoted(config.ActivationName)}, where {release.Path} expands {release.Activation}: it must be {release.Activation.PublishedName}");
        }

        if (found.Count > config.Layers)
        {
            throw new ModelFileException(release.Path, $"it has {found.Count} released MLPs, where {config.Path} says that there are {config.Layers} layers");
        }
    }

    /// <summary>The folder, as it was named.</summary>
    public string Path { get; }

    /// <summary>What its config.json says.</summary>
    public ModelConfig Config { get; }

    /// <summary>The release.</summary>
    public ReleaseFile Release { get; }

    /// <summary>The released MLP of each layer.</summary>
    public IReadOnlyList<ReleasedMlp> Mlps { get; }

    /// <summary>The files that make it what it is.</summary>
    public IEnumerable<string> Sources => [Config.Path, Release.Path];

    /// <summary>Whether a folder holds a release.</summary>
    public static bool Is(string folder) => File.Exists(IOPath.Combine(folder, ReleaseName));

    /// <summary>Opens one.</summary>
    /// <exception cref="ModelFileException">It holds no release, or none of the model that its config.json describes.</exception>
    public static ReleasedFolder Open(string folder)
    {
        ModelConfig config = ModelConfig.Read(folder);
        ReleaseFile release = ReleaseFile.Open(IOPath.Combine(folder, ReleaseName));
        try
        {
            return new(folder, config, release);
        }
        catch (ModelFileException)
        {
            release.Dispose();
            throw;
        }
    }

    /// <summary>Writes the release of a model into a folder: aside, and renamed at the end.</summary>
    /// <param name="release">How it is released.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder, which must not exist, or be empty.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it, with nothing written.</param>
    /// <returns>The bytes of its tensors.</returns>
    /// <exception cref="ModelFileException">As of <see cref="ModelRelease.Write"/>, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static long Write(ModelRelease release, ModelFolder model, string folder, Action<double>? progress, CancellationToken stop)
    {
        using NewFolder target = Begin(model.Path, folder);
        long bytes = release.Write(model, target.File(ReleaseName), progress, stop);
        JsonObject config = JsonNode.Parse(File.ReadAllText(model.Config.Path))!.AsObject();
        if (Activation.Find(model.ActivationName) != release.Form.Activation)
        {
            config[model.Config.Family.ActivationKey] = release.Form.Activation.PublishedName;
        }

        target.Write(ModelConfig.FileName, SyntheticConfig.Text(config));
        target.Commit();
        return bytes;
    }

    /// <summary>Begins a folder with all of this one but the release.</summary>
    /// <param name="folder">The folder, which must not exist, or be empty.</param>
    /// <exception cref="ModelFileException">It cannot be written.</exception>
    public NewFolder BeginCopy(string folder) => Begin(Path, folder, Config.Path);

    /// <summary>Begins a folder with another's tokenizer, and other files.</summary>
    private static NewFolder Begin(string from, string folder, params string[] others)
    {
        NewFolder target = new(folder, OtherFilesLength); // whether there is room for the tensors their writer asks
        try
        {
            foreach (string path in ModelTokenizer.FilesOf(from).Select(name => IOPath.Combine(from, name)).Concat(others))
            {
                target.Copy(path);
            }

            return target;
        }
        catch (ModelFileException)
        {
            target.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Release.Dispose();
}
