using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// What the columns of a released layer say of x₀. The columns Θ_n[:, j] are parallel, so each is projected on the strongest order m
/// of its unit: y_n = Σ_i Θ_n[i, j]·Θ_m[i, j] / Σ_i Θ_m[i, j]², whose noise is smaller than an entry's by the square root of the
/// number of rows.
/// </summary>
/// <param name="Ratios">y_n of unit j at [n·h + j]; 1 at n = m, and 0 throughout where all rows are 0. <c>[N + 1, h]</c></param>
/// <param name="Strongest">m. <c>[h]</c></param>
/// <param name="Energy">Σ_i Θ_m[i, j]². <c>[h]</c></param>
/// <param name="Spread">Σ_i Θ_m[i, j]⁴ / Energy²: about 3 over the number of rows. <c>[h]</c></param>
/// <param name="Rows">How many rows were read.</param>
/// <param name="Outputs">How many there are.</param>
internal sealed unsafe record Projection(double[] Ratios, byte[] Strongest, double[] Energy, double[] Spread, int Rows, int Outputs)
{
    /// <summary>The rows by which the strongest order of a unit is chosen; more where these are 0.</summary>
    public const int Scouts = 8;

    /// <summary>How much smaller than a column's root mean square an entry may be and still be normal: 2⁻¹⁶.</summary>
    private const double Room = 1.0 / (1 << 16);

    /// <summary>Projects all columns, on rows evenly spread.</summary>
    public static Projection Of(ReleasedLayer layer, int rows, int threads) =>
        StorageFormats.With<Projection, ProjectionKernel>(layer.Format, new(layer, Math.Min(rows, layer.Outputs), threads));

    /// <summary>What is known of one unit.</summary>
    /// <param name="j">The unit.</param>
    /// <param name="y">Becomes its y. <c>[N + 1]</c></param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Column Unit(int j, Span<double> y)
    {
        for (int n = 0; n < y.Length; n++)
        {
            y[n] = Ratios[(n * Strongest.Length) + j];
        }

        return new(Strongest[j], Energy[j], Spread[j], Rows);
    }

    /// <summary>Whether all that is known of a unit are finite numbers, as of a release of such they are.</summary>
    public bool IsFinite(int j)
    {
        bool isFinite = double.IsFinite(Energy[j]);
        for (int at = j; at < Ratios.Length; at += Strongest.Length)
        {
            isFinite &= double.IsFinite(Ratios[at]);
        }

        return isFinite;
    }

    /// <summary>Whether no entry of note of a unit is subnormal in an order.</summary>
    public bool IsNormal(ReleasedLayer layer, int order, int j) =>
        Math.Sqrt(Energy[j] / Rows) * Math.Abs(Ratios[(order * Strongest.Length) + j]) * layer.Variant.Factor(order) * Room > layer.Storage.LeastNormal;

    /// <summary>Whether more rows than were read, or a scale that is not of the first of them, could say more of a unit.</summary>
    public bool IsWhole(int j) => Outputs == Rows && double.IsFinite(Energy[j]) && double.IsFinite(Spread[j]);

    /// <summary>One unit by itself, from all rows, which takes the place of what was known of it: slower, and for those few whose share of the rows left a doubt.</summary>
    /// <param name="layer">The layer, as it is stored.</param>
    /// <param name="j">The unit.</param>
    /// <param name="y">Becomes its y, in the paper's scale. <c>[N + 1]</c></param>
    public Column Widen(ReleasedLayer layer, int j, Span<double> y)
    {
        Column whole = Whole(layer, j, y);
        for (int n = 0; n < y.Length; n++)
        {
            Ratios[(n * Strongest.Length) + j] = y[n];
        }

        (Strongest[j], Spread[j]) = ((byte)whole.Strongest, whole.Spread);
        Energy[j] = whole.Energy * Rows / whole.Rows;
        return whole;
    }

    /// <summary>Takes what another projection of as many rows knows of a unit.</summary>
    public void Take(int j, Projection other, int place)
    {
        for (int n = 0; n < Ratios.Length / Strongest.Length; n++)
        {
            Ratios[(n * Strongest.Length) + j] = other.Ratios[(n * other.Strongest.Length) + place];
        }

        (Strongest[j], Spread[j], Energy[j]) = (other.Strongest[place], other.Spread[place], other.Energy[place]);
    }

    /// <summary>What <see cref="Of"/> costs, of so many rows.</summary>
    public static Cost CostOf(ReleasedLayer layer, int rows)
    {
        double entries = (double)rows * layer.Orders * layer.Hidden;
        double scouted = (double)Math.Min(rows, Scouts) * layer.Orders * layer.Hidden;
        return new(MultiplyAdds: entries + ((double)rows * layer.Hidden), Elementwise: entries + scouted + (3.0 * rows * layer.Hidden), BytesRead: (entries + scouted) * layer.Format.Size);
    }

    /// <summary>What <see cref="Widen"/> costs.</summary>
    public static Cost CostOfWhole(ReleasedLayer layer)
    {
        double entries = (double)layer.Outputs * layer.Orders;
        return new(MultiplyAdds: entries + (2 * layer.Outputs), Elementwise: (layer.Variant.IsDivided ? 3 : 5) * entries, BytesRead: 2 * entries * layer.Format.Size);
    }

    private static Column Whole(ReleasedLayer layer, int j, Span<double> y)
    {
        y.Clear();
        int strongest = layer.LeastOrder;
        double greatest = 0;
        for (int n = layer.LeastOrder; n <= layer.Order; n++)
        {
            double most = 0;
            for (int i = 0; i < layer.Outputs; i++)
            {
                most = Math.Max(most, Math.Abs(layer.Entry(n, i, j) / layer.Variant.Factor(n)));
            }

            (strongest, greatest) = most > greatest ? (n, most) : (strongest, greatest);
        }

        if (!(greatest > 0 && double.IsFinite(greatest)))
        {
            return new(strongest, greatest, 0, layer.Outputs);
        }

        double fourth = 0;
        for (int i = 0; i < layer.Outputs; i++)
        {
            double main = layer.Entry(strongest, i, j) / layer.Variant.Factor(strongest) / greatest;
            fourth += main * main * main * main;
            for (int n = layer.LeastOrder; n <= layer.Order; n++)
            {
                y[n] += layer.Entry(n, i, j) / layer.Variant.Factor(n) / greatest * main;
            }
        }

        double energy = y[strongest];
        foreach (ref double ratio in y)
        {
            ratio /= energy;
        }

        return new(strongest, Math.Max(energy * greatest * greatest, double.Epsilon), fourth / energy / energy, layer.Outputs);
    }

    /// <summary>One unit's part.</summary>
    /// <param name="Strongest">m.</param>
    /// <param name="Energy">Σ_i Θ_m[i, j]².</param>
    /// <param name="Spread">Σ_i Θ_m[i, j]⁴ / Energy².</param>
    /// <param name="Rows">How many rows were read.</param>
    public readonly record struct Column(int Strongest, double Energy, double Spread, int Rows);
}
