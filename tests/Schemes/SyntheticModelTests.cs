using System.Text.Json;
using Expecto;
using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>Models with seeded weights: their sizes, their law, and that an entry depends on nothing besides its seed, name and place.</summary>
internal static class SyntheticModelTests
{
    /// <summary>The parameters of the published models, as their authors count them (a head that is tied to the embedding once).</summary>
    private static readonly (string Name, long Parameters)[] _published =
    [
        ("opt-125m", 125_239_296), ("opt-1.3b", 1_315_758_080), ("opt-2.7b", 2_651_596_800), ("opt-6.7b", 6_658_473_984),
        ("llama2-7b", 6_738_415_616), ("llama2-13b", 13_015_864_320), ("llama3-8b", 8_030_261_248), ("mistral-7b", 7_241_732_096),
        ("phi-2", 2_779_683_840),
    ];

    private static readonly Arbitrary<(int Seed, int First, int Count, int Type)> _pieces = Arb.From(
        from seed in Gen.Choose(0, 1_000_000)
        from first in Gen.Choose(0, 100_000)
        from count in Gen.Choose(0, 40_000)
        from type in Gen.Choose(0, StorageType.All.Count - 1)
        select (seed, first, count, type));

    /// <summary>Any pattern of 64 bits, those near the edges of the short types among them.</summary>
    private static readonly Arbitrary<double[]> _doubles = Arb.From(
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        from exponent in Gen.Choose(-160, 140)
        from tail in Gen.Elements(0L, 1L, -1L, 1L << 41, 1L << 44, (1L << 41) + 1, (1L << 44) - 1)
        select new[]
        {
            BitConverter.Int64BitsToDouble(((long)high << 32) | (uint)low),
            Math.ScaleB(1 + ((uint)low / 4294967296.0), exponent),
            Math.ScaleB(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(1 + ((low & 2047) / 2048.0)) + tail), exponent / 4) * (high < 0 ? -1 : 1),
        });

    public static Test All => Suite.Group(
        "synthetic models",
        Suite.Group("a published shape has the published number of parameters", [.. _published.Select(row => Suite.Test(row.Name, () =>
        {
            ModelShape shape = ModelShape.Find(row.Name)!;
            Assert.Equal(row.Parameters, SyntheticTensor.Of(shape, shape.Layers).Sum(tensor => tensor.Count), "parameters");
        }))]),
        Suite.Test("no other shape is listed, but of each architecture a tiny one", () => Assert.Equal(
            string.Join(' ', _published.Select(row => row.Name).Concat(["opt-tiny", "llama-tiny", "mistral-tiny", "phi-tiny"])), string.Join(' ', ModelShape.All), "shapes")),
        Suite.Property("a piece of a tensor is what the whole has there", _pieces, piece =>
        {
            StorageType type = StorageType.All[piece.Type];
            byte[] whole = new byte[(piece.First + piece.Count) * type.Size];
            byte[] part = new byte[piece.Count * type.Size];
            SyntheticModel.Fill((ulong)piece.Seed, "a", 0.02, type, whole);
            SyntheticModel.Fill((ulong)piece.Seed, "a", 0.02, type, part, piece.First);
            return whole.AsSpan(piece.First * type.Size).SequenceEqual(part);
        }, 50),
        Suite.Property("in every type it is the same number, rounded once", _pieces, piece =>
        {
            int count = Math.Min(piece.Count, 1000);
            double[] exact = Entries((ulong)piece.Seed, "a", 0.02, count, piece.First);
            byte[] bytes = new byte[count * StorageType.All[piece.Type].Size];
            SyntheticModel.Fill((ulong)piece.Seed, "a", 0.02, StorageType.All[piece.Type], bytes, piece.First);
            double[] rounded = new double[count];
            StorageType.All[piece.Type].Read(bytes, rounded);
            return rounded.SequenceEqual(exact.Select(StorageType.All[piece.Type].Round));
        }, 50),
        Suite.Test("the entries are normal, and those of other names and seeds are others", Law),
        Suite.Test("a few entries, so that no release changes them unseen", () =>
        {
            double[] expected = [-1.9486048410670862, -0.12567354010581064, -1.0786405939019414, 0.40440795259561585];
            double[] first = Entries(1, "model.layers.0.mlp.up_proj.weight", 1, expected.Length, 0);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Near(expected[i], first[i], 1e-14, $"entry {i}");
            }
        }),
        Suite.Property("a tensor is rounded as its entries are one by one", _doubles, values =>
        {
            foreach (StorageType type in StorageType.All)
            {
                byte[] fast = new byte[values.Length * type.Size];
                byte[] slow = new byte[values.Length * type.Size];
                type.Write(values, fast);
                for (int i = 0; i < values.Length; i++)
                {
                    type.Write(values[i], slow.AsSpan(i * type.Size, type.Size));
                }

                Assert.True(fast.AsSpan().SequenceEqual(slow), $"{type}: {string.Join(' ', values)} is {Convert.ToHexString(fast)}, and one by one {Convert.ToHexString(slow)}");
            }
        }, 20_000),
        Suite.Test("what is written is there whole, or not at all", () =>
        {
            using TemporaryFolder folder = new();
            Directory.CreateDirectory(folder.File("empty"));
            SmallModel.Write("llama", folder.File("empty"));
            SmallModel.Write("llama", folder.File("new/"));
            Assert.Equal("empty new", folder.Names(), "folders");
            Assert.Contains("new: it is there already, and not empty", Assert.Throws<ModelFileException>(() => SmallModel.Write("llama", folder.File("new")), "again").Message, "the line");
            Assert.Contains("none/a: it cannot be written (there is no folder", Assert.Throws<ModelFileException>(() => SmallModel.Write("llama", folder.File("none/a")), "nowhere").Message, "the line");
            using CancellationTokenSource stop = new();
            Assert.Throws<OperationCanceledException>(
                () => SyntheticModel.Write(SmallModel.Of("opt"), 2, StorageType.F32, 1, folder.File("stopped"), _ => stop.Cancel(), stop: stop.Token), "stopped in the middle");
            Assert.Equal("empty new", folder.Names(), "folders after that");
        }),
        Suite.Test("a model too large for the disk is refused before it is begun", () =>
        {
            using TemporaryFolder folder = new();
            string line = Assert.Throws<ModelFileException>(() => SyntheticModel.Write(ModelShape.Find("llama2-13b")!, 100_000, StorageType.F64, 1, folder.File("a")), "250 TB").Message;
            Assert.Contains("253,", line, "what is needed");
            Assert.Contains(" bytes are needed, and its disk has room for ", line, "the line");
            Assert.Equal("", folder.Names(), "folders");
        }),
        Suite.Group("config.json has the fields of the published one", [.. SmallModel.All.Select(shape => Suite.Test(shape.ModelType, () =>
        {
            using TemporaryFolder folder = new();
            using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(SmallModel.Write(shape.ModelType, folder.File("a")), "config.json")));
            string Of(string key) => config.RootElement.GetProperty(key).ToString();
            bool isOpt = shape.ModelType == "opt";
            Assert.Equal(
                $"{shape.ModelType} 8 2 {shape.Heads} 40 16 bfloat16 {shape.Hidden} {shape.ActivationName} 0.02 {(isOpt ? "True" : "False")}",
                string.Join(' ', new[]
                {
                    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "max_position_embeddings", "torch_dtype",
                    isOpt ? "ffn_dim" : "intermediate_size", isOpt ? "activation_function" : "hidden_act", isOpt ? "init_std" : "initializer_range", "tie_word_embeddings",
                }.Select(Of)),
                "fields");
            Assert.Equal($"{(isOpt ? "OPT" : char.ToUpperInvariant(shape.ModelType[0]) + shape.ModelType[1..])}ForCausalLM", config.RootElement.GetProperty("architectures")[0].GetString(), "architecture");
        }))]));

    /// <summary>Moments, tails and Kolmogorov's distance of 4 million entries, each within five standard errors or at one in a million.</summary>
    private static void Law()
    {
        const int Count = 4_000_000;
        double[] a = Entries(1, "a", 1, Count, 0);
        double root = Math.Sqrt(Count);
        Assert.Near(0, a.Average(), 5 / root, "mean");
        Assert.Near(1, a.Average(x => x * x), 5 * Math.Sqrt(2) / root, "variance");
        Assert.Near(0, a.Average(x => x * x * x), 5 * Math.Sqrt(15) / root, "third moment");
        Assert.Near(3, a.Average(x => x * x * x * x), 5 * Math.Sqrt(96) / root, "fourth moment");
        foreach (double bound in new[] { 0.01, 0.25, 1, 2, 3, 3.6541528853610088, 4, 4.5 })
        {
            double tail = 2 * Normal.CDF(0, 1, -bound);
            Assert.Near(tail, a.Count(x => Math.Abs(x) > bound) / (double)Count, 5 * Math.Sqrt(tail * (1 - tail)) / root, $"beyond {bound}");
        }

        double[] b = Entries(1, "b", 1, Count, 0);
        double[] other = Entries(2, "a", 1, Count, 0);
        Assert.Near(0, a.Zip(b, (x, y) => x * y).Average(), 5 / root, "correlation with another name");
        Assert.Near(0, a.Zip(other, (x, y) => x * y).Average(), 5 / root, "correlation with another seed");
        Assert.Near(0, a.Zip(a.Skip(1), (x, y) => x * y).Average(), 5 / root, "correlation with the next");
        Assert.Near(0, a.Zip(a.Skip(1), (x, y) => ((x * x) - 1) * ((y * y) - 1)).Average(), 10 / root, "correlation of squares with the next");
        Array.Sort(a);
        Assert.Equal(0, a.Zip(a.Skip(1)).Count(pair => pair.First == pair.Second), "entries that come twice"); // by chance, one in a thousand times
        double distance = a.Index().Max(entry => Math.Abs(Normal.CDF(0, 1, entry.Item) - ((entry.Index + 0.5) / Count)));
        Assert.True(distance < 2.7 / root, $"Kolmogorov's distance is {distance * root} standard units"); // beyond 2.7: one in a million
    }

    private static double[] Entries(ulong seed, string name, double deviation, int count, long first)
    {
        byte[] bytes = new byte[count * sizeof(double)];
        SyntheticModel.Fill(seed, name, deviation, StorageType.F64, bytes, first);
        double[] entries = new double[count];
        StorageType.F64.Read(bytes, entries);
        return entries;
    }
}
