using TorchSharp;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// W from Θ in tensor operations, and W·Act(x₀), a block of rows after the other, as <see cref="RowDivision"/> does it in vectors. Θ is read once and W
/// written once; between the operations on a block its entries stay in a cache.
/// </summary>
/// <remarks>
/// The bytes that an operation moves to and from that cache are what its launches add up to, on 16-bit entries:
/// <list type="bullet">
/// <item>One order: 3 launches a block, 16 bytes an entry of W, of which 4 are of memory.</item>
/// <item>All orders, with weights of whole columns: N + 2 launches a block and 10 bytes an entry of Θ, of which 2 are of memory.</item>
/// <item>All orders, with weights of each entry: 9·N + 7 launches a block and 88 bytes an entry of Θ. Few columns need it, except in float16, where all do.</item>
/// </list>
/// What is not written into a tensor made before is made anew for each block; libtorch hands out the same memory again.
/// </remarks>
/// <param name="Layer">The release.</param>
/// <param name="Coefficients">What Θ_n is W multiplied by. <c>[N + 1, h]</c></param>
/// <param name="W">Where W is written, rounded to its type. <c>[D, h]</c></param>
internal sealed record TensorDivision(TensorLayer Layer, double[] Coefficients, Tensor W)
{
    // A number that TorchSharp converts by itself may be freed before libtorch has read it.
    private static readonly Scalar _zero = 0.ToScalar(), _one = 1.ToScalar();

    private ReleasedLayer Shape => Layer.Shape;

    /// <summary>From one order of each unit: Θ_n[i, j] / g_n, the order of most units throughout, and then the columns of the others.</summary>
    /// <param name="chosen">n of each unit. <c>[h]</c></param>
    /// <returns>Σ_j W[i, j]·Act(x₀[j]) of each row. <c>[D]</c></returns>
    public double[] ByOneOrder(byte[] chosen)
    {
        using DisposeScope scope = NewDisposeScope();
        int main = chosen.CountBy(order => order).MaxBy(order => order.Value).Key;
        Tensor inverse = Layer.Put(Inverses(main, [.. Enumerable.Range(0, Shape.Hidden)]), Shape.Hidden);
        (Tensor Matrix, Tensor Units, Tensor Inverse)[] others =
        [
            .. from unit in chosen.Index()
               where unit.Item != main
               group unit.Index by unit.Item into units
               let places = units.ToArray()
               select (Matrix(units.Key), Layer.Indices(places), Layer.Put(Inverses(units.Key, places), places.Length)),
        ];
        return Run((first, count) =>
        {
            Tensor w = Matrix(main).narrow(0, first, count).mul(inverse);
            foreach ((Tensor matrix, Tensor units, Tensor ofUnits) in others)
            {
                w.index_copy_(1, units, matrix.narrow(0, first, count).index_select(1, units).mul(ofUnits));
            }

            return w;
        });
    }

    /// <summary>
    /// From all orders by weighted least squares, as <see cref="RowDivision.ByAllOrders"/>. An entry's rounding error is at most half its spacing, and the orders of
    /// a column differ in it by a factor below 4 while they are normal; there all entries of a column have one weight for each order, W = Σ_n a_n·Θ_n, which takes one operation
    /// instead of nine and costs at most about one entry of bfloat16 in 10,000 its last bit. A column with no order in which its entries are all normal has weights by entry.
    /// </summary>
    /// <param name="projection">What is known of the columns.</param>
    /// <param name="shares">s_n of unit j at [n·h + j], in [0, 1]. <c>[N + 1, h]</c></param>
    /// <returns>Σ_j W[i, j]·Act(x₀[j]) of each row. <c>[D]</c></returns>
    public double[] ByAllOrders(Projection projection, double[] shares)
    {
        using DisposeScope scope = NewDisposeScope();
        (double[] ofColumns, int[] doubtful) = OfColumns(projection, shares);
        if (doubtful.Length == Shape.Hidden)
        {
            return Run(ByEntry(null, shares));
        }

        Tensor[] weights = [.. Enumerable.Range(Shape.LeastOrder, Shape.Orders).Select(n => Layer.Put(ofColumns[(n * Shape.Hidden)..((n + 1) * Shape.Hidden)], Shape.Hidden))];
        Tensor? units = doubtful.Length == 0 ? null : Layer.Indices(doubtful);
        Func<long, long, Tensor>? byEntry = units is null ? null : ByEntry(doubtful, shares);
        return Run((first, count) =>
        {
            Tensor w = Layer.Matrices[0].narrow(0, first, count).mul(weights[0]);
            for (int k = 1; k < weights.Length; k++)
            {
                w.addcmul_(Layer.Matrices[k].narrow(0, first, count), weights[k], _one);
            }

            return byEntry is null ? w : w.index_copy_(1, units!, byEntry(first, count));
        });
    }

