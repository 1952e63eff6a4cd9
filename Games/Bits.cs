using System.Diagnostics.CodeAnalysis;

namespace Wager.Games;

/// <summary>
/// One bit a trial: a single trial has one, B trials in lock-step have B. A game computes on bits with
/// <c>^ &amp; | ! ==</c> and never branches on one, so that the same text serves one trial and many.
/// There is no conversion to <see cref="bool"/>; only the harness and <c>Choose</c> look inside, through <see cref="Lanes"/>.
/// </summary>
public readonly struct Bits : IEquatable<Bits>
{
    private readonly bool _one;
    private readonly bool[]? _lanes;

    /// <summary>The bit of a single trial. Beside bits of many lanes it stands for the same bit in each.</summary>
    public Bits(bool one) => _one = one;

    /// <summary>One bit a lane.</summary>
    /// <param name="lanes">The bits, copied. <c>[B]</c>, B ≥ 1.</param>
    /// <exception cref="ArgumentException">There are no lanes.</exception>
    public Bits(ReadOnlySpan<bool> lanes)
    {
        if (lanes.IsEmpty)
        {
            throw new ArgumentException("bits need at least one lane", nameof(lanes));
        }

        _lanes = lanes.ToArray();
    }

    private Bits(bool[] lanes) => _lanes = lanes;

    /// <summary>The bit 0.</summary>
    public static Bits Zero => new(false);

    /// <summary>The bit 1.</summary>
    public static Bits One => new(true);

    /// <summary>The bits, one a lane. <c>[B]</c>, and <c>[1]</c> for a single trial.</summary>
    [UnscopedRef]
    public ReadOnlySpan<bool> Lanes => _lanes is null ? new ReadOnlySpan<bool>(in _one) : _lanes;

    /// <summary>Exclusive or, lane by lane.</summary>
    public static Bits operator ^(Bits left, Bits right) =>
        left._lanes is null && right._lanes is null ? new(left._one ^ right._one) : Combine(left, right, static (p, q) => p ^ q);

    /// <summary>And, lane by lane.</summary>
    public static Bits operator &(Bits left, Bits right) =>
        left._lanes is null && right._lanes is null ? new(left._one & right._one) : Combine(left, right, static (p, q) => p & q);

    /// <summary>Or, lane by lane.</summary>
    public static Bits operator |(Bits left, Bits right) =>
        left._lanes is null && right._lanes is null ? new(left._one | right._one) : Combine(left, right, static (p, q) => p | q);

    /// <summary>Not, lane by lane.</summary>
    public static Bits operator !(Bits bits) => bits ^ One;

    /// <summary>1 in each lane where the two agree.</summary>
    public static Bits operator ==(Bits left, Bits right) => !(left ^ right);

    /// <summary>1 in each lane where the two differ.</summary>
    public static Bits operator !=(Bits left, Bits right) => left ^ right;

    /// <summary>Whether the two are the same bits in the same number of lanes.</summary>
    public bool Equals(Bits other) => Lanes.SequenceEqual(other.Lanes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bits other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = Lanes.Length;
        foreach (bool bit in Lanes)
        {
            hash = (hash * 31) + (bit ? 1 : 0);
        }

        return hash;
    }

    /// <summary>The bits as a string of 0 and 1.</summary>
    public override string ToString() => string.Concat(Lanes.ToArray().Select(bit => bit ? '1' : '0'));

    private static Bits Combine(Bits left, Bits right, Func<bool, bool, bool> gate)
    {
        ReadOnlySpan<bool> p = left.Lanes;
        ReadOnlySpan<bool> q = right.Lanes;
        bool[] result = new bool[Games.Lanes.Common(p.Length, q.Length)];
        for (int lane = 0; lane < result.Length; lane++)
        {
            result[lane] = gate(p[p.Length == 1 ? 0 : lane], q[q.Length == 1 ? 0 : lane]);
        }

        return new(result);
    }
}
