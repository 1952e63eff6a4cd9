using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Products of matrices of eight lanes side by side, sixteen entries of the result at a time: those stay in registers.</summary>
internal static unsafe class LaneProduct
{
    /// <summary>The sides of a part of the result.</summary>
    public const int Tile = 4;

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
    public static void Add(Vector* result, int rows, int columns, Matrix addend, Matrix left, Matrix right, int terms)
    {
        for (int m = 0; m < rows; m += Tile)
        {
            for (int n = 0; n < columns; n += Tile)
            {
                Vector* start = addend.First + (m * addend.Down) + n;
                (Four sum0, Four sum1) = (Four.At(start, 1), Four.At(start + addend.Down, 1));
                (Four sum2, Four sum3) = (Four.At(start + (2 * addend.Down), 1), Four.At(start + (3 * addend.Down), 1));
                Vector* a = left.First + (m * left.Down);
                Vector* b = right.First + (n * right.Across);
                for (int k = 0; k < terms; k++)
                {
                    Four factors = Four.At(b, right.Across);
                    sum0 = sum0.Plus(a[0], factors);
                    sum1 = sum1.Plus(a[left.Down], factors);
                    sum2 = sum2.Plus(a[2 * left.Down], factors);
                    sum3 = sum3.Plus(a[3 * left.Down], factors);
                    a += left.Across;
                    b += right.Down;
                }

                Vector* end = result + ((nint)m * columns) + n;
                sum0.Store(end);
                sum1.Store(end + columns);
                sum2.Store(end + (2 * (nint)columns));
                sum3.Store(end + (3 * (nint)columns));
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

    private readonly struct Four(Vector a, Vector b, Vector c, Vector d)
    {
        private readonly Vector _a = a, _b = b, _c = c, _d = d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Four At(Vector* first, nint step) => new(first[0], first[step], first[2 * step], first[3 * step]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Four Plus(Vector factor, Four factors) => new(
            Vector512.FusedMultiplyAdd(factor, factors._a, _a),
            Vector512.FusedMultiplyAdd(factor, factors._b, _b),
            Vector512.FusedMultiplyAdd(factor, factors._c, _c),
            Vector512.FusedMultiplyAdd(factor, factors._d, _d));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(Vector* first)
        {
            first[0] = _a;
            first[1] = _b;
            first[2] = _c;
            first[3] = _d;
        }
    }
}
