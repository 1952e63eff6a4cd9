using System.Diagnostics.CodeAnalysis;

namespace Wager.Games;

/// <summary>What a distance function returns: one number a trial, compared into <see cref="Bits"/>.</summary>
/// <remarks>A distance that is not a number (NaN) is neither below nor at any threshold.</remarks>
public readonly struct Distances
{
    private readonly double _one;
    private readonly double[]? _lanes;

    /// <summary>The distance of a single trial.</summary>
    public Distances(double one) => _one = one;

    /// <summary>One distance a lane.</summary>
    /// <param name="lanes">The distances, copied. <c>[B]</c>, B ≥ 1.</param>
    public Distances(ReadOnlySpan<double> lanes) => _lanes = lanes.ToArray();

    /// <summary>The distances, one a lane. <c>[B]</c>, and <c>[1]</c> for a single trial.</summary>
    [UnscopedRef]
    public ReadOnlySpan<double> Lanes => _lanes is null ? new ReadOnlySpan<double>(in _one) : _lanes;

    /// <summary>A number stands for itself in every lane.</summary>
    public static implicit operator Distances(double one) => new(one);

    /// <summary>1 in each lane where the left is below the right.</summary>
    public static Bits operator <(Distances left, Distances right) =>
        left._lanes is null && right._lanes is null ? new(left._one < right._one) : Compare(left, right, static (p, q) => p < q);

    /// <summary>1 in each lane where the left is above the right.</summary>
    public static Bits operator >(Distances left, Distances right) => right < left;

    /// <summary>1 in each lane where the left is at most the right.</summary>
    public static Bits operator <=(Distances left, Distances right) =>
        left._lanes is null && right._lanes is null ? new(left._one <= right._one) : Compare(left, right, static (p, q) => p <= q);

    /// <summary>1 in each lane where the left is at least the right.</summary>
    public static Bits operator >=(Distances left, Distances right) => right <= left;

    private static Bits Compare(Distances left, Distances right, Func<double, double, bool> holds)
    {
        ReadOnlySpan<double> p = left.Lanes;
        ReadOnlySpan<double> q = right.Lanes;
        bool[] result = new bool[Games.Lanes.Common(p.Length, q.Length)];
        for (int lane = 0; lane < result.Length; lane++)
        {
            result[lane] = holds(p[p.Length == 1 ? 0 : lane], q[q.Length == 1 ? 0 : lane]);
        }

        return new(result);
    }
}
