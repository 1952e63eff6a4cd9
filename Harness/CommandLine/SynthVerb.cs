using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Schemes.Models;

namespace Wager.Harness.CommandLine;

/// <summary><c>synth SHAPE -o DIR</c>: writes a model of a published shape with seeded weights.</summary>
internal static class SynthVerb
{
    public static Command Command() => Arguments.Verb(
        "synth",
        "write a language model of a published shape, or a tiny one, with seeded weights: config.json, safetensors and a tokenizer",
        Run,
        [
            FileArguments.Shape, FileArguments.Layers, FileArguments.Storage, Arguments.Seed, FileArguments.Folder, Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        ModelShape shape = FileArguments.ShapeOf(parse.GetRequiredValue(FileArguments.Shape));
        int layers = FileArguments.LayersOf(parse, shape);
        StorageType storage = FileArguments.StorageOf(parse);
        string folder = FileArguments.OutputOf(parse, FileArguments.Folder, "the folder to write the model into");
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
        });
        return 0;
    }
}
