using Wager.Games;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <summary>Random tensors, a function of a tape's key. libtorch's own generators are never asked.</summary>
public static class TensorCoins
{
    /// <summary>Independent entries, uniform on [−bound, bound), in float64.</summary>
    public static Tensor Uniform(Tape tape, double bound, Device device, params long[] shape)
    {
        ulong key = SingleKey(tape);
        double[] entries = new double[shape.Aggregate(1L, (product, side) => product * side)];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = ((2 * Coins.Unit(key, (ulong)i)) - 1) * bound;
        }

        return TensorMath.Of(entries, device, shape);
    }

    /// <summary>Independent entries, standard normal, in float64.</summary>
    public static Tensor Normal(Tape tape, Device device, params long[] shape) => Normal(SingleKey(tape), device, shape);

    /// <summary>
    /// Independent entries, standard normal, in float64, a function of a key: two words give two entries (Box and Muller 1958). None is
    /// beyond ±8.6, for the words have 53 digits.
    /// </summary>
    public static Tensor Normal(ulong key, Device device, params long[] shape)
    {
        double[] entries = new double[shape.Aggregate(1L, (product, side) => product * side)];
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

        return TensorMath.Of(entries, device, shape);
    }

    /// <summary>Fair signs, 1 or −1, in float64. <c>[count]</c></summary>
    public static Tensor Signs(Tape tape, int count, Device device)
    {
        ulong key = SingleKey(tape);
        return TensorMath.Of([.. Enumerable.Range(0, count).Select(i => Coins.Unit(key, (ulong)i) < 0.5 ? -1.0 : 1.0)], device, count);
    }

    /// <summary>Indices below a bound, drawn with replacement. <c>[count]</c></summary>
    public static Tensor Indices(Tape tape, int bound, int count, Device device)
    {
        ulong key = SingleKey(tape);
        long[] indices = new long[count];
        for (int i = 0; i < count; i++)
        {
            indices[i] = Coins.Below(key, (ulong)i, bound);
        }

        return tensor(indices, device: device);
    }

    private static ulong SingleKey(Tape tape)
    {
        ReadOnlySpan<ulong> keys = tape.Keys();
        return keys.Length == 1 ? keys[0] : throw new NotSupportedException("these coins are made for one trial at a time");
    }
}
