using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Expecto;
using Wager.Adversaries.TaylorMlp;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>synth, release and attack, ended in the middle of what they write.</summary>
internal static class InterruptTests
{
    private const int Stopped = 130;
    private const int Killed = 137;

    /// <summary>A model whose release and attack take a moment.</summary>
    private static readonly ModelShape _shape = SmallModel.Of("opt") with { Width = 256, Hidden = 1024, Layers = 8 };

    public static Test All => Suite.Sequenced(Suite.Group(
        "interruption",
        Suite.Test("an interrupted synth leaves no half folder under its name", () =>
        {
            using TemporaryFolder folder = new();
            Interrupted(folder, ["synth", "opt-125m", "--layers", "1"], path => Directory.CreateDirectory(path));
        }),
        Suite.Test("an interrupted release leaves no half file under its name", () =>
        {
            using TemporaryFolder folder = new();
            Interrupted(folder, Release(folder), path => File.WriteAllText(path, "old"));
        }),
        Suite.Test("an interrupted attack leaves no half file under its name", () =>
        {
            using TemporaryFolder folder = new();
            Run([.. Release(folder), "-o", folder.File("release")]);
            Interrupted(folder, ["attack", folder.File("release")], path => File.WriteAllText(path, "old"));
        }),
        Suite.Test("what a killed process of the same number has left does not come among what is written", () =>
        {
            using TemporaryFolder folder = new();
            string left = folder.File($"model.{Environment.ProcessId}.part");
            Directory.CreateDirectory(left);
            File.WriteAllText(Path.Combine(left, "model-00002-of-00002.safetensors"), "half");
            SmallModel.Write("opt", folder.File("model"));
            Assert.Equal("config.json model.safetensors", NamesIn(folder.File("model")), "files of the model");
            folder.File($"file.{Environment.ProcessId}.part", new byte[1000]);
            using (SafeTensorsWriter writer = new(folder.File("file"), [("a", "U8", [3])], new Dictionary<string, string>()))
            {
                writer.Write([1, 2, 3]);
                writer.Commit();
            }

            using SafeTensorsFile file = SafeTensorsFile.Open(folder.File("file")); // which refuses bytes too many
            Assert.Equal("file model", folder.Names(), "files");
        }),
        Suite.Test("a file is not committed once it is to stop, even when its last byte is written", () =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("file", "old"u8);
            using CancellationTokenSource stop = new();
            using (SafeTensorsWriter writer = new(path, [("a", "U8", [3])], new Dictionary<string, string>(), stop.Token))
            {
                writer.Write([1, 2, 3]);
                stop.Cancel();
                Assert.Throws<OperationCanceledException>(() => writer.Write([]), "writing on");
                Assert.Throws<OperationCanceledException>(writer.Commit, "committing");
            }

            Assert.Equal("file", folder.Names(), "files");
            Assert.Equal("old", File.ReadAllText(path), "the file");
        }),
        Suite.Test("an interrupted reproduction says what it has found until then", () =>
        {
            using TemporaryFolder folder = new();
            string models = string.Join(',', Enumerable.Repeat("opt-125m", 10_000));
            (int code, string output) = (0, "");
            for (int seconds = 4; seconds <= 32 && output.Length == 0; seconds *= 2)
            {
                using Process process = CommandLine.Start("reproduce", "table1", "--models", models, "--layers", "1", "--json", folder.File("json"));
                Task<string> text = process.StandardOutput.ReadToEndAsync();
                Thread.Sleep(TimeSpan.FromSeconds(seconds)); // by then a model is done; nothing is said of it before the end
                CommandLine.Interrupt(process);
                process.WaitForExit();
                (code, output) = (process.ExitCode, text.Result);
            }

            Assert.Equal(Stopped, code, "exit code");
            Assert.Contains("joint, all", output, "the table");
            Assert.Contains("stopped: opt-125m", output, "what is missing");
            JsonArray rows = JsonNode.Parse(File.ReadAllText(folder.File("json")))!.AsArray();
            Assert.True(rows.Count >= 3 && rows.Count % 3 == 0, $"{rows.Count} rows");
        }),
        Suite.Test("a layer's release, its reading and its attack stop in the middle", () =>
        {
            using TemporaryFolder folder = new();
            string path = SmallModel.Write("opt", folder.File("model"));
            Run(["release", path, "-o", folder.File("release"), "--activation", "gelu"]);
            CancellationToken stop = new(canceled: true);
            using ModelFolder model = ModelFolder.Open(path);
            using LoadedLayer loaded = new(model, model.Mlps[0]);
            using NativeBlock block = new(LayerRelease.Bytes(model.Width, model.Hidden, 8, gated: false, StorageType.BF16));
            Assert.Throws<OperationCanceledException>(
                () => LayerRelease.Release(new(8, StorageType.BF16, Activation.Gelu, Variant.Paper), loaded.Weights, new double[model.Hidden], null, block, 1, stop, out _), "the release");
            using ReleaseFile release = ReleaseFile.Open(folder.File("release"));
            using MappedLayer mapped = release.Map(release.Mlps[0]);
            Assert.Throws<OperationCanceledException>(() => mapped.Touch(stop), "its reading");
            using AttackRun run = new(new JointMethod(OrdersRead.All), threads: 1);
            Assert.Throws<OperationCanceledException>(() => Attack(run, mapped.Layer, block, stop), "its attack");
        })));

    /// <summary>The release of a model, but for where it is to be.</summary>
    private static string[] Release(TemporaryFolder folder)
    {
        string model = folder.File("model");
        SyntheticModel.Write(_shape, _shape.Layers, StorageType.BF16, SmallModel.Seed, model);
        return ["release", model, "--activation", "gelu", "--dtype", "f64"];
    }

    private static unsafe void Attack(AttackRun run, ReleasedLayer layer, NativeBlock w, CancellationToken stop) =>
        run.Attack(layer, StorageType.BF16, (nint)w.First, truth: null, stop);

    /// <summary>
    /// Sends a verb each of the signals while it writes. Whether one comes in time, the system decides: then what was there is unharmed, and
    /// else all of what was to be written is there. A process that is asked to stop leaves nothing else, and some do stop. After one that
    /// was killed the verb does its job.
    /// </summary>
    private static void Interrupted(TemporaryFolder folder, string[] verb, Action<string> putOld)
    {
        const int Attempts = 5;
        Run([.. verb, "-o", folder.File("whole")]);
        string whole = Content(folder.File("whole"));
        string path = folder.File("out");
        putOld(path);
        string old = Content(path);
        string names = folder.Names();
        foreach (string signal in new[] { "INT", "TERM" })
        {
            int code = 0;
            for (int attempt = 0; attempt < Attempts && code != Stopped; attempt++)
            {
                (code, string error) = Signalled(signal, folder, [.. verb, "-o", path]);
                Assert.Equal(names, folder.Names(), $"files after {signal}");
                Assert.Equal(code == Stopped ? old : whole, Content(path), $"what is there after {signal} and exit code {code}");
                Assert.Equal(code == Stopped ? "wager: stopped, with nothing known yet" : "", error.TrimEnd(), $"the line after {signal}");
                if (code != Stopped)
                {
                    Remove(path);
                    putOld(path);
                }
            }

            Assert.Equal(Stopped, code, $"exit code after {signal}, {Attempts} times");
        }

        (int killed, _) = Signalled("KILL", folder, [.. verb, "-o", path]);
        Assert.Equal(killed == Killed && Content(path) == old ? old : whole, Content(path), $"what is there after KILL and exit code {killed}");
        if (Content(path) == whole)
        {
            Remove(path);
        }

        Run([.. verb, "-o", path]);
        Assert.Equal(whole, Content(path), "what is there after the next run");
    }

    /// <summary>Starts a verb, and sends it a signal as soon as there is what it writes aside.</summary>
    private static (int Code, string Error) Signalled(string signal, TemporaryFolder folder, string[] arguments)
    {
        TaskCompletionSource aside = new();
        using FileSystemWatcher watcher = new(folder.Path, "*.part");
        watcher.Created += (_, _) => aside.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using Process process = CommandLine.Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task.WaitAny(aside.Task, process.WaitForExitAsync());
        Assert.True(aside.Task.Wait(TimeSpan.FromSeconds(10)), $"{arguments[0]} writes aside; it ended before, with {(process.HasExited ? error.Result : "nothing said")}");
        Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        process.WaitForExit();
        _ = output.Result;
        return (process.ExitCode, error.Result);
    }

    private static void Run(string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, $"exit code of {string.Join(' ', arguments)}, after {outcome.Error}");
    }

    /// <summary>What a file or the files of a folder hold.</summary>
    private static string Content(string path) => Directory.Exists(path)
        ? string.Join(' ', Directory.EnumerateFileSystemEntries(path).Order().Select(file => $"{Path.GetFileName(file)}: {Content(file)}"))
        : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static string NamesIn(string folder) => string.Join(' ', Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
