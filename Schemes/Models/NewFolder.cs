using IOPath = System.IO.Path;

namespace Wager.Schemes.Models;

/// <summary>A folder that is written aside and renamed at the end, so that no half of it is ever seen under its name.</summary>
public sealed class NewFolder : IDisposable
{
    private readonly string _name;
    private readonly string _path;
    private readonly string _aside;
    private bool _committed;

    /// <summary>Begins a folder.</summary>
    /// <param name="name">Where it is to be: nothing may be there, or an empty folder.</param>
    /// <param name="length">The bytes that are to go into it.</param>
    /// <exception cref="ModelFileException">It cannot be there, or its disk has too little room.</exception>
    public NewFolder(string name, long length)
    {
        _name = name;
        (_path, _aside) = Guarded(() =>
        {
            string path = IOPath.TrimEndingDirectorySeparator(IOPath.GetFullPath(name));
            if (System.IO.File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            {
                throw new ModelFileException(name, "it is there already, and not empty; name a folder that is not there yet");
            }

            string parent = IOPath.GetDirectoryName(path) is { } above && Directory.Exists(above) ? above : throw new IOException("there is no folder to put it into");
            string aside = $"{path}.{Environment.ProcessId}.part";
            if (Directory.Exists(aside))
            {
                // of a killed process of the same number, as in a container each has the same: its files must not come among these
                Directory.Delete(aside, recursive: true);
            }

            PlainFile.RequireRoom(name, parent, length);
            return (path, aside);
        });
        Guarded(() => Directory.CreateDirectory(_aside));
    }

    /// <summary>The path of a file in it, until it is renamed.</summary>
    public string File(string name) => IOPath.Combine(_aside, name);

    /// <summary>Writes a file of text.</summary>
    /// <exception cref="ModelFileException">It cannot be written.</exception>
    public void Write(string name, string text) => Guarded(() =>
    {
        System.IO.File.WriteAllText(File(name), text);
        return true;
    });

    /// <summary>Copies a file, under its name.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or written.</exception>
    public void Copy(string path) => Guarded(() =>
    {
        System.IO.File.Copy(path, File(IOPath.GetFileName(path)));
        return true;
    });

    /// <summary>Gives it its name.</summary>
    /// <exception cref="ModelFileException">Something came there in the meantime, or it cannot be renamed.</exception>
    public void Commit() => Guarded(() =>
    {
        if (Directory.Exists(_path))
        {
            Directory.Delete(_path); // which only an empty one lets happen
        }

        Directory.Move(_aside, _path);
        return _committed = true;
    });

    /// <summary>Without a commit, deletes what was written.</summary>
    public void Dispose()
    {
        if (!_committed)
        {
            Directory.Delete(_aside, recursive: true);
        }
    }

    private T Guarded<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (PlainFile.IsRefusal(e))
        {
            throw new ModelFileException(_name, $"it cannot be written ({e.Message}); name a folder within one that exists");
        }
    }
}
