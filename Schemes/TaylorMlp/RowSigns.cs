using Wager.Schemes.Models;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Signs of the rows of V: hidden in a release of the public code, and undone by whoever found them.</summary>
public static class RowSigns
{
    private const byte SignBit = 0x80; // of an entry's last byte, in every storage type

    /// <summary>A release's seeded signs, fair coins. <c>[K]</c></summary>
    public static double[] Draw(ulong seed, string path, int count)
    {
        ulong key = NormalCoins.Key(seed, $"{path}.taylor.signs");
        return [.. Enumerable.Range(0, count).Select(k => Games.Coins.Unit(key, (ulong)k) < 0.5 ? -1.0 : 1)];
    }

    /// <summary>Signs of all units, from those of some: 1 of the others. <c>[h]</c></summary>
    /// <param name="signs">Their signs. <c>[K]</c></param>
    /// <param name="places">Their places; null where they are all. <c>[K]</c></param>
    /// <param name="hidden">h.</param>
    public static double[] OfAll(double[] signs, int[]? places, int hidden)
    {
        if (places is null)
        {
            return signs;
        }

        double[] all = new double[hidden];
        Array.Fill(all, 1);
        for (int k = 0; k < places.Length; k++)
        {
            all[places[k]] = signs[k];
        }

        return all;
    }

    /// <summary>Flips the entries of the rows whose sign is below 0.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="offset">Where in its bytes the part begins: between two entries.</param>
    /// <param name="part">Whole entries of it, which are changed.</param>
    /// <param name="signs">A sign for each row. <c>[h]</c></param>
    public static void Flip(TensorEntry matrix, long offset, Span<byte> part, double[] signs)
    {
        int size = matrix.Storage!.Size;
        long width = matrix.Shape[1] * size;
        for (int at = 0; at < part.Length;)
        {
            (long row, long within) = Math.DivRem(offset + at, width);
            int end = (int)Math.Min(part.Length, at + width - within);
            if (signs[row] < 0)
            {
                for (int last = at + size - 1; last < end; last += size)
                {
                    part[last] ^= SignBit;
                }
            }

            at = end;
        }
    }
}
