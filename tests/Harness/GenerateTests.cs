using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Transformers;

namespace Wager.Tests;

/// <summary>Whole models, released, recovered and gone on with: what each form generates, and what that costs.</summary>
internal static class GenerateTests
{
    private const string Prompt = "The weights of a model";
    private const string Other = "What";
    private const int Protected = 100;

    /// <summary>Of a float32 model, a float32 release may round an entry among so many so that it comes back with another last digit.</summary>
    private const int Few = 1000;

    /// <summary>Releases from which W comes back to the last bit, or nearly so, and one in fewer digits than the model has, from which it comes back in these.</summary>
    private static readonly string[] _releases = ["--dtype f32", $"--dtype f32 --variant public-code --protect {Protected}", "--dtype f64 --order 4", $"--dtype bf16 --protect {Protected}"];

    public static Test All => Suite.Sequenced(Suite.Group(
        "generate",
        Suite.Group("what is recovered is what was released", [.. from family in TinyModel.Families from options in _releases select Suite.Test($"{family}, {options}", () => Same(family, options))]),
        Suite.Group("a recovered folder is the model's, and a released one lacks what is protected", [.. TinyModel.Families.Select(family => Suite.Test(family, () => RecoveredFolder(family)))]),
        Suite.Test("Run′ near z₀ generates what the model does", () =>
        {
            foreach (string family in new[] { "opt", "phi" })
            {
                Dictionary<string, int[][]> tokens = TinyModel.Generated(TinyModel.Of(family).Released(), $"--truth {TinyModel.Of(family).Folder} --tokens 2", Prompt);
                Assert.Equal(Text(tokens["original"]), Text(tokens["released"]), family);
            }
        }),
        Suite.Group("a token costs what the shapes say", [.. TinyModel.Families.Select(family => Suite.Test(family, () => Cost(family)))]),
        Suite.Test("texts of different lengths go on together as each alone", () =>
        {
            foreach (string family in TinyModel.Families)
            {
                string folder = TinyModel.Of(family).Folder;
                string alone = string.Join("; ", new[] { Prompt, Other }.Select(prompt => Text(TinyModel.Generated(folder, "--tokens 6", prompt)["original"])));
                Assert.Equal(alone, Text(TinyModel.Generated(folder, "--tokens 6", Prompt, Other)["original"]), family);
            }
        }),
        Suite.Test("without an ε for its norms a model has its family's", () =>
        {
            foreach ((string family, string key, double epsilon) in new[] { ("llama", "rms_norm_eps", 1e-6), ("mistral", "rms_norm_eps", 1e-6), ("phi", "layer_norm_eps", 1e-5) })
            {
                using TemporaryFolder folder = new();
                File.Copy(Path.Combine(TinyModel.Of(family).Folder, "config.json"), folder.File("config.json"));
                SmallModel.Edit(folder.Path, "config.json", config => config.Remove(key));
                Assert.Equal(epsilon, TransformerConfig.Read(ModelConfig.Read(folder.Path)).NormEpsilon, family);
            }
        }),
        Suite.Test("drawn tokens are those of their seed", () =>
        {
            string Drawn(string options) => Text(TinyModel.Generated(TinyModel.Of("opt").Folder, $"--tokens 8 {options}", Prompt, Other)["original"]);
            string first = Drawn("--temperature 1 --seed 5");
            Assert.Equal(first, Drawn("--temperature 1 --seed 5"), "the same seed");
            Assert.True(first != Drawn("--temperature 1 --seed 6"), "another seed");
            string greedy = Drawn("");
            foreach (string edge in new[] { "--temperature 100 --top-k 1", "--temperature 100 --top-p 1e-6", "--temperature 1e-310", "--temperature 1e-9 --top-k 2147483647 --top-p 1" })
            {
                Assert.Equal(greedy, Drawn(edge), edge);
            }
        }),
        Suite.Test("what the attack gives up is finite in what it writes, and runs", () =>
        {
            TinyModel model = TinyModel.Of("opt");
            string recovered = model.Recovered("--dtype f64 --order 2");
            JsonNode report = JsonNode.Parse(File.ReadAllText($"{recovered}.json"))!;
            Assert.True((long)report["recovered"]! < (long)report["parameters"]!, "two orders do not give all of W");
            using ModelFolder folder = ModelFolder.Open(recovered);
            foreach (TensorEntry entry in folder.Tensors)
            {
                using MappedTensor mapped = folder.Map(entry.Name);
                double[] values = new double[entry.Count];
                entry.Storage!.Read(mapped.Bytes(0, (int)mapped.Length), values);
                Assert.True(Array.TrueForAll(values, double.IsFinite), $"{entry.Name} is finite");
            }
        }),
        Suite.Test("a form that cannot go on is told, and the others go on", () =>
        {
            TinyModel model = TinyModel.Of("opt");
            using TemporaryFolder folder = new();
            string truth = folder.File("truth");
            Directory.CreateDirectory(truth);
            foreach (string path in Directory.EnumerateFiles(model.Folder))
            {
                File.Copy(path, Path.Combine(truth, Path.GetFileName(path)));
            }

            GenerateRefusalTests.NotFinite(truth);
            JsonArray runs = CommandLine.Json("generate", model.Released(), "--truth", truth, "--prompt", Prompt, "--tokens", "2").AsArray();
            Assert.Contains("original: a logit is not a finite number", (string)runs[0]!["failure"]!, "the original");
            Assert.Equal("2 2 2", string.Join(' ', runs.Skip(1).Select(run => run!["tokens"]![0]!.AsArray().Count)), "tokens of the others");
            Assert.True(runs.Skip(1).All(run => run!["failure"] is null), "the others");
        }),
        Suite.Test("the screen has each form's text, and the four side by side", () =>
        {
            TinyModel model = TinyModel.Of("opt");
            CommandLine.Outcome outcome = CommandLine.Run("generate", model.Released(), "--truth", model.Folder, "--prompt", Prompt, "--tokens", "2");
            Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
            foreach (string form in new[] { "original", "released", "collapsed", "recovered" })
            {
                Assert.Contains($"{form}: {Prompt}", outcome.Output, "its text");
            }

            Assert.Contains("2 of 2", outcome.Output, "the table");
        })));

