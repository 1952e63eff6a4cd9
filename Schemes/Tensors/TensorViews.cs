using System.Runtime.InteropServices;
using TorchSharp;
using Wager.Schemes.Models;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <summary>Tensors over memory that somebody else keeps, such as a file's that is mapped: nothing is copied.</summary>
internal static unsafe partial class TensorViews
{
    private const int NoDeviceIndex = -1;

    /// <summary>The type of a tensor's numbers.</summary>
    public static ScalarType TypeOf(StorageType storage) =>
        storage == StorageType.F64 ? ScalarType.Float64
        : storage == StorageType.F32 ? ScalarType.Float32
        : storage == StorageType.BF16 ? ScalarType.BFloat16
        : ScalarType.Float16;

    /// <summary>A tensor on the processor over memory, which must not be written through it where that may only be read.</summary>
    /// <param name="first">The first byte, where a number of the type may begin; it must outlive the tensor.</param>
    /// <param name="storage">The type of its numbers.</param>
    /// <param name="shape">Its sides.</param>
    public static Tensor Over(byte* first, StorageType storage, params long[] shape)
    {
        sbyte type = (sbyte)TypeOf(storage);
        fixed (long* sides = shape)
        {
            nint handle = THSTensor_new((nint)first, &KeptByOthers, sides, shape.Length, type, type, (int)DeviceType.CPU, NoDeviceIndex, false);
            return handle != 0 ? Tensor.UnsafeCreateTensor(handle) : throw new InvalidOperationException("libtorch made no tensor over memory");
        }
    }

    /// <summary>Where a tensor on the processor lies; its entries must be together.</summary>
    public static byte* First(Tensor tensor) => (byte*)THSTensor_data(tensor.Handle);

    /// <summary>What libtorch calls when the last tensor over the memory is gone.</summary>
    [UnmanagedCallersOnly]
    private static void KeptByOthers(nint first)
    {
    }

    [LibraryImport(TorchLoader.Library)]
    private static partial nint THSTensor_data(nint tensor);

    [LibraryImport(TorchLoader.Library)]
    private static partial nint THSTensor_new(
        nint first, delegate* unmanaged<nint, void> deleter, long* sides, int sideCount, sbyte type, sbyte wanted, int deviceType, int deviceIndex, [MarshalAs(UnmanagedType.U1)] bool gradient);
}
