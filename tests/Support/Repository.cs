namespace Wager.Tests;

/// <summary>Where the sources are: the tests run from within their checkout.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? folder) =>
        folder is null ? throw new DirectoryNotFoundException("no Framework.sln above the tests")
        : File.Exists(Path.Combine(folder, "Framework.sln")) ? folder
        : Find(Path.GetDirectoryName(folder));
}
