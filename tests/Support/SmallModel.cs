using System.Text.Json.Nodes;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>Models of each architecture, small enough to write in a moment.</summary>
internal static class SmallModel
{
    public const int Layers = 2;
    public const ulong Seed = 7;

    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new("small-opt", "opt", 8, 24, Layers, 2, 2, 40, 16, "relu", 0.02, 2, 2),
        new("small-llama", "llama", 8, 20, Layers, 4, 2, 40, 16, "silu", 0.02, 1, 2),
        new("small-mistral", "mistral", 8, 20, Layers, 4, 2, 40, 16, "silu", 0.02, 1, 2, SlidingWindow: 8),
        new("small-phi", "phi", 8, 24, Layers, 2, 2, 40, 16, "gelu_new", 0.02, 0, 0),
    ];

    public static ModelShape Of(string modelType) => All.First(shape => shape.ModelType == modelType);

    /// <summary>Writes one, in bf16.</summary>
    public static string Write(string modelType, string folder, long shardLength = SyntheticModel.ShardLength)
    {
        SyntheticModel.Write(Of(modelType), Layers, StorageType.BF16, Seed, folder, shardLength: shardLength);
        return folder;
    }

    /// <summary>Changes a JSON file in a folder.</summary>
    public static void Edit(string folder, string name, Action<JsonObject> change)
    {
        string path = Path.Combine(folder, name);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>Writes a file of tensors anew, each tensor with the type and sides that it is given, and zeros; null leaves it out.</summary>
    public static void Rewrite(string folder, Func<TensorEntry, (string Name, string Type, long[] Shape)?> change, string name = ModelFolder.SingleName)
    {
        string path = Path.Combine(folder, name);
        (string, string, long[])[] tensors;
        Dictionary<string, string> metadata;
        using (SafeTensorsFile file = SafeTensorsFile.Open(path))
        {
            metadata = file.Metadata.ToDictionary();
            tensors = [.. file.Tensors.Select(change).OfType<(string, string, long[])>()];
        }

        using SafeTensorsWriter writer = new(path, tensors, metadata);
        writer.Write(new byte[tensors.Sum(tensor => TensorEntry.LengthOf(tensor.Item2, tensor.Item3)!.Value)]);
        writer.Commit();
    }
}
