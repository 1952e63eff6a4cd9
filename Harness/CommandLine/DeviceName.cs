using System.Globalization;
using Wager.Schemes.Tensors;
using Wager.Testing;
using static TorchSharp.torch;

namespace Wager.Harness.CommandLine;

/// <summary>What <c>--device</c> takes.</summary>
internal static class DeviceName
{
    public const string Forms = "cpu|cuda|cuda:1|auto";

    private const string Cuda = "cuda";

    /// <summary>The device of a name. Libtorch is loaded to see whether it is there.</summary>
    public static Device Of(string name)
    {
        if (name == "cpu" || (name == "auto" && CudaDevices.WhyNot is not null))
        {
            return CPU;
        }

        string index = name.StartsWith($"{Cuda}:", StringComparison.Ordinal) ? name[(Cuda.Length + 1)..] : name is Cuda or "auto" ? "0" : "";
        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new UsageException($"--device {name}: must be cpu, cuda, cuda:N such as cuda:1, or auto");
        }

        if (CudaDevices.WhyNot is { } why)
        {
            throw new UsageException($"--device {name}: {why}; use cpu, or auto, and see devices");
        }

        int count = CudaDevices.Usable;
        return number < count ? device($"{Cuda}:{number}")
            : throw new UsageException($"--device {name}: there {(count == 1 ? "is one CUDA device, cuda:0" : $"are {count} CUDA devices, cuda:0 to cuda:{count - 1}")}; use one of these, cpu or auto");
    }
}
