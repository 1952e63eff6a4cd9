using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Cells that cover all x₀ within reach, each with g_n = Act⁽ⁿ⁾/n! at its centre and how much that changes within it: where to look closer.</summary>
internal sealed class CandidateCells
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

    private readonly int _least;
    private readonly int _order;
    private readonly double[] _centre;
    private readonly double[][] _g; // _g[n][cell]: g_n at the cell's centre, in units of the greatest there
    private readonly double[][] _square; // its square
    private readonly double[][] _change; // the square of the most that it changes within the cell

    /// <summary>The cells of an activation and the orders of a release.</summary>
    public CandidateCells(Activation activation, int least, int order)
    {
        (_least, _order) = (least, order);
        List<double> edges = [];
        for (double x = -Reach; x <= Reach; x += x >= -NarrowReach && x < NarrowReach ? 1.0 / NarrowPerUnit : 1.0 / WidePerUnit)
        {
            edges.Add(x);
        }

        int cells = edges.Count - 1;
        _centre = new double[cells];
        _g = [.. Enumerable.Range(0, order + 1).Select(_ => new double[StorageLanes<double>.Padded(cells)])];
        _square = [.. _g.Select(ofOrder => new double[ofOrder.Length])];
        _change = [.. _g.Select(ofOrder => new double[ofOrder.Length])];
        double[] g = new double[order + 1];
        double[] near = new double[order + 1];
        for (int cell = 0; cell < cells; cell++)
        {
            _centre[cell] = (edges[cell] + edges[cell + 1]) / 2;
            double halfWidth = (edges[cell + 1] - edges[cell]) / 2;
            activation.TaylorCoefficients(_centre[cell], g);
            double greatest = g.Skip(least).Max(Math.Abs);
            for (int point = -PointsOfACell; point <= PointsOfACell; point++)
            {
                activation.TaylorCoefficients(_centre[cell] + (halfWidth * point / PointsOfACell), near);
                for (int n = least; n <= order && greatest > 0; n++)
                {
                    (double here, double change) = (g[n] / greatest, (near[n] - g[n]) / greatest);
                    _g[n][cell] = here;
                    _square[n][cell] = here * here;
                    _change[n][cell] = Math.Max(_change[n][cell], change * change);
                }
            }
        }
    }

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
        Span<double> misfit = stackalloc double[StorageLanes<double>.Padded(cells)];
        for (int cell = 0; cell < cells; cell += Vector512<double>.Count)
        {
            Vector512<double> gm = Vector512.Create(_g[m].AsSpan(cell));
            Vector512<double> squareOfM = Vector512.Create(_square[m].AsSpan(cell));
            Vector512<double> changeOfM = Vector512.Create(_change[m].AsSpan(cell));
            Vector512<double> sum = default;
            for (int n = _least; n <= _order; n++)
            {
                if (n != m)
                {
                    Vector512<double> yn = Vector512.Create(y[n]);
                    Vector512<double> off = (gm * yn) - Vector512.Create(_g[n].AsSpan(cell));
                    Vector512<double> v = Vector512.MultiplyAddEstimate(
                        Vector512.Create(_square[n].AsSpan(cell)), Vector512.Create(variance[m]), Vector512.Create(_change[n].AsSpan(cell)));
                    v = Vector512.MultiplyAddEstimate(squareOfM, Vector512.Create(variance[n]), v);
                    v = Vector512.MultiplyAddEstimate(changeOfM, yn * yn, v);
                    sum = Vector512.MultiplyAddEstimate(off * off, Inverse(v), sum);
                }
            }

            sum.CopyTo(misfit[cell..]);
        }

        work += new Cost(MultiplyAdds: 5 * cells * (_order - 1), Elementwise: 3 * cells * (_order - 1));
        int count = 0;
        for (int cell = 0; cell < cells; cell++)
        {
            double here = double.IsNaN(misfit[cell]) ? double.PositiveInfinity : misfit[cell];
            bool isLeast = (cell == 0 || !(misfit[cell - 1] < here)) && (cell == cells - 1 || !(misfit[cell + 1] <= here));
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

        // What fits far worse than the best cell, where the cells' width is allowed for, fits worse whatever x in it.
        int kept = count;
        while (kept > 1 && candidates[kept - 1].Misfit > (8 * _order) + (4 * candidates[0].Misfit))
        {
            kept--;
        }

        return kept;
    }

    /// <summary>1/v, to four digits where the processor has that: cells need no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Inverse(Vector512<double> v) => Avx512F.IsSupported ? Avx512F.Reciprocal14(v) : Vector512<double>.One / v;
}
