using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// What the columns of a released layer say of x₀. The columns Θ_n[:, j] are parallel, so each is projected on the strongest order m
/// of its unit: y_n = Σ_i Θ_n[i, j]·Θ_m[i, j] / Σ_i Θ_m[i, j]², whose noise is smaller than an entry's by the square root of the
/// number of rows.
/// </summary>
/// <param name="Ratios">y_n of unit j at [n·h + j]; 1 at n = m, and 0 throughout where all rows are 0. <c>[N + 1, h]</c></param>
/// <param name="Strongest">m. <c>[h]</c></param>
/// <param name="Energy">Σ_i Θ_m[i, j]². <c>[h]</c></param>
/// <param name="Spread">Σ_i Θ_m[i, j]⁴ / Energy²: about 3 over the number of rows. <c>[h]</c></param>
/// <param name="Rows">How many rows were read.</param>
internal sealed unsafe record Projection(double[] Ratios, byte[] Strongest, double[] Energy, double[] Spread, int Rows)
{
    /// <summary>The rows by which the strongest order of a unit is chosen.</summary>
    private const int Scouts = 8;

    private const int VectorsOfABlock = 32;

    /// <summary>Projects all columns, on rows evenly spread.</summary>
    public static Projection Of(ReleasedLayer layer, int rows, int threads) =>
        StorageFormats.With<Projection, Function>(layer.Format, new(layer, Math.Min(rows, layer.Outputs), threads));

    /// <summary>What is known of one unit.</summary>
    /// <param name="j">The unit.</param>
    /// <param name="y">Becomes its y. <c>[N + 1]</c></param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Column Unit(int j, Span<double> y)
    {
        for (int n = 0; n < y.Length; n++)
        {
            y[n] = Ratios[(n * Strongest.Length) + j];
        }

        return new(Strongest[j], Energy[j], Spread[j], Rows);
    }

    /// <summary>One unit by itself, from all rows: slower, and for those few whose shares of the rows left a doubt.</summary>
    public static Column Whole(ReleasedLayer layer, int j, Span<double> y)
    {
        y.Clear();
        int strongest = layer.LeastOrder;
        double greatest = 0;
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            double most = 0;
            for (int i = 0; i < layer.Outputs; i++)
            {
                most = Math.Max(most, Math.Abs(layer.Entry(n, i, j)));
            }

            (strongest, greatest) = most > greatest ? (n, most) : (strongest, greatest);
        }

        if (greatest == 0)
        {
            return new(strongest, 0, 0, layer.Outputs);
        }

        double fourth = 0;
        for (int i = 0; i < layer.Outputs; i++)
        {
            double main = layer.Entry(strongest, i, j) / greatest;
            fourth += main * main * main * main;
            for (int n = layer.LeastOrder; n <= layer.Order; n++)
            {
                y[n] += layer.Entry(n, i, j) / greatest * main;
            }
        }

        double energy = y[strongest];
        foreach (ref double ratio in y)
        {
            ratio /= energy;
        }

        return new(strongest, energy * greatest * greatest, fourth / energy / energy, layer.Outputs);
    }

    /// <summary>One unit's part.</summary>
    /// <param name="Strongest">m.</param>
    /// <param name="Energy">Σ_i Θ_m[i, j]².</param>
    /// <param name="Spread">Σ_i Θ_m[i, j]⁴ / Energy².</param>
    /// <param name="Rows">How many rows were read.</param>
    public readonly record struct Column(int Strongest, double Energy, double Spread, int Rows);

    private readonly record struct Function(ReleasedLayer Layer, int Rows, int Threads) : IStorageFunction<Projection>
    {
        public Projection Apply<TFormat>()
            where TFormat : struct, IStorageFormat
        {
            int h = Layer.Hidden;
            Projection projection = new(new double[(Layer.Order + 1) * h], new byte[h], new double[h], new double[h], Rows);
            int lanes = TFormat.Size == 2 ? StorageLanes<float>.Count : StorageLanes<double>.Count;
            Range[] blocks = [.. LayerRows.Blocks(h, lanes, VectorsOfABlock * lanes)];
            Function function = this;
            InParallel.For(blocks.Length, 1, Threads, (first, end) =>
            {
                for (int block = first; block < end; block++)
                {
                    (int unit, int count) = blocks[block].GetOffsetAndLength(h);
                    if (TFormat.Size == 2)
                    {
                        function.Units<TFormat, float>(projection, unit, count);
                    }
                    else
                    {
                        function.Units<TFormat, double>(projection, unit, count);
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
            for (int k = 0; k < Math.Min(Scouts, Rows); k++)
            {
                LayerRows.Find(Layer, RowAt(k), unit, count, lanes, theta, aside);
                for (int n = least; n < orders; n++)
                {
                    AddMagnitudes<TFormat, TReal>(theta[n], sum + (n * VectorsOfABlock), vectors);
                }
            }

            for (int v = 0; v < vectors; v++)
            {
                Vector512<TReal> greatest = default;
                for (int n = least; n < orders; n++)
                {
                    greatest = Vector512.Max(greatest, sum[(n * VectorsOfABlock) + v]);
                }

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
}
