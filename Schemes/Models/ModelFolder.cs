using Wager.Schemes.TaylorMlp;
using IOPath = System.IO.Path;

namespace Wager.Schemes.Models;

/// <summary>
/// A published language model in its folder: config.json, and model.safetensors or the shards that model.safetensors.index.json
/// lists. On opening, every tensor of every MLP is there with the right sides and one floating-point type a layer.
/// </summary>
public sealed class ModelFolder : ITensorFiles, IDisposable
{
    /// <summary>The name of a single file of tensors.</summary>
    public const string SingleName = "model.safetensors";

    private const string IndexName = "model.safetensors.index.json";

    /// <summary>What file systems let a name have.</summary>
    private const int LongestName = 255;

    private readonly List<SafeTensorsFile> _files = [];
    private readonly Dictionary<string, (SafeTensorsFile File, TensorEntry Entry)> _tensors = [];
    private readonly List<MlpNames> _mlps = [];

    private ModelFolder(string folder)
    {
        Path = folder;
        Config = ModelConfig.Read(folder);
        try
        {
            OpenFiles();
            Tensors = [.. _files.SelectMany(file => file.Tensors)];
            FindMlps();
        }
        catch (ModelFileException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The folder, as it was named.</summary>
    public string Path { get; }

    /// <summary>What its config.json says.</summary>
    public ModelConfig Config { get; }

    /// <inheritdoc cref="ModelConfig.ModelType"/>
    public string ModelType => Config.ModelType;

    /// <inheritdoc cref="ModelConfig.ActivationName"/>
    public string ActivationName => Config.ActivationName;

    /// <inheritdoc cref="ModelConfig.Width"/>
    public int Width => Config.Width;

    /// <inheritdoc cref="ModelConfig.Hidden"/>
    public int Hidden => Config.Hidden;

    /// <inheritdoc cref="ModelConfig.Layers"/>
    public int Layers => Config.Layers;

    /// <inheritdoc cref="ModelConfig.IsGated"/>
    public bool IsGated => Config.IsGated;

    /// <summary>The names of the MLPs' tensors, one MLP a layer, in order.</summary>
    public IReadOnlyList<MlpNames> Mlps => _mlps;

    /// <summary>The files that hold the tensors, in the order of their names.</summary>
    public IReadOnlyList<SafeTensorsFile> Files => _files;

    /// <summary>The files that make it what it is, and that would if they were there: with a single file of weights, shards would not be read.</summary>
    public IEnumerable<string> Sources => [.. new[] { ModelConfig.FileName, IndexName, SingleName }.Select(name => IOPath.Combine(Path, name)), .. _files.Select(file => file.Path)];

    /// <summary>All tensors, file by file and in the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="ModelFileException">It holds no model, or none of an architecture that is known.</exception>
    public static ModelFolder Open(string folder) => Directory.Exists(folder) ? new(folder)
        : throw new ModelFileException(folder, $"there is no such folder; name one with {ModelConfig.FileName} and {SingleName}");

    /// <summary>The tensor of a name; null where there is none.</summary>
    public TensorEntry? Find(string name) => _tensors.GetValueOrDefault(name).Entry;

    /// <summary>Maps a tensor's bytes into memory, until the result is disposed of.</summary>
    /// <exception cref="ArgumentException">There is no tensor of this name.</exception>
    /// <exception cref="ModelFileException">Its file was cut short since it was opened, or cannot be mapped.</exception>
    public MappedTensor Map(string name) => _tensors.TryGetValue(name, out (SafeTensorsFile File, TensorEntry Entry) found)
        ? found.File.Map(found.Entry)
        : throw new ArgumentException($"{name} is no tensor of {Path}", nameof(name));

    /// <summary>Closes the files. What is mapped stays so.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void OpenFiles()
    {
        string single = IOPath.Combine(Path, SingleName);
        string index = IOPath.Combine(Path, IndexName);
        if (!File.Exists(single) && !File.Exists(index))
        {
            throw new ModelFileException(Path, $"it has neither {SingleName} nor {IndexName}{(ReleasedFolder.Is(Path) ? $", but a release, {ReleasedFolder.ReleaseName}: name the model that it was made of, or what attack makes of it" : "")}");
        }

        if (File.Exists(single))
        {
            Add(SafeTensorsFile.Open(single));
            return;
        }

        JsonFile json = new(index);
        (string Tensor, string Shard)[] map = [.. json.Texts("weight_map")];
        foreach (string shard in map.Select(pair => pair.Shard).Distinct().Order(StringComparer.Ordinal))
        {
            Add(SafeTensorsFile.Open(shard.AsSpan().ContainsAny('/', '\\') || shard is "" or "." or ".." || shard.Length > LongestName
                ? throw json.Refused($"weight_map: {ModelFileException.Quoted(shard)} must be the name of a file beside it")
                : IOPath.Combine(Path, shard)));
        }

        foreach ((string tensor, string shard) in map)
        {
            if (!_tensors.TryGetValue(tensor, out (SafeTensorsFile File, TensorEntry Entry) found) || found.File.Path != IOPath.Combine(Path, shard))
            {
                throw json.Refused($"weight_map: tensor {ModelFileException.Quoted(tensor)} must be in the shard that is named for it, and {ModelFileException.Quoted(shard)} does not hold it");
            }
        }

        if (_tensors.Count > map.Length)
        {
            string stray = _tensors.Keys.Except(map.Select(pair => pair.Tensor)).First();
            throw json.Refused($"weight_map: tensor {ModelFileException.Quoted(stray)} is missing, which {_tensors[stray].File.Path} holds");
        }
    }

    private void Add(SafeTensorsFile file)
    {
        _files.Add(file);
        foreach (TensorEntry entry in file.Tensors)
        {
            if (!_tensors.TryAdd(entry.Name, (file, entry)))
            {
                throw new ModelFileException(file.Path, $"tensor {ModelFileException.Quoted(entry.Name)} is in {_tensors[entry.Name].File.Path} too; it must be in one shard");
            }
        }
    }

    /// <summary>Goes through the layers. The first that is missing ends it, so that no number in config.json costs more than the files are long.</summary>
    private void FindMlps()
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            MlpNames names = Config.Family.Mlp(layer);
            StorageType type = Require(names.V, null, Hidden, Width);
            Require(names.W, type, Width, Hidden);
            if (IsGated)
            {
                Require(names.U!, type, Hidden, Width);
            }
            else
            {
                Require(names.B!, type, Hidden);
                Require(names.C!, type, Width);
            }

            _mlps.Add(names);
        }

        if (Find(Config.Family.Mlp(Layers).V) is { } further)
        {
            throw Config.Json.Refused($"num_hidden_layers is {Layers}, but there is a tensor {further.Name}");
        }
    }

    /// <summary>The type of a tensor that must be there, with these sides and, where one is given, this type.</summary>
    private StorageType Require(string name, StorageType? type, params long[] shape)
    {
        (SafeTensorsFile File, TensorEntry Entry) found = _tensors.TryGetValue(name, out (SafeTensorsFile File, TensorEntry Entry) there) ? there
            : throw new ModelFileException(Path, $"tensor {name} is missing; {Config.Path} says that there are {Layers} layers of {ModelType}");
        return !found.Entry.Shape.SequenceEqual(shape)
            ? throw new ModelFileException(found.File.Path, $"tensor {name} is {found.Entry.Sides}, where {Config.Path} makes it {TensorEntry.Bracketed(shape)}")
            : found.Entry.Storage is not { } storage || storage != (type ?? storage)
                ? throw new ModelFileException(found.File.Path, $"tensor {name} is {found.Entry.Type}, where {type?.Code ?? $"one of {string.Join(", ", StorageType.All.Select(known => known.Code))}"} is needed")
            : storage;
    }
}
