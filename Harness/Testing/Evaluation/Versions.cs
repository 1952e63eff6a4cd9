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

    /// <summary>libtorch's, which loads it; null where there is none, as in a test suite of finite schemes that references none.</summary>
    public static string? Libtorch => _libtorch.Value;

    /// <summary>The processor, its cores and the system, in words.</summary>
    public static string Machine => $"{Processor.Value}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";

    /// <summary>The versions that a sentence ends with.</summary>
    public static string InWords => $"Wager {Wager}, .NET {Environment.Version}{(Libtorch is null ? "" : $", libtorch {Libtorch}")}";

    private static readonly Lazy<string?> _libtorch = new(() =>
    {
        try
        {
            return global::TorchSharp.torch.__version__;
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            return null;
        }
    });

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
