using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.CommandLine;

/// <summary>A release that is named: a file, or a folder with one.</summary>
/// <param name="File">The release.</param>
/// <param name="Folder">The folder; null of a file alone.</param>
internal sealed record OpenedRelease(ReleaseFile File, ReleasedFolder? Folder) : IDisposable
{
    /// <summary>The files that are read.</summary>
    public IEnumerable<string> Sources => Folder?.Sources ?? [File.Path];

    /// <summary>Opens it.</summary>
    /// <exception cref="ModelFileException">It is no release, or a folder without one.</exception>
    public static OpenedRelease Open(string path)
    {
        if (!Directory.Exists(path))
        {
            return new(ReleaseFile.Open(path), null);
        }

        ReleasedFolder folder = ReleasedFolder.Is(path) ? ReleasedFolder.Open(path)
            : throw new ModelFileException(path, $"it has no {ReleasedFolder.ReleaseName}: name a release, or a folder that release --folder wrote");
        return new(folder.Release, folder);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
