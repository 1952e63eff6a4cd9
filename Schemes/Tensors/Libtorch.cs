using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Wager.Schemes.Tensors;

/// <summary>
/// The libtorch of this process: that of the PyTorch whose folder <c>WAGER_LIBTORCH</c> names, or else the one that the program brings.
/// It is loaded by <see cref="WhyNot"/>, and by the first use of a tensor.
/// </summary>
public static partial class Libtorch
{
    /// <summary>The variable of the environment that names the <c>torch/lib</c> folder of an installed PyTorch.</summary>
    public const string Variable = "WAGER_LIBTORCH";

    /// <summary>The version of the packages, which TorchSharp's native library was built against. C++ promises nothing between versions, so no other is loaded.</summary>
    public const string OnlyVersion = "2.10.0";

    private const string Right = $"name the torch/lib folder of an installed PyTorch {OnlyVersion} for Linux x64";

    private const string Main = "libtorch_cpu.so";

    private static readonly string[] _needed = ["libc10.so", Main, "libtorch.so"];
    private static readonly string[] _ofCuda = ["libc10_cuda.so", "libtorch_cuda.so"];
    private static readonly string[] _elsewhere = ["torch_cpu.dll", "libtorch_cpu.dylib"];
    private static readonly Lazy<(string? Folder, string? Problem)> _found = new(Find);
    private static readonly Lazy<(nint Handle, string? Problem)> _loaded = new(Load);

    /// <summary>Hears, in one line, why libtorch cannot be used, before TorchSharp prints pages about it and throws.</summary>
    public static Action<string>? Unusable { get; set; }

    /// <summary>Where it is, if it looks as it should; null where there is none.</summary>
    public static string? Folder => _found.Value.Folder;

    /// <summary>Its version, with what the builders of a PyTorch add to it, such as <c>2.10.0+cu128</c>; null where there is none.</summary>
    public static string? Version => Folder is not { } folder ? null : Named is null ? OnlyVersion : VersionOf(folder);

    /// <summary>Whether it was built with CUDA.</summary>
    public static bool HasCuda => Folder is { } folder && File.Exists(Path.Combine(folder, FileName("torch_cuda")));

    /// <summary>Why it cannot be used, in one line; null where it can.</summary>
    public static string? WhyNot => _loaded.Value.Problem;

    private static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    private static bool IsHere => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>What TorchSharp gets where it asks for libtorch; 0 where there is none that can be used.</summary>
    internal static nint LoadOrTell()
    {
        if (WhyNot is { } why)
        {
            Unusable?.Invoke(why);
        }

        return _loaded.Value.Handle;
    }

    /// <summary>The same of its part for CUDA.</summary>
    internal static nint LoadCuda() =>
        WhyNot is null && HasCuda && NativeLibrary.TryLoad(Path.Combine(Folder!, FileName("torch_cuda")), out nint handle) ? handle : 0;

    private static (string? Folder, string? Problem) Find()
    {
        if (Named is not { } named)
        {
            string[] folders = [.. TorchLoader.Folders().SelectMany(folder => new[] { Path.Combine(folder, "libtorch"), folder })];
            return Array.Find(folders, folder => File.Exists(Path.Combine(folder, FileName("torch_cpu")))) is { } brought
                ? (Path.TrimEndingDirectorySeparator(brought), null)
                : (null, $"this program brings no libtorch: let {Variable} {Right}");
        }

        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        string? problem;
        try
        {
            problem = ProblemOf(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"it cannot be read ({e.Message})";
        }

        return problem is null ? (folder, null) : (null, Refusal(named, problem));
    }

    private static string Refusal(string named, string problem) => $"{Variable} {named}: {problem}; {Right}";

    /// <summary>What a look into a folder finds wrong with it, before anything in it is run.</summary>
    private static string? ProblemOf(string folder)
    {
        if (!IsHere)
        {
            return "it is read on Linux x64 only";
        }

        if (!Directory.Exists(folder))
        {
            return "there is no such folder";
        }

        foreach (string name in _needed.Concat(_ofCuda.Where(name => File.Exists(Path.Combine(folder, name)))))
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                return Array.Find(_elsewhere, other => File.Exists(Path.Combine(folder, other))) is { } foreign ? $"it has {foreign}, which is for another system" : $"there is no {name} in it";
            }

            if (ProblemOfLibrary(path) is { } problem)
            {
                return $"its {name} {problem}";
            }
        }

        return VersionOf(folder) switch
        {
            null => "neither version.py nor build-version beside it tells its version",
            { } version when version.Split('+')[0] != OnlyVersion => $"it is PyTorch {version}, and only {OnlyVersion}, which TorchSharp 0.107.0 was built against, is known to work",
            _ => null,
        };
    }

    /// <summary>What is wrong with a library's first bytes for Linux x64: ELF, of 64 bits, the least byte first, e_machine EM_X86_64, and with its end: mapped beyond that, it would end the process.</summary>
    private static string? ProblemOfLibrary(string path)
    {
        byte[] header = new byte[64];
        using FileStream file = File.OpenRead(path);
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !header.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8) || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x12)) != 62)
        {
            return "is for another system or processor";
        }

        ulong sections = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(0x28));
        int bytes = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3A)) * BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3C));
        return sections + (ulong)bytes > (ulong)file.Length ? "is cut short" : null;
    }

    /// <summary>What a PyTorch, or a libtorch by itself, says beside its <c>lib</c>.</summary>
    private static string? VersionOf(string folder)
    {
        string? Read(string name) => Path.Combine(Path.GetDirectoryName(folder) ?? folder, name) is { } path && File.Exists(path) ? File.ReadAllText(path) : null;
        return Read("version.py") is { } python ? (PythonVersion().Match(python) is { Success: true } match ? match.Groups[1].Value : null)
            : Read("build-version")?.Trim();
    }

    private static (nint Handle, string? Problem) Load()
    {
        if (_found.Value is not { Folder: { } folder })
        {
            return (0, _found.Value.Problem);
        }

        nint handle = 0;
        if (OperatingSystem.IsLinux())
        {
            string[] order = [_needed[0], Main, .. _ofCuda.Where(_ => HasCuda), _needed[2]];
            foreach (string name in order)
            {
                try
                {
                    nint loaded = NativeLibrary.Load(Path.Combine(folder, name));
                    handle = name == Main ? loaded : handle;
                }
                catch (DllNotFoundException e)
                {
                    string reason = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
                    return (0, Named is { } named ? Refusal(named, $"{name} cannot be loaded ({reason})") : $"libtorch in {folder} cannot be loaded ({reason})");
                }
            }
        }

        return NativeLibrary.TryLoad(TorchLoader.Library, typeof(torch).Assembly, null, out _) ? (handle, null)
            : (0, $"TorchSharp's library {TorchLoader.Library} cannot be loaded with the libtorch in {folder}");
    }

    /// <summary>A library's name on this system.</summary>
    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    [GeneratedRegex("""^__version__\s*(?::[^=\n]*)?=\s*['"]([^'"\n]+)""", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();
}
