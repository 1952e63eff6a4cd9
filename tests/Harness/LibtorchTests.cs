using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Tensors;

namespace Wager.Tests;

/// <summary><c>WAGER_LIBTORCH</c>, each in a process of its own: with folders that are none, and with one laid out as a PyTorch, of links to the libtorch that the tests have.</summary>
internal static class LibtorchTests
{
    private const string Right = "name the torch/lib folder of an installed PyTorch 2.10.0 for Linux x64";
    private const int Arm64 = 183; // EM_AARCH64
    private const int MachineAt = 18;

    private static readonly string[] _play = "play WRec --scheme taylor-mlp --adversary recovery --trials 12 --json -".Split(' ');

    /// <summary>A folder, and what the one line must say of it.</summary>
    private static readonly (string Name, Func<TemporaryFolder, string> Make, string Says)[] _refused =
    [
        ("that is not there", folder => folder.File("missing"), "there is no such folder"),
        ("that is a file", folder => folder.File("file", "x"u8), "there is no such folder"),
        ("that is empty", folder => folder.Path, "there is no libc10.so in it"),
        ("of Windows", folder => Path.GetDirectoryName(folder.File("torch_cpu.dll", "MZ"u8))!, "it has torch_cpu.dll, which is for another system"),
        ("of macOS", folder => Path.GetDirectoryName(folder.File("libtorch_cpu.dylib", "x"u8))!, "it has libtorch_cpu.dylib, which is for another system"),
        ("of another processor", folder => PyTorch(folder, change: head => head[MachineAt] = Arm64), "its libtorch_cpu.so is for another system or processor"),
        ("with what is no library", folder => PyTorch(folder, change: head => head[1] = (byte)'M'), "its libtorch_cpu.so is for another system or processor"),
        ("that is cut short", folder => PyTorch(folder, change: _ => { }), "its libtorch_cpu.so is cut short"),
        ("of a version before", folder => PyTorch(folder, "2.9.1+cu128"), "it is PyTorch 2.9.1+cu128, and only 2.10.0, which TorchSharp 0.107.0 was built against, is known to work"),
        ("of a version after", folder => PyTorch(folder, "2.10.1"), "it is PyTorch 2.10.1, and only 2.10.0"),
        ("without a version", folder => PyTorch(folder, version: null), "neither version.py nor build-version beside it tells its version"),
    ];

