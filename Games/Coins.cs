using System.Runtime.CompilerServices;

namespace Wager.Games;

/// <summary>
/// Coins by counting: word i of a key depends on (key, i) alone, so any of them can be had without those before it, in any
/// language and on any device. The argument is fed forward into the result, so that no formula leads from a procedure's coins
/// back to its key, and from there to another procedure's. It is no cipher: an adversary that attacks the generator instead of
/// the scheme shows nothing about the scheme.
/// </summary>
public static class Coins
{
    /// <summary>Word i of a key: 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Word(ulong key, ulong index) => OneWay(key + (index * 0xD1B54A32D192ED03));

    /// <summary>Word i of a key as a number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public static double Unit(ulong key, ulong index) => (Word(key, index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Word i of a key as a number below a bound; no outcome is off by more than 2⁻³³ of its probability.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Below(ulong key, ulong index, int bound) => (int)Math.BigMul(Word(key, index), (ulong)bound, out _);

    /// <summary>A function of 64 bits to 64 bits with no known formula back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OneWay(ulong z) => Mix(z) ^ z;

    /// <summary>A step of SplitMix64 (Steele et al. 2014): a bijection of 64 bits without visible structure.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
