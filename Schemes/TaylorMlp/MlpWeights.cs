using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The weights of a multilayer perceptron y = W·Act(Vx + b) + c (Wang et al. 2024, Eq. 1), or of a gated one, y = W·(Act(Vx + b) ⊙ Ux),
/// as in Llama and Mistral. V and U stand in a release verbatim; what the scheme protects is W, b and c. A bias that an MLP does not have
/// is 0 throughout, and a gated one never has c.
/// </summary>
/// <param name="V">The first layer. <c>[h, d]</c></param>
/// <param name="B">Its bias b. <c>[h]</c></param>
/// <param name="W">The second layer. <c>[D, h]</c></param>
/// <param name="C">Its bias c. <c>[D]</c></param>
/// <param name="U">The up projection of a gated MLP, else null. <c>[h, d]</c></param>
public sealed record MlpWeights(Tensor V, Tensor B, Tensor W, Tensor C, Tensor? U = null)
{
    /// <summary>The shape that V and W have.</summary>
    public MlpShape Shape => new((int)V.shape[^1], (int)V.shape[^2], (int)W.shape[^2], U is not null);

    private Tensor[] Protected => [W, B, C];

    /// <summary>The same weights on a device.</summary>
    public MlpWeights To(Device device) => new(V.to(device), B.to(device), W.to(device), C.to(device), U?.to(device));

    /// <summary>The forward pass on rows of inputs. <c>[n, d]</c> to <c>[n, D]</c></summary>
    public Tensor Forward(Tensor x, Activation activation, TensorMath math) => Layers(x, activation, math).Y;

    /// <summary>
    /// The forward pass with what lies on its way: Vx + b <c>[n, h]</c>, what W is multiplied by, Act(Vx + b) or with a gate
    /// Act(Vx + b) ⊙ Ux <c>[n, h]</c>, and y <c>[n, D]</c>.
    /// </summary>
    public (Tensor Preactivation, Tensor Hidden, Tensor Y) Layers(Tensor x, Activation activation, TensorMath math)
    {
        Tensor preactivation = math.Add(math.Product(x, V.transpose(-1, -2)), B.unsqueeze(-2));
        Tensor hidden = activation.Apply(math, preactivation);
        if (U is not null)
        {
            hidden = math.Multiply(hidden, math.Product(x, U.transpose(-1, -2)));
            return (preactivation, hidden, math.Product(hidden, W.transpose(-1, -2)));
        }

        return (preactivation, hidden, math.Add(math.Product(hidden, W.transpose(-1, -2)), C.unsqueeze(-2)));
    }

    /// <summary>
    /// The largest relative error of an entry of W, b and c, where 0 for 0 has none and anything else for 0 is infinite. A bias that
    /// the true weights do not have is not compared.
    /// </summary>
    public static Distances LargestRelativeError(MlpWeights weights, MlpWeights truth) => LargestOf(weights.Protected.Zip(truth.Protected));

    /// <summary>The same with the entries of V, which are secret up to their sign where a release hides signs.</summary>
    public static Distances LargestRelativeErrorWithV(MlpWeights weights, MlpWeights truth) =>
        LargestOf(weights.Protected.Zip(truth.Protected).Append((weights.V, truth.V)));

    private static double LargestOf(IEnumerable<(Tensor, Tensor)> pairs)
    {
        double largest = 0;
        foreach ((Tensor value, Tensor expected) in pairs)
        {
            using Tensor magnitude = expected.abs();
            using Tensor greatest = magnitude.max();
            if (expected.dim() == 1 && greatest.item<double>() == 0)
            {
                continue;
            }

            using Tensor relative = TensorMath.RelativeDifference(value, expected);
            using Tensor worst = relative.max();
            double one = worst.item<double>();
            largest = double.IsNaN(one) ? double.NaN : Math.Max(largest, one);
        }

        return largest;
    }

    /// <summary>Why these weights are none of an MLP's of this shape with finite entries, or null where they are.</summary>
    public string? Flaw(MlpShape shape)
    {
        (int d, int h, int outputs, bool isGated) = shape;
        List<(string Name, Tensor Tensor, long[] Sides)> expected = [("V", V, [h, d]), ("b", B, [h]), ("W", W, [outputs, h]), ("c", C, [outputs])];
        if (isGated != U is not null)
        {
            return isGated ? "it has no U, which a gated MLP has" : "it has a U, which an MLP without a gate does not have";
        }

        if (U is not null)
        {
            expected.Add(("U", U, [h, d]));
        }

        foreach ((string name, Tensor tensor, long[] sides) in expected)
        {
            if (!tensor.shape.SequenceEqual(sides))
            {
                return $"{name} has the shape [{string.Join(", ", tensor.shape)}] instead of [{string.Join(", ", sides)}]";
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
        $"{Shape}, |W| = {W.norm().item<double>():G6}, |b| = {B.norm().item<double>():G6}, |c| = {C.norm().item<double>():G6}");
}

/// <summary>The shape of a multilayer perceptron.</summary>
/// <param name="Inputs">d, at least 1.</param>
/// <param name="Hidden">h, the hidden width; at least 1.</param>
/// <param name="Outputs">D, at least 1.</param>
/// <param name="IsGated">Whether it has a gate, and with it U.</param>
public readonly record struct MlpShape(int Inputs, int Hidden, int Outputs, bool IsGated = false)
{
    /// <summary>Such as MLP 8-32-4.</summary>
    public override string ToString() => $"{(IsGated ? "gated " : "")}MLP {Inputs}-{Hidden}-{Outputs}";
}