    private static void Same(string family, string options)
    {
        TinyModel model = TinyModel.Of(family);
        string recovered = model.Recovered(options);
        JsonNode report = JsonNode.Parse(File.ReadAllText($"{recovered}.json"))!;
        long parameters = (long)report["parameters"]!;
        long inexact = parameters - (long)report["bitExact"]!;
        bool isNarrow = options.Contains("bf16", StringComparison.Ordinal);
        Assert.True(isNarrow || inexact <= (options.Contains("f64", StringComparison.Ordinal) ? 0 : parameters / Few), $"{inexact} of {parameters} entries of W are not bit-exact");
        Assert.Equal(parameters, (long)report["recovered"]!, "entries of W within 1 %");
        Dictionary<string, int[][]> forms = TinyModel.Generated(model.Released(options), $"--truth {model.Folder} --tokens 6", Prompt, Other);
        Assert.Equal("original released collapsed recovered", string.Join(' ', forms.Keys), "forms");
        Assert.Equal(Text(forms["recovered"]), Text(TinyModel.Generated(recovered, "--tokens 6", Prompt, Other)["original"]), "the recovered folder, and --form recovered");
        Assert.Equal(Text(forms["released"]), Text(TinyModel.Generated(model.Released(options), "--tokens 6", Prompt, Other)["released"]), "a released folder by itself");
        if (!isNarrow) // whose roundings depend on the processor, and laws of drawn weights are near each other
        {
            Assert.Equal(Text(forms["released"]), Text(forms["collapsed"]), "collapsed and released");
            Assert.Equal(Text(forms["original"]), Text(forms["recovered"]), "recovered and original");
        }
    }

