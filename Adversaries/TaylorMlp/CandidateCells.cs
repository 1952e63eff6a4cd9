using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Cells that cover all x₀ within reach, each with g_n = Act⁽ⁿ⁾/n! at its centre and how much that changes within it: where to look closer.</summary>
internal sealed unsafe class CandidateCells
{
    /// <summary>How far from 0 is looked.</summary>
    public const double Reach = 24;

    /// <summary>Cells are narrow where the derivatives wave, and wider where they only decay.</summary>
    public const int NarrowPerUnit = 16;

    /// <summary>The most candidates of a column.</summary>
    public const int MostCandidates = 8;

    private const int WidePerUnit = 8;
    private const double NarrowReach = 8;
    private const int PointsOfACell = 8;
    private const int Parts = 3;

    private readonly int _least;
    private readonly int _order;
    private readonly double[] _centre;

    /// <summary>
    /// Cells as they are gone through: for each vector of cells and each order, g_n at their centres, in units of the greatest there; its
    /// square; and the square of the most that it changes within the cell.
    /// </summary>
    private readonly double[] _table;

    /// <summary>The cells of an activation and the orders of a release.</summary>
    public CandidateCells(Activation activation, int least, int order)
    {
        (_least, _order) = (least, order);
        List<double> edges = [];
        for (double x = -Reach; x <= Reach; x += x >= -NarrowReach && x < NarrowReach ? 1.0 / NarrowPerUnit : 1.0 / WidePerUnit)
        {
            edges.Add(x);
        }

        _centre = [.. edges.Zip(edges.Skip(1), (left, right) => (left + right) / 2)];
        _table = new double[StorageLanes<double>.Padded(_centre.Length) * Parts * (order + 1 - least)];
        double[] g = new double[order + 1];
        double[] near = new double[order + 1];
        for (int cell = 0; cell < _centre.Length; cell++)
        {
            double halfWidth = (edges[cell + 1] - edges[cell]) / 2;
            activation.TaylorCoefficients(_centre[cell], g);
            double greatest = g.Skip(least).Max(Math.Abs);
            for (int point = -PointsOfACell; point <= PointsOfACell; point++)
            {
                activation.TaylorCoefficients(_centre[cell] + (halfWidth * point / PointsOfACell), near);
                for (int n = least; n <= order && greatest > 0; n++)
                {
                    (double here, double change) = (g[n] / greatest, (near[n] - g[n]) / greatest);
                    int at = Place(cell, n);
                    _table[at] = here;
                    _table[at + Lanes] = here * here;
                    _table[at + (2 * Lanes)] = Math.Max(_table[at + (2 * Lanes)], change * change);
                }
            }
        }
    }

    private static int Lanes => Vector512<double>.Count;

    /// <summary>Where the table has a cell's g_n.</summary>
    private int Place(int cell, int n) => (((cell / Lanes * (_order + 1 - _least)) + n - _least) * Parts * Lanes) + (cell % Lanes);

    /// <summary>The centres of the cells that fit better than their neighbours, the best first.</summary>
    /// <param name="y">The orders of a column, 1 at m. <c>[N + 1]</c></param>
    /// <param name="variance">σ_n². <c>[N + 1]</c></param>
    /// <param name="m">The strongest order.</param>
    /// <param name="candidates">Filled from the start. <c>[<see cref="MostCandidates"/>]</c></param>
    /// <param name="work">Grows by what was done.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Candidates(
        ReadOnlySpan<double> y, ReadOnlySpan<double> variance, int m, Span<(double X, double Misfit)> candidates, ref Cost work)
    {
        int cells = _centre.Length;
        int blocks = (cells + Lanes - 1) / Lanes;
        Vector512<double>* misfit = stackalloc Vector512<double>[blocks];
        Vector512<double> least = Vector512.Create(double.PositiveInfinity);
        fixed (double* table = _table, ofY = y, ofVariance = variance)
        {
            double* at = table;
            double* ofM = table + Place(0, m);
            Vector512<double> varianceOfM = Vector512.Create(variance[m]);
            for (int block = 0; block < blocks; block++, ofM += Parts * Lanes * (_order + 1 - _least))
            {
                Vector512<double> gm = Vector512.Load(ofM);
                Vector512<double> squareOfM = Vector512.Load(ofM + Lanes);
                Vector512<double> changeOfM = Vector512.Load(ofM + (2 * Lanes));
                Vector512<double> sum = default;
                for (int n = _least; n <= _order; n++, at += Parts * Lanes) // of n = m it is 0
                {
                    Vector512<double> yn = Vector512.Create(ofY[n]);
                    Vector512<double> off = (gm * yn) - Vector512.Load(at);
                    Vector512<double> v = Vector512.MultiplyAddEstimate(Vector512.Load(at + Lanes), varianceOfM, Vector512.Load(at + (2 * Lanes)));
                    v = Vector512.MultiplyAddEstimate(squareOfM, Vector512.Create(ofVariance[n]), v);
                    v = Vector512.MultiplyAddEstimate(changeOfM, yn * yn, v);
                    sum = Vector512.MultiplyAddEstimate(off * off, Inverse(v), sum);
                }

                misfit[block] = sum;
                least = Vector512.MinNumber(least, sum);
            }
        }

        work += new Cost(MultiplyAdds: 5 * cells * (_order + 1 - _least), Elementwise: 3 * cells * (_order + 1 - _least));

        // What fits far worse than the best cell, where the cells' width is allowed for, fits worse whatever x in it.
        double most = (8 * _order) + (4 * Least(least));
        double* misfits = (double*)misfit;
        int count = 0;
        for (int block = 0; block < blocks; block++)
        {
            ulong near = Vector512.ExtractMostSignificantBits(Vector512.LessThanOrEqual(misfit[block], Vector512.Create(most)));
            for (; near != 0; near &= near - 1)
            {
                int cell = (block * Lanes) + BitOperations.TrailingZeroCount(near);
                double here = misfits[cell];
                bool isLeast = cell < cells && (cell == 0 || !(misfits[cell - 1] < here)) && (cell == cells - 1 || !(misfits[cell + 1] <= here));
                if (isLeast && (count < candidates.Length || here < candidates[^1].Misfit))
                {
                    int place = Math.Min(count, candidates.Length - 1);
                    for (; place > 0 && candidates[place - 1].Misfit > here; place--)
                    {
                        candidates[place] = candidates[place - 1];
                    }

                    candidates[place] = (_centre[cell], here);
                    count = Math.Min(count + 1, candidates.Length);
                }
            }
        }

        return count;
    }

    private static double Least(Vector512<double> values)
    {
        double least = values[0];
        for (int lane = 1; lane < Lanes; lane++)
        {
            least = Math.Min(least, values[lane]);
        }

        return least;
    }

    /// <summary>1/v, to four digits where the processor has that: cells need no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Inverse(Vector512<double> v) => Avx512F.IsSupported ? Avx512F.Reciprocal14(v) : Vector512<double>.One / v;
}
