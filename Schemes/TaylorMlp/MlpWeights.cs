using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The weights of a multilayer perceptron y = W·Act(Vx + b) + c (Wang et al. 2024, Eq. 1). V stands in a release verbatim; what the
/// scheme protects is W, b and c.
/// </summary>
/// <param name="V">The first layer. <c>[h, d]</c></param>
/// <param name="B">Its bias b. <c>[h]</c></param>
/// <param name="W">The second layer. <c>[D, h]</c></param>
/// <param name="C">Its bias c. <c>[D]</c></param>
public sealed record MlpWeights(Tensor V, Tensor B, Tensor W, Tensor C)
{
    /// <summary>d, the number of inputs.</summary>
    public int Inputs => (int)V.shape[^1];

    /// <summary>h, the hidden width.</summary>
    public int Hidden => (int)V.shape[^2];

    /// <summary>D, the number of outputs.</summary>
    public int Outputs => (int)W.shape[^2];

    private Tensor[] Protected => [W, B, C];

    /// <summary>The forward pass on rows of inputs. <c>[n, d]</c> to <c>[n, D]</c></summary>
    public Tensor Forward(Tensor x, Activation activation, TensorMath math) => Layers(x, activation, math).Y;

    /// <summary>The forward pass with what lies on its way: u = Vx + b <c>[n, h]</c>, Act(u) <c>[n, h]</c> and y <c>[n, D]</c>.</summary>
    public (Tensor U, Tensor Hidden, Tensor Y) Layers(Tensor x, Activation activation, TensorMath math)
    {
        Tensor u = math.Add(math.Product(x, V.transpose(-1, -2)), B.unsqueeze(-2));
        Tensor hidden = activation.Apply(math, u);
        return (u, hidden, math.Add(math.Product(hidden, W.transpose(-1, -2)), C.unsqueeze(-2)));
    }

    /// <summary>The largest relative error of an entry of W, b and c, where 0 for 0 has none and anything else for 0 is infinite.</summary>
    public static Distances LargestRelativeError(MlpWeights weights, MlpWeights truth)
    {
        double largest = 0;
        foreach ((Tensor value, Tensor expected) in weights.Protected.Zip(truth.Protected))
        {
            using Tensor error = value.sub(expected).abs();
            using Tensor magnitude = expected.abs();
            using Tensor quotient = error.div(magnitude);
            using Tensor none = error.eq(0);
            using Tensor relative = quotient.masked_fill(none, 0);
            using Tensor worst = relative.max();
            double one = worst.item<double>();
            largest = double.IsNaN(one) ? double.NaN : Math.Max(largest, one);
        }

        return largest;
    }

    /// <summary>Why these weights are none of an MLP's of this shape with finite entries, or null where they are.</summary>
    public string? Flaw(int inputs, int hidden, int outputs)
    {
        (string Name, Tensor Tensor, long[] Shape)[] expected =
            [("V", V, [hidden, inputs]), ("b", B, [hidden]), ("W", W, [outputs, hidden]), ("c", C, [outputs])];
        foreach ((string name, Tensor tensor, long[] shape) in expected)
        {
            if (!tensor.shape.SequenceEqual(shape))
            {
                return $"{name} has the shape [{string.Join(", ", tensor.shape)}] instead of [{string.Join(", ", shape)}]";
            }

            if (tensor.dtype != V.dtype || !tensor.is_floating_point())
            {
                return $"{name} is of type {tensor.dtype}";
            }

            using Tensor finite = tensor.isfinite();
            using Tensor all = finite.all();
            if (!all.item<bool>())
            {
                return $"{name} has an entry that is not a finite number";
            }
        }

        return null;
    }

    /// <summary>The shape, and the norms of the protected tensors.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"MLP {Inputs}-{Hidden}-{Outputs}, |W| = {W.norm().item<double>():G6}, |b| = {B.norm().item<double>():G6}, |c| = {C.norm().item<double>():G6}");
}
