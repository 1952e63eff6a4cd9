using System.Diagnostics;
using System.Text.Json.Nodes;
using Expecto;

namespace Wager.Tests;

/// <summary>Schemes and adversaries of one's own, from DLLs.</summary>
internal static class PlugInTests
{
    public static Test All => Suite.Sequenced(Suite.Group(
        "plug-ins",
        Suite.Test("the example is one file under 60 lines of code, and check judges it from its own DLL", () =>
        {
            string folder = Path.Combine(Repository.Root, "examples");
            string source = Assert.Single(Directory.GetFiles(folder, "*.cs"), "sources of the example");
            int lines = File.ReadLines(source).Count();
            Assert.True(lines < 60, $"{source} has {lines} lines");
            Build(folder);
            CommandLine.Outcome outcome = CommandLine.RunInProcess("check", Path.Combine(folder, "bin", "RoundedWeights.dll"), "--json", "-");
            Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
            JsonArray json = JsonNode.Parse(outcome.Output)!.AsArray();
            string Advantage(string game, string? adversary) => json.First(row => (string?)row!["game"] == game && (string?)row["adversary"] == adversary)!["probability"]!.GetValue<string>();
            Assert.Equal("1", Advantage("Correctness", null), "Correctness");
            Assert.Equal("3/4", Advantage("WRec", "midpoint"), "its own adversary");
            Assert.Equal("1/8", Advantage("WRec", "constant"), "an adversary that every scheme has");
            Assert.Equal("1", Advantage("EffInf", "eq8(midpoint)"), "its own adversary in a reduction");
        }),
        Suite.Test("a plug-in's adversaries attack the schemes that they fit", () =>
        {
            string dependent = Dll("Dependent");
            JsonArray list = JsonOf("list", "--plugin", dependent, "--json", "-").AsArray();
            string Recoverers(string scheme) => string.Join(' ', list.First(row => (string?)row!["scheme"] == scheme)!["adversaries"]!["WRec"]!.AsArray());
            Assert.Equal("constant parrot picky guess", Recoverers("dependent"), "on its own scheme");
            Assert.Equal("constant recovery parrot guess", Recoverers("clear"), "on a scheme of the same types");
            Assert.Equal("constant guess", Recoverers("one-bit-pad"), "on a scheme with other keys");
            Assert.Equal("1", (string?)JsonOf("exact", "WRec", "--scheme", "clear", "--adversary", "parrot", "--plugin", dependent, "--json", "-")["advantage"], "parrot of clear");
            Assert.Equal("0", (string?)JsonOf("exact", "WRec", "--scheme", "dependent", "--adversary", "picky", "--plugin", dependent, "--json", "-")["advantage"], "picky, which is given the scheme");
            Assert.Equal("0", (string?)JsonOf("exact", "W-IND", "--scheme", "clear", "--adversary", "eq9(constant)", "--plugin", dependent, "--plugin", dependent, "--json", "-")["advantage"], "named twice");
        }),
        Suite.Group(
            "wrong ones are one line and exit code 2",
            Refused("a DLL that is not there", "/nowhere/scheme.dll", "/nowhere/scheme.dll: there is no such file"),
            Refused("no .NET assembly", () => Written("not.dll", "neither is this"), "not.dll: this is no .NET assembly; name the DLL of a plug-in"),
            Refused("an empty file", () => Written("empty.dll", ""), "empty.dll: this is no .NET assembly"),
            Refused("no scheme", typeof(FsCheck.Gen<>).Assembly.Location, "FsCheck.dll: no scheme and no adversary in it"),
            Refused("a constructor that throws", Dll("Throwing"), "Throwing.dll: the constructor of PlugIns.Throwing.Throwing threw InvalidOperationException: as told"),
            Refused("two schemes of one name", Dll("Twins"), "Twins.dll: two schemes are called twin; give PlugIns.Twins.Second another Name"),
            Refused("a missing dependency", () => CopiedAlone(Dll("Dependent")), "Dependent.dll: it needs Twins, which is not there; put it beside the plug-in")),
        Suite.Test("the name of a built-in scheme is taken", () =>
        {
            // A copy of the built-in schemes, loaded as a plug-in, brings them a second time.
            Refuse("check", CopiedAlone(typeof(Schemes.Uniform).Assembly.Location), "two schemes are called");
        })));

    public static string Dll(string project)
    {
        string here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        return Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(here))!, project, Path.GetFileName(here), $"{project}.dll");
    }

    private static Test Refused(string name, string file, string says) => Refused(name, () => file, says);

    private static Test Refused(string name, Func<string> file, string says) => Suite.Test(name, () =>
    {
        string path = file();
        Refuse("check", path, says);
        Refuse("list --plugin", path, says);
    });

    private static void Refuse(string verb, string file, string says)
    {
        CommandLine.Outcome outcome = CommandLine.Run([.. verb.Split(' '), file]);
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal("", outcome.Output, "standard output");
    }

    private static string Written(string name, string content)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("wager").FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static string CopiedAlone(string file)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("wager").FullName, Path.GetFileName(file));
        File.Copy(file, path);
        return path;
    }

    private static JsonNode JsonOf(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!;
    }

    private static void Build(string folder)
    {
        ProcessStartInfo start = new("dotnet", ["build", folder, "-c", "Release", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode, $"dotnet build {folder}\n{output}");
    }
}
