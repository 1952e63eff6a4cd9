using System.Text.Json.Nodes;
using Expecto;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The transformers against the reference: the committed fixtures, and models of any configuration.</summary>
internal static class TransformerTests
{
    /// <summary>What is asked of float32.</summary>
    private const double InSingle = 1e-4;

    /// <summary>In float64 nothing but the order of sums differs.</summary>
    private const double InDouble = 1e-10;

    public static Test All => Suite.Group(
        "transformers",
        Suite.Group("logits are the reference's", [.. TransformerFixtures.Names.SelectMany(name => new[]
        {
            Suite.Test($"{name} in float32, to 1e-4", () => Agree(name, StorageType.F32, InSingle)),
            Suite.Test($"{name} in float64, to 1e-10", () => Agree(name, StorageType.F64, InDouble)),
            Suite.Test($"{name} in bfloat16 and float16, within what their roundings explain", () => AgreeInShort(name)),
        })]),
        Suite.Group("in pieces, through the cache of keys and values, logits are those of the whole", [.. TransformerFixtures.Names.Select(name => Suite.Test(name, () => InPieces(name)))]),
        Suite.Group("a text that is filled up in a batch has the logits that it has alone", [.. TransformerFixtures.Names.Select(name => Suite.Test(name, () => InBatch(name)))]),
        Suite.Group("greedy continuation takes the reference's most likely token at every step", [.. TransformerFixtures.Names.Select(name => Suite.Test(name, () => Greedy(name)))]),
        Suite.Property("models of any configuration have the reference's logits", Configurations(), config =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("model");
            TransformerFixtures.Write(path, JsonNode.Parse(config)!.AsObject(), 7);
            int[] tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5];
            Near(ReferenceTransformer.Logits(path, tokens), LogitsOf(path, StorageType.F64, tokens), InDouble, config);
        }, count: 60),
        Suite.Test("a text longer than the context, and a token beyond the vocabulary, are refused", () =>
        {
            using ModelFolder folder = ModelFolder.Open(TransformerFixtures.Folder("opt"));
            using Transformer model = Transformer.Load(folder, Placement.AsStored);
            int context = model.Config.Positions;
            Assert.Throws<ArgumentException>(() => Continuation.Of(model, [[.. Enumerable.Repeat(3, context)]], 2, Decoding.Greedy, new SeededTape(1)), "one beyond the context");
            Assert.Equal(1, Continuation.Of(model, [[.. Enumerable.Repeat(3, context)]], 1, Decoding.Greedy, new SeededTape(1)).Length, "the context is full");
            Assert.Throws<ArgumentException>(() => Continuation.Of(model, [[model.Config.Vocabulary]], 1, Decoding.Greedy, new SeededTape(1)), "no token");
            Assert.Throws<ArgumentException>(() => Continuation.Of(model, [[]], 1, Decoding.Greedy, new SeededTape(1)), "no text");
        }),
        Suite.Test("on the processor, in the type of the files, tensors lie where the files are mapped; in another type they do not", () =>
        {
            using ModelFolder folder = ModelFolder.Open(TransformerFixtures.Folder("llama2"));
            TransformerConfig config = TransformerConfig.Read(folder.Config);
            foreach ((StorageType? type, bool isMapped) in new (StorageType?, bool)[] { (null, true), (StorageType.F32, true), (StorageType.F64, false) })
            {
                using WeightReader reader = new(folder, config, new(CPU, type));
                reader.Read("model.embed_tokens.weight", config.Vocabulary, config.Model.Width);
                Assert.Equal(isMapped, reader.Copied == 0, $"{reader.Copied} bytes copied in {type}");
            }
        }));

    private static void Agree(string name, StorageType type, double within)
    {
        (int[] tokens, double[][] expected) = TransformerFixtures.Committed(TransformerFixtures.Folder(name));
        Near(expected, LogitsOf(TransformerFixtures.Folder(name), type, tokens), within, name);
    }

    /// <summary>The root of the mean square of the errors, in that of the logits: each of some ten layers rounds by 2⁻⁹ or 2⁻¹² of its numbers, which add up as roots do.</summary>
    private static void AgreeInShort(string name)
    {
        (int[] tokens, double[][] expected) = TransformerFixtures.Committed(TransformerFixtures.Folder(name));
        foreach (StorageType type in new[] { StorageType.BF16, StorageType.F16 })
        {
            double[][] found = LogitsOf(TransformerFixtures.Folder(name), type, tokens);
            double error = Math.Sqrt(found.Zip(expected, (a, b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()).Sum() / expected.Sum(row => row.Sum(x => x * x)));
            Assert.True(error < 10 * type.Roundoff, $"{name} in {type}: {error:G3}, where {10 * type.Roundoff:G3} are allowed");
            Assert.True(error > type.Roundoff / 10, $"{name} in {type}: {error:G3}, so it was not computed in {type}");
        }
    }

    private static void InPieces(string name)
    {
        (int[] tokens, double[][] expected) = TransformerFixtures.Committed(TransformerFixtures.Folder(name));
        foreach (int piece in new[] { 1, 2, 5, 7 })
        {
            Near(expected, LogitsOf(TransformerFixtures.Folder(name), StorageType.F64, tokens, piece), InDouble, $"{name}, {piece} at once");
        }
    }

    private static void InBatch(string name)
    {
        (int[] tokens, double[][] expected) = TransformerFixtures.Committed(TransformerFixtures.Folder(name));
        const int Padding = 3;
        int[] longer = [.. tokens.Take(Padding), .. tokens];
        using ModelFolder folder = ModelFolder.Open(TransformerFixtures.Folder(name));
        using Transformer model = Transformer.Load(folder, new(CPU, StorageType.F64));
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        foreach (int piece in new[] { 1, 4, longer.Length })
        {
            using KeyValueCache cache = new(model, [0, Padding], longer.Length);
            List<double[]>[] rows = [[], []];
            for (int first = 0; first < longer.Length; first += piece)
            {
                int count = Math.Min(piece, longer.Length - first);
                long[] both = [.. longer.Skip(first).Take(count).Select(token => (long)token), .. Enumerable.Repeat(9, Padding).Concat(tokens).Skip(first).Take(count).Select(token => (long)token)];
                Tensor logits = model.Logits(tensor(both, 2, count), cache, new TensorMath(new SeededTape(1)));
                for (int text = 0; text < 2; text++)
                {
                    rows[text].AddRange(Enumerable.Range(0, count).Select(t => logits[text, t].data<double>().ToArray()));
                }
            }

            Near(ReferenceTransformer.Logits(TransformerFixtures.Folder(name), longer), [.. rows[0]], InDouble, $"{name}, the longer text, {piece} at once");
            Near(expected, [.. rows[1].Skip(Padding)], InDouble, $"{name}, the shorter text, {piece} at once");
        }
    }

    private static void Greedy(string name)
    {
        const int New = 4;
        List<int> text = [.. TransformerFixtures.Tokens.Take(6)];
        using ModelFolder folder = ModelFolder.Open(TransformerFixtures.Folder(name));
        using Transformer model = Transformer.Load(folder, Placement.AsStored);
        int[] found = Continuation.Of(model, [text.ToArray(), [5]], New, Decoding.Greedy, new SeededTape(1))[0];
        List<int> expected = [];
        while (expected.Count < New)
        {
            double[] last = ReferenceTransformer.Logits(TransformerFixtures.Folder(name), text)[^1];
            int token = Array.IndexOf(last, last.Max());
            if (model.Config.EndTokens.Contains(token))
            {
                break;
            }

            text.Add(token);
            expected.Add(token);
        }

        Assert.Equal(string.Join(' ', expected), string.Join(' ', found), name);
    }

    /// <summary>The logits of a text, so many tokens at once.</summary>
    private static double[][] LogitsOf(string path, StorageType type, IReadOnlyList<int> tokens, int piece = int.MaxValue)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using ModelFolder folder = ModelFolder.Open(path);
        using Transformer model = Transformer.Load(folder, new(CPU, type));
        using KeyValueCache cache = new(model, [0], tokens.Count);
        List<double[]> rows = [];
        for (int first = 0; first < tokens.Count; first += Math.Min(piece, tokens.Count))
        {
            long[] next = [.. tokens.Skip(first).Take(piece).Select(token => (long)token)];
            Tensor logits = model.Logits(tensor(next, 1, next.Length), cache, new TensorMath(new SeededTape(1)));
            rows.AddRange(Enumerable.Range(0, next.Length).Select(t => logits[0, t].to(float64).data<double>().ToArray()));
        }

        return [.. rows];
    }

    private static void Near(double[][] expected, double[][] found, double within, string what)
    {
        Assert.Equal(expected.Length, found.Length, what);
        double worst = expected.Zip(found, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
        Assert.True(worst <= within, $"{what}: a logit is off by {worst:G3}, where {within:G1} is allowed"); // which NaN is not
    }

    /// <summary>The fixtures' configurations with other sides, heads, windows, positions, norms and heads of logits.</summary>
    private static Arbitrary<string> Configurations() => Arb.From(
        from name in Gen.Elements("opt", "llama2", "llama3", "mistral", "phi2")
        from heads in Gen.Elements(1, 2, 4)
        from shared in Gen.Elements(1, 2, 4)
        from headWidth in Gen.Elements(4, 8, 16)
        from layers in Gen.Choose(1, 3)
        from flag in Gen.Elements(true, false)
        from number in Gen.Choose(1, 12)
        from activation in Gen.Elements("gelu", "gelu_new", "silu", "relu")
        select Varied(name, heads, shared, headWidth, layers, flag, number, activation));

    private static string Varied(string name, int heads, int shared, int headWidth, int layers, bool flag, int number, string activation)
    {
        JsonObject config = TransformerFixtures.Config(name);
        config["num_hidden_layers"] = layers;
        config["num_attention_heads"] = heads;
        config["hidden_size"] = heads * headWidth;
        config[name == "opt" ? "activation_function" : "hidden_act"] = activation;
        switch (name)
        {
            case "opt":
                config["word_embed_proj_dim"] = heads * headWidth;
                config["tie_word_embeddings"] = flag;
                break;
            case "phi2":
                config["num_key_value_heads"] = Math.Max(1, heads / shared);
                config["partial_rotary_factor"] = flag ? 0.5 : 1.0;
                break;
            default:
                config["num_key_value_heads"] = Math.Max(1, heads / shared);
                config["tie_word_embeddings"] = flag;
                config["rms_norm_eps"] = number * 1e-3;
                config["head_dim"] = number % 2 == 0 ? headWidth : 2 * headWidth;
                if (name == "mistral")
                {
                    config["sliding_window"] = flag ? number : null;
                }
                else
                {
                    config["attention_bias"] = !flag && name == "llama2";
                }

                break;
        }

        return config.ToJsonString();
    }
}
