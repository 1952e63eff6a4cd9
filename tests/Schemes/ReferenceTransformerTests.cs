using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>The reference that the product's transformers are held against: its fixtures can be made again, and each can tell a wrong reading.</summary>
internal static class ReferenceTransformerTests
{
    /// <summary>Between machines exp and its like differ in a last digit.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>What a wrong reading must change in some logit: a hundred times what the product is allowed.</summary>
    private const double Telling = 1e-2;

    /// <summary>What config.json asks for and a wrong implementation would not do, or do otherwise.</summary>
    private static readonly (string Name, string What, Action<JsonObject> Change)[] _readings =
    [
        ("opt", "relu for gelu", config => config["activation_function"] = "relu"),
        ("opt", "no biases", config => config["enable_bias"] = false),
        ("llama2", "another base of the angles", config => config["rope_theta"] = 1000.0),
        ("llama2", "a tied head", config => config["tie_word_embeddings"] = true),
        ("llama2", "another ε in norms", config => config["rms_norm_eps"] = 1e-5),
        ("llama2", "gelu for silu", config => config["hidden_act"] = "gelu"),
        ("llama3", "no scaling", config => config["rope_scaling"] = null),
        ("llama3", "a linear scaling", config => config["rope_scaling"]!["rope_type"] = "linear"),
        ("llama3", "a narrower band of frequencies that stay", config => config["rope_scaling"]!["high_freq_factor"] = 16.0),
        ("llama3", "no band in between", config => config["rope_scaling"]!["low_freq_factor"] = 4.0 - 1e-9),
        ("llama3", "a narrower band of frequencies that are lowered", config => config["rope_scaling"]!["low_freq_factor"] = 0.01),
        ("mistral", "no window", config => config["sliding_window"] = null),
        ("mistral", "a window wider by one", config => config["sliding_window"] = 5),
        ("mistral", "a window narrower by one", config => config["sliding_window"] = 3),
        ("phi2", "all of a head turned", config => config["partial_rotary_factor"] = 1.0),
        ("phi2", "nothing turned", config => config["partial_rotary_factor"] = 0.0),
        ("phi2", "another ε in norms", config => config["layer_norm_eps"] = 1e-5),
    ];

    /// <summary>Wrong readings of the tensors, as another order in the file that a right reading sees as the wrong one sees the given.</summary>
    private static readonly (string Name, string What, Action<string> Change)[] _orders =
    [
        ("opt", "positions shifted by one", folder => Reorder(folder, "model.decoder.embed_positions.weight", 32, row => (row + 1) % 18, column => column)),
        .. new[] { "llama3", "mistral" }.Select(name => (name, "heads of keys and values shared in turns", InLayers(name, (folder, path, width) =>
        {
            Reorder(folder, $"{path}.q_proj.weight", width, Swapped, column => column);
            Reorder(folder, $"{path}.o_proj.weight", 32, row => row, Swapped);
        }))),
        .. new[] { ("llama2", 8), ("llama3", 8), ("mistral", 8), ("phi2", 4) }.Select(fixture => (
            fixture.Item1, "neighbours turned for halves", InLayers(fixture.Item1, (folder, path, width) =>
            {
                Reorder(folder, $"{path}.q_proj.weight", width, row => Neighbours(row, fixture.Item2), column => column);
                Reorder(folder, $"{path}.k_proj.weight", width, row => Neighbours(row, fixture.Item2), column => column);
            }))),
    ];

    public static Test All => Suite.Group(
        "reference transformers",
        Suite.Group("a fixture is what its seed gives", [.. TransformerFixtures.Names.Select(name => Suite.Test(name, () => Replay(name)))]),
        Suite.Group("a fixture tells", [.. _readings.Select(reading =>
            Tells(reading.Name, reading.What, folder => SmallModel.Edit(folder, "config.json", reading.Change)))]),
        Suite.Group("a fixture tells by its tensors", [.. _orders.Select(order => Tells(order.Name, order.What, order.Change))]),
        Suite.Group("what follows a position does not change its logits", [.. TransformerFixtures.Names.Select(name => Suite.Test(name, () =>
        {
            (int[] tokens, double[][] whole) = TransformerFixtures.Committed(TransformerFixtures.Folder(name));
            foreach (int length in Enumerable.Range(1, tokens.Length))
            {
                double[][] part = ReferenceTransformer.Logits(TransformerFixtures.Folder(name), tokens[..length]);
                Assert.Near(0, Difference(whole[..length], part), Tolerance, $"the first {length} positions");
            }
        }))]),
        Suite.Test("biases of attention, and a linear scaling, which is Llama 3's where all frequencies are low", Rare));

