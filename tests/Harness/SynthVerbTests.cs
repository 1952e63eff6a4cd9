using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Models;

namespace Wager.Tests;

internal static class SynthVerbTests
{
    /// <summary>Wrong use, and what the one line must say. DIR stands for a folder that is not there, FULL for one that is.</summary>
    private static readonly (string Name, string Arguments, string Says)[] _wrong =
    [
        ("no shape", "synth -o DIR", "synth --help says more"),
        ("an unknown shape", "synth opt-125 -o DIR", "unknown shape 'opt-125': did you mean opt-125m?"),
        ("no folder to write", "synth opt-125m", "-o is missing: the folder to write the model into"),
        ("an option without a value", "synth opt-125m -o", "-o"),
        ("no layer", "synth opt-125m --layers 0 -o DIR", "--layers 0: must be a whole number from 1 to 10000"),
        ("layers that are no number", "synth opt-125m --layers all -o DIR", "--layers all: must be a whole number from 1 to 10000"),
        ("an unknown type", "synth opt-125m --dtype int8 -o DIR", "int8"),
        ("an unknown option", "synth opt-125m --layer 1 -o DIR", "unknown option '--layer': did you mean --layers?"),
        ("another verb's option", "list -o DIR", "unknown option '-o'"),
        ("a folder that is not empty", "synth opt-125m --layers 1 -o FULL", "FULL: it is there already, and not empty; name a folder that is not there yet"),
        ("a folder in none", "synth opt-125m --layers 1 -o DIR/a", "DIR/a: it cannot be written (there is no folder to put it into)"),
        ("more than the disk holds", "synth llama2-13b --layers 10000 --dtype f64 -o DIR", "DIR: 25,3"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "synth",
        Suite.Group("wrong use is one line and exit code 2, and leaves nothing", [.. _wrong.Select(row => Suite.Test(row.Name, () => Refused(row.Arguments, row.Says)))]),
        Suite.Test("it writes a model that opens, with the seed that it says", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("model");
            CommandLine.Outcome outcome = CommandLine.Run("synth", "opt-125m", "--layers", "1", "--dtype", "f16", "--seed", "5", "-o", path, "--json", folder.File("json"));
            Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
            Assert.Equal($"{path}: opt-125m with 1 layer, 20 tensors of f16, 94,545,408 bytes in 1 file; seed 5", outcome.Output.TrimEnd(), "what it says");
            JsonNode json = JsonNode.Parse(File.ReadAllText(folder.File("json")))!;
            Assert.Equal("opt-125m 1 f16 1 20 94545408 5", string.Join(' ', new[] { "shape", "layers", "dtype", "files", "tensors", "bytes", "seed" }.Select(key => json[key])), "JSON");
            using ModelFolder model = ModelFolder.Open(path);
            MlpNames mlp = Assert.Single(model.Mlps, "layers");
            byte[] expected = new byte[2 * 768 * 3072];
            SyntheticModel.Fill(5, mlp.V, 0.02, StorageType.F16, expected);
            using MappedTensor v = model.Map(mlp.V);
            Assert.True(v.Bytes(0, expected.Length).SequenceEqual(expected), "V");
        })));

    private static void Refused(string arguments, string says)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("file"), "");
        string Named(string text) => text.Replace("DIR", folder.File("model"), StringComparison.Ordinal).Replace("FULL", folder.Path, StringComparison.Ordinal);
        CommandLine.Outcome outcome = CommandLine.Run(Named(arguments).Split(' '));
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(Named(says), outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal("", outcome.Output, "standard output");
        Assert.Equal("file", folder.Names(), "files");
    }
}
