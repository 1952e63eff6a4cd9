using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>Releases of both variants, whole and with columns in clear, through release and attack on files.</summary>
internal static class VariantFileTests
{
    private static readonly (string Name, string Arguments, string Says)[] _wrong =
    [
        ("more units than there are", "release MODEL -o OUT --protect 25", "--protect 25: must be a whole number from 1 to 24, the hidden width"),
        ("no unit", "release MODEL -o OUT --protect 0", "--protect 0: must be a whole number from 1 to 24"),
        ("an unknown variant", "release MODEL -o OUT --variant private", "unknown variant 'private'"),
        ("an order that underflows", "release MODEL -o OUT --activation gelu --order 40 --dtype f16", "is 0 throughout in f16, which cannot hold that order; use --order"),
        ("an order that underflows in a game", "play Correctness --scheme taylor-mlp --order 40 --dtype f16 --trials 1", "is 0 throughout in f16, which cannot hold that order: use order"),
        ("an order that overflows", "release MODEL -o OUT --activation gelu --order 24 --dtype f16 --variant public-code", "is beyond the numbers of f16; use a --dtype that reaches further, or a lower --order"),
        ("another variant than the file's", "attack RELEASE -o OUT --variant public-code", "--variant public-code: RELEASE is of the variant paper"),
        ("units of a scheme that has not as many", "check taylor-mlp --protect 33", "--protect 33: must be a whole number from 1 to 32, the hidden width"),
        ("a sweep of h below them", "cost --scheme taylor-mlp --sweep h=4..64*2 --protect 16", "--protect 16 is above h = 4"),
        ("a table of an order that is lost", "reproduce table1 --models opt-125m --layers 1 --order 40 --dtype f16", "is 0 throughout in f16, which cannot hold that order; use --order"),
        ("a sweep beyond them", "cost --scheme taylor-mlp --sweep K=16..64*2", "K is at most 32, the hidden width"),
    ];

