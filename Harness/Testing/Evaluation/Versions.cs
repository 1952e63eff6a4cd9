using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Wager.Testing.Evaluation;

/// <summary>What numbers depend on besides the command line or the test that asked for them.</summary>
public static class Versions
{
    /// <summary>Wager's own.</summary>
    public static string Wager { get; } = Of(typeof(Versions).Assembly);

    /// <summary>TorchSharp's.</summary>
    public static string TorchSharp { get; } = Of(typeof(TorchSharp.torch).Assembly);

    /// <summary>libtorch's, without loading it.</summary>
    public static string Libtorch => Schemes.Tensors.Libtorch.Version ?? "none";

    /// <summary>The processor, its cores and the system, in words.</summary>
    public static string Machine => $"{Processor.Value}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";

    /// <summary>The versions that a sentence ends with; libtorch's where it was used. A test suite of finite schemes has none.</summary>
    public static string InWords => $"Wager {Wager}, .NET {Environment.Version}{(IsLibtorchLoaded() ? $", libtorch {Libtorch}" : "")}";

    private static bool IsLibtorchLoaded()
    {
        using Process self = Process.GetCurrentProcess();
        return self.Modules.Cast<ProcessModule>().Any(module => module.ModuleName.Contains("torch_cpu", StringComparison.Ordinal));
    }

    private static Lazy<string> Processor { get; } = new(() =>
    {
        const string Linux = "/proc/cpuinfo";
        string? model = File.Exists(Linux)
            ? File.ReadLines(Linux).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return model ?? "unknown processor";
    });

    private static string Of(Assembly assembly) =>
        (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
