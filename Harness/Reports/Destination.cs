using System.Text;
using Wager.Testing;

namespace Wager.Harness.Reports;

/// <summary>Where a report is to be written: a file, or standard output where the name is "-".</summary>
public sealed class Destination
{
    private readonly string _option;
    private readonly string _name;
    private readonly string _path;
    private readonly string _remedy;

    /// <summary>
    /// A destination. Whether a file can be made there is found out now, before the work, rather than after it; of what is there
    /// already without a length, such as a pipe, only the writing can tell.
    /// </summary>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="name">As the user wrote it.</param>
    /// <param name="remedy">What to do where it cannot be written, likewise.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public Destination(string option, string name, string remedy = "name a file in a folder that exists, or - for standard output")
    {
        (_option, _name, _remedy) = (option, name, remedy);
        _path = name == "-" ? name : Guarded(() =>
        {
            if (name.Length == 0 || Directory.Exists(name))
            {
                throw new IOException("it names no file");
            }

            string path = new FileInfo(name).LinkTarget is null ? name : File.ResolveLinkTarget(name, returnFinalTarget: true)!.FullName;
            if (IsReplaceable(path))
            {
                using FileStream aside = new(Aside(path), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }

            return path;
        });
    }

    /// <summary>Writes a text: to a plain file aside first and then by renaming, so that no half of it is ever seen.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public void Write(string text)
    {
        if (_name == "-")
        {
            Console.Out.Write(text);
            return;
        }

        Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes bytes to a file, likewise.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public void Write(byte[] bytes) => Guarded(() =>
    {
        if (!IsReplaceable(_path))
        {
            File.WriteAllBytes(_path, bytes);
            return true;
        }

        File.WriteAllBytes(Aside(_path), bytes);
        if (!OperatingSystem.IsWindows() && File.Exists(_path))
        {
            File.SetUnixFileMode(Aside(_path), File.GetUnixFileMode(_path));
        }

        File.Move(Aside(_path), _path, overwrite: true);
        return true;
    });

    /// <summary>
    /// Whether a file may be written aside and renamed. What is there without a length may be a device or a pipe, which renaming
    /// would replace; where it is an empty file, nothing is lost by writing it in place.
    /// </summary>
    private static bool IsReplaceable(string path) => !File.Exists(path) || new FileInfo(path).Length > 0;

    private static string Aside(string path) => $"{path}.{Environment.ProcessId}.part";

    private T Guarded<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{_option} {_name}: cannot be written ({e.Message.Replace(Aside(_path), _name, StringComparison.Ordinal)}); {_remedy}");
        }
    }
}