    public static Test All => Suite.Group(
        "variants in files",
        Suite.Group("wrong use is one line and exit code 2, and leaves nothing", [.. _wrong.Select(wrong => Suite.Test(wrong.Name, () => Refused(wrong.Arguments, wrong.Says)))]),
        Suite.Test("models of every architecture, in either variant and with columns in clear, come back to the last bit, with V's signs", () =>
        {
            foreach (ModelShape shape in SmallModel.All)
            {
                foreach ((Variant variant, int? count) in new[] { (Variant.PublicCode, (int?)null), (Variant.PublicCode, 7), (Variant.Paper, 7), (Variant.Paper, 1) })
                {
                    using TemporaryFolder folder = new();
                    string model = SmallModel.Write(shape.ModelType, folder.File("model"));
                    string[] protect = count is null ? [] : ["--protect", $"{count}"];
                    Run(["release", model, "-o", folder.File("release"), "--dtype", "f64", "--activation", shape.IsGated ? "silu" : "gelu", "--variant", variant.Name, .. protect]);
                    JsonNode json = Run("attack", folder.File("release"), "-o", folder.File("recovered"), "--truth", model, "--variant", variant.Name);
                    string which = $"{shape}, {variant}, K = {count}";
                    long columns = SmallModel.Layers * (count ?? shape.Hidden);
                    Assert.Equal((columns * shape.Width, columns * shape.Width, true), ((long)json["recovered"]!, (long)json["bitExact"]!, (bool)json["wRec"]!), $"{which}: recovered, bit-exact, WRec");
                    Assert.Equal(variant.HasSigns ? $"{columns} {columns}" : "", $"{json["signs"]?["all"]} {json["signs"]?["right"]}".Trim(), $"{which}: signs, and those that are right");
                    ModelFileVerbTests.Identical(model, folder.File("recovered"), withV: variant.HasSigns);
                }
            }
        }),
        Suite.Test("reproduce variants plays the pair: one within reach, apart beyond it by the dropped orders", () =>
        {
            using TemporaryFolder folder = new();
            JsonNode json = Run("reproduce", "variants", "--trials", "8", "-o", folder.Path);
            foreach (JsonNode? row in json["rows"]!.AsArray().Where(row => (string?)row!["dtype"] == "f64"))
            {
                double difference = (double)row!["difference"]!;
                Assert.True((double)row["beyondReach"]! == 0 ? difference < 1e-14 : difference > 0.01, $"{row.ToJsonString()}");
                Assert.True((double)row["greatestDifference"]! >= difference, "the greatest");
            }

            Assert.True(json["rows"]!.AsArray().Any(row => (double)row!["beyondReach"]! > 0.2), "some are far");
            Assert.Equal("variants.png variants.svg", folder.Names(), "the figure");
        }),
        Suite.Test("what stands in clear must be finite numbers, and its places be told", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("opt", folder.File("model"));
            Run("release", model, "-o", folder.File("release"), "--dtype", "f64", "--order", "3", "--activation", "gelu", "--protect", "5");
            Rewritten(folder, (name, bytes) => name.EndsWith("0.taylor.rest.weight", StringComparison.Ordinal) ? [.. bytes[..^2], 0xC0, 0x7F] : bytes);
            Assert.Contains("model.decoder.layers.0.taylor.rest.weight[7, 18] is NaN, where every entry must be a finite number", CommandLine.Run("attack", folder.File("damaged"), "-o", folder.File("out")).Error, "NaN");
            Rewritten(folder, (name, bytes) => name.EndsWith("1.taylor.columns", StringComparison.Ordinal) ? null : bytes);
            Assert.Contains("model.decoder.layers.1.taylor.columns is missing, which tells the places", CommandLine.Run("attack", folder.File("damaged"), "-o", folder.File("out")).Error, "no places");
            Assert.Equal("damaged model release", folder.Names(), "files");
        }),
        Suite.Test("whether an order is lost is asked at s·z₀ + b: refused where the coefficient is 0 at −s·z₀ + b alone, and not where it is 0 at s·z₀ + b", () =>
        {
            // W of 10⁻⁹ is 0 in f16 and ReLU′ is 1 above 0 only, so Θ₁ is lost if, and only if, a z₀ is above 0 before it gets its sign.
            using TemporaryFolder folder = new();
            string path = folder.File("model");
            SyntheticModel.Write(SmallModel.Of("opt") with { InitializerRange = 1e-9 }, SmallModel.Layers, StorageType.BF16, SmallModel.Seed, path);
            using ModelFolder model = ModelFolder.Open(path);
            double[] Signs(string mlp) => RowSigns.Draw(3, mlp, model.Hidden);
            void Release(Func<double, double> z0OfSign) => new ModelRelease(
                new(1, StorageType.F16, Activation.Relu, Variant.PublicCode), new GivenEmbeddings(mlp => [.. Signs(mlp).Select(z0OfSign)]), Seed: 3, Threads: 1)
                .Write(model, folder.File("release"), null, CancellationToken.None);
            Assert.True(model.Mlps.All(mlp => Signs(mlp.Path).Distinct().Count() == 2), "signs of both kinds");
            ModelFileException lost = Assert.Throws<ModelFileException>(() => Release(sign => -5 * sign), "above 0 where the sign is −1");
            Assert.Contains("Θ_1 is 0 throughout in f16, which cannot hold that order", lost.Message, "the message");
            Release(_ => -5);
            Assert.True(File.Exists(folder.File("release")), "below 0 everywhere nothing is lost: every Θ₁ is 0 before it is rounded");
        }),
        Suite.Test("V longer than the 16 MiB that are written at once has each row's sign, also where the cut is within a row", () =>
        {
            using TemporaryFolder folder = new();
            ModelShape wide = SmallModel.Of("opt") with { Width = 250, Hidden = 33_800 };
            SyntheticModel.Write(wide, 1, StorageType.BF16, SmallModel.Seed, folder.File("model"));
            using ModelFolder model = ModelFolder.Open(folder.File("model"));
            MlpNames mlp = Assert.Single(model.Mlps, "layers");
            new ModelRelease(new(1, StorageType.BF16, Activation.Gelu, Variant.PublicCode), new DrawnEmbeddings(1, 1), Seed: 3, Threads: 1)
                .Write(model, folder.File("release"), null, CancellationToken.None);
            using ReleaseFile release = ReleaseFile.Open(folder.File("release"));
            using MappedTensor v = release.Map(mlp.V);
            using MappedTensor original = model.Map(mlp.V);
            Assert.True(v.Length > 1 << 24 && (1 << 24) % (2 * wide.Width) != 0, "two pieces, and a row in both");
            double[] signs = RowSigns.Draw(3, mlp.Path, wide.Hidden);
            (double[] ours, double[] theirs) = (Read(v), Read(original));
            int wrong = Enumerable.Range(0, ours.Length).FirstOrDefault(at => ours[at] != signs[at / wide.Width] * theirs[at], -1);
            Assert.True(wrong < 0, $"entry {wrong} of V, in row {wrong / wide.Width}");
        }),
        Suite.Test("the public code's file has V's rows with signs, the columns that vary least, and what is in clear as it was", () =>
        {
            using TemporaryFolder folder = new();
            string path = SmallModel.Write("phi", folder.File("model"));
            using ModelFolder model = ModelFolder.Open(path);
            WriteRange(folder.File("range"), model);
            Run("release", path, "-o", folder.File("release"), "--dtype", "f64", "--order", "3", "--variant", "public-code", "--protect", "5", "--z-range", folder.File("range"));
            using ReleaseFile release = ReleaseFile.Open(folder.File("release"));
            Assert.Equal(Variant.PublicCode, release.Variant, "the variant");
            foreach (ReleasedMlp mlp in release.Mlps)
            {
                Assert.Equal("3 7 11 15 19", string.Join(' ', mlp.Places!), "the five whose range is least");
                using MappedTensor v = release.Map(mlp.Names.V);
                using MappedTensor original = model.Map(mlp.Names.V);
                double[] ours = Read(v);
                double[] theirs = Read(original);
                int width = (int)v.Entry.Shape[1];
                int[] flipped = [.. Enumerable.Range(0, mlp.Shape.Hidden).Where(j => ours[j * width] == -theirs[j * width])];
                Assert.True(flipped.All(j => mlp.Places!.Contains(j)), "only protected rows are flipped");
                Assert.True(Enumerable.Range(0, ours.Length).All(at => ours[at] == (flipped.Contains(at / width) ? -theirs[at] : theirs[at])), "whole rows are");
                double[] z0 = release.Vector(ReleaseFile.Z0Name(mlp.Names.Path));
                Assert.True(z0.Index().All(unit => unit.Item == (flipped.Contains(mlp.Places![unit.Index]) ? -0.25 : 0.25)), "z₀ is the midrange with the unit's sign");
                double[] rest = release.Vector(ReleaseFile.RestBiasName(mlp.Names.Path));
                using MappedTensor b = model.Map(mlp.Names.B!);
                Assert.Equal(string.Join(' ', Read(b).Where((_, j) => !mlp.Places!.Contains(j))), string.Join(' ', rest), "b in clear");
            }

            Assert.True(release.Mlps.Any(mlp => Read(release, mlp).Any(sign => sign < 0)) && release.Mlps.Any(mlp => Read(release, mlp).Any(sign => sign > 0)), "signs of both kinds");
        }));

    /// <summary>Writes the release anew, each tensor with what it is given; without those that are given nothing.</summary>
    private static void Rewritten(TemporaryFolder folder, Func<string, byte[], byte[]?> change)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(folder.File("release"));
        List<(TensorEntry Entry, byte[] Bytes)> kept = [];
        foreach (TensorEntry entry in file.Tensors)
        {
            using MappedTensor tensor = file.Map(entry);
            if (change(entry.Name, tensor.Bytes(0, (int)tensor.Length).ToArray()) is { } bytes)
            {
                kept.Add((entry, bytes));
            }
        }

        using SafeTensorsWriter writer = new(folder.File("damaged"), [.. kept.Select(tensor => (tensor.Entry.Name, tensor.Entry.Type, tensor.Entry.Shape.ToArray()))], file.Metadata.ToDictionary());
        kept.ForEach(tensor => writer.Write(tensor.Bytes));
        writer.Commit();
    }

    private static double[] Read(ReleaseFile release, ReleasedMlp mlp) => release.Vector(ReleaseFile.Z0Name(mlp.Names.Path));

    private static double[] Read(MappedTensor tensor)
    {
        StorageType storage = tensor.Entry.Storage!;
        double[] values = new double[tensor.Entry.Count];
        storage.Read(tensor.Bytes(0, (int)tensor.Length), values);
        return values;
    }

    /// <summary>z from −1 to 1.5, but of every fourth unit from 0 to 0.5.</summary>
    private static void WriteRange(string path, ModelFolder model)
    {
        using SafeTensorsWriter writer = new(
            path, [.. model.Mlps.SelectMany(mlp => new[] { "min", "max" }.Select(end => ($"{mlp.Path}.z.{end}", "F64", new long[] { model.Hidden })))], new Dictionary<string, string>());
        foreach (MlpNames _ in model.Mlps)
        {
            foreach ((double narrow, double wide) in new[] { (0.0, -1.0), (0.5, 1.5) })
            {
                byte[] bytes = new byte[model.Hidden * sizeof(double)];
                StorageType.F64.Write([.. Enumerable.Range(0, model.Hidden).Select(j => j % 4 == 3 ? narrow : wide)], bytes);
                writer.Write(bytes);
            }
        }

        writer.Commit();
    }

    /// <summary>z₀ of each MLP by its path.</summary>
    private sealed class GivenEmbeddings(Func<string, double[]> z0) : ILocalEmbeddings
    {
        public string Description => "z₀ given";

        public double[] Of(string path, int hidden) => z0(path);

        public double[] Range(string path, int hidden) => new double[hidden];

        public void Dispose()
        {
        }
    }

    private static JsonNode Run(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run([.. arguments, "--json", "-"]);
        Assert.Equal(0, outcome.Code, $"exit code of {string.Join(' ', arguments)}, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!;
    }

    private static void Refused(string arguments, string says) => ModelFileVerbTests.Refused(arguments, says);
}