    public static Test All => Suite.Group(
        "libtorch of one's own",
        [
            .. from wrong in _refused
               select Suite.Test($"a folder {wrong.Name} is refused in one line, and devices says why", () => OnLinux(() =>
               {
                   using TemporaryFolder folder = new();
                   string named = wrong.Make(folder);
                   string line = $"{Libtorch.Variable} {named}: {wrong.Says}";
                   RequireRefusal(CommandLine.RunWith(With(named), _play), line, "play");

                   CommandLine.Outcome told = CommandLine.RunWith(With(named), "devices", "--json", "-");
                   Assert.Equal(0, told.Code, told.Error);
                   JsonNode json = JsonNode.Parse(told.Output)!;
                   Assert.Contains(line, (string)json["libtorch"]!["problem"]!, "why");
                   Assert.True(json["devices"]!.AsArray().All(device => !device!["usable"]!.GetValue<bool>()), "nothing can be used");
               })),
            Suite.Test("every verb that needs libtorch refuses such a folder", () => OnLinux(() =>
            {
                foreach (string verb in new[]
                {
                    "check taylor-mlp", "check", "check clear --device cpu", "check clear --device auto", "cost --scheme taylor-mlp", "claims eq8-repaired --scheme taylor-mlp",
                    "play WRec --scheme taylor-mlp --adversary best", "reproduce least-squares", "reproduce variants",
                })
                {
                    RequireRefusal(CommandLine.RunWith(With("/nowhere"), verb.Split(' ')), $"{Libtorch.Variable} /nowhere: there is no such folder", verb);
                }
            })),
            Suite.Test("verbs that need none neither look at the folder nor load libtorch", () => OnLinux(() =>
            {
                using TemporaryFolder folder = new();
                SmallModel.Write("opt", folder.File("MODEL"));
                foreach (string verb in new[]
                {
                    "list --json -", "exact WRec --scheme uniform-3 --adversary constant --json -", "play W-IND --scheme clear --adversary guess --trials 9", "check clear", "selftest --runs 20",
                    "release MODEL -o RELEASE --activation gelu", "attack RELEASE -o RECOVERED",
                })
                {
                    string[] arguments = [.. verb.Split(' ').Select(word => word is "MODEL" or "RELEASE" or "RECOVERED" ? folder.File(word) : word)];
                    Assert.Equal(0, CommandLine.RunWith(With("/nowhere"), arguments).Code, verb);
                    CommandLine.Outcome loads = CommandLine.RunWith(new() { ["LD_DEBUG"] = "files" }, arguments);
                    Assert.Contains("libcoreclr.so", loads.Error, "what is loaded is told");
                    Assert.True(!loads.Error.Contains("torch_cpu", StringComparison.Ordinal), $"{verb} loads libtorch");
                }
            })),
            Suite.Test("a folder of an installed PyTorch is loaded instead of what the program brings, and plays the same", () => OnLinux(() =>
            {
                using TemporaryFolder folder = new();
                string own = PyTorch(folder);
                CommandLine.Outcome brought = CommandLine.RunWith(new() { [Libtorch.Variable] = null }, _play);
                CommandLine.Outcome named = CommandLine.RunWith(With(own + "/"), _play);
                Assert.Equal(0, named.Code, named.Error);
                string[] expected = Tally(brought);
                Assert.Equal(string.Join('\n', expected), string.Join('\n', Tally(named)), "the tally");
                Assert.Contains("libtorch 2.10.0+test", named.Output, "the sentence tells which");

                string loaded = CommandLine.RunWith(new(With(own)) { ["LD_DEBUG"] = "files" }, _play).Error;
                string[] torch = [.. loaded.Split('\n').Where(line => line.Contains("calling init", StringComparison.Ordinal) && line.Contains("/libtorch_cpu.so", StringComparison.Ordinal))];
                Assert.Contains($"{own}/libtorch_cpu.so", Assert.Single(torch, "libtorch is loaded once"), "and from there");
            })),
        ]);

    private static void RequireRefusal(CommandLine.Outcome outcome, string line, string what)
    {
        Assert.Equal(2, outcome.Code, $"exit code of {what}, after {outcome.Error}");
        Assert.Contains($"wager: {line}", outcome.Error.Trim().Split('\n') is [var only] ? only : "", $"one line of {what}, which says\n{outcome.Error}");
        Assert.True(outcome.Error.Contains(Right, StringComparison.Ordinal), $"what would be right, in {outcome.Error}");
        Assert.Equal("", outcome.Output, "and nothing of TorchSharp's own");
    }

    private static string[] Tally(CommandLine.Outcome outcome)
    {
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        return [.. new[] { "trials", "wins", "broken", "interval", "cost", "device" }.Select(key => json[key]!.ToJsonString())];
    }

    private static Dictionary<string, string?> With(string folder) => new() { [Libtorch.Variable] = folder };

    private static void OnLinux(Action body)
    {
        if (!OperatingSystem.IsLinux())
        {
            Suite.Skip("it is read on Linux only");
        }

        body();
    }

    /// <summary>A PyTorch's <c>torch/lib</c>: links to the libtorch at hand, and its version. With a change, its libtorch_cpu.so is the first bytes of it, changed.</summary>
    private static string PyTorch(TemporaryFolder folder, string? version = "2.10.0+test", Action<byte[]>? change = null)
    {
        string lib = Directory.CreateDirectory(folder.File("torch/lib")).FullName;
        foreach (string file in Directory.EnumerateFiles(Libtorch.Folder!))
        {
            File.CreateSymbolicLink(Path.Combine(lib, Path.GetFileName(file)), file);
        }

        if (version is not null)
        {
            File.WriteAllText(folder.File("torch/version.py"), $"from typing import Optional\n\n__all__ = ['__version__']\n__version__ = '{version}'\ndebug = False\n");
        }

        if (change is not null)
        {
            string path = Path.Combine(lib, "libtorch_cpu.so");
            byte[] head = new byte[4096];
            using (FileStream whole = File.OpenRead(path))
            {
                whole.ReadExactly(head);
            }

            change(head);
            File.Delete(path);
            File.WriteAllBytes(path, head);
        }

        return lib;
    }
}
