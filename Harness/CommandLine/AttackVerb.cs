using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Adversaries.TaylorMlp;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;

namespace Wager.Harness.CommandLine;

/// <summary><c>attack RELEASE -o FILE [--truth MODEL]</c>: recovers the weights of a release, layer by layer; of a folder with one into a folder, the whole model.</summary>
internal static class AttackVerb
{
    public static Command Command() => Arguments.Verb(
        "attack",
        "recover the weights of a TaylorMLP release, and hold them against the model where that is at hand",
        Run,
        [
            FileArguments.Release, FileArguments.Output, FileArguments.Truth, FileArguments.OrdersRead, FileArguments.Method, FileArguments.Queries,
            FileArguments.VariantName, Arguments.Threads, Arguments.Json,
        ]);

    private static int Run(ParseResult parse)
    {
        string output = FileArguments.OutputOf(parse, FileArguments.Output, "the file to write the recovered weights into, or of a released folder the folder");
        AttackMethod method = FileArguments.MethodOf(parse);
        using OpenedRelease opened = OpenedRelease.Open(parse.GetRequiredValue(FileArguments.Release));
        ReleaseFile release = opened.File;
        FileArguments.RequireVariant(parse, release);
        using ModelFolder? truth = parse.GetValue(FileArguments.Truth) is { } folder ? ModelFolder.Open(folder) : null;
        FilePlaces.RequireApart(parse, output, [.. opened.Sources, .. truth?.Sources ?? []]);
        method.Require(release);
        if (truth is not null)
        {
            RequireSameShapes(release, truth);
        }

        using Session session = new(parse, trials: 1, mostTrials: 1);
        using AttackRun run = new(method, session.Sampling.Threads);
        Stopwatch watch = Stopwatch.StartNew();
        SignScore signs = session.Stoppable($"attack on {release.Path}", (progress, stop) => Recover(opened, truth, run, output, progress, stop));
        double total = watch.Elapsed.TotalSeconds;
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(opened.Folder?.Path ?? release.Path));
        RecoveryTable table = new(session.Screen.Tables);
        table.Add(name, run);
        table.Write();
        foreach (string remark in RecoveryTable.Remarks(run).Concat(signs.InWords(run.Score) is { } line ? [line] : []))
        {
            session.Screen.Tables.WriteLine($"  {remark}");
        }

        session.Screen.Tables.WriteLine(FormattableString.Invariant(
            $"  {output}: {release.Mlps.Count} layer{(release.Mlps.Count == 1 ? "" : "s")}, {(release.Variant.HasSigns ? "V without signs, " : "")}W{(release.IsGated ? "" : ", b and c")}; {total:0.00} s in all with reading, writing{(truth is null ? "" : ", comparing")} and copying; the plain copy took {run.CopySeconds:0.000} s"));
        JsonObject json = RecoveryTable.Json(name, run);
        json["file"] = output;
        json["variant"] = release.Variant.Name;
        json["signs"] = signs.Json(run.Score);
        json["totalSeconds"] = total;
        json["threads"] = session.Sampling.Threads;
        json["peakBytes"] = PeakMemory();
        session.Write(json);
        return 0;
    }

    private static SignScore Recover(OpenedRelease opened, ModelFolder? truth, AttackRun run, string output, Action<double>? progress, CancellationToken stop)
    {
        ReleaseFile release = opened.File;
        using NewFolder? target = opened.Folder?.BeginCopy(output);
        TensorEntry[] kept = opened.Folder is null ? [] : [.. RecoveredMlp.Kept(release)];
        using SafeTensorsWriter writer = new(
            target?.File(ModelFolder.SingleName) ?? output,
            [.. kept.Select(entry => (entry.Name, entry.Type, entry.Shape.ToArray())), .. release.Mlps.SelectMany(mlp => RecoveredMlp.Tensors(release, mlp))],
            new Dictionary<string, string> { ["format"] = "pt" }, stop);
        foreach (TensorEntry entry in kept)
        {
            RecoveredMlp.Copy(writer, release, entry);
        }

        SignScore signs = default;
        NativeBlock? w = null;
        try
        {
            foreach ((int done, ReleasedMlp mlp) in release.Mlps.Index())
            {
                stop.ThrowIfCancellationRequested();
                long length = (long)mlp.Shape.Outputs * mlp.Protected * mlp.Weights.Size;
                if (w is null || w.Length != length)
                {
                    w?.Dispose();
                    w = new(length);
                }

                using MappedLayer mapped = release.Map(mlp);
                mapped.Touch(stop);
                foreach (string name in RecoveredMlp.Copied(release, mlp))
                {
                    release.RequireFinite(name, stop);
                }

                using LoadedLayer? true0 = truth is null ? null : new(truth, mlp.Names);
                true0?.RequireFinite(stop);
                using NativeBlock? columns = true0 is null || mlp.Places is null ? null : new((long)mlp.Shape.Outputs * mlp.Protected * true0.Weights.Storage.Size);
                LayerWeights? weights = columns is null ? true0?.Weights : true0!.Weights.Columns(mlp.Places!, columns, run.Threads);
                weights = weights is null ? null : weights with { Signs = SignScore.Truth(release, truth!, mlp) };
                RecoveredLayer recovered = Attack(release, mlp, mapped.Layer, run, w, weights, stop);
                RecoveredMlp.Write(writer, release, mlp, w, recovered);
                signs += SignScore.Of(release, mlp, recovered);
                progress?.Invoke((done + 1.0) / release.Mlps.Count);
            }
        }
        finally
        {
            w?.Dispose();
        }

        writer.Commit();
        target?.Commit();
        return signs;
    }

    private static unsafe RecoveredLayer Attack(ReleaseFile release, ReleasedMlp mlp, ReleasedLayer layer, AttackRun run, NativeBlock w, LayerWeights? truth, CancellationToken stop) =>
        ModelForms.Finite(run.Attack(layer, mlp.Weights, (nint)w.First, truth, stop, () => ReleasedTensors.Load(release, mlp)), release, mlp, layer, w);

    private static void RequireSameShapes(ReleaseFile release, ModelFolder truth)
    {
        Dictionary<string, MlpNames> names = truth.Mlps.ToDictionary(mlp => mlp.Path);
        foreach (ReleasedMlp mlp in release.Mlps)
        {
            MlpShape shape = new(truth.Width, truth.Hidden, truth.Width, truth.IsGated);
            if (!names.ContainsKey(mlp.Names.Path) || mlp.Shape != shape)
            {
                throw new UsageException($"--truth {truth.Path}: {(names.ContainsKey(mlp.Names.Path) ? $"its {mlp.Names.Path} is a {shape}" : $"it has no {mlp.Names.Path}")}, where {release.Path} has a {mlp.Shape}; name the model that was released");
            }
        }
    }

    private static long PeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
