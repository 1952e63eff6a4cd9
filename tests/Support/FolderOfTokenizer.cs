using System.Text.Json;
using System.Text.Json.Nodes;
using Wager.Schemes.Models;
using Wager.Schemes.Tokenizers;

namespace Wager.Tests;

/// <summary>Folders with tokenizers: those that are kept beside the tests, as they are and changed, and those that models are written with.</summary>
internal static class FolderOfTokenizer
{
    /// <summary>A folder that is kept.</summary>
    public static string Kept(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "tokenizers", name);

    /// <summary>What a reference makes of texts with a kept tokenizer.</summary>
    public static IEnumerable<(string Text, int[] Ids)> Expected(string name) =>
        from row in JsonNode.Parse(File.ReadAllText(Kept("expected.json")))![name]!.AsArray()
        select (row!["text"]!.GetValue<string>(), row["ids"]!.Deserialize<int[]>()!);

    /// <summary>The tokenizer that a model of a shape is written with.</summary>
    public static ModelTokenizer OfShape(string shape)
    {
        using TemporaryFolder folder = new();
        SyntheticModel.Write(ModelShape.Find(shape)!, 1, StorageType.BF16, 1, folder.File("model"));
        return ModelTokenizer.Open(folder.File("model"));
    }

    /// <summary>A kept one, with further files.</summary>
    public static ModelTokenizer Opened(string name, params (string Name, string Text)[] files)
    {
        using TemporaryFolder folder = new();
        Copy(name, folder.Path);
        return OpenedWith(folder.Path, files);
    }

    /// <summary>A kept tokenizer.json, edited.</summary>
    public static ModelTokenizer Edited(string name, Action<JsonObject> change)
    {
        using TemporaryFolder folder = new();
        Copy(name, folder.Path);
        SmallModel.Edit(folder.Path, "tokenizer.json", change);
        return ModelTokenizer.Open(folder.Path);
    }

    /// <summary>The kept gpt2-like as OPT's folders have it: vocab.json with merges.txt, and further files.</summary>
    public static ModelTokenizer OfVocabulary(params (string Name, string Text)[] files)
    {
        using TemporaryFolder folder = new();
        WriteVocabulary(folder.Path);
        return OpenedWith(folder.Path, files);
    }

    /// <summary>Writes that vocab.json with merges.txt.</summary>
    public static void WriteVocabulary(string folder)
    {
        JsonNode model = JsonNode.Parse(File.ReadAllText(Path.Combine(Kept("gpt2-like"), "tokenizer.json")))!["model"]!;
        File.WriteAllText(Path.Combine(folder, "vocab.json"), model["vocab"]!.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"), $"#version: 0.2\n{string.Join('\n', model["merges"]!.AsArray())}\n");
    }

    /// <summary>Copies a kept folder's files.</summary>
    public static void Copy(string name, string folder)
    {
        foreach (string file in Directory.GetFiles(Kept(name)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    private static ModelTokenizer OpenedWith(string folder, (string Name, string Text)[] files)
    {
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return ModelTokenizer.Open(folder);
    }
}
