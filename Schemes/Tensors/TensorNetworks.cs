using TorchSharp;
using Wager.Games;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <content>What transformers compute beside products of matrices. They play one trial at a time: there is no axis of trials here.</content>
public readonly partial struct TensorMath
{
    private static readonly Scalar _minusOne = (-1).ToScalar();

    /// <summary>Numbers of 16 bits in float32, in which what lies between the products of an MLP is computed; wider ones as they are. Only bytes are charged.</summary>
    public Tensor Widened(Tensor tensor) => tensor.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? As(tensor, ScalarType.Float32) : tensor;

    /// <summary>The same numbers, rounded to another type, or as they are where it is theirs. Only bytes are charged.</summary>
    public Tensor As(Tensor tensor, ScalarType type)
    {
        if (tensor.dtype == type)
        {
            return tensor;
        }

        Tensor result = tensor.to_type(type);
        return Charged(result, default, tensor);
    }

    /// <summary>
    /// Each row less its mean, over its standard deviation, times a weight and plus a bias: two multiply-adds and three operations an entry, and a root
    /// a row. <c>[n, d]</c>
    /// </summary>
    /// <param name="rows"><c>[n, d]</c></param>
    /// <param name="weight"><c>[d]</c></param>
    /// <param name="bias"><c>[d]</c></param>
    /// <param name="epsilon">Added to the variance.</param>
    public Tensor LayerNorm(Tensor rows, Tensor weight, Tensor bias, double epsilon)
    {
        Tensor result = nn.functional.layer_norm(rows, [rows.shape[^1]], weight, bias, epsilon);
        return Charged(result, new Cost(MultiplyAdds: 2 * rows.numel(), Elementwise: 3 * rows.numel(), Transcendental: rows.shape[0]), rows, weight, bias);
    }

    /// <summary>
    /// Each row over the root of its mean square, times a weight, in float32 or wider: a multiply-add and two operations an entry, and a root a row. <c>[n, d]</c>
    /// </summary>
    /// <param name="rows"><c>[n, d]</c></param>
    /// <param name="weight"><c>[d]</c></param>
    /// <param name="epsilon">Added to the mean square.</param>
    public Tensor RootMeanSquareNorm(Tensor rows, Tensor weight, double epsilon)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar least = epsilon.ToScalar();
        Tensor wide = rows.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? rows.to_type(ScalarType.Float32) : rows;
        Tensor factor = wide.square().mean([-1], keepdim: true).add_(least, _one).rsqrt_();
        Tensor result = wide.mul(factor).to_type(rows.dtype).mul(weight);
        Cost cost = new(MultiplyAdds: rows.numel(), Elementwise: 2 * rows.numel(), Transcendental: rows.shape[0]);
        return Charged(result, cost, rows, weight).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Pairs of entries turned by their position's angles, entry i with entry i + r/2 of the first r, the others as they are (Su et al. 2021, in
    /// the order of published models): a product and a multiply-add an entry that is turned.
    /// </summary>
    /// <param name="heads"><c>[B, H, T, w]</c></param>
    /// <param name="cosines"><c>[B or 1, 1, T, r/2]</c></param>
    /// <param name="sines">Likewise.</param>
    public Tensor Turned(Tensor heads, Tensor cosines, Tensor sines)
    {
        using DisposeScope scope = NewDisposeScope();
        (long half, long width) = (cosines.shape[^1], heads.shape[^1]);
        (Tensor left, Tensor right) = (heads.narrow(-1, 0, half), heads.narrow(-1, half, half));
        Tensor first = left.mul(cosines).addcmul_(right, sines, _minusOne);
        Tensor second = right.mul(cosines).addcmul_(left, sines, _one);
        Tensor result = cat(2 * half == width ? [first, second] : [first, second, heads.narrow(-1, 2 * half, width - (2 * half))], -1);
        long turned = heads.numel() / width * 2 * half;
        return Charged(result, new Cost(MultiplyAdds: turned, Elementwise: turned), heads, cosines, sines).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Attention: each query's mean of the values, by the softmax of its products with the keys over √w. Some queries' heads may share one of keys and values:
    /// 2·w multiply-adds, an exponential and three operations for each pair of a query and a key. <c>[B, H, T, w]</c>
    /// </summary>
    /// <param name="queries"><c>[B, H, T, w]</c></param>
    /// <param name="keys"><c>[B, G, S, w]</c>, with G a divisor of H</param>
    /// <param name="values">Likewise.</param>
    /// <param name="mask">What is added to the products before the softmax; null for nothing. <c>[B or 1, 1, T, S]</c></param>
    public Tensor Attention(Tensor queries, Tensor keys, Tensor values, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long heads, long count, long width) = (queries.shape[0], queries.shape[1], queries.shape[2], queries.shape[3]);
        (long groups, long length) = (keys.shape[1], keys.shape[2]);
        long shared = heads / groups;
        Tensor grouped = shared == 1 ? queries : queries.reshape(batch, groups, shared * count, width);
        Tensor? ofGroups = mask is null || shared == 1 || count == 1 ? mask : mask.expand(mask.shape[0], shared, count, length).reshape(mask.shape[0], 1, shared * count, length);
        Tensor result = nn.functional.scaled_dot_product_attention(grouped, keys, values, ofGroups).reshape(batch, heads, count, width);
        double pairs = (double)batch * heads * count * length;
        Cost cost = new(MultiplyAdds: 2 * width * pairs, Elementwise: 3 * pairs, Transcendental: pairs);
        return (mask is null ? Charged(result, cost, queries, keys, values) : Charged(result, cost, queries, keys, values, mask)).MoveToOuterDisposeScope();
    }

    /// <summary>The law that logits say, e to the power of each over the sum of all: an exponential and three operations an entry. <c>[…, V]</c></summary>
    public Tensor Softmax(Tensor logits) =>
        Charged(logits.softmax(-1), new Cost(Elementwise: 3 * logits.numel(), Transcendental: logits.numel()), logits);
}
