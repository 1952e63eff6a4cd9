using TorchSharp;
using Wager.Games;
using Wager.Schemes.Models;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <content>Numbers of fewer digits. They are worked out a few rows at a time, for such tensors may fill the memory.</content>
public readonly partial struct TensorMath
{
    /// <summary>
    /// Bytes of a part that a cache holds together with what is worked out from it: a core's, or a data-centre GPU's, where a launch, of about 4 µs, is
    /// then short beside what it reads.
    /// </summary>
    private const int InCacheOfCore = 1 << 18, InCacheOfDevice = 1 << 25;

    /// <summary>How many rows of so many bytes are worked on at once, to stay in a cache.</summary>
    public static long RowsInCache(Device device, long bytes) =>
        Math.Max(1, (device.type == DeviceType.CPU ? InCacheOfCore : InCacheOfDevice) / Math.Max(1, bytes));

    /// <summary>The rows of a matrix, a few at a time, so that what is worked out from them stays in a cache. <c>[n, k]</c></summary>
    public static IEnumerable<(long From, long Count)> RowsInCache(Tensor matrix)
    {
        (long rows, long step) = (matrix.shape[0], RowsInCache(matrix.device, sizeof(double) * matrix.shape[1]));
        for (long from = 0; from < rows; from += step)
        {
            yield return (from, Math.Min(step, rows - from));
        }
    }

    /// <summary>
    /// The nearest numbers of a storage type, entry by entry, still in float64, in one rounding as <see cref="StorageType.Round"/>: what
    /// libtorch converts to bfloat16 it rounds twice. Of float64 they are the numbers themselves, for nothing.
    /// </summary>
    /// <remarks>
    /// Adding 1.5·2⁵² quanta leaves no digit below the quantum, and subtracting them again is exact. The quantum is a power of two found
    /// by an exact division, of the least normal number for those below it.
    /// </remarks>
    /// <param name="tensor">In float64. <c>[…]</c></param>
    /// <param name="storage">Which numbers.</param>
    public Tensor Round(Tensor tensor, StorageType storage) =>
        storage == StorageType.F64 ? tensor : RoundInPlace(tensor.contiguous().clone(), storage);

    /// <summary>The same, into the tensor itself: of what was just made and may fill the memory.</summary>
    /// <param name="entries">In float64, contiguous. <c>[…]</c></param>
    /// <param name="storage">Which numbers.</param>
    public Tensor RoundInPlace(Tensor entries, StorageType storage)
    {
        if (storage == StorageType.F64)
        {
            return entries;
        }

        using Scalar least = storage.LeastNormal.ToScalar();
        using Scalar beyond = Math.ScaleB(2, storage.GreatestExponent).ToScalar();
        using Scalar quanta = (1.5 * Math.ScaleB(1, 52 - storage.Precision)).ToScalar();
        using Scalar infinity = double.PositiveInfinity.ToScalar();
        foreach ((long from, long count) in RowsInCache(entries.view(-1, 1)))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor part = entries.view(-1).narrow(0, from, count);
            Tensor result = part.abs();
            Tensor shift = result.clamp(least, beyond);
            shift.div_(shift.frexp().Mantissa).mul_(quanta);
            result.add_(shift, _one).sub_(shift);
            part.copy_(result.masked_fill_(result.ge(beyond), infinity).copysign_(part));
        }

        return Elementwise(entries, entries);
    }

    /// <summary>
    /// Each entry as one of 255 multiples of a 127th of its column's greatest magnitude, rounded to nearest: a division, a multiplication and a
    /// rounding each. <c>[n, k]</c>, int8
    /// </summary>
    /// <param name="matrix"><c>[n, k]</c></param>
    /// <param name="greatest">The greatest magnitude of each column. <c>[k]</c></param>
    public Tensor ToBytes(Tensor matrix, Tensor greatest)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar most = ((double)sbyte.MaxValue).ToScalar();
        Tensor divisors = greatest.masked_fill(greatest.eq(_zero), _one); // 0 stays 0
        Tensor result = empty(matrix.shape, dtype: int8, device: matrix.device);
        foreach ((long from, long count) in RowsInCache(matrix))
        {
            using DisposeScope ofPart = NewDisposeScope();
            result.narrow(0, from, count).copy_(matrix.narrow(0, from, count).div(divisors).mul_(most).round_());
        }

        return Charged(result.MoveToOuterDisposeScope(), new Cost(Elementwise: 3 * matrix.numel()), matrix, greatest);
    }

    /// <summary>
    /// The product with a matrix of bytes, m·k·n multiply-adds and n·k conversions: it is read as bytes, and what it is converted to is never
    /// whole in memory. <c>[m, k]·[n, k]ᵀ = [m, n]</c>
    /// </summary>
    /// <param name="left">In float64. <c>[m, k]</c></param>
    /// <param name="bytes">In int8. <c>[n, k]</c></param>
    public Tensor ProductOfBytes(Tensor left, Tensor bytes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = empty([left.shape[0], bytes.shape[0]], dtype: left.dtype, device: left.device);
        foreach ((long from, long count) in RowsInCache(bytes))
        {
            using DisposeScope ofPart = NewDisposeScope();
            result.narrow(1, from, count).copy_(left.matmul(bytes.narrow(0, from, count).to_type(left.dtype).t()));
        }

        Cost cost = new(MultiplyAdds: result.numel() * left.shape[1], Elementwise: bytes.numel());
        return Charged(result.MoveToOuterDisposeScope(), cost, left, bytes);
    }
}
