using System.Globalization;
using Expecto;
using Wager.Adversaries.TaylorMlp;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>What release and attack read: numbers that are none, and memory that is mapped and copied.</summary>
internal static class ModelNumberTests
{
    private static readonly byte[] _nan = [0xC0, 0x7F];
    private static readonly byte[] _infinity = [0x80, 0xFF];

    /// <summary>An entry of a small Llama in bf16, and what the line says of it.</summary>
    private static readonly (string Tensor, int Row, int Column, int Width, byte[] Value, string Says)[] _notFinite =
    [
        ("model.layers.1.mlp.down_proj.weight", 3, 5, 20, _nan, "NaN"),
        ("model.layers.1.mlp.gate_proj.weight", 19, 7, 8, _nan, "NaN"),
        ("model.layers.0.mlp.gate_proj.weight", 0, 0, 8, _infinity, "-Infinity"),
        ("model.layers.0.mlp.up_proj.weight", 2, 4, 8, _infinity, "-Infinity"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "numbers of models",
        Suite.Group("weights that are not finite numbers are refused by name, and nothing is written", [.. _notFinite.Select(row => Suite.Test($"{row.Says} in {row.Tensor}", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("llama", folder.File("model"));
            Put(model + "/model.safetensors", row.Tensor, (row.Row * row.Width) + row.Column, row.Value);
            Refused(CommandLine.Run("release", model, "-o", folder.File("release")), $"{model}: tensor {row.Tensor}[{row.Row}, {row.Column}] is {row.Says}, where every entry must be a finite number");
            Assert.Equal("model", folder.Names(), "files");
        }))]),
        Suite.Test("the last entry of what is read in pieces is found, whatever its type", () =>
        {
            foreach (StorageType type in StorageType.All)
            {
                byte[] part = new byte[17 * type.Size];
                type.Write(double.NaN, part.AsSpan(16 * type.Size));
                TensorEntry matrix = new("m", type.Code, [7, 5], 0, 35 * type.Size);
                FiniteVector.Require("file", matrix, 18 * type.Size, part.AsSpan(0, 16 * type.Size));
                string line = Assert.Throws<ModelFileException>(() => FiniteVector.Require("file", matrix, 18 * type.Size, part), $"{type}").Message;
                Assert.Contains("tensor m[6, 4] is NaN", line, $"{type}");
            }
        }),
        Suite.Test("the rest of a model is not looked at", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("llama", folder.File("model"));
            Put(model + "/model.safetensors", "model.embed_tokens.weight", 3, _nan);
            Assert.Equal(0, CommandLine.Run("release", model, "-o", folder.File("release")).Code, "exit code");
        }),
        Suite.Test("a truth with weights that are not finite numbers is refused", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("llama", folder.File("model"));
            CommandLine.Run("release", model, "-o", folder.File("release"));
            Put(model + "/model.safetensors", "model.layers.1.mlp.down_proj.weight", (3 * 20) + 5, _nan);
            Refused(CommandLine.Run("attack", folder.File("release"), "-o", folder.File("out"), "--truth", model), $"{model}: tensor model.layers.1.mlp.down_proj.weight[3, 5] is NaN");
            Assert.Equal("model release", folder.Names(), "files");
        }),
        Suite.Test("a model with a tensor of a release is not released again", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("opt", folder.File("model"));
            foreach ((string from, string to) in new[] { ("model.decoder.final_layer_norm.weight", "model.decoder.layers.0.taylor.z0"), ("model.decoder.layers.0.taylor.z0", "a.taylor.theta.9") })
            {
                SmallModel.Rewrite(model, entry => (entry.Name == from ? to : entry.Name, entry.Type, [.. entry.Shape]));
                Refused(CommandLine.Run("release", model, "-o", folder.File("release")), $"{model}: tensor '{to}' is one that a release adds");
            }
        }),
        Suite.Test("a layer that is touched is in memory, every page of it", () =>
        {
            using TemporaryFolder folder = new();
            ModelShape shape = SmallModel.Of("opt") with { Width = 256, Hidden = 1024, Layers = 1 };
            SyntheticModel.Write(shape, 1, StorageType.BF16, SmallModel.Seed, folder.File("model"));
            CommandLine.Run("release", folder.File("model"), "-o", folder.File("release"), "--activation", "gelu");
            using ReleaseFile release = ReleaseFile.Open(folder.File("release"));
            using MappedLayer layer = release.Map(release.Mlps[0]);
            long Mapped(string what)
            {
                long kilobytes = 0;
                bool ours = false;
                foreach (string line in File.ReadLines("/proc/self/smaps"))
                {
                    ours = char.IsAsciiLetterUpper(line[0]) ? ours : line.EndsWith(release.Path, StringComparison.Ordinal); // a mapping begins with its address
                    kilobytes += ours && line.StartsWith(what, StringComparison.Ordinal) ? long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture) : 0;
                }

                return kilobytes;
            }

            Assert.True(Mapped("Size:") >= release.Order * 2 * shape.Width * shape.Hidden / 1024, $"{Mapped("Size:")} kB mapped");
            Assert.True(Mapped("Rss:") < Mapped("Size:"), $"{Mapped("Rss:")} of {Mapped("Size:")} kB in memory before");
            layer.Touch(CancellationToken.None);
            Assert.Equal(Mapped("Size:"), Mapped("Rss:"), "kB in memory");
        }),
        Suite.Test("the plain copy is of half of what one order is read and written in, and of all orders' matrices", () =>
        {
            foreach ((StorageType release, StorageType weights) in new[] { (StorageType.BF16, StorageType.F64), (StorageType.F64, StorageType.BF16), (StorageType.F32, StorageType.F32) })
            {
                using SyntheticLayer made = new(16, 40, Activation.Gelu, release, 1);
                using PlainCopy copy = new(threads: 3);
                Assert.Equal(16 * 40 * (release.Size + weights.Size) / 2, copy.Copy(made.Layer, weights, OrdersRead.One), $"one order of {release} into {weights}");
                Assert.Equal(16 * 40 * release.Size * 8, copy.Copy(made.Layer, weights, OrdersRead.All), $"all orders of {release}");
            }
        }),
        Suite.Test("a release is told how far it is by the bytes that it has written", () =>
        {
            using TemporaryFolder folder = new();
            using ModelFolder model = ModelFolder.Open(SmallModel.Write("opt", folder.File("model")));
            List<double> parts = [];
            new ModelRelease(new(3, StorageType.BF16, Activation.Gelu, Variant.Paper), new DrawnEmbeddings(1, 1), Seed: 1, Threads: 1).Write(model, folder.File("release"), parts.Add, CancellationToken.None);
            Assert.True(parts.Count == model.Tensors.Count - (3 * SmallModel.Layers) + SmallModel.Layers, $"told {parts.Count} times: of each tensor that is kept, and of each MLP");
            Assert.True(parts[0] > 0 && parts.Zip(parts.Skip(1)).All(pair => pair.First < pair.Second) && parts[^1] == 1, string.Join(' ', parts));
        }),
        Suite.Test("a layer that is refused is not left in memory", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("opt", folder.File("model"));
            string path = folder.File("release");
            CommandLine.Run("release", model, "-o", path, "--activation", "gelu");
            Put(path, "model.decoder.layers.0.taylor.theta.0", 1, _nan);
            using ReleaseFile release = ReleaseFile.Open(path);
            Refused(release.Mlps[0], "theta.0[1] is NaN");
            using (FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                stream.SetLength(stream.Length - 1);
            }

            Refused(release.Mlps[1], "the file was cut short");
            void Refused(ReleasedMlp mlp, string says)
            {
                Assert.Contains(says, Assert.Throws<ModelFileException>(() => release.Map(mlp).Dispose(), says).Message, "the line");
                Assert.True(!File.ReadLines("/proc/self/maps").Any(line => line.EndsWith(path, StringComparison.Ordinal)), $"nothing of the file is mapped after {says}");
            }
        })));

    private static void Put(string path, string tensor, int entry, byte[] value)
    {
        long at;
        using (SafeTensorsFile tensors = SafeTensorsFile.Open(path))
        {
            at = tensors.Find(tensor)!.Offset + (2L * entry);
        }

        using FileStream stream = File.OpenWrite(path);
        stream.Position = at;
        stream.Write(value);
    }

    private static void Refused(CommandLine.Outcome outcome, string says)
    {
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
    }
}
