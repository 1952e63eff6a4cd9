namespace Wager.Schemes.Models;

/// <summary>A tensor in a safetensors file: what its header says of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The format's code of what an entry is, such as BF16 or I64.</param>
/// <param name="Shape">Its sides; none of a scalar, and a side of 0 where it is empty.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="Length">Its bytes.</param>
public sealed record TensorEntry(string Name, string Type, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>The bits of an entry, of every type that the format defines. An entry of less than a byte shares its byte with others.</summary>
    private static readonly Dictionary<string, int> _bits = new()
    {
        ["BOOL"] = 8,
        ["F4"] = 4,
        ["F6_E2M3"] = 6,
        ["F6_E3M2"] = 6,
        ["U8"] = 8,
        ["I8"] = 8,
        ["F8_E5M2"] = 8,
        ["F8_E4M3"] = 8,
        ["F8_E8M0"] = 8,
        ["F8_E4M3FNUZ"] = 8,
        ["F8_E5M2FNUZ"] = 8,
        ["I16"] = 16,
        ["U16"] = 16,
        ["F16"] = 16,
        ["BF16"] = 16,
        ["I32"] = 32,
        ["U32"] = 32,
        ["F32"] = 32,
        ["C64"] = 64,
        ["F64"] = 64,
        ["I64"] = 64,
        ["U64"] = 64,
    };

    /// <summary>The codes of all types.</summary>
    internal static IReadOnlyCollection<string> Types => _bits.Keys;

    /// <summary>Its entries: the product of its sides, 1 of a scalar.</summary>
    public long Count => Shape.Aggregate(1L, (product, side) => product * side);

    /// <summary>The type of its weights; null where it holds no floating-point numbers that can be computed with.</summary>
    public StorageType? Storage => StorageType.All.FirstOrDefault(type => type.Code == Type);

    /// <summary>Its sides in brackets, for messages.</summary>
    internal string Sides => Bracketed(Shape);

    /// <summary>Sides in brackets, for messages.</summary>
    internal static string Bracketed(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Take(8))}{(shape.Skip(8).Any() ? ", …" : "")}]";

    /// <summary>The bytes of a tensor; null where the type is unknown, the entries fill no whole bytes, or a number on the way is beyond 64 bits.</summary>
    internal static long? LengthOf(string type, IReadOnlyList<long> shape)
    {
        UInt128 count = 1;
        foreach (long side in shape)
        {
            count *= (ulong)side;
            if (count > ulong.MaxValue)
            {
                return null;
            }
        }

        UInt128 bits = count * (ulong)_bits.GetValueOrDefault(type);
        return bits <= ulong.MaxValue && bits % 8 == 0 && _bits.ContainsKey(type) ? (long)(bits / 8) : null;
    }
}
