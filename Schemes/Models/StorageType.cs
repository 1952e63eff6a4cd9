using System.Buffers.Binary;

namespace Wager.Schemes.Models;

/// <summary>
/// A floating-point format that weights are stored in. Rounding to it is to nearest, ties to even; its error is at most
/// <see cref="Roundoff"/> of a normal number, and at most half of <see cref="LeastSubnormal"/> of any other.
/// </summary>
public sealed class StorageType
{
    private StorageType(string name, string code, int size, int precision, int leastExponent, int greatestExponent)
    {
        (Name, Code, Size, Precision, LeastExponent, GreatestExponent) = (name, code, size, precision, leastExponent, greatestExponent);
    }

    /// <summary>IEEE 754 double precision.</summary>
    public static StorageType F64 { get; } = new("f64", "F64", 8, 53, -1022, 1023);

    /// <summary>IEEE 754 single precision.</summary>
    public static StorageType F32 { get; } = new("f32", "F32", 4, 24, -126, 127);

    /// <summary>bfloat16: the first half of a single.</summary>
    public static StorageType BF16 { get; } = new("bf16", "BF16", 2, 8, -126, 127);

    /// <summary>IEEE 754 half precision.</summary>
    public static StorageType F16 { get; } = new("f16", "F16", 2, 11, -14, 15);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StorageType> All { get; } = [F64, F32, BF16, F16];

    /// <summary>The name on the command line.</summary>
    public string Name { get; }

    /// <summary>The name in a safetensors header.</summary>
    public string Code { get; }

    /// <summary>Bytes of an entry.</summary>
    public int Size { get; }

    /// <summary>Binary digits of a normal number's significand, the leading 1 included.</summary>
    public int Precision { get; }

    /// <summary>The exponent of the least normal number.</summary>
    public int LeastExponent { get; }

    /// <summary>The exponent of the greatest number.</summary>
    public int GreatestExponent { get; }

    /// <summary>2^−<see cref="Precision"/>: the largest relative error of rounding to a normal number.</summary>
    public double Roundoff => Math.ScaleB(1, -Precision);

    /// <summary>The least normal number.</summary>
    public double LeastNormal => Math.ScaleB(1, LeastExponent);

    /// <summary>The least number above 0, and the distance of subnormal ones.</summary>
    public double LeastSubnormal => Math.ScaleB(1, LeastExponent - Precision + 1);

    /// <summary>Reads one entry.</summary>
    public double Read(ReadOnlySpan<byte> entry) => Size switch
    {
        8 => BinaryPrimitives.ReadDoubleLittleEndian(entry),
        4 => BinaryPrimitives.ReadSingleLittleEndian(entry),
        _ when this == F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(entry),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(entry) << 16),
    };

    /// <summary>Rounds and writes one entry. Beyond the greatest number it is infinite.</summary>
    public void Write(double value, Span<byte> entry)
    {
        double rounded = Round(value);
        switch (Size)
        {
            case 8:
                BinaryPrimitives.WriteDoubleLittleEndian(entry, rounded);
                break;
            case 4:
                BinaryPrimitives.WriteSingleLittleEndian(entry, (float)rounded);
                break;
            case 2 when this == F16:
                BinaryPrimitives.WriteHalfLittleEndian(entry, (Half)rounded);
                break;
            default:
                BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)(BitConverter.SingleToUInt32Bits((float)rounded) >> 16));
                break;
        }
    }

    /// <summary>The nearest number of this type, in one rounding: by way of another type there would be two.</summary>
    public double Round(double value)
    {
        if (this == F64 || value == 0 || !double.IsFinite(value))
        {
            return value;
        }

        int quantum = Math.Max(Math.ILogB(value), LeastExponent) - Precision + 1;
        double rounded = Math.ScaleB(Math.Round(Math.ScaleB(value, -quantum), MidpointRounding.ToEven), quantum);
        return Math.Abs(rounded) < Math.ScaleB(2, GreatestExponent) ? rounded : rounded > 0 ? double.PositiveInfinity : double.NegativeInfinity;
    }

    /// <summary>Reads a tensor's entries.</summary>
    /// <param name="bytes">As many entries as <paramref name="values"/>.</param>
    /// <param name="values">Filled.</param>
    public void Read(ReadOnlySpan<byte> bytes, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Read(bytes.Slice(i * Size, Size));
        }
    }

    /// <summary>Rounds and writes a tensor's entries, each as <see cref="Write(double, Span{byte})"/> does, but many times as fast.</summary>
    /// <param name="values">The entries.</param>
    /// <param name="bytes">As many entries, filled.</param>
    public void Write(ReadOnlySpan<double> values, Span<byte> bytes)
    {
        switch (Size)
        {
            case 8:
                for (int i = 0; i < values.Length; i++)
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes.Slice(i * sizeof(double), sizeof(double)), values[i]);
                }

                break;
            case 4:
                for (int i = 0; i < values.Length; i++)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.Slice(i * sizeof(float), sizeof(float)), (float)values[i]);
                }

                break;
            default:
                WriteShort(values, bytes);
                break;
        }
    }

    /// <summary>
    /// Types of two bytes, a normal number by its bits: half a unit of the last digit that is kept is added, less one bit where that
    /// digit is even, so that what is cut off rounds to nearest, ties to even; and what the sum carries into the exponent is right there,
    /// up to infinity.
    /// </summary>
    private void WriteShort(ReadOnlySpan<double> values, Span<byte> bytes)
    {
        const int Mantissa = 52;
        const int Bias = 1023;
        int cut = Mantissa + 1 - Precision;
        ulong half = (1UL << (cut - 1)) - 1;
        uint least = (uint)(LeastExponent + Bias);
        uint exponents = (uint)(GreatestExponent - LeastExponent);
        uint bias = (uint)(Bias - GreatestExponent) << (Precision - 1);
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(values[i]);
            ulong magnitude = bits & (ulong.MaxValue >> 1);
            Span<byte> entry = bytes.Slice(i * sizeof(ushort), sizeof(ushort));
            if ((uint)(magnitude >> Mantissa) - least <= exponents)
            {
                uint rounded = (uint)((magnitude + half + ((magnitude >> cut) & 1)) >> cut) - bias;
                BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)(rounded | ((bits >> 63) << 15)));
            }
            else
            {
                Write(values[i], entry);
            }
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
