using TorchSharp;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// A <see cref="Projection"/> in tensor operations, from the same rows as <see cref="ProjectionKernel"/>: a block of columns after the other, and only
/// N + 4 numbers of each unit go to the host. Where the few rows that choose the strongest order are 0, all that are read do, so that nobody has to be asked whether they are.
/// </summary>
internal static class TensorProjection
{
    /// <summary>Projects all columns, on rows evenly spread.</summary>
    public static Projection Of(TensorLayer layer, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        ReleasedLayer shape = layer.Shape;
        (int least, int orders, int h) = (shape.LeastOrder, shape.Orders, shape.Hidden);
        using Scalar zero = 0.ToScalar();
        using Scalar leastNormal = layer.RealStorage.LeastNormal.ToScalar();
        Scalar[] factors = [.. shape.Variant.IsDivided ? [] : Enumerable.Range(least, orders).Select(n => shape.Variant.Factor(n).ToScalar())];
        Tensor places = layer.Indices(Enumerable.Range(0, rows).Select(k => (int)((long)k * shape.Outputs / rows)));
        Tensor numbers = empty([orders + 3, h], dtype: ScalarType.Float64, device: layer.Device); // Σ_i Θ_n·Θ_m·scale² by n; m; scale; Σ_i (Θ_m·scale)⁴
        long step = Math.Min(h, layer.AtOnce((long)orders * rows));
        Tensor entries = empty([orders, rows, step], dtype: layer.Real, device: layer.Device);
        for (long first = 0; first < h; first += step)
        {
            using DisposeScope ofBlock = NewDisposeScope();
            long count = Math.Min(step, h - first);
            Tensor block = entries.narrow(2, 0, count);
            Tensor to = numbers.narrow(1, first, count);
            foreach ((int k, Tensor matrix) in layer.Matrices.Index())
            {
                Tensor ofOrder = block.select(0, k).copy_(matrix.narrow(1, first, count).index_select(0, places));
                _ = factors.Length == 0 ? ofOrder : ofOrder.div_(factors[k]);
            }

            Tensor scouted = block.narrow(1, 0, Math.Min(rows, Projection.Scouts)).abs().sum(1L);
            (Tensor greatest, Tensor strongest) = scouted.where(scouted.amax([0]).gt(zero), block.abs().sum(1L)).max(0);
            greatest.clamp_min_(leastNormal);
            Tensor scale = greatest.frexp().Mantissa.div_(greatest); // a power of two: fourth powers stay in range
            Tensor main = block.gather(0, strongest.view(1, 1, count).expand(1, rows, count)).squeeze(0).mul_(scale);
            Tensor square = main.mul(main);
            // 0 alone would be taken for a tensor type
            to.select(0, orders + 2).copy_(square.mul_(square).sum(0L));
            to.select(0, orders + 1).copy_(scale);
            to.select(0, orders).copy_(strongest);
            to.narrow(0, 0, orders).copy_(block.mul_(main.mul_(scale)).sum(1L));
        }

        Array.ForEach(factors, factor => factor.Dispose());
        return OnHost(shape, rows, numbers.cpu().data<double>().ToArray());
    }

    /// <summary>One of which nothing is known yet, so that every unit is widened.</summary>
    public static Projection Nothing(ReleasedLayer layer, int rows)
    {
        double[] energy = new double[layer.Hidden];
        Array.Fill(energy, double.NaN);
        return new(new double[(layer.Order + 1) * layer.Hidden], new byte[layer.Hidden], energy, new double[layer.Hidden], rows, layer.Outputs);
    }

    private static Projection OnHost(ReleasedLayer shape, int rows, double[] numbers)
    {
        (int least, int orders, int h) = (shape.LeastOrder, shape.Orders, shape.Hidden);
        Projection projection = new(new double[(shape.Order + 1) * h], new byte[h], new double[h], new double[h], rows, shape.Outputs);
        for (int j = 0; j < h; j++)
        {
            (int m, double scale, double fourth) = ((int)numbers[(orders * h) + j], numbers[((orders + 1) * h) + j], numbers[((orders + 2) * h) + j]);
            double energy = numbers[(m * h) + j];
            projection.Strongest[j] = (byte)(least + m);
            projection.Energy[j] = energy / scale / scale;
            projection.Spread[j] = energy > 0 ? fourth / energy / energy : 0;
            for (int k = 0; k < orders && energy > 0; k++)
            {
                projection.Ratios[((least + k) * h) + j] = numbers[(k * h) + j] / energy;
            }
        }

        return projection;
    }
}
