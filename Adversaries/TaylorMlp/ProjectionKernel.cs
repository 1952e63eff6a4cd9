using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Makes a <see cref="Projection"/>, a block of units after the other: each row of a block is read in all orders before the next.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Rows">How many rows are read, evenly spread.</param>
/// <param name="Threads">How many threads share the blocks.</param>
internal readonly unsafe record struct ProjectionKernel(ReleasedLayer Layer, int Rows, int Threads) : IStorageFunction<Projection>
{
    private const int VectorsOfABlock = 32;

    public Projection Apply<TFormat>()
        where TFormat : struct, IStorageFormat
    {
        int h = Layer.Hidden;
        Projection projection = new(new double[(Layer.Order + 1) * h], new byte[h], new double[h], new double[h], Rows, Layer.Outputs);
        int lanes = TFormat.Size == 2 ? StorageLanes<float>.Count : StorageLanes<double>.Count;
        Range[] blocks = [.. LayerRows.Blocks(h, lanes, VectorsOfABlock * lanes)];
        ProjectionKernel kernel = this;
        InParallel.For(blocks.Length, 1, Threads, (first, end) =>
        {
            for (int block = first; block < end; block++)
            {
                (int unit, int count) = blocks[block].GetOffsetAndLength(h);
                if (TFormat.Size == 2)
                {
                    kernel.Units<TFormat, float>(projection, unit, count);
                }
                else
                {
                    kernel.Units<TFormat, double>(projection, unit, count);
                }
            }
        });
        return projection;
    }

    /// <summary>A block of units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Units<TFormat, TReal>(Projection projection, int unit, int count)
        where TFormat : struct, IStorageFormat
        where TReal : unmanaged
    {
        (int least, int orders, int lanes) = (Layer.LeastOrder, Layer.Order + 1, StorageLanes<TReal>.Count);
        int vectors = (count + lanes - 1) / lanes;
        Vector512<TReal>* sum = stackalloc Vector512<TReal>[orders * VectorsOfABlock];
        Vector512<TReal>* chosen = stackalloc Vector512<TReal>[orders * VectorsOfABlock]; // ones where the order is the strongest
        Vector512<TReal>* scale = stackalloc Vector512<TReal>[VectorsOfABlock];
        Vector512<TReal>* main = stackalloc Vector512<TReal>[VectorsOfABlock];
        Vector512<TReal>* fourth = stackalloc Vector512<TReal>[VectorsOfABlock];
        byte** theta = stackalloc byte*[orders];
        byte* aside = stackalloc byte[LayerRows.AsideOf(Layer)];
        new Span<Vector512<TReal>>(sum, orders * VectorsOfABlock).Clear();
        new Span<Vector512<TReal>>(fourth, VectorsOfABlock).Clear();
        for (int k = 0; k < Rows && (k < Projection.Scouts || HasZero(sum, least, orders, vectors)); k++)
        {
            LayerRows.Find(Layer, RowAt(k), unit, count, lanes, theta, aside);
            for (int n = least; n < orders; n++)
            {
                AddMagnitudes<TFormat, TReal>(theta[n], sum + (n * VectorsOfABlock), vectors);
            }
        }

        for (int v = 0; v < vectors; v++)
        {
            Vector512<TReal> greatest = Greatest(sum + v, least, orders);

            Vector512<TReal> open = Vector512<TReal>.AllBitsSet;
            for (int n = least; n < orders; n++)
            {
                chosen[(n * VectorsOfABlock) + v] = open & Vector512.Equals(sum[(n * VectorsOfABlock) + v], greatest);
                open = Vector512.AndNot(open, chosen[(n * VectorsOfABlock) + v]);
                sum[(n * VectorsOfABlock) + v] = default;
            }

            scale[v] = StorageLanes<TReal>.InversePowerOfTwo(greatest, StorageLanes<TReal>.LeastExponent); // fourth powers stay in range
        }

        for (int k = 0; k < Rows; k++)
        {
            LayerRows.Find(Layer, RowAt(k), unit, count, lanes, theta, aside);
            Main<TFormat, TReal>(theta, least, orders, chosen, scale, main, fourth, vectors);
            for (int n = least; n < orders; n++)
            {
                AddProducts<TFormat, TReal>(theta[n], main, sum + (n * VectorsOfABlock), vectors);
            }
        }

        for (int v = 0; v < vectors; v++)
        {
            int j = unit + (v * lanes);
            Write(projection, j, Math.Min(lanes, unit + count - j), sum + v, chosen + v, (TReal*)(fourth + v), (TReal*)(scale + v));
        }
    }

    /// <summary>The greatest of a vector's orders.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<TReal> Greatest<TReal>(Vector512<TReal>* sum, int least, int orders)
        where TReal : unmanaged
    {
        Vector512<TReal> greatest = default;
        for (int n = least; n < orders; n++)
        {
            greatest = Vector512.Max(greatest, sum[n * VectorsOfABlock]);
        }

        return greatest;
    }

    /// <summary>Whether the scouts have found nothing yet of some unit, as where W is sparse.</summary>
    private static bool HasZero<TReal>(Vector512<TReal>* sum, int least, int orders, int vectors)
        where TReal : unmanaged
    {
        for (int v = 0; v < vectors; v++)
        {
            if (Vector512.EqualsAny(Greatest(sum + v, least, orders), Vector512<TReal>.Zero))
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddMagnitudes<TFormat, TReal>(byte* row, Vector512<TReal>* sum, int vectors)
        where TFormat : struct, IStorageFormat
        where TReal : unmanaged
    {
        for (int v = 0; v < vectors; v++, row += StorageLanes<TReal>.Count * TFormat.Size)
        {
            sum[v] += Vector512.Abs(StorageLanes<TReal>.Load<TFormat>(row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProducts<TFormat, TReal>(byte* row, Vector512<TReal>* main, Vector512<TReal>* sum, int vectors)
        where TFormat : struct, IStorageFormat
        where TReal : unmanaged
    {
        for (int v = 0; v < vectors; v++, row += StorageLanes<TReal>.Count * TFormat.Size)
        {
            sum[v] = StorageLanes<TReal>.MultiplyAdd(StorageLanes<TReal>.Load<TFormat>(row), main[v], sum[v]);
        }
    }

    /// <summary>A row's entries in the strongest orders: their fourth powers are added up, and they themselves returned, scaled twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Main<TFormat, TReal>(
        byte** theta, int least, int orders, Vector512<TReal>* chosen, Vector512<TReal>* scale, Vector512<TReal>* main, Vector512<TReal>* fourth, int vectors)
        where TFormat : struct, IStorageFormat
        where TReal : unmanaged
    {
        for (int v = 0; v < vectors; v++)
        {
            Vector512<TReal> entry = default;
            for (int n = least; n < orders; n++)
            {
                entry |= StorageLanes<TReal>.Load<TFormat>(theta[n] + (v * StorageLanes<TReal>.Count * TFormat.Size)) & chosen[(n * VectorsOfABlock) + v];
            }

            entry *= scale[v];
            Vector512<TReal> square = entry * entry;
            fourth[v] = StorageLanes<TReal>.MultiplyAdd(square, square, fourth[v]);
            main[v] = entry * scale[v];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write<TReal>(
        Projection projection, int j, int count, Vector512<TReal>* sum, Vector512<TReal>* chosen, TReal* fourth, TReal* scale)
        where TReal : unmanaged
    {
        int h = Layer.Hidden;
        for (int lane = 0; lane < count; lane++, j++)
        {
            int m = Layer.LeastOrder;
            while (m < Layer.Order && *((byte*)((TReal*)(chosen + (m * VectorsOfABlock)) + lane)) == 0)
            {
                m++;
            }

            double energy = StorageLanes<TReal>.Number(((TReal*)(sum + (m * VectorsOfABlock)))[lane]);
            double unit = StorageLanes<TReal>.Number(scale[lane]);
            projection.Strongest[j] = (byte)m;
            projection.Energy[j] = energy / unit / unit;
            projection.Spread[j] = energy > 0 ? StorageLanes<TReal>.Number(fourth[lane]) / energy / energy : 0;
            for (int n = Layer.LeastOrder; n <= Layer.Order && energy > 0; n++)
            {
                projection.Ratios[(n * h) + j] = StorageLanes<TReal>.Number(((TReal*)(sum + (n * VectorsOfABlock)))[lane]) / energy;
            }
        }
    }

    private int RowAt(int k) => (int)((long)k * Layer.Outputs / Rows);
}
