using System.Text.Json.Nodes;
using Expecto;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>How a transformer's tensors and settings come from files that are not as plain as usual.</summary>
internal static class WeightReaderTests
{
    public static Test All => Suite.Group(
        "weight reader",
        Suite.Test("a model of two types is refused in one line, and computed where one is given", () =>
        {
            using TemporaryFolder folder = new();
            string path = Copied(folder, "llama2", (name, values) => name.EndsWith("norm.weight", StringComparison.Ordinal) ? (StorageType.BF16, values) : (StorageType.F32, values));
            using ModelFolder model = ModelFolder.Open(path);
            string line = Assert.Throws<ModelFileException>(() => Transformer.Load(model, Placement.AsStored), "two types").Message;
            Assert.Contains("is BF16, and", line, "the types");
            Assert.Contains("--dtype", line, "what would be right");
            using Transformer loaded = Transformer.Load(model, new(CPU, StorageType.F32));
            Assert.Equal(1, Continuation.Of(loaded, [[3, 4]], 1, Decoding.Greedy, new SeededTape(1)).Length, "a text");
        }),
        Suite.Test("numbers that begin between addresses of their type are copied, and are the same", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("model");
            Directory.CreateDirectory(path);
            File.Copy(Path.Combine(TransformerFixtures.Folder("opt"), "config.json"), Path.Combine(path, "config.json"));
            byte[] file = File.ReadAllBytes(Path.Combine(TransformerFixtures.Folder("opt"), "model.safetensors"));
            int header = (int)BitConverter.ToUInt64(file);
            byte[] longer = [.. BitConverter.GetBytes((ulong)header + 1), .. file[8..(8 + header)], (byte)' ', .. file[(8 + header)..]]; // all data a byte further on
            File.WriteAllBytes(Path.Combine(path, "model.safetensors"), longer);
            using ModelFolder model = ModelFolder.Open(path);
            TransformerConfig config = TransformerConfig.Read(model.Config);
            using WeightReader reader = new(model, config, Placement.AsStored);
            using ModelFolder plain = ModelFolder.Open(TransformerFixtures.Folder("opt"));
            using WeightReader expected = new(plain, config, Placement.AsStored);
            const string Name = "model.decoder.embed_tokens.weight";
            Tensor found = reader.Read(Name, config.Vocabulary, config.Model.Width);
            Assert.Equal(found.numel() * 4, reader.Copied, "bytes copied");
            Assert.Equal(0L, expected.Read(Name, config.Vocabulary, config.Model.Width).ne(found).sum().item<long>(), "entries that differ");
        }),
        Suite.Test("a text ends at any of its end tokens, and generation_config.json says which before config.json does", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("model");
            JsonObject settings = TransformerFixtures.Config("llama2");
            settings["eos_token_id"] = new JsonArray(40, 41);
            TransformerFixtures.Write(path, settings, 11);
            int[] unended = Tokens(path);
            Assert.Equal(4, unended.Length, "tokens without an end");
            int first = unended[1];
            int end = Array.IndexOf(unended, first); // where it comes first
            File.WriteAllText(Path.Combine(path, "generation_config.json"), $$"""{ "eos_token_id": [40, {{first}}] }""");
            Assert.Equal(string.Join(' ', unended[..end]), string.Join(' ', Tokens(path)), "tokens before the end");
            File.WriteAllText(Path.Combine(path, "generation_config.json"), "{}");
            Assert.Equal(string.Join(' ', unended), string.Join(' ', Tokens(path)), "tokens where the file says nothing");
        }),
        Suite.Test("a prompt that goes through the model in pieces goes on as one that goes as a whole", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("model");
            JsonObject settings = TransformerFixtures.Config("mistral");
            (settings["max_position_embeddings"], settings["sliding_window"]) = (2048, 700);
            TransformerFixtures.Write(path, settings, 11);
            using ModelFolder model = ModelFolder.Open(path);
            using Transformer loaded = Transformer.Load(model, new(CPU, StorageType.F64));
            int[][] prompts = [[.. Enumerable.Range(0, 1300).Select(i => i * 7 % 48)], [.. Enumerable.Range(0, 600).Select(i => i * 5 % 48)]];
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            int[] chosen = [.. Continuation.Of(loaded, prompts, 1, Decoding.Greedy, new SeededTape(1)).Select(tokens => tokens.Single())];
            foreach ((int text, int[] prompt) in prompts.Index())
            {
                using KeyValueCache cache = new(loaded, [0], prompt.Length);
                Tensor logits = loaded.Logits(tensor(Array.ConvertAll(prompt, token => (long)token), 1, prompt.Length), cache, new(new SeededTape(1)), ofLastOnly: true);
                Assert.Equal((int)logits.flatten().argmax().item<long>(), chosen[text], $"the token after text {text}");
            }
        }));

    private static int[] Tokens(string path)
    {
        using ModelFolder model = ModelFolder.Open(path);
        using Transformer loaded = Transformer.Load(model, Placement.AsStored);
        return Continuation.Of(loaded, [[3, 4, 5]], 4, Decoding.Greedy, new SeededTape(1))[0];
    }

    /// <summary>A fixture whose tensors are written anew.</summary>
    private static string Copied(TemporaryFolder folder, string fixture, Func<string, double[], (StorageType Type, double[] Values)> change)
    {
        string path = folder.File("model");
        Directory.CreateDirectory(path);
        File.Copy(Path.Combine(TransformerFixtures.Folder(fixture), "config.json"), Path.Combine(path, "config.json"));
        using ModelFolder model = ModelFolder.Open(TransformerFixtures.Folder(fixture));
        (TensorEntry Entry, StorageType Type, double[] Values)[] tensors = [.. model.Tensors.Select(entry =>
        {
            using MappedTensor mapped = model.Map(entry.Name);
            double[] values = new double[entry.Count];
            StorageType.F32.Read(mapped.Bytes(0, (int)mapped.Length), values);
            (StorageType type, double[] changed) = change(entry.Name, values);
            return (entry, type, changed);
        })];
        using SafeTensorsWriter writer = new(
            Path.Combine(path, "model.safetensors"), [.. tensors.Select(tensor => (tensor.Entry.Name, tensor.Type.Code, tensor.Entry.Shape.ToArray()))], new Dictionary<string, string> { ["format"] = "pt" });
        foreach ((_, StorageType type, double[] values) in tensors)
        {
            byte[] bytes = new byte[values.Length * type.Size];
            type.Write(values, bytes);
            writer.Write(bytes);
        }

        writer.Commit();
        return path;
    }
}
