using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wager.Schemes.Models;
using Wager.Schemes.Tokenizers;

namespace Wager.Tests;

/// <summary>Folders with tokenizers: those that are kept beside the tests, and small ones written for one test.</summary>
internal static class FolderOfTokenizer
{
    /// <summary>A folder that is kept.</summary>
    public static string Kept(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "tokenizers", name);

    /// <summary>What a reference makes of texts with a kept tokenizer.</summary>
    public static IEnumerable<(string Text, int[] Ids)> Expected(string name) =>
        from row in JsonNode.Parse(File.ReadAllText(Kept("expected.json")))![name]!.AsArray()
        select (row!["text"]!.GetValue<string>(), row["ids"]!.Deserialize<int[]>()!);

    /// <summary>The tokenizer that a tiny model is written with.</summary>
    public static ModelTokenizer OfShape(string shape)
    {
        using TemporaryFolder folder = new();
        SyntheticModel.Write(ModelShape.Find(shape)!, 1, StorageType.BF16, 1, folder.File("model"));
        return ModelTokenizer.Open(folder.File("model"));
    }

    /// <summary>Copies a kept folder, changes it, and opens it.</summary>
    public static ModelTokenizer Changed(string name, TemporaryFolder folder, Action<string> change)
    {
        foreach (string file in Directory.GetFiles(Kept(name)))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        change(folder.Path);
        return ModelTokenizer.Open(folder.Path);
    }

    /// <summary>Writes the kept folder's tokenizer.json as OPT's folders have it instead: vocab.json with merges.txt.</summary>
    public static void AsVocabulary(string folder)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")))!;
        File.WriteAllText(Path.Combine(folder, "vocab.json"), json["model"]!["vocab"]!.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n" + string.Join('\n', json["model"]!["merges"]!.AsArray()) + "\n", new UTF8Encoding(false));
        File.Delete(Path.Combine(folder, "tokenizer.json"));
    }
}
