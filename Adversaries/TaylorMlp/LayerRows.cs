using System.Runtime.CompilerServices;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>The rows of a layer in blocks of units that are whole vectors, and one block of what is left.</summary>
/// <remarks>What is left of a row is copied to where a whole vector can be read, so that the loops over entries need no other case: they keep their vectors in registers.</remarks>
internal static unsafe class LayerRows
{
    /// <summary>The bytes of a vector.</summary>
    public const int VectorSize = 64;

    /// <summary>The blocks of h units.</summary>
    /// <param name="h">How many units there are.</param>
    /// <param name="lanes">Entries of a vector.</param>
    /// <param name="most">The most units of a block; whole vectors.</param>
    public static IEnumerable<Range> Blocks(int h, int lanes, int most)
    {
        int whole = h / lanes * lanes;
        for (int unit = 0; unit < whole; unit += most)
        {
            yield return unit..Math.Min(unit + most, whole);
        }

        if (whole < h)
        {
            yield return whole..h;
        }
    }

    /// <summary>The bytes that <see cref="Find"/> needs.</summary>
    public static int AsideOf(ReleasedLayer layer) => (layer.Order + 1) * VectorSize;

    /// <summary>Where row i lies in each order, from a unit on.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="i">The row.</param>
    /// <param name="unit">The first unit of a block.</param>
    /// <param name="count">Its units.</param>
    /// <param name="lanes">Entries of a vector.</param>
    /// <param name="theta">Becomes the rows. <c>[N + 1]</c></param>
    /// <param name="aside">Where what does not fill a vector is copied. <c>[<see cref="AsideOf"/>]</c></param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Find(ReleasedLayer layer, int i, int unit, int count, int lanes, byte** theta, byte* aside)
    {
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            theta[n] = layer.Row(n, i) + ((long)unit * layer.Format.Size);
            if (count < lanes)
            {
                Span<byte> whole = new(aside + (n * VectorSize), VectorSize);
                whole.Clear();
                new ReadOnlySpan<byte>(theta[n], count * layer.Format.Size).CopyTo(whole);
                theta[n] = aside + (n * VectorSize);
            }
        }
    }
}
