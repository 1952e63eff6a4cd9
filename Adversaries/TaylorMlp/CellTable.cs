using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Cells of the line, a vector of them at a time, each with g_n = Act⁽ⁿ⁾/n! at its centre and the most that this changes within it: whether
/// any x in a cell may explain a column.
/// </summary>
/// <remarks>The g_n are in units of the greatest at the same x: how they decay together is no change, for a column has no scale.</remarks>
internal sealed unsafe class CellTable
{
    private const double PointsPerUnit = 256;
    private const int Parts = 3;

    private readonly int _least;
    private readonly int _order;
    private readonly double[] _edges;

    /// <summary>
    /// Cells as they are gone through: for each vector of cells and each order, −g_n at their centres, its square, and the square of the
    /// most that it changes within the cell.
    /// </summary>
    private readonly AlignedTable _table;

    /// <summary>The cells between edges, for an activation and the orders of a release.</summary>
    public CellTable(Activation activation, int least, int order, double[] edges)
    {
        (_least, _order, _edges) = (least, order, edges);
        Cells = edges.Length - 1;
        Vectors = (Cells + Lanes - 1) / Lanes;
        _table = new(Vectors * Parts * Lanes * (order + 1 - least));
        double[] g = new double[order + 1];
        double[] near = new double[order + 1];
        for (int cell = 0; cell < Cells; cell++)
        {
            double halfWidth = (edges[cell + 1] - edges[cell]) / 2;
            int points = (int)Math.Ceiling(halfWidth * PointsPerUnit);
            InUnitsOfGreatest(activation, Centre(cell), g);
            for (int point = -points; point <= points; point++)
            {
                InUnitsOfGreatest(activation, Centre(cell) + (halfWidth * point / points), near);
                for (int n = least; n <= order; n++)
                {
                    double* at = _table.First + Place(cell, n);
                    double change = near[n] - g[n];
                    at[0] = -g[n];
                    at[Lanes] = g[n] * g[n];
                    at[2 * Lanes] = Math.Max(at[2 * Lanes], change * change);
                }
            }
        }
    }

    /// <summary>Cells of a vector.</summary>
    public static int Lanes => Vector512<double>.Count;

    /// <summary>How many cells there are.</summary>
    public int Cells { get; }

    /// <summary>How many vectors they fill; the last may have lanes that are no cells, which fit nothing.</summary>
    public int Vectors { get; }

    /// <summary>The middle of a cell.</summary>
    public double Centre(int cell) => (_edges[cell] + _edges[cell + 1]) / 2;

    /// <summary>How badly a vector of cells fits a column: Σ_n E_n²/v_n, at most about 2 for each order where the column's x₀ is in the cell.</summary>
    /// <param name="vector">Which.</param>
    /// <param name="y">The orders of a column from the least on, 1 at m. <c>[N + 1 − least]</c></param>
    /// <param name="squares">y_n². <c>[N + 1 − least]</c></param>
    /// <param name="variance">σ_n². <c>[N + 1 − least]</c></param>
    /// <param name="m">The strongest order.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<double> Misfits(int vector, double* y, double* squares, double* variance, int m)
    {
        int orders = _order + 1 - _least;
        double* at = _table.First + ((long)vector * orders * Parts * Lanes);
        double* ofM = at + ((m - _least) * Parts * Lanes);
        Vector512<double> gm = -Vector512.Load(ofM);
        Vector512<double> squareOfM = Vector512.Load(ofM + Lanes);
        Vector512<double> changeOfM = Vector512.Load(ofM + (2 * Lanes));
        Vector512<double> varianceOfM = Vector512.Create(variance[m - _least]);
        Vector512<double> sum = default;
        for (int n = 0; n < orders; n++, at += Parts * Lanes) // of n = m it is 0
        {
            Vector512<double> off = Vector512.MultiplyAddEstimate(gm, Vector512.Create(y[n]), Vector512.Load(at));
            Vector512<double> v = Vector512.MultiplyAddEstimate(Vector512.Load(at + Lanes), varianceOfM, Vector512.Load(at + (2 * Lanes)));
            v = Vector512.MultiplyAddEstimate(squareOfM, Vector512.Create(variance[n]), v);
            v = Vector512.MultiplyAddEstimate(changeOfM, Vector512.Create(squares[n]), v);
            sum = Vector512.MultiplyAddEstimate(off * off, Inverse(v), sum);
        }

        return sum;
    }

    /// <summary>1/v, to four digits where the processor has that: cells need no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Inverse(Vector512<double> v) => Avx512F.IsSupported ? Avx512F.Reciprocal14(v) : Vector512<double>.One / v;

    /// <summary>Where the table has a cell's g_n.</summary>
    private int Place(int cell, int n) => (((cell / Lanes * (_order + 1 - _least)) + n - _least) * Parts * Lanes) + (cell % Lanes);

    private void InUnitsOfGreatest(Activation activation, double x, double[] g)
    {
        activation.TaylorCoefficients(x, g);
        double greatest = g.Skip(_least).Max(Math.Abs);
        for (int n = 0; n < g.Length && greatest > 0; n++)
        {
            g[n] /= greatest;
        }
    }
}
