using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Expecto;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>What is packed, and what a stranger makes of it: in projects outside this tree, and by following docs/.</summary>
internal static partial class PackageTests
{
    private const int MostLines = 40;

    private static readonly string[] _libraries = ["Wager.Games", "Wager.Schemes", "Wager.Adversaries", "Wager.Reductions", "Wager.Testing"];

    public static Test All => Suite.Group(
        "packages",
        Suite.Test("the tutorial, typed literally, shows what it says", () => Assert.Equal("", Packed.Wrong, "docs/tutorial.md")),
        Suite.Test("what the other pages of docs/ type shows what they say", () =>
        {
            foreach (string page in new[] { "numbers.md", "cost.md" })
            {
                using TemporaryFolder folder = new();
                Assert.Equal("", new Page(page).Follow(folder.Path, Packed.Tools), page);
            }
        }),
        Suite.Test("a page that shows what is not printed is noticed", () =>
        {
            Assert.Equal(null, Page.Missing("a\n…\nthe line …\n", "a\nb\n  the line 3\n"), "all is there");
            Assert.Equal("b", Page.Missing("a\nb\n", "b\na\n"), "not in this order");
            Assert.Equal("the lin", Page.Missing("the lin\n", "the line\n"), "not in part");
        }),
        Suite.Test("each package has a readme, the licence and symbols, and only the tool has natives", () =>
        {
            foreach (string name in _libraries.Append("wager"))
            {
                using ZipArchive package = ZipFile.OpenRead(Path.Combine(Packed.Feed, $"{name}.{Versions.Wager}.nupkg"));
                using ZipArchive symbols = ZipFile.OpenRead(Path.Combine(Packed.Feed, $"{name}.{Versions.Wager}.snupkg"));
                using StreamReader readme = new(package.GetEntry("PACKAGE.md")!.Open());
                Assert.Equal($"# {name}", readme.ReadLine()!, "the readme");
                Assert.True(package.GetEntry("LICENSE") is not null, $"{name} has the licence");
                Assert.True(symbols.Entries.Any(entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal)), $"{name} has symbols");
                Assert.Equal(name == "wager", package.Entries.Any(entry => entry.Name.EndsWith(".so", StringComparison.Ordinal)), $"natives of {name}");
            }

            using ZipArchive tool = ZipFile.OpenRead(Path.Combine(Packed.Feed, $"wager.{Versions.Wager}.nupkg"));
            foreach (string licence in new[] { "licenses/libtorch-cpu-linux-x64/LICENSE-LIBTORCH.txt", "licenses/TorchSharp/LICENSE.txt", "licenses/SkiaSharp.NativeAssets.Linux.NoDependencies/LICENSE.txt" })
            {
                Assert.True(tool.GetEntry(licence) is not null, $"the tool has {licence}");
            }

            Assert.Equal(_libraries.Length + 1, Directory.GetFiles(Packed.Feed, "*.nupkg").Length, "packages");
        }),
        Suite.Test("a C# project outside defines a scheme and asserts bounds, and what fails replays", () =>
            PassesAndFails("CSharp", "dotnet run", text => text.Replace("AtMost(0.25)", "AtMost(0.2)", StringComparison.Ordinal))),
        Suite.Test("an F# project outside does, by trials", () =>
            PassesAndFails("FSharp", "dotnet run -- --colours 0", text => text.Replace("AtMost 0.9", "AtMost 0.6", StringComparison.Ordinal))),
        Suite.Test("TaylorMLP computes in a project outside that references libtorch", () =>
        {
            const string Program = """
                using Wager.Adversaries.TaylorMlp;
                using Wager.Games;
                using Wager.Schemes.TaylorMlp;
                using Wager.Testing;

                Advantage.Of(Game.WRec(new TaylorMlpScheme(new()), new JointRecovery())).AtLeast(0.5);
                """;
            (int code, string output) = Packed.Outside(
                "CSharp", _ => Program, "dotnet add package libtorch-cpu-linux-x64 --version 2.10.0 && dotnet run");
            Assert.Equal(0, code, output);
        }),
        Suite.Test("the tool lists its schemes without loading libtorch", () =>
        {
            (int code, string output) = Shell.Run($"LD_DEBUG=files {Packed.Tools}/wager list");
            Assert.Equal(0, code, output);
            Assert.Contains("libcoreclr.so", output, "what is loaded is told");
            Assert.True(!output.Contains("torch_cpu", StringComparison.Ordinal), "libtorch is loaded");
        }));

    /// <summary>A project passes as it is; violated, it fails, and the command that it prints finds the same.</summary>
    private static void PassesAndFails(string project, string run, Func<string, string> violate)
    {
        string program = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Outside", project), "Program.*").Single();
        Assert.True(File.ReadLines(program).Count() < MostLines, $"{program} is under {MostLines} lines");
        (int code, string output) = Packed.Outside(project, text => text, run);
        Assert.Equal(0, code, output);

        (code, output) = Packed.Outside(
            project,
            text =>
            {
                string violated = violate(text);
                Assert.True(violated != text, "something is violated");
                return violated;
            },
            $"{run} > run.txt 2>&1 && exit 3\ncat run.txt\necho ====\neval \"$(grep -o 'wager .*' run.txt) --json found.json\" > /dev/null\necho \"exit code $?\"\ncat found.json");
        string[] parts = output.Split("====");
        Assert.Equal(2, parts.Length, $"it fails:\n{output}");
        Assert.Contains("exit code 1\n", parts[1], $"the command that replays it fails too:\n{parts[0]}");
        JsonNode found = JsonNode.Parse(parts[1][parts[1].IndexOf('{', StringComparison.Ordinal)..])!;
        Assert.Contains(found["sentence"]!.GetValue<string>(), Found().Match(parts[0]).Groups[1].Value, "what it finds");
    }

    [GeneratedRegex("found: +(.*)")]
    private static partial Regex Found();
}
