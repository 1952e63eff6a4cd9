using System.Runtime.Intrinsics;
using Wager.Games;
using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// Some rows of a layer as the public code releases it, brought to the paper's scale in a copy: Θ_n/n!. The signs stay. Where the release has 16 bits
/// the copy has 32, else 64, so that what a division rounds away is far below what the release did.
/// </summary>
public sealed unsafe class DividedLayer : IDisposable
{
    private readonly NativeBlock _block;

    /// <summary>Divides rows that are evenly spread.</summary>
    /// <param name="layer">The layer, with a matrix at least.</param>
    /// <param name="rows">How many, at most all.</param>
    /// <param name="threads">How many threads share them.</param>
    public DividedLayer(ReleasedLayer layer, int rows, int threads)
    {
        rows = Math.Min(rows, layer.Outputs);
        int[] places = [.. Enumerable.Range(0, rows).Select(i => (int)((long)i * layer.Outputs / rows))];
        StorageType format = layer.Format.Size == 2 ? StorageType.F32 : StorageType.F64;
        long matrix = (long)rows * layer.Hidden * format.Size;
        _block = new(layer.Orders * matrix);
        nint[] theta = [.. layer.Theta.Select((stored, n) => stored == 0 ? 0 : (nint)_block.First + (nint)((n - layer.LeastOrder) * matrix))];
        Layer = layer.With(theta, format, layer.IsGated ? [] : [.. places.Select(i => layer.Theta0[i])], rows);
        StorageFormats.With<bool, Division>(layer.Format, new(layer, Layer, places, threads));
    }

    /// <summary>The copy; it lives until disposal.</summary>
    public ReleasedLayer Layer { get; }

    /// <summary>What dividing so many rows costs.</summary>
    public static Cost CostOf(ReleasedLayer layer, int rows)
    {
        double entries = (double)layer.Orders * Math.Min(rows, layer.Outputs) * layer.Hidden;
        return new(Elementwise: entries, BytesRead: entries * layer.Format.Size, BytesWritten: entries * 2 * layer.Format.Size);
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();

    private readonly record struct Division(ReleasedLayer From, ReleasedLayer To, int[] Places, int Threads) : IStorageFunction<bool>
    {
        public bool Apply<TFormat>()
            where TFormat : struct, IStorageFormat
        {
            (ReleasedLayer from, ReleasedLayer to, int[] places) = (From, To, Places);
            InParallel.ForRows(places.Length, Threads, (first, end) =>
            {
                for (int n = from.LeastOrder; n <= from.Order; n++)
                {
                    for (int i = first; i < end; i++)
                    {
                        if (TFormat.Size == 2)
                        {
                            Row<TFormat, StorageFormats.F32>(from.Row(n, places[i]), to.Row(n, i), from.Variant.Factor(n), from.Hidden);
                        }
                        else
                        {
                            Row<TFormat, StorageFormats.F64>(from.Row(n, places[i]), to.Row(n, i), from.Variant.Factor(n), from.Hidden);
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
