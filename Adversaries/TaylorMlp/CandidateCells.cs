using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Cells that cover all x₀ within reach: where to look closer. Wide cells are gone through first, and only those that may fit are divided.</summary>
internal sealed unsafe class CandidateCells
{
    /// <summary>How far from 0 is looked.</summary>
    public const double Reach = 24;

    /// <summary>Cells are narrow where the derivatives wave, and wider where they only decay.</summary>
    public const int NarrowPerUnit = 16;

    /// <summary>The most candidates of a column.</summary>
    public const int MostCandidates = 8;

    private const double NarrowReach = 8, FarWidth = 0.125;

    private readonly int _least;
    private readonly int _order;
    private readonly CellTable _wide; // each as wide as a vector of narrow ones
    private readonly CellTable _narrow;

    /// <summary>The cells of an activation and the orders of a release.</summary>
    public CandidateCells(Activation activation, int least, int order)
    {
        (_least, _order) = (least, order);
        List<double> edges = [];
        for (double x = -Reach; x <= Reach; x += x >= -NarrowReach && x < NarrowReach ? 1.0 / NarrowPerUnit : FarWidth)
        {
            edges.Add(x);
        }

        _narrow = new(activation, least, order, [.. edges]);
        _wide = new(activation, least, order, [.. edges.Where((_, edge) => edge % CellTable.Lanes == 0)]);
    }

    /// <summary>The centres of the cells that fit better than their neighbours, the best first.</summary>
    /// <param name="y">The orders of a column from the least on, 1 at m. <c>[N + 1 − least]</c></param>
    /// <param name="variance">σ_n². <c>[N + 1 − least]</c></param>
    /// <param name="m">The strongest order.</param>
    /// <param name="candidates">Filled from the start. <c>[<see cref="MostCandidates"/>]</c></param>
    /// <param name="cells">Becomes the cells that were looked at.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public int Candidates(double* y, double* variance, int m, Span<(double X, double Misfit)> candidates, out int cells)
    {
        double* squares = stackalloc double[_order + 1 - _least];
        for (int n = 0; n <= _order - _least; n++)
        {
            squares[n] = y[n] * y[n];
        }

        Vector512<double>* ofWide = stackalloc Vector512<double>[_wide.Vectors];
        Vector512<double>* ofNarrow = stackalloc Vector512<double>[_narrow.Vectors];
        new Span<Vector512<double>>(ofNarrow, _narrow.Vectors).Fill(Vector512.Create(double.PositiveInfinity));
        Vector512<double> least = Vector512.Create(double.PositiveInfinity);
        for (int vector = 0; vector < _wide.Vectors; vector++)
        {
            ofWide[vector] = _wide.Misfits(vector, y, squares, variance, m);
            least = Lesser(least, ofWide[vector]);
        }

        double most = Most(least);
        least = Vector512.Create(double.PositiveInfinity);
        int vectors = _wide.Vectors;
        for (int vector = 0; vector < _wide.Vectors; vector++)
        {
            for (ulong fits = NotAbove(ofWide[vector], most); fits != 0; fits &= fits - 1, vectors++)
            {
                int wide = (vector * CellTable.Lanes) + BitOperations.TrailingZeroCount(fits);
                ofNarrow[wide] = _narrow.Misfits(wide, y, squares, variance, m);
                least = Lesser(least, ofNarrow[wide]);
            }
        }

        cells = vectors * CellTable.Lanes;
        return Leasts(ofNarrow, Most(least), candidates);
    }

    /// <summary>What fits far worse than the best cell, where the cells' width is allowed for, fits worse whatever x in it.</summary>
    private double Most(Vector512<double> leasts)
    {
        double least = double.PositiveInfinity;
        for (int lane = 0; lane < CellTable.Lanes; lane++)
        {
            least = Math.Min(least, leasts[lane]);
        }

        return (8 * _order) + (4 * least);
    }

    private static Vector512<double> Lesser(Vector512<double> left, Vector512<double> right) =>
        Vector512.ConditionalSelect(Vector512.LessThan(right, left), right, left);

    /// <summary>The bits of the cells that fit no worse.</summary>
    private static ulong NotAbove(Vector512<double> misfits, double most) =>
        Vector512.ExtractMostSignificantBits(Vector512.LessThanOrEqual(misfits, Vector512.Create(most)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Leasts(Vector512<double>* misfits, double most, Span<(double X, double Misfit)> candidates)
    {
        double* misfit = (double*)misfits;
        int count = 0;
        for (int vector = 0; vector < _narrow.Vectors; vector++)
        {
            for (ulong near = NotAbove(misfits[vector], most); near != 0; near &= near - 1)
            {
                int cell = (vector * CellTable.Lanes) + BitOperations.TrailingZeroCount(near);
                double here = misfit[cell];
                bool isLeast = (cell == 0 || !(misfit[cell - 1] < here)) && (cell == _narrow.Cells - 1 || !(misfit[cell + 1] <= here));
                if (isLeast && (count < candidates.Length || here < candidates[^1].Misfit))
                {
                    int place = Math.Min(count, candidates.Length - 1);
                    for (; place > 0 && candidates[place - 1].Misfit > here; place--)
                    {
                        candidates[place] = candidates[place - 1];
                    }

                    candidates[place] = (_narrow.Centre(cell), here);
                    count = Math.Min(count + 1, candidates.Length);
                }
            }
        }

        return count;
    }
}
