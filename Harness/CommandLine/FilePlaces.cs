using System.CommandLine;
using Wager.Testing;

namespace Wager.Harness.CommandLine;

/// <summary>Which files are one and the same, by whatever names: nothing that is read may be written over.</summary>
internal static class FilePlaces
{
    /// <summary>Windows and macOS take names in small and capital letters for one.</summary>
    private static readonly StringComparison _comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Refuses an output that is an input, and JSON that is either.</summary>
    /// <param name="parse">The command line, with --json.</param>
    /// <param name="output">What -o names.</param>
    /// <param name="inputs">The files that are read.</param>
    /// <exception cref="UsageException">Two of them are one file.</exception>
    public static void RequireApart(ParseResult parse, string output, params IEnumerable<string?> inputs)
    {
        string? json = parse.GetValue(Arguments.Json) is { } name and not "-" ? name : null;
        string[] read = [.. inputs.OfType<string>()];
        Require(FileArguments.Output.Name, output, read, "is read");
        Require(Arguments.Json.Name, json, read, "is read");
        Require(Arguments.Json.Name, json, [output], $"{FileArguments.Output.Name} writes");
    }

    private static void Require(string option, string? name, IEnumerable<string> others, string why)
    {
        if (name is not null && others.FirstOrDefault(other => AreOne(other, name)) is { } same)
        {
            throw new UsageException($"{option} {name}: this is {same}, which {why}; name another file");
        }
    }

    /// <summary>Whether two paths are one file.</summary>
    public static bool AreOne(string path, string other) => Real(path).Equals(Real(other), _comparison);

    /// <summary>A path without links in it, be they files or folders.</summary>
    private static string Real(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        string here = Path.Combine(Real(parent), Path.GetFileName(full));
        try
        {
            return File.ResolveLinkTarget(here, returnFinalTarget: true) is { } target ? Real(target.FullName) : here;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return here; // links in a circle, say, where neither reading nor writing comes to anything
        }
    }
}