    /// <summary>No fixture has them, since models that have them are few.</summary>
    private static void Rare()
    {
        using TemporaryFolder folder = new();
        double[][] Logits(Action<JsonObject> change)
        {
            SmallModel.Edit(folder.Path, "config.json", change);
            return ReferenceTransformer.Logits(folder.Path, TransformerFixtures.Tokens);
        }

        JsonObject config = TransformerFixtures.Config("llama3");
        config["attention_bias"] = true;
        TransformerFixtures.Write(folder.Path, config, seed: 1);
        double[][] biased = Logits(_ => { });
        double[][] unbiased = Logits(config => config["attention_bias"] = false);
        Assert.True(Difference(biased, unbiased) > Telling, "biases do not show");
        double[][] lowered = Logits(config => (config["rope_scaling"]!["low_freq_factor"], config["rope_scaling"]!["high_freq_factor"]) = (100, 200));
        double[][] linear = Logits(config => config["rope_scaling"] = new JsonObject { ["type"] = "linear", ["factor"] = 8 });
        Assert.Near(0, Difference(lowered, linear), Tolerance, "all frequencies lowered, and a linear scaling");
        Assert.True(Difference(linear, unbiased) > Telling, "a linear scaling does not show");
    }

    private static void Replay(string name)
    {
        using TemporaryFolder folder = new();
        TransformerFixtures.Write(name, folder.Path);
        foreach (string file in new[] { "config.json", "model.safetensors" })
        {
            byte[] committed = File.ReadAllBytes(Path.Combine(TransformerFixtures.Folder(name), file));
            Assert.True(File.ReadAllBytes(folder.File(file)).SequenceEqual(committed), $"{file} is another than the committed one");
        }

        (int[] tokens, double[][] expected) = TransformerFixtures.Committed(TransformerFixtures.Folder(name));
        Assert.Equal(string.Join(' ', TransformerFixtures.Tokens), string.Join(' ', tokens), "tokens");
        Assert.Near(0, Difference(expected, TransformerFixtures.Committed(folder.Path).Logits), Tolerance, "logits");
        Assert.True(Directory.EnumerateFiles(TransformerFixtures.Folder(name)).Sum(file => new FileInfo(file).Length) <= 100 << 10, "it has more than 100 KiB");
    }

    private static Test Tells(string name, string what, Action<string> change) => Suite.Test($"{name}: {what}", () =>
    {
        using TemporaryFolder folder = new();
        TransformerFixtures.Write(name, folder.Path);
        change(folder.Path);
        double difference = Difference(TransformerFixtures.Committed(folder.Path).Logits, ReferenceTransformer.Logits(folder.Path, TransformerFixtures.Tokens));
        Assert.True(difference > Telling, FormattableString.Invariant($"the logits change by {difference:E1} only"));
    });

    private static double Difference(double[][] a, double[][] b)
    {
        Assert.Equal(string.Join(' ', a.Select(row => row.Length)), string.Join(' ', b.Select(row => row.Length)), "sides");
        return a.Zip(b, (x, y) => x.Zip(y, (u, v) => Math.Abs(u - v)).Max()).Max();
    }

    /// <summary>Of four heads of 8, the second and the third changed places.</summary>
    private static int Swapped(int place) => (place / 8) switch { 1 => place + 8, 2 => place - 8, _ => place };

    /// <summary>Of the places in a head of 8 that are turned, the even ones first.</summary>
    private static int Neighbours(int place, int turned)
    {
        (int head, int own, int half) = (place / 8 * 8, place % 8, turned / 2);
        return own >= turned ? place : own < half ? head + (2 * own) : head + (2 * (own - half)) + 1;
    }

    /// <summary>The same in each layer: of a folder, the path of its attention, and the model's width.</summary>
    private static Action<string> InLayers(string name, Action<string, string, int> change) => folder =>
    {
        JsonObject config = TransformerFixtures.Config(name);
        foreach (int layer in Enumerable.Range(0, config["num_hidden_layers"]!.GetValue<int>()))
        {
            change(folder, $"model.layers.{layer}.self_attn", config["hidden_size"]!.GetValue<int>());
        }
    };

    /// <summary>Puts a matrix of float32 into another order.</summary>
    private static void Reorder(string folder, string name, int width, Func<int, int> row, Func<int, int> column)
    {
        string path = Path.Combine(folder, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        TensorEntry entry;
        using (SafeTensorsFile file = SafeTensorsFile.Open(path))
        {
            entry = file.Find(name)!;
        }

        Span<float> values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan((int)entry.Offset, (int)entry.Length));
        float[] given = values.ToArray();
        for (int i = 0; i < given.Length; i++)
        {
            values[i] = given[(row(i / width) * width) + column(i % width)];
        }

        File.WriteAllBytes(path, bytes);
    }
}
