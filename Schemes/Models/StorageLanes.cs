using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wager.Schemes.Models;

/// <summary>
/// Vectors of the float that is computed with, to and from rows that are stored in any type. A row's end that does not fill a
/// vector is read as if zeros followed, and nothing is written beyond it.
/// </summary>
/// <typeparam name="TReal"><see langword="float"/> or <see langword="double"/>.</typeparam>
internal static unsafe class StorageLanes<TReal>
    where TReal : unmanaged
{
    private const int VectorSize = 64;

    /// <summary>Entries of a vector.</summary>
    public static int Count => Vector512<TReal>.Count;

    /// <summary>The exponent of the least normal number.</summary>
    public static int LeastExponent => typeof(TReal) == typeof(float) ? StorageType.F32.LeastExponent : StorageType.F64.LeastExponent;

    /// <summary>An array's length for so many entries, filled up to whole vectors.</summary>
    public static int Padded(int length) => (length + Count - 1) / Count * Count;

    /// <summary>Reads entries j … of a row of h.</summary>
    /// <param name="row">The row.</param>
    /// <param name="j">The first entry.</param>
    /// <param name="h">The row's end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<TReal> Load<TFormat>(byte* row, int j, int h)
        where TFormat : struct, IStorageFormat
    {
        byte* at = row + ((long)j * TFormat.Size);
        return h - j >= Count ? Load<TFormat>(at) : LoadEnd<TFormat>(at, h - j);
    }

    /// <summary>Rounds and writes entries j … of a row of h.</summary>
    /// <param name="values">The entries.</param>
    /// <param name="row">The row.</param>
    /// <param name="j">The first entry.</param>
    /// <param name="h">The row's end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TFormat>(Vector512<TReal> values, byte* row, int j, int h)
        where TFormat : struct, IStorageFormat
    {
        byte* at = row + ((long)j * TFormat.Size);
        if (h - j >= Count)
        {
            Store<TFormat>(values, at);
        }
        else
        {
            StoreEnd<TFormat>(values, at, h - j);
        }
    }

    /// <summary>a·b + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<TReal> MultiplyAdd(Vector512<TReal> a, Vector512<TReal> b, Vector512<TReal> c) => typeof(TReal) == typeof(float)
        ? Vector512.MultiplyAddEstimate(a.As<TReal, float>(), b.As<TReal, float>(), c.As<TReal, float>()).As<float, TReal>()
        : Vector512.MultiplyAddEstimate(a.As<TReal, double>(), b.As<TReal, double>(), c.As<TReal, double>()).As<double, TReal>();

    /// <summary>2^−e of each entry, e its exponent, but at least a given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<TReal> InversePowerOfTwo(Vector512<TReal> values, int leastExponent)
    {
        if (typeof(TReal) == typeof(float))
        {
            Vector512<int> exponent = values.AsInt32() & Vector512.Create(0xFF << 23);
            return (Vector512.Create(254 << 23) - Vector512.Max(exponent, Vector512.Create((leastExponent + 127) << 23))).As<int, TReal>();
        }

        Vector512<long> wide = values.AsInt64() & Vector512.Create(0x7FFL << 52);
        return (Vector512.Create(2046L << 52) - Vector512.Max(wide, Vector512.Create((leastExponent + 1023L) << 52))).As<long, TReal>();
    }

    /// <summary>A number as the float that is computed with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TReal Of(double value) => typeof(TReal) == typeof(float) ? Unsafe.BitCast<float, TReal>((float)value) : Unsafe.BitCast<double, TReal>(value);

    /// <summary>The float as a number.</summary>
    public static double Number(TReal value) => typeof(TReal) == typeof(float) ? Unsafe.BitCast<TReal, float>(value) : Unsafe.BitCast<TReal, double>(value);

    /// <summary>Rows of h numbers, each filled up with zeros to whole vectors, one after the other.</summary>
    /// <param name="h">The numbers of a row.</param>
    /// <param name="parts">Arrays of whole rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TReal[] Rows(int h, params ReadOnlySpan<double[]> parts)
    {
        int rows = 0;
        foreach (double[] part in parts)
        {
            rows += part.Length / h;
        }

        TReal[] result = new TReal[rows * Padded(h)];
        int start = 0;
        foreach (double[] part in parts)
        {
            for (int first = 0; first < part.Length; first += h, start += Padded(h))
            {
                for (int j = 0; j < h; j++)
                {
                    result[start + j] = Of(part[first + j]);
                }
            }
        }

        return result;
    }

    /// <summary>The sum of a vector's entries, in float64.</summary>
    public static double Sum(Vector512<TReal> values) => typeof(TReal) == typeof(float)
        ? Vector512.Sum(Vector512.WidenLower(values.As<TReal, float>()) + Vector512.WidenUpper(values.As<TReal, float>()))
        : Vector512.Sum(values.As<TReal, double>());

    /// <summary>Asks for memory before it is read; any address will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* at)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at);
        }
    }

    /// <summary>Reads a vector of entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<TReal> Load<TFormat>(byte* at)
        where TFormat : struct, IStorageFormat =>
        typeof(TReal) == typeof(float) ? TFormat.LoadSingle(at).As<float, TReal>() : TFormat.LoadDouble(at).As<double, TReal>();

    /// <summary>Rounds and writes a vector of entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TFormat>(Vector512<TReal> values, byte* at)
        where TFormat : struct, IStorageFormat
    {
        if (typeof(TReal) == typeof(float))
        {
            TFormat.Store(values.As<TReal, float>(), at);
        }
        else
        {
            TFormat.Store(values.As<TReal, double>(), at);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<TReal> LoadEnd<TFormat>(byte* at, int count)
        where TFormat : struct, IStorageFormat
    {
        byte* whole = stackalloc byte[2 * VectorSize];
        new Span<byte>(whole, 2 * VectorSize).Clear();
        new ReadOnlySpan<byte>(at, count * TFormat.Size).CopyTo(new Span<byte>(whole, 2 * VectorSize));
        return Load<TFormat>(whole);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreEnd<TFormat>(Vector512<TReal> values, byte* at, int count)
        where TFormat : struct, IStorageFormat
    {
        byte* whole = stackalloc byte[2 * VectorSize];
        Store<TFormat>(values, whole);
        new ReadOnlySpan<byte>(whole, count * TFormat.Size).CopyTo(new Span<byte>(at, count * TFormat.Size));
    }
}
