using TorchSharp;
using Wager.Games;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <summary>
/// Random tensors, a function of a tape's keys. On a tape of one trial they have the shape that is asked for; on one of several they have
/// an axis of trials before it, and each trial has there what it would have alone. libtorch's own generators are never asked.
/// </summary>
public static class TensorCoins
{
    // TorchSharp's numbers must outlive the calls that take them, as in TensorMath. The four large ones are those of Coins.
    private static readonly Scalar _step = Whole(0xD1B54A32D192ED03), _offset = Whole(0x9E3779B97F4A7C15);
    private static readonly Scalar _first = Whole(0xBF58476D1CE4E5B9), _second = Whole(0x94D049BB133111EB);
    private static readonly Scalar _zero = Whole(0), _one = Whole(1), _minusOne = (-1.0).ToScalar(), _two = 2.0.ToScalar();
    private static readonly Scalar _twiceUnit = Math.ScaleB(1, -52).ToScalar();

    /// <summary>How many words a processor makes at once: beyond it, what lies between the operations leaves the cache.</summary>
    private const long CachedWords = 1 << 15;

    /// <summary>Independent entries, uniform on [−bound, bound), in float64. <c>[…]</c>, or <c>[B, …]</c></summary>
    public static Tensor Uniform(Tape tape, double bound, Device device, params long[] shape)
    {
        using Scalar factor = bound.ToScalar();
        return Made(tape, shape, device, words => Shifted(words, 11).to(float64).mul_(_twiceUnit).add_(_minusOne, _one).mul_(factor));
    }

    /// <summary>
    /// Independent entries, standard normal, in float64. They are made on the host, for devices differ in the last digits of logarithms
    /// and sines. <c>[…]</c>, or <c>[B, …]</c>
    /// </summary>
    public static Tensor Normal(Tape tape, Device device, params long[] shape)
    {
        ReadOnlySpan<ulong> keys = tape.Keys();
        int count = (int)Product(shape);
        double[] entries = new double[checked(keys.Length * count)];
        for (int trial = 0; trial < keys.Length; trial++)
        {
            FillNormal(keys[trial], entries.AsSpan(trial * count, count));
        }

        return TensorMath.Of(entries, device, keys.Length == 1 ? shape : [keys.Length, .. shape]);
    }

    /// <summary>
    /// Independent entries, standard normal, in float64, a function of a key: two words give two entries (Box and Muller 1958). None is
    /// beyond ±8.6, for the words have 53 digits.
    /// </summary>
    public static Tensor Normal(ulong key, Device device, params long[] shape)
    {
        double[] entries = new double[Product(shape)];
        FillNormal(key, entries);
        return TensorMath.Of(entries, device, shape);
    }

    /// <summary>Fair signs, 1 or −1, in float64. <c>[count]</c>, or <c>[B, count]</c></summary>
    public static Tensor Signs(Tape tape, int count, Device device) =>
        Made(tape, [count], device, words => Shifted(words, 63).to(float64).mul_(_two).add_(_minusOne, _one)); // from 1 where the unit is at least ½

    /// <summary>Indices below a bound, drawn with replacement. <c>[count]</c>, or <c>[B, count]</c></summary>
    public static Tensor Indices(Tape tape, int bound, int count, Device device) => Made(tape, [count], device, words => Below(words, bound));

    /// <summary>
    /// Words 0 … count − 1 of each key: those of <see cref="Coins.Word"/>, in operations that every device has on whole numbers.
    /// <c>[n, count]</c>, int64
    /// </summary>
    internal static Tensor Words(ReadOnlySpan<ulong> keys, long count, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar end = count.ToScalar();
        long[] starts = new long[keys.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = (long)keys[i];
        }

        Tensor word = arange(_zero, end, _one, dtype: int64, device: device).mul_(_step).add(tensor(starts, device: device).unsqueeze(-1), _one);
        Tensor mixed = word.add(_offset, _one);
        mixed.bitwise_xor_(Shifted(mixed, 30)).mul_(_first);
        mixed.bitwise_xor_(Shifted(mixed, 27)).mul_(_second);
        return mixed.bitwise_xor_(Shifted(mixed, 31)).bitwise_xor_(word).MoveToOuterDisposeScope();
    }

    /// <summary>Words as numbers below a bound: the high half of word·bound, as of <see cref="Coins.Below"/>, of products that fit 64 bits.</summary>
    internal static Tensor Below(Tensor words, int bound)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar factor = ((long)bound).ToScalar();
        using Tensor lowBits = tensor((long)uint.MaxValue, device: words.device);
        Tensor carried = Shifted(words.bitwise_and(lowBits).mul_(factor), 32);
        return Shifted(Shifted(words, 32).mul_(factor).add_(carried, _one), 32).MoveToOuterDisposeScope();
    }

    /// <summary>The words moved right by some bits, with zeros from the left.</summary>
    private static Tensor Shifted(Tensor words, int bits)
    {
        using Tensor by = tensor((long)bits, device: words.device);
        using Tensor kept = tensor((long)(ulong.MaxValue >> bits), device: words.device);
        return words.bitwise_right_shift(by).bitwise_and_(kept);
    }

    private static void FillNormal(ulong key, Span<double> entries)
    {
        for (int i = 0; i < entries.Length; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - Coins.Unit(key, (ulong)i))); // 1 − u, because u may be 0
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * Coins.Unit(key, (ulong)i + 1));
            entries[i] = radius * cosine;
            if (i + 1 < entries.Length)
            {
                entries[i + 1] = radius * sine;
            }
        }
    }

    /// <summary>Entries made of words, some trials after others.</summary>
    private static Tensor Made(Tape tape, long[] shape, Device device, Func<Tensor, Tensor> entries)
    {
        using DisposeScope scope = NewDisposeScope();
        ulong[] keys = [.. tape.Keys()];
        long count = Product(shape);
        long together = device.type == DeviceType.CPU ? CachedWords : keys.Length * count;
        Tensor[] parts = [.. keys.Chunk((int)Math.Clamp(together / Math.Max(count, 1), 1, keys.Length)).Select(Part)];
        Tensor whole = parts.Length == 1 ? parts[0] : cat(parts, 0);
        return whole.view(keys.Length == 1 ? shape : [keys.Length, .. shape]).MoveToOuterDisposeScope();

        Tensor Part(ulong[] some)
        {
            using DisposeScope inner = NewDisposeScope();
            return entries(Words(some, count, device)).MoveToOuterDisposeScope();
        }
    }

    private static long Product(long[] shape) => shape.Aggregate(1L, (product, side) => product * side);

    private static Scalar Whole(ulong bits) => ((long)bits).ToScalar();
}
