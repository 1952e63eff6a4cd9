using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Products of matrices of eight lanes side by side, sixteen entries of the result at a time: those stay in registers.</summary>
internal static unsafe class LaneProduct
{
    /// <summary>The sides of a part of the result.</summary>
    public const int Tile = LaneFour.Count;

    /// <summary>A side filled up to whole tiles.</summary>
    public static int Filled(int side) => (side + Tile - 1) / Tile * Tile;

    /// <summary>result[m, n] = addend[m, n] + Σ_k left[m, k]·right[k, n], in the order of k.</summary>
    /// <param name="result">Its rows one after the other; it may be the addend. <c>[rows, columns]</c>, whole tiles</param>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="addend">Its rows lie one after the other.</param>
    /// <param name="left">The left operand. <c>[rows, terms]</c></param>
    /// <param name="right">The right operand. <c>[terms, columns]</c></param>
    /// <param name="terms">How many products each entry sums.</param>
    /// <param name="factors">What the entries are multiplied with at the end, if with anything. <c>[rows, columns]</c></param>
    public static void Add(Vector* result, int rows, int columns, Matrix addend, Matrix left, Matrix right, int terms, Vector* factors = null)
    {
        for (int m = 0; m < rows; m += Tile)
        {
            for (int n = 0; n < columns; n += Tile)
            {
                Vector* start = addend.First + (m * addend.Down) + n;
                LaneFour sum0 = LaneFour.At(start);
                LaneFour sum1 = LaneFour.At(start + addend.Down);
                LaneFour sum2 = LaneFour.At(start + (2 * addend.Down));
                LaneFour sum3 = LaneFour.At(start + (3 * addend.Down));
                Vector* a = left.First + (m * left.Down);
                Vector* b = right.First + (n * right.Across);
                for (int k = 0; k < terms; k++)
                {
                    LaneFour beside = LaneFour.At(b, right.Across);
                    sum0 = LaneFour.MultiplyAdd(LaneFour.Of(a[0]), beside, sum0);
                    sum1 = LaneFour.MultiplyAdd(LaneFour.Of(a[left.Down]), beside, sum1);
                    sum2 = LaneFour.MultiplyAdd(LaneFour.Of(a[2 * left.Down]), beside, sum2);
                    sum3 = LaneFour.MultiplyAdd(LaneFour.Of(a[3 * left.Down]), beside, sum3);
                    a += left.Across;
                    b += right.Down;
                }

                nint place = ((nint)m * columns) + n;
                if (factors != null)
                {
                    sum0 *= LaneFour.At(factors + place);
                    sum1 *= LaneFour.At(factors + place + columns);
                    sum2 *= LaneFour.At(factors + place + (2 * (nint)columns));
                    sum3 *= LaneFour.At(factors + place + (3 * (nint)columns));
                }

                Vector* end = result + place;
                sum0.To(end);
                sum1.To(end + columns);
                sum2.To(end + (2 * (nint)columns));
                sum3.To(end + (3 * (nint)columns));
            }
        }
    }

    /// <summary>Where a matrix lies.</summary>
    /// <param name="first">Its first entry.</param>
    /// <param name="down">From an entry to the one below.</param>
    /// <param name="across">From an entry to the one beside.</param>
    internal readonly struct Matrix(Vector* first, nint down, nint across = 1)
    {
        /// <summary>The first entry.</summary>
        public Vector* First => first;

        /// <summary>From an entry to the one below.</summary>
        public nint Down => down;

        /// <summary>From an entry to the one beside.</summary>
        public nint Across => across;

        /// <summary>The matrix with rows for columns.</summary>
        public Matrix Transposed => new(first, across, down);
    }
}
