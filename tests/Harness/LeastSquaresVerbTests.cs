using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>attack --method least-squares and reproduce least-squares.</summary>
internal static class LeastSquaresVerbTests
{
    private static readonly (string Name, string Arguments, string Says)[] _wrong =
    [
        ("fewer queries than unknowns", "attack RELEASE -o OUT --method least-squares --queries 24", "--queries 24: model.decoder.layers.0 has 25 unknowns of each output, which fewer queries do not determine; give 25 or more"),
        ("no queries", "attack RELEASE -o OUT --method least-squares --queries 0", "--queries 0: must be a whole number from 1 to "),
        ("queries without a number", "attack RELEASE -o OUT --method least-squares --queries many", "--queries many: must be a whole number from 1 to "),
        ("queries of another attack", "attack RELEASE -o OUT --queries 100", "--queries is of --method least-squares: joint asks nothing"),
        ("orders of least squares", "attack RELEASE -o OUT --method least-squares --order one", "--order is of the joint attack: least-squares reads all orders always"),
        ("more than the memory", "attack RELEASE -o OUT --method least-squares --queries 250000000", "give fewer --queries than 250000000, at least 25, or take --method joint"),
        ("an up projection that is missing", "attack TORN -o OUT --method least-squares", "tensor model.layers.0.mlp.up_proj.weight is missing, which a release keeps"),
        ("more unknowns than are played", "play WRec --scheme taylor-mlp --adversary least-squares --hidden 500", "unknown adversary 'least-squares'"),
        ("too narrow a study", "reproduce least-squares --hidden 19", "--hidden 19: must be a whole number from 20 to 4000"),
        ("a width of a table", "reproduce table1 --hidden 60", "--hidden is not table1's"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "least squares in verbs",
        Suite.Group("wrong use is one line and exit code 2, and leaves nothing", [.. _wrong.Select(wrong => Suite.Test(wrong.Name, () => Refused(wrong.Arguments, wrong.Says)))]),
        Suite.Test("models of every architecture, in either variant and with columns in clear, are recovered from queries, and without a gate from x₀ of the joint attack besides", () =>
        {
            foreach (ModelShape shape in SmallModel.All)
            {
                foreach ((Variant variant, int? count) in new[] { (Variant.Paper, (int?)null), (Variant.Paper, 7), (Variant.PublicCode, null), (Variant.PublicCode, 7) })
                {
                    using TemporaryFolder folder = new();
                    string model = SmallModel.Write(shape.ModelType, folder.File("model"));
                    string[] protect = count is null ? [] : ["--protect", $"{count}"];
                    Run(["release", model, "-o", folder.File("release"), "--dtype", "f64", "--activation", shape.IsGated ? "silu" : "gelu", "--variant", variant.Name, .. protect]);
                    JsonNode json = Run("attack", folder.File("release"), "-o", folder.File("recovered"), "--truth", model, "--method", "least-squares");
                    string which = $"{shape}, {variant}, K = {count}";
                    long units = count ?? shape.Hidden;
                    Assert.Equal((SmallModel.Layers * units * shape.Width, true), ((long)json["recovered"]!, (bool)json["wRec"]!), $"{which}: recovered, WRec");
                    JsonArray fits = json["fits"]!.AsArray();
                    long unknowns = units + (shape.IsGated ? 0 : 1);
                    Assert.Equal((SmallModel.Layers, unknowns, 4 * unknowns, unknowns), (fits.Count, (long)fits[0]!["unknowns"]!, (long)fits[0]!["queries"]!, (long)fits[0]!["independentQueries"]!), $"{which}: fits");
                    Assert.True((double)fits[1]!["residual"]! < 1e-9 && (double)fits[1]!["heldOutResidual"]! < 1e-9, $"{which}: {fits[1]}");
                }
            }
        }),
        Suite.Test("the attack says how many queries are independent and what the held-out residual is, and gives up what no weights explain", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("opt", folder.File("model"));
            Run("release", model, "-o", folder.File("release"), "--dtype", "f64", "--activation", "gelu", "--order", "0");
            string output = CommandLine.Run("attack", folder.File("release"), "-o", folder.File("out"), "--method", "least-squares", "--queries", "30").Output.ReplaceLineEndings(" ");
            Assert.Contains("of 30 queries 1 are independent (singular values above 6.7E-15 of the greatest), for 25 unknowns of each output", output, "N = 0 says θ₀ and no more");
            Assert.Contains("gives up 48 of 48 columns (48 ambiguous)", output, "the columns");
        }),
        Suite.Test("what queries determine but no weights explain is given up as unexplained, and what 16 bits round is not", () =>
        {
            using TemporaryFolder folder = new();
            string model = SmallModel.Write("llama", folder.File("model"));
            foreach ((string dtype, bool isDamaged, string losses) in new[] { ("f64", false, "{}"), ("bf16", false, "{}"), ("f64", true, """{"unexplained":20}""") })
            {
                string released = folder.File($"release-{dtype}-{isDamaged}");
                Run("release", model, "-o", released, "--dtype", dtype, "--activation", "silu", "--order", "4");
                if (isDamaged)
                {
                    Negate(released, ReleaseFile.ThetaName("model.layers.1.mlp", 2));
                }

                JsonNode json = Run("attack", released, "-o", folder.File($"recovered-{dtype}-{isDamaged}"), "--method", "least-squares");
                string what = $"{dtype}, {(isDamaged ? "Θ₂ of the second layer negated" : "whole")}: {json["fits"]!.ToJsonString()}";
                Assert.True(json["fits"]!.AsArray().All(fit => (int)fit!["independentQueries"]! == 20), $"{what}: determined");
                Assert.Equal(losses, json["columnsGivenUp"]!.ToJsonString(), what);
                Assert.Equal(isDamaged, (double)json["fits"]![1]!["heldOutResidual"]! > 0.01, what);
            }
        }),
        Suite.Test("reproduce least-squares draws, tabulates and says what looks right and what is", () =>
        {
            JsonNode json = Figures.Reproduce("least-squares", "--hidden", "60");
            Assert.Equal((24, 60, 1.0), (json["points"]!.AsArray().Count, (int)json["hidden"]!, (double)json["joint"]!["within"]!), "points, h, the joint attack");
            JsonNode few = json["points"]![0]!;
            Assert.Equal(("Run", 4, 4, 60), ((string)few["oracle"]!, (int)few["queries"]!, (int)few["independentQueries"]!, (int)few["unknowns"]!), "the trap");
            string sentences = json["sentences"]!.ToJsonString();
            foreach (string part in new[] { "4 queries for 60 unknowns", "as 692 for 10,000", "100.00 % of the weights are within 1 %" })
            {
                Assert.Contains(part, sentences, "the sentences");
            }
        })));

    private static JsonNode Run(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run([.. arguments, "--json", "-"]);
        Assert.Equal(0, outcome.Code, $"exit code of {string.Join(' ', arguments)}, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!;
    }

    /// <summary>Negates every entry of a tensor in a file, in place.</summary>
    private static void Negate(string path, string name)
    {
        TensorEntry entry;
        using (SafeTensorsFile file = SafeTensorsFile.Open(path))
        {
            entry = file.Find(name)!;
        }

        byte[] bytes = File.ReadAllBytes(path);
        for (long last = entry.Offset + entry.Storage!.Size - 1; last < entry.Offset + entry.Length; last += entry.Storage.Size)
        {
            bytes[last] ^= 0x80;
        }

        File.WriteAllBytes(path, bytes);
    }

    private static void Refused(string arguments, string says)
    {
        using TemporaryFolder folder = new();
        Run("release", SmallModel.Write("opt", folder.File("model")), "-o", folder.File("release"), "--order", "3", "--activation", "gelu");
        Run("release", SmallModel.Write("llama", folder.File("llama")), "-o", folder.File("torn"), "--order", "3");
        Tear(folder.File("torn"));
        string before = folder.Names();
        string named = arguments.Replace("RELEASE", folder.File("release"), StringComparison.Ordinal).Replace("TORN", folder.File("torn"), StringComparison.Ordinal)
            .Replace("OUT", folder.File("out"), StringComparison.Ordinal);
        CommandLine.Outcome outcome = CommandLine.Run(named.Split(' '));
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal(before, folder.Names(), "files");
    }

    /// <summary>Writes a release anew without a layer's up projection, and zeros elsewhere.</summary>
    private static void Tear(string path)
    {
        (string, string, long[])[] tensors;
        Dictionary<string, string> metadata;
        using (SafeTensorsFile file = SafeTensorsFile.Open(path))
        {
            tensors = [.. file.Tensors.Where(entry => !entry.Name.EndsWith("0.mlp.up_proj.weight", StringComparison.Ordinal)).Select(entry => (entry.Name, entry.Type, entry.Shape.ToArray()))];
            metadata = file.Metadata.ToDictionary();
        }

        using SafeTensorsWriter writer = new(path, tensors, metadata);
        writer.Write(new byte[tensors.Sum(tensor => TensorEntry.LengthOf(tensor.Item2, tensor.Item3)!.Value)]);
        writer.Commit();
    }
}
