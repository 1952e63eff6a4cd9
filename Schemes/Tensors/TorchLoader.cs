using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;

namespace Wager.Schemes.Tensors;

/// <summary>
/// Loads what TorchSharp asks for and the runtime does not find by itself: libtorch from where <see cref="Libtorch"/> says, and TorchSharp's
/// native library where the system's libstdc++ is older than the one it was built with (Debian 12, Ubuntu 22.04). It acts in this process alone, and changes no file of a package.
/// </summary>
/// <remarks>
/// Whoever needs libtorch finds the one that is already loaded, wherever it came from, since the system's loader knows libraries by their names.
/// TorchSharp's library asks for one symbol that libstdc++ gained with GCC 13, <c>std::ios_base_library_init()</c>, a no-op wherever
/// iostreams are initialised already, which loading libtorch does. A copy beside the original points that one reference at
/// an old function without effect.
/// </remarks>
internal static class TorchLoader
{
    public const string Library = "LibTorchSharp";
    private const int VersionNeedsSection = 0x6ffffffe; // SHT_GNU_verneed
    private const int HashAt = 0;
    private const int NameAt = 8;

    [ModuleInitializer]
    internal static void Install() =>
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += static (_, name) => name switch // the runtime asks here only for what it could not load by itself
        {
            "torch_cpu" => Libtorch.LoadOrTell(),
            "torch_cuda" => Libtorch.LoadCuda(),
            Library => LoadAlone(),
            _ => 0,
        };

    private static readonly Lock _gate = new();

    /// <summary>One thread at a time, for they would write the same file.</summary>
    private static nint LoadAlone()
    {
        lock (_gate)
        {
            return Load();
        }
    }

    private static nint Load()
    {
        string? original = Folders().Select(folder => Path.Combine(folder, $"lib{Library}.so")).FirstOrDefault(File.Exists);
        if (original is null || Relaxed(File.ReadAllBytes(original)) is not { } elf)
        {
            return 0;
        }

        // Beside the original; where that cannot be written, in a directory of the user's.
        string userData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string beside = Path.GetDirectoryName(original)!;
        string[] directories = userData.Length == 0 ? [beside] : [beside, Path.Combine(userData, "wager")];
        foreach (string directory in directories)
        {
            string copy = Path.Combine(directory, $"lib{Library}.compatible.so");
            if (TryWrite(copy, elf) && NativeLibrary.TryLoad(copy, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    /// <summary>Where natives are: beside the program, or, of one that was built for every system, where its host looks for this one's.</summary>
    public static IEnumerable<string> Folders() =>
        [AppContext.BaseDirectory, .. (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Writes aside and renames, so that a process that starts meanwhile never sees half a library.</summary>
    private static bool TryWrite(string path, byte[] content)
    {
        try
        {
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                return true;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            string aside = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(aside, content);
            File.Move(aside, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The library with the reference turned; null where it does not hold what is to be turned.</summary>
    internal static byte[]? Relaxed(byte[] elf)
    {
        ReadOnlySpan<byte> missing = "_ZSt21ios_base_library_initv\0"u8;
        ReadOnlySpan<byte> harmless = "_ZSt18uncaught_exceptionv\0"u8;
        int symbol = elf.AsSpan().IndexOf(missing);
        if (symbol < 0 || !elf.AsSpan().StartsWith("\u007fELF"u8))
        {
            return null;
        }

        (int Newer, int Old)? needs = VersionNeeds(elf);
        if (needs is not { } at)
        {
            return null;
        }

        elf.AsSpan(at.Old + HashAt, 4).CopyTo(elf.AsSpan(at.Newer + HashAt));
        elf.AsSpan(at.Old + NameAt, 4).CopyTo(elf.AsSpan(at.Newer + NameAt));
        harmless.CopyTo(elf.AsSpan(symbol));
        return elf;
    }

    /// <summary>Where the file names the version that may be missing, and one that every libstdc++ has.</summary>
    private static (int Newer, int Old)? VersionNeeds(byte[] elf)
    {
        long Word64(long at) => BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan((int)at));
        uint Word32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan((int)at));
        ushort Word16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan((int)at));

        long headers = Word64(0x28);
        int headerSize = Word16(0x3A);
        for (int section = 0; section < Word16(0x3C); section++)
        {
            long header = headers + (section * headerSize);
            if (Word32(header + 4) != VersionNeedsSection)
            {
                continue;
            }

            long strings = Word64(headers + (Word32(header + 0x28) * headerSize) + 0x18);
            string Name(long at)
            {
                ReadOnlySpan<byte> tail = elf.AsSpan((int)(strings + at));
                return Encoding.ASCII.GetString(tail[..tail.IndexOf((byte)0)]);
            }

            int newer = 0;
            int old = 0;
            for (long need = Word64(header + 0x18), step = 1; step != 0; need += step)
            {
                long version = need + Word32(need + 8);
                for (int i = 0; i < Word16(need + 2); i++, version += Word32(version + 12))
                {
                    string name = Name(Word32(version + 8));
                    newer = name == "GLIBCXX_3.4.32" ? (int)version : newer;
                    old = name == "GLIBCXX_3.4" ? (int)version : old;
                }

                step = Word32(need + 12);
            }

            return newer > 0 && old > 0 ? (newer, old) : null;
        }

        return null;
    }
}
