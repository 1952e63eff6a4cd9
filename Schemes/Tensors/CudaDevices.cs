using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <summary>A device as the driver tells it.</summary>
/// <param name="Index">Its number in <c>cuda:0</c>.</param>
/// <param name="Name">What its maker calls it.</param>
/// <param name="Bytes">Its memory.</param>
public sealed record CudaDevice(int Index, string Name, long Bytes);

/// <summary>The CUDA devices of this machine: what the driver has, which TorchSharp does not tell, and whether libtorch can use them.</summary>
public static unsafe class CudaDevices
{
    private const int NameBytes = 256;

    private static readonly Lazy<(IReadOnlyList<CudaDevice> Devices, string? Problem)> _driver = new(AskDriver);

    /// <summary>Those of the driver, whether or not libtorch can use them.</summary>
    public static IReadOnlyList<CudaDevice> All => _driver.Value.Devices;

    /// <summary>How many libtorch can use.</summary>
    public static int Usable => WhyNot is null ? cuda.device_count() : 0;

    /// <summary>Why libtorch can use none, in a few words; null where it can use one. It is loaded to see that.</summary>
    public static string? WhyNot =>
        Libtorch.WhyNot
        ?? (Libtorch.HasCuda ? null : $"the libtorch in {Libtorch.Folder} is without CUDA")
        ?? _driver.Value.Problem
        ?? (cuda.is_available() ? null : $"libtorch {Libtorch.Version} finds no device that it can use with this NVIDIA driver");

    /// <summary>The driver's own interface has been the same since CUDA 3.2, unlike that of the runtime library.</summary>
    private static (IReadOnlyList<CudaDevice> Devices, string? Problem) AskDriver()
    {
        string library = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(library, out nint driver))
        {
            return ([], $"there is no NVIDIA driver ({library})");
        }

        nint Function(string name) => NativeLibrary.GetExport(driver, name);
        try
        {
            Require(((delegate* unmanaged<uint, int>)Function("cuInit"))(0));
            int count = 0;
            Require(((delegate* unmanaged<int*, int>)Function("cuDeviceGetCount"))(&count));
            List<CudaDevice> devices = [];
            byte* name = stackalloc byte[NameBytes];
            for (int i = 0; i < count; i++)
            {
                int device = 0;
                nuint bytes = 0;
                Require(((delegate* unmanaged<int*, int, int>)Function("cuDeviceGet"))(&device, i));
                Require(((delegate* unmanaged<byte*, int, int, int>)Function("cuDeviceGetName"))(name, NameBytes, device));
                Require(((delegate* unmanaged<nuint*, int, int>)Function("cuDeviceTotalMem_v2"))(&bytes, device));
                devices.Add(new(i, Marshal.PtrToStringUTF8((nint)name) ?? "", (long)bytes));
            }

            return (devices, count == 0 ? "the NVIDIA driver has no device" : null);
        }
        catch (Exception e) when (e is InvalidOperationException or EntryPointNotFoundException)
        {
            return ([], $"the NVIDIA driver ({library}) finds no device ({e.Message})");
        }
    }

    private static void Require(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"CUDA error {status}"));
        }
    }
}
