namespace Wager.Tests;

/// <summary>A folder of one's own, gone at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wager").FullName;

    /// <summary>The path of a file in it, with this content where there is one.</summary>
    public string File(string name, ReadOnlySpan<byte> content = default)
    {
        string path = System.IO.Path.Combine(Path, name);
        if (!content.IsEmpty)
        {
            System.IO.File.WriteAllBytes(path, content);
        }

        return path;
    }

    /// <summary>The names of what is in it.</summary>
    public string Names() => string.Join(' ', Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Order());

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
