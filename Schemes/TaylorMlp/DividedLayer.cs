using System.Runtime.Intrinsics;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// A layer as the public code releases it, brought to the paper's scale in a copy: Θ_n/n!. The signs stay. Where the release has 16 bits the copy has
/// 32, else 64, so that what a division rounds away is far below what the release did.
/// </summary>
public static unsafe class DividedLayer
{
    /// <summary>What the copy lies in memory as.</summary>
    public static StorageType FormatOf(StorageType storage) => storage.Size == 2 ? StorageType.F32 : StorageType.F64;

    /// <summary>The bytes of the copy.</summary>
    public static long Bytes(ReleasedLayer layer) => (long)layer.Orders * layer.Outputs * layer.Hidden * FormatOf(layer.Format).Size;

    /// <summary>Divides a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="variant">How it was released.</param>
    /// <param name="block">At least <see cref="Bytes"/> long; the copy lives as long.</param>
    /// <param name="threads">How many threads share the rows.</param>
    public static ReleasedLayer Of(ReleasedLayer layer, Variant variant, NativeBlock block, int threads)
    {
        StorageType format = FormatOf(layer.Format);
        nint[] theta = new nint[layer.Theta.Length];
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            theta[n] = (nint)block.First + (nint)((long)(n - layer.LeastOrder) * layer.Outputs * layer.Hidden * format.Size);
        }

        ReleasedLayer divided = layer.Laid(theta, format);
        StorageFormats.With<bool, Division>(layer.Format, new(layer, divided, variant, threads));
        return divided;
    }

    private readonly record struct Division(ReleasedLayer Layer, ReleasedLayer Divided, Variant Variant, int Threads) : IStorageFunction<bool>
    {
        public bool Apply<TFormat>()
            where TFormat : struct, IStorageFormat
        {
            (ReleasedLayer layer, ReleasedLayer divided, Variant variant) = (Layer, Divided, Variant);
            InParallel.ForRows(layer.Outputs, Threads, (first, end) =>
            {
                for (int n = layer.LeastOrder; n <= layer.Order; n++)
                {
                    for (int i = first; i < end; i++)
                    {
                        if (TFormat.Size == 2)
                        {
                            Row<TFormat, StorageFormats.F32>(layer.Row(n, i), divided.Row(n, i), variant.Factor(n), layer.Hidden);
                        }
                        else
                        {
                            Row<TFormat, StorageFormats.F64>(layer.Row(n, i), divided.Row(n, i), variant.Factor(n), layer.Hidden);
                        }
                    }
                }
            });
            return true;
        }

        private static void Row<TFormat, TTo>(byte* from, byte* to, double factor, int h)
            where TFormat : struct, IStorageFormat
            where TTo : struct, IStorageFormat
        {
            for (int j = 0; j < h; j += Vector512<double>.Count)
            {
                StorageLanes<double>.Store<TTo>(StorageLanes<double>.Load<TFormat>(from, j, h) / factor, to, j, h);
            }
        }
    }
}
