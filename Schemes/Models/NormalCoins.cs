using System.Runtime.CompilerServices;
using System.Text;
using Wager.Games;

namespace Wager.Schemes.Models;

/// <summary>
/// Normal variates by counting: the one of an index depends on (key, index) alone, so that any part of a tensor can be made
/// without the rest, on any number of threads. Marsaglia and Tsang's ziggurat (2000) of 256 layers, with words of 64 bits that
/// give layer, sign and place from bits of their own (Doornik 2005). 99 in 100 take one word, two products and no function.
/// </summary>
internal static class NormalCoins
{
    private const int Layers = 256;

    /// <summary>Where the tail begins, and the area of each layer under exp(−x²/2): the pair for 256 layers.</summary>
    private const double Tail = 3.6541528853610088;
    private const double Area = 0.00492867323399;

    /// <summary>A place is a number below 2⁵³: what is left of a word without 8 bits for the layer and one for the sign, less two.</summary>
    private const int PlaceShift = 11;
    private const double PlaceUnit = 1.0 / (1L << 53);
    private const ulong SignBit = 1 << 8;

    /// <summary>The right ends of the layers, from the base up to 0.</summary>
    private static readonly double[] _ends = Ends();

    /// <summary>The places of each layer that are under the curve whatever their height.</summary>
    private static readonly long[] _inner = [.. Enumerable.Range(0, Layers).Select(i => (long)(_ends[i + 1] / _ends[i] / PlaceUnit))];

    /// <summary>What a place of each layer counts.</summary>
    private static readonly double[] _units = [.. _ends.Take(Layers).Select(end => end * PlaceUnit)];

    /// <summary>The key of a tensor's variates: no two names share it but by accident of 64 bits.</summary>
    public static ulong Key(ulong seed, string name)
    {
        ulong key = Coins.Word(seed, 0);
        foreach (byte letter in Encoding.UTF8.GetBytes(name))
        {
            key = Coins.Word(key, letter + 1UL);
        }

        return key;
    }

    /// <summary>Consecutive variates.</summary>
    /// <param name="key">Their key.</param>
    /// <param name="first">The index of the first.</param>
    /// <param name="deviation">Their standard deviation.</param>
    /// <param name="values">Filled.</param>
    public static void Fill(ulong key, ulong first, double deviation, Span<double> values)
    {
        ReadOnlySpan<long> inner = _inner;
        ReadOnlySpan<double> units = _units;
        for (int i = 0; i < values.Length; i++)
        {
            ulong word = Coins.Word(key, first + (ulong)i);
            int layer = (byte)word;
            long place = (long)(word >> PlaceShift);
            double value = place < inner[layer] ? place * units[layer] : Outer(key, first + (ulong)i, layer, place);
            values[i] = deviation * BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) | ((word & SignBit) << (63 - 8)));
        }
    }

    /// <summary>A magnitude whose first place was in no layer's inner part: words of a key of its own decide, as many as it takes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Outer(ulong key, ulong index, int layer, long place)
    {
        ulong own = Coins.Word(~key, index);
        for (ulong next = 0; ;)
        {
            double value = place * _units[layer];
            if (place < _inner[layer])
            {
                return value;
            }

            if (layer == 0)
            {
                return InTail(own, ref next);
            }

            double low = Curve(_ends[layer]);
            if (low + (Coins.Unit(own, next++) * (Curve(_ends[layer + 1]) - low)) < Curve(value))
            {
                return value;
            }

            ulong word = Coins.Word(own, next++);
            (layer, place) = ((byte)word, (long)(word >> PlaceShift));
        }
    }

    /// <summary>A magnitude beyond the layers (Marsaglia 1964).</summary>
    private static double InTail(ulong key, ref ulong next)
    {
        while (true)
        {
            double beyond = -Math.Log(1 - Coins.Unit(key, next++)) / Tail;
            double height = -Math.Log(1 - Coins.Unit(key, next++));
            if (2 * height > beyond * beyond)
            {
                return Tail + beyond;
            }
        }
    }

    private static double Curve(double x) => Math.Exp(-0.5 * x * x);

    /// <summary>The base, which holds the tail too, is as wide as its area asks; each layer above ends where the curve meets its foot.</summary>
    private static double[] Ends()
    {
        double[] ends = new double[Layers + 1];
        (ends[0], ends[1]) = (Area / Curve(Tail), Tail);
        for (int i = 2; i < Layers; i++)
        {
            ends[i] = Math.Sqrt(-2 * Math.Log((Area / ends[i - 1]) + Curve(ends[i - 1])));
        }

        return ends;
    }
}
