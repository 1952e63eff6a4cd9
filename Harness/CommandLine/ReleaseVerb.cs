using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tokenizers;

namespace Wager.Harness.CommandLine;

/// <summary><c>release MODEL -o FILE</c>: releases a model as TaylorMLP.</summary>
internal static class ReleaseVerb
{
    public static Command Command() => Arguments.Verb(
        "release",
        "release a model as TaylorMLP: every MLP's W and biases are replaced by Taylor coefficients",
        Run,
        [
            FileArguments.Model, FileArguments.Output, Arguments.Order, FileArguments.Storage, FileArguments.ActivationName, FileArguments.ZRange,
            FileArguments.ZSpread, FileArguments.VariantName, Arguments.Protect, FileArguments.AsFolder, Arguments.Seed, Arguments.Threads, Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        bool isFolder = parse.GetValue(FileArguments.AsFolder);
        string output = FileArguments.OutputOf(parse, FileArguments.Output, $"the {(isFolder ? "folder" : "file")} to write the release into");
        int order = FileArguments.OrderOf(parse);
        StorageType storage = FileArguments.StorageOf(parse);
        using ILocalEmbeddings embeddings = FileArguments.EmbeddingsOf(parse);
        using ModelFolder model = ModelFolder.Open(parse.GetRequiredValue(FileArguments.Model));
        FilePlaces.RequireApart(parse, output, [.. model.Sources, parse.GetValue(FileArguments.ZRange)]);
        Activation activation = FileArguments.ActivationOf(parse, model.ActivationName, Path.Combine(model.Path, "config.json"));
        ReleaseForm form = new(order, storage, activation, FileArguments.VariantOf(parse) ?? Variant.Paper, Arguments.ProtectedOf(parse, model.Hidden));
        using Session session = new(parse, trials: 1, mostTrials: 1);
        Stopwatch watch = Stopwatch.StartNew();
        ModelRelease release = new(form, embeddings, session.Sampling.Seed, session.Sampling.Threads);
        long bytes = session.Stoppable($"release of {model.Path}", (progress, stop) =>
            isFolder ? ReleasedFolder.Write(release, model, output, progress, stop) : release.Write(model, output, progress, stop));
        IAnsiConsole console = session.Screen.Tables;
        string gate = model.IsGated ? "gated " : "";
        console.WriteLine($"{output}: {model.Layers} {gate}MLP{(model.Layers == 1 ? "" : "s")} {model.Width}-{model.Hidden}-{model.Width} of {model.Path}, {activation}, N = {order}, {storage}{(form.Variant == Variant.Paper ? "" : $", {form.Variant}")}, {bytes:N0} bytes; {embeddings.Description}; seed {session.Sampling.Seed}");
        if (form.Protected is { } count)
        {
            console.WriteLine($"  protected are the {count} of {model.Hidden} hidden units whose z varies least{(Arguments.Has(parse, FileArguments.ZRange) ? "" : ", by ranges that were drawn too")}; the others stand in clear");
        }

        if (isFolder && ModelTokenizer.FilesOf(model.Path).Count == 0)
        {
            console.WriteLine($"  {model.Path} has no tokenizer, which generate needs beside the release");
        }

        if (form.Variant.HasSigns && !model.IsGated)
        {
            console.WriteLine("  the published code hides signs of gated MLPs only; here they are hidden of these too, and what is expanded is around z₀ + b as in the paper");
        }

        if (Activation.Find(model.ActivationName) is { } own && own != activation)
        {
            console.WriteLine($"  the model's own activation is {own}: what is released is another function");
        }

        if (activation == Activation.Relu)
        {
            console.WriteLine("  relu has no derivative from the second on: Run′ is a line per unit, far from Run, and x₀ is not in it");
        }

        session.Write(new JsonObject
        {
            ["model"] = model.Path,
            ["file"] = output,
            ["modelType"] = model.ModelType,
            ["layers"] = model.Layers,
            ["activation"] = activation.Name,
            ["gated"] = model.IsGated,
            ["order"] = order,
            ["variant"] = form.Variant.Name,
            ["protected"] = form.Protected ?? model.Hidden,
            ["dtype"] = storage.Name,
            ["bytes"] = bytes,
            ["seed"] = session.Sampling.Seed,
            ["seconds"] = watch.Elapsed.TotalSeconds,
        });
        return 0;
    }
}