    private static void RecoveredFolder(string family)
    {
        TinyModel of = TinyModel.Of(family);
        string released = of.Released("--dtype f64 --order 4");
        string recovered = of.Recovered("--dtype f64 --order 4");
        Assert.Equal(NamesIn(of.Folder), NamesIn(recovered), "files");
        Assert.Equal(NamesIn(of.Folder).Replace("model.safetensors", ReleasedFolder.ReleaseName, StringComparison.Ordinal), NamesIn(released), "files of the release");
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json" })
        {
            Assert.True(File.ReadAllBytes(Path.Combine(of.Folder, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(recovered, name))), name);
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path.Combine(of.Folder, "config.json"))), JsonNode.Parse(File.ReadAllText(Path.Combine(recovered, "config.json")))), "config.json");
        using ModelFolder model = ModelFolder.Open(of.Folder);
        using ModelFolder again = ModelFolder.Open(recovered);
        using ReleasedFolder release = ReleasedFolder.Open(released);
        HashSet<string> secret = [.. model.Mlps.SelectMany(mlp => new[] { mlp.W, mlp.B, mlp.C }).OfType<string>()];
        Assert.Equal(string.Join(' ', model.Tensors.Select(tensor => tensor.Name).Order()), string.Join(' ', again.Tensors.Select(tensor => tensor.Name).Order()), "tensors");
        foreach (TensorEntry entry in model.Tensors)
        {
            TensorEntry found = again.Find(entry.Name)!;
            Assert.Equal((entry.Type, entry.Sides), (found.Type, found.Sides), entry.Name);
            using MappedTensor expected = model.Map(entry.Name);
            using MappedTensor actual = again.Map(entry.Name);
            Assert.True(expected.Bytes(0, (int)expected.Length).SequenceEqual(actual.Bytes(0, (int)actual.Length)), $"{entry.Name} to the last bit");
            Assert.Equal(secret.Contains(entry.Name), release.Release.Find(entry.Name) is null, $"{entry.Name} is not in the release");
        }
    }

    /// <summary>What Run′ of each MLP costs beyond Run, of one row: counted by hand.</summary>
    private static void Cost(string family)
    {
        const int Order = 8;
        TinyModel of = TinyModel.Of(family);
        JsonArray runs = TinyModel.Generate(of.Released(), $"--truth {of.Folder} --tokens 3", Prompt).AsArray();
        double Beyond(string count) => (double)runs[1]!["cost"]![count]! - (double)runs[0]!["cost"]![count]!;
        using ModelFolder model = ModelFolder.Open(of.Folder);
        (int d, int h, int layers) = (model.Width, model.Hidden, model.Layers);
        (int multiplyAdds, int elementwise) = family switch // of the activation of an entry, beside one transcendental operation
        {
            "opt" => (0, 4),
            "phi" => (1, 3),
            _ => (0, 1),
        };
        int sums = model.IsGated ? Order + 1 : Order;
        int powers = model.IsGated ? Order : Order - 1;
        int ofOutput = model.IsGated ? 0 : d; // c
        int ofHidden = h + (elementwise * h) + (model.IsGated ? h : 0); // b, the activation, the gate
        Assert.Equal(layers * ((double)((sums - 1) * d * h) - (multiplyAdds * h)), Beyond("multiplyAdds"), "multiply-adds");
        Assert.Equal((double)layers * (h + (powers * h) + (Order * d) - ofHidden - ofOutput), Beyond("elementwise"), "elementwise");
        Assert.Equal((double)-layers * h, Beyond("transcendental"), "transcendental");
    }

    private static string Text(int[][] tokens) => string.Join("; ", tokens.Select(text => string.Join(' ', text)));

    private static string NamesIn(string folder) => string.Join(' ', Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());
}
