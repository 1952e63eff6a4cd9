using Microsoft.Win32.SafeHandles;

namespace Wager.Schemes.Models;

/// <summary>Files that can be read at any place and that end: no folder, pipe or device, whose opening or reading may never return.</summary>
internal static class PlainFile
{
    /// <summary>The most bytes of a file that is read at once: as a safetensors header may have.</summary>
    private const int LongestLength = 100_000_000;

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="ModelFileException">It is no plain file, is empty or too long, or cannot be read.</exception>
    public static byte[] ReadAll(string path)
    {
        using SafeFileHandle file = Open(path, out long length);
        byte[] bytes = new byte[length <= LongestLength ? length : throw new ModelFileException(path, $"it has {length} bytes, where {LongestLength} are the most for such a file")];
        Read(path, file, bytes, 0);
        return bytes;
    }

    /// <summary>Opens a file to read it.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="length">Its bytes, at least one.</param>
    /// <exception cref="ModelFileException">It is no plain file, is empty, or cannot be read.</exception>
    public static SafeFileHandle Open(string path, out long length)
    {
        try
        {
            FileSystemInfo file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            if (Directory.Exists(file.FullName))
            {
                throw new ModelFileException(path, "this is a folder, where a file is needed");
            }

            // What has no length may be a pipe, which opening would wait for; so this comes first.
            if (new FileInfo(file.FullName).Length == 0)
            {
                throw new ModelFileException(path, "it is empty, or no plain file");
            }

            SafeFileHandle handle = File.OpenHandle(file.FullName);
            length = RandomAccess.GetLength(handle);
            return handle;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFileException(path, "there is no such file");
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new ModelFileException(path, $"it cannot be read ({e.Message})");
        }
    }

    /// <summary>Reads from one place on.</summary>
    /// <exception cref="ModelFileException">The file ends before, or cannot be read.</exception>
    public static void Read(string path, SafeFileHandle file, Span<byte> bytes, long offset)
    {
        try
        {
            while (bytes.Length > 0)
            {
                int count = RandomAccess.Read(file, bytes, offset);
                if (count == 0)
                {
                    throw new ModelFileException(path, $"it ended at byte {offset} while it was read");
                }

                bytes = bytes[count..];
                offset += count;
            }
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new ModelFileException(path, $"it cannot be read ({e.Message})");
        }
    }

    /// <summary>Refuses what its disk has no room for, before hours are spent on it.</summary>
    /// <param name="name">What is to be written, for the message.</param>
    /// <param name="folder">A folder on the disk.</param>
    /// <param name="length">The bytes that are to be written.</param>
    /// <exception cref="ModelFileException">The disk has too little room.</exception>
    public static void RequireRoom(string name, string folder, long length)
    {
        long room = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        if (room < length)
        {
            throw new ModelFileException(name, $"{length:N0} bytes are needed, and its disk has room for {room:N0}");
        }
    }

    /// <summary>Whether the system refused a path, or what was to be done with it.</summary>
    public static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
