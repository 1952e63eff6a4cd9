namespace Wager.Tests;

/// <summary>The packages, packed and installed as the tutorial does it, once for all tests.</summary>
internal static class Packed
{
    private static readonly Lazy<(TemporaryFolder Folder, string Wrong)> _tutorial = new(() =>
    {
        TemporaryFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return (folder, new Page("tutorial.md").Follow(folder.Path, tools: folder.File("tools")));
    });

    /// <summary>What was not as the tutorial says.</summary>
    public static string Wrong => _tutorial.Value.Wrong;

    /// <summary>Where the packages are.</summary>
    public static string Feed => _tutorial.Value.Folder.File("feed");

    /// <summary>Where the tool is.</summary>
    public static string Tools => _tutorial.Value.Folder.File("tools");

    /// <summary>Runs a script in a folder with a project outside this tree, which finds the packages, and whose shell finds the tool.</summary>
    /// <param name="project">Its folder in tests/Outside, which is copied.</param>
    /// <param name="edit">Changes its program.</param>
    /// <param name="script">What is typed there.</param>
    public static (int Code, string Output) Outside(string project, Func<string, string> edit, string script)
    {
        using TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Outside", project)))
        {
            string text = File.ReadAllText(file);
            File.WriteAllText(folder.File(Path.GetFileName(file)), Path.GetFileNameWithoutExtension(file) == "Program" ? edit(text) : text);
        }

        return Shell.Run($"export PATH={Tools}:$PATH RestoreAdditionalProjectSources={Feed}\ncd {folder.Path}\n{script}");
    }
}
