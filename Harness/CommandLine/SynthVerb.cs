using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Harness.Catalog;
using Wager.Harness.Reports;
using Wager.Schemes.Models;

namespace Wager.Harness.CommandLine;

/// <summary><c>synth SHAPE -o DIR</c>: writes a model of a published shape with seeded weights.</summary>
internal static class SynthVerb
{
    /// <summary>More than any model has; what is asked for must fit the disk anyway.</summary>
    private const int MostLayers = 10_000;

    public static Command Command() => Arguments.Verb(
        "synth",
        "write a language model of a published shape with seeded weights: config.json and safetensors",
        Run,
        [
            Arguments.Shape, Arguments.Layers, Arguments.Storage, Arguments.Seed, Arguments.Output, Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        string name = parse.GetRequiredValue(Arguments.Shape);
        ModelShape shape = ModelShape.Find(name) ?? throw new UsageException(Nearest.Unknown("shape", name, ModelShape.All.Select(known => known.Name)));
        int layers = (int)Arguments.Whole(parse, Arguments.Layers, shape.Layers, 1, MostLayers);
        StorageType storage = Arguments.StorageOf(parse);
        string folder = parse.GetValue(Arguments.Output) ?? throw new UsageException($"{Arguments.Output.Name} is missing: the folder to write the model into");
        using Session session = new(parse, trials: 1, mostTrials: 1);
        Stopwatch watch = Stopwatch.StartNew();
        (int files, int tensors, long bytes) = session.Stoppable(
            $"{shape} into {folder}", (progress, stop) => SyntheticModel.Write(shape, layers, storage, session.Sampling.Seed, folder, progress, stop: stop));
        string size = $"{bytes:N0} bytes in {files} file{(files == 1 ? "" : "s")}";
        session.Screen.Tables.WriteLine($"{folder}: {shape} with {layers} layer{(layers == 1 ? "" : "s")}, {tensors} tensors of {storage}, {size}; seed {session.Sampling.Seed}");
        session.Write(new JsonObject
        {
            ["folder"] = folder,
            ["shape"] = shape.Name,
            ["layers"] = layers,
            ["dtype"] = storage.Name,
            ["files"] = files,
            ["tensors"] = tensors,
            ["bytes"] = bytes,
            ["seed"] = session.Sampling.Seed,
            ["seconds"] = watch.Elapsed.TotalSeconds,
            ["versions"] = Json.Versions(),
        });
        return 0;
    }
}
