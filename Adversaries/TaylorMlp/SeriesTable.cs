using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// g_n = Act⁽ⁿ⁾/n! and g_n′ of all orders of a release at once, near 0 by their own Taylor series around the nearest of many points:
/// g_n(c + δ) = Σ_k C(n + k, k)·g_{n+k}(c)·δᵏ. A vector of orders costs two multiply-adds for each k, a fifth of what computing them does.
/// </summary>
internal sealed unsafe class SeriesTable
{
    /// <summary>Terms of a series, each of which is a multiply-add for a value and one for its slope.</summary>
    public const int Terms = 12;

    private const int PointsPerUnit = 16;
    private const double Reach = 8;

    /// <summary>The most that a series may be off, relative to its order or a tenth of its neighbours; where it is more it is not used.</summary>
    private const double Tolerance = 1e-13;

    private readonly Activation _activation;
    private readonly int _least;
    private readonly int _order;
    private readonly bool[] _isExact;
    private readonly AlignedTable _table;

    /// <summary>The table of an activation and the orders of a release.</summary>
    public SeriesTable(Activation activation, int least, int order)
    {
        (_activation, _least, _order) = (activation, least, order);
        Vectors = (order - least + Lanes) / Lanes;
        _isExact = new bool[(int)(2 * Reach * PointsPerUnit) + 1];
        _table = new(_isExact.Length * Terms * Vectors * Lanes);
        double[] g = new double[order + Terms];
        for (int point = 0; point < _isExact.Length; point++)
        {
            activation.TaylorCoefficients(At(point), g);
            for (int n = least; n <= order; n++)
            {
                double binomial = 1;
                for (int k = 0; k < Terms; k++)
                {
                    _table.First[(((point * Terms) + k) * Vectors * Lanes) + n - least] = binomial * g[n + k];
                    binomial = binomial * (n + k + 1) / (k + 1);
                }
            }
        }

        for (int point = 0; point < _isExact.Length; point++)
        {
            _isExact[point] = IsExact(At(point) - (0.5 / PointsPerUnit)) && IsExact(At(point) + (0.5 / PointsPerUnit));

            bool IsExact(double x) => Error(point, x) < Tolerance;
        }
    }

    /// <summary>Orders of a vector.</summary>
    public static int Lanes => Vector512<double>.Count;

    /// <summary>How many vectors the orders fill; the lanes left over are 0.</summary>
    public int Vectors { get; }

    /// <summary>g_n(x) and g_n′(x).</summary>
    /// <param name="x">Any finite number.</param>
    /// <param name="g">Becomes g_n, from the least order on. <c>[<see cref="Vectors"/>]</c></param>
    /// <param name="slope">Becomes g_n′ likewise.</param>
    /// <returns>Whether it was by a series.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Evaluate(double x, Vector512<double>* g, Vector512<double>* slope)
    {
        int point = (int)((Math.Clamp(x, -Reach, Reach) + Reach) * PointsPerUnit + 0.5);
        bool isBySeries = Math.Abs(x) <= Reach && _isExact[point];
        if (isBySeries)
        {
            BySeries(point, x - At(point), g, slope);
        }
        else
        {
            Exactly(x, g, slope);
        }

        return isBySeries;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BySeries(int point, double delta, Vector512<double>* g, Vector512<double>* slope)
    {
        Vector512<double> step = Vector512.Create(delta);
        for (int vector = 0; vector < Vectors; vector++)
        {
            double* term = _table.First + (((((point + 1) * Terms) - 1) * Vectors) + vector) * Lanes;
            Vector512<double> value = Vector512.Load(term);
            Vector512<double> rise = default;
            for (int k = Terms - 2; k >= 0; k--)
            {
                term -= Vectors * Lanes;
                rise = Vector512.MultiplyAddEstimate(rise, step, value);
                value = Vector512.MultiplyAddEstimate(value, step, Vector512.Load(term));
            }

            (g[vector], slope[vector]) = (value, rise);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Exactly(double x, Vector512<double>* g, Vector512<double>* slope)
    {
        Span<double> coefficients = stackalloc double[_order + 2];
        _activation.TaylorCoefficients(x, coefficients);
        for (int vector = 0; vector < Vectors; vector++)
        {
            (g[vector], slope[vector]) = (default, default);
        }

        for (int n = _least; n <= _order; n++)
        {
            ((double*)g)[n - _least] = coefficients[n];
            ((double*)slope)[n - _least] = (n + 1) * coefficients[n + 1];
        }
    }

    private static double At(int point) => ((double)point / PointsPerUnit) - Reach;

    /// <summary>The greatest error of a point's series at x.</summary>
    private double Error(int point, double x)
    {
        Vector512<double>* memory = stackalloc Vector512<double>[4 * Vectors];
        BySeries(point, x - At(point), memory, memory + Vectors);
        Exactly(x, memory + (2 * Vectors), memory + (3 * Vectors));
        double* series = (double*)memory;
        double* exact = (double*)(memory + (2 * Vectors));
        double worst = 0;
        for (int n = 0; n <= _order - _least; n++)
        {
            double neighbours = Math.Max(n > 0 ? Math.Abs(exact[n - 1]) : 0, n < _order - _least ? Math.Abs(exact[n + 1]) : 0);
            double scale = Math.Max(Math.Abs(exact[n]), 0.1 * neighbours);
            worst = Math.Max(worst, scale == 0 ? Math.Abs(series[n]) : Math.Abs(series[n] - exact[n]) / scale);
        }

        return worst;
    }
}
