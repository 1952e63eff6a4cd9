using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wager.Schemes.Models;

/// <summary>A <see cref="StorageType"/> as vectors: entries in memory to and from the floats that are computed with.</summary>
internal unsafe interface IStorageFormat
{
    /// <summary>The storage type.</summary>
    static abstract StorageType Type { get; }

    /// <summary>Bytes of an entry: a constant to the compiler.</summary>
    static abstract int Size { get; }

    /// <summary>Reads 16 entries.</summary>
    static abstract Vector512<float> LoadSingle(byte* entries);

    /// <summary>Reads 8 entries.</summary>
    static abstract Vector512<double> LoadDouble(byte* entries);

    /// <summary>Rounds and writes 16 entries.</summary>
    static abstract void Store(Vector512<float> values, byte* entries);

    /// <summary>Rounds and writes 8 entries, to 16 bits by way of float32.</summary>
    static abstract void Store(Vector512<double> values, byte* entries);
}

/// <summary>What is done with a storage type that is known only when the program runs.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
internal interface IStorageFunction<TResult>
{
    /// <summary>Does it.</summary>
    TResult Apply<TFormat>()
        where TFormat : struct, IStorageFormat;
}

/// <summary>The vector forms of the storage types.</summary>
internal static unsafe class StorageFormats
{
    /// <summary>Does something with a storage type's vector form, compiled for it.</summary>
    public static TResult With<TResult, TFunction>(StorageType type, TFunction function)
        where TFunction : IStorageFunction<TResult> =>
        type == StorageType.F64 ? function.Apply<F64>()
        : type == StorageType.F32 ? function.Apply<F32>()
        : type == StorageType.BF16 ? function.Apply<BF16>()
        : function.Apply<F16>();

    /// <summary>float64.</summary>
    public readonly struct F64 : IStorageFormat
    {
        /// <inheritdoc/>
        public static StorageType Type => StorageType.F64;

        /// <inheritdoc/>
        public static int Size => 8;

        /// <inheritdoc/>
        public static Vector512<float> LoadSingle(byte* entries) => Narrowed(LoadDouble(entries), LoadDouble(entries + 64));

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> LoadDouble(byte* entries) => Vector512.Load((double*)entries);

        /// <inheritdoc/>
        public static void Store(Vector512<float> values, byte* entries)
        {
            (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(values);
            lower.Store((double*)entries);
            upper.Store((double*)entries + 8);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<double> values, byte* entries) => values.Store((double*)entries);
    }

    /// <summary>float32.</summary>
    public readonly struct F32 : IStorageFormat
    {
        /// <inheritdoc/>
        public static StorageType Type => StorageType.F32;

        /// <inheritdoc/>
        public static int Size => 4;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> LoadSingle(byte* entries) => Vector512.Load((float*)entries);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> LoadDouble(byte* entries) => Widened(Vector256.Load((float*)entries));

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<float> values, byte* entries) => values.Store((float*)entries);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<double> values, byte* entries) => Narrowed(values).Store((float*)entries);
    }

    /// <summary>bfloat16.</summary>
    public readonly struct BF16 : IStorageFormat
    {
        /// <inheritdoc/>
        public static StorageType Type => StorageType.BF16;

        /// <inheritdoc/>
        public static int Size => 2;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> LoadSingle(byte* entries) => (Widened(Vector256.Load((ushort*)entries)) << 16).AsSingle();

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> LoadDouble(byte* entries) =>
            Widened((Widened(Vector128.Load((ushort*)entries).ToVector256Unsafe()) << 16).AsSingle().GetLower());

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<float> values, byte* entries) => Narrowed(Bits(values)).Store((ushort*)entries);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<double> values, byte* entries) =>
            Narrowed(Bits(Narrowed(values).ToVector512Unsafe())).GetLower().Store((ushort*)entries);

        /// <summary>The upper halves, rounded to nearest and ties to even.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<uint> Bits(Vector512<float> values)
        {
            Vector512<uint> bits = values.AsUInt32();
            return (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        }
    }

    /// <summary>float16, without the processor's slow path for subnormal numbers.</summary>
    public readonly struct F16 : IStorageFormat
    {
        private const uint ExponentGap = 112u << 23; // the two types' biases, 127 − 15

        /// <inheritdoc/>
        public static StorageType Type => StorageType.F16;

        /// <inheritdoc/>
        public static int Size => 2;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> LoadSingle(byte* entries) => Values(Widened(Vector256.Load((ushort*)entries)));

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> LoadDouble(byte* entries) =>
            Widened(Values(Widened(Vector128.Load((ushort*)entries).ToVector256Unsafe())).GetLower());

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<float> values, byte* entries) => Narrowed(Bits(values)).Store((ushort*)entries);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<double> values, byte* entries) =>
            Narrowed(Bits(Narrowed(values).ToVector512Unsafe())).GetLower().Store((ushort*)entries);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Values(Vector512<uint> halves)
        {
            Vector512<uint> magnitude = halves & Vector512.Create(0x7FFFu);
            Vector512<uint> normal = (magnitude << 13) + Vector512.Create(ExponentGap);
            Vector512<uint> infinite = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7C00u));
            normal += infinite & Vector512.Create(ExponentGap);
            Vector512<uint> subnormal = (Vector512.ConvertToSingle(magnitude.AsInt32()) * Vector512.Create(1f / (1 << 24))).AsUInt32();
            Vector512<uint> isSubnormal = Vector512.LessThan(magnitude, Vector512.Create(0x400u));
            return (Vector512.ConditionalSelect(isSubnormal, subnormal, normal) | ((halves & Vector512.Create(0x8000u)) << 16)).AsSingle();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<uint> Bits(Vector512<float> values)
        {
            Vector512<uint> bits = values.AsUInt32();
            Vector512<uint> magnitude = bits & Vector512.Create(0x7FFF_FFFFu);
            Vector512<uint> normal = (magnitude + Vector512.Create(0xFFFu) + ((magnitude >> 13) & Vector512<uint>.One) - Vector512.Create(ExponentGap)) >> 13;
            normal = Vector512.Min(normal, Vector512.Create(0x7C00u));
            // One half has the spacing of subnormal halves, so that the sum is rounded to it.
            Vector512<uint> subnormal = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsUInt32() - Vector512.Create(0.5f).AsUInt32();
            Vector512<uint> isSubnormal = Vector512.LessThan(magnitude, Vector512.Create(113u << 23));
            return Vector512.ConditionalSelect(isSubnormal, subnormal, normal) | ((bits >> 16) & Vector512.Create(0x8000u));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Widened(Vector256<ushort> values)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ConvertToVector512UInt32(values);
        }

        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widened(Vector256<float> values)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ConvertToVector512Double(values);
        }

        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Narrowed(Vector512<uint> values) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt16(values)
        : Vector256.Narrow(values.GetLower(), values.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Narrowed(Vector512<double> values) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Single(values)
        : Vector256.Narrow(values.GetLower(), values.GetUpper());

    private static Vector512<float> Narrowed(Vector512<double> lower, Vector512<double> upper) =>
        Vector512.Create(Narrowed(lower), Narrowed(upper));
}
