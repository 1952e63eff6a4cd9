using System.Diagnostics;

namespace Wager.Tests;

/// <summary>Types commands as somebody would who has never seen the project: packages that were fetched before are used, but none of Wager's own.</summary>
internal static class Shell
{
    /// <summary>Something hangs.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);

    /// <summary>Runs a script, with all that it prints in one text.</summary>
    public static (int Code, string Output) Run(string script)
    {
        using TemporaryFolder folder = new();
        string printed = folder.File("printed");
        string packages = folder.File("packages");
        string fetched = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string others = Directory.CreateDirectory(folder.File("others")).FullName;
        foreach (string package in Directory.GetDirectories(fetched).Where(package => !Path.GetFileName(package).StartsWith("wager", StringComparison.Ordinal)))
        {
            Directory.CreateSymbolicLink(Path.Combine(others, Path.GetFileName(package)), package); // all but Wager's own, which may be of another day
        }

        File.WriteAllText(folder.File("script"), script);

        // Build servers outlive what started them, and would hold on to what it prints to.
        string arguments = $"bash {folder.File("script")} > {printed} 2>&1 < /dev/null";
        ProcessStartInfo start = new("bash", ["-c", arguments]);
        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["NUGET_FALLBACK_PACKAGES"] = others;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (string own in start.Environment.Keys.Where(key => key.StartsWith("MSBuild", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(own); // of the build that started the tests
        }

        using Process process = Process.Start(start)!;
        if (!process.WaitForExit(_longest))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"not at its end after {_longest}:\n{script}\n{File.ReadAllText(printed)}");
        }

        return (process.ExitCode, File.ReadAllText(printed));
    }
}