    /// <summary>a_n of each column, s_n/g_n by Σ_n s_n over the orders in which it is normal, and the columns that have no such order but are not 0.</summary>
    private (double[] Weights, int[] Doubtful) OfColumns(Projection projection, double[] shares)
    {
        (int h, double[] weights, List<int> doubtful) = (Shape.Hidden, new double[Coefficients.Length], []);
        double greatest = Math.ScaleB(1, Layer.RealStorage.GreatestExponent);
        for (int j = 0; j < h; j++)
        {
            double sum = 0;
            for (int n = Shape.LeastOrder; n <= Shape.Order; n++)
            {
                double inverse = 1 / Coefficients[(n * h) + j];
                double share = Math.Abs(inverse) < greatest && projection.IsNormal(Shape, n, j) ? shares[(n * h) + j] : 0;
                weights[(n * h) + j] = share == 0 ? 0 : share * inverse;
                sum += share;
            }

            for (int n = Shape.LeastOrder; n <= Shape.Order && sum > 0; n++)
            {
                weights[(n * h) + j] /= sum;
            }

            if (sum == 0 && projection.Energy[j] != 0)
            {
                doubtful.Add(j);
            }
        }

        return (weights, [.. doubtful]);
    }

    /// <summary>W = Σ_n s_n·g_n·Θ_n·2^(−2e) / Σ_n s_n·g_n²·2^(−2e), e the exponent of Θ_n's entry.</summary>
    /// <param name="units">Of which units; null for all.</param>
    /// <param name="shares">s_n. <c>[N + 1, h]</c></param>
    private Func<long, long, Tensor> ByEntry(int[]? units, double[] shares)
    {
        Tensor? places = units is null ? null : Layer.Indices(units);
        int[] whole = units ?? [.. Enumerable.Range(0, Shape.Hidden)];
        int headroom = RowDivision.HeadroomOf(Shape, Coefficients); // squares must be numbers, as there
        Scalar least = Math.ScaleB(1, Math.Max(Shape.Storage.LeastExponent, (Layer.RealStorage.LeastExponent / 2) + headroom)).ToScalar();
        (Tensor Weights, Tensor Coefficients)[] ofOrders =
        [
            .. from n in Enumerable.Range(Shape.LeastOrder, Shape.Orders)
               let at = whole.Select(j => (n * Shape.Hidden) + j).ToArray()
               select (Layer.Put([.. at.Select(place => shares[place] * Coefficients[place])], at.Length), Layer.Put([.. at.Select(place => Coefficients[place])], at.Length)),
        ];
        Tensor spacing = empty([Math.Min(Layer.AtOnce(Shape.Hidden), Shape.Outputs), whole.Length], dtype: Layer.Real, device: Layer.Device);
        Tensor below = empty_like(spacing);
        return (first, count) =>
        {
            Tensor above = zeros([count, whole.Length], dtype: Layer.Real, device: Layer.Device);
            (Tensor magnitude, Tensor sum) = (spacing.narrow(0, 0, count), below.narrow(0, 0, count).zero_());
            foreach ((int k, (Tensor weights, Tensor coefficients)) in ofOrders.Index())
            {
                Tensor entries = Layer.Matrices[k].narrow(0, first, count);
                entries = places is null ? entries : entries.index_select(1, places);
                magnitude.copy_(entries).abs_().clamp_min_(least);
                Tensor precision = magnitude.frexp().Mantissa.div_(magnitude); // 2^(−e − 1), exactly
                precision.mul_(precision).mul_(weights);
                above.addcmul_(precision, entries, _one);
                sum.addcmul_(precision, coefficients, _one);
            }

            return above.div_(sum).masked_fill_(sum.eq(_zero), _zero);
        };
    }

    /// <summary>Works W out block by block, rounds and writes it.</summary>
    private double[] Run(Func<long, long, Tensor> rows)
    {
        Tensor activation = Layer.Put(Coefficients[..Shape.Hidden], Shape.Hidden);
        Tensor images = empty(Shape.Outputs, dtype: Layer.Real, device: Layer.Device);
        for (long first = 0, step = Layer.AtOnce(Shape.Hidden); first < Shape.Outputs; first += step)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(step, Shape.Outputs - first);
            Tensor w = rows(first, count);
            W.narrow(0, first, count).copy_(w);
            images.narrow(0, first, count).copy_(w.mv(activation));
        }

        return images.to_type(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    private Tensor Matrix(int order) => Layer.Matrices[order - Shape.LeastOrder];

    /// <summary>1/g_n of some units, 0 where it is no number.</summary>
    private double[] Inverses(int order, int[] units)
    {
        double greatest = Math.ScaleB(1, Layer.RealStorage.GreatestExponent);
        return [.. units.Select(j => 1 / Coefficients[(order * Shape.Hidden) + j]).Select(inverse => Math.Abs(inverse) < 2 * greatest ? inverse : 0)];
    }
}
