using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The weights of a multilayer perceptron y = W·Act(Vx + b) + c (Wang et al. 2024, Eq. 1), or of a gated one, y = W·(Act(Vx + b) ⊙ Ux),
/// as in Llama and Mistral. V and U stand in a release verbatim; what the scheme protects is W, b and c. A bias that an MLP does not have
/// is 0 throughout, and a gated one never has c. Of several trials in lock-step every tensor has a leading axis of lanes.
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

    private (Tensor Tensor, bool IsBias)[] Protected => [(W, false), (B, true), (C, true)];

    /// <summary>The weights of one lane.</summary>
    public MlpWeights Lane(int lane) => new(V[lane], B[lane], W[lane], C[lane], U?[lane]);

    /// <summary>Weights of single trials side by side, a lane each.</summary>
    /// <param name="weights">Of one shape; at least one.</param>
    public static MlpWeights Stack(IReadOnlyList<MlpWeights> weights)
    {
        Tensor Of(Func<MlpWeights, Tensor> part) => stack([.. weights.Select(part)]);
        return new(Of(w => w.V), Of(w => w.B), Of(w => w.W), Of(w => w.C), weights[0].U is null ? null : Of(w => w.U!));
    }

    /// <summary>Where the bit of a lane is 0 the first weights, where it is 1 the second.</summary>
    public static MlpWeights Choose(Bits bits, MlpWeights zero, MlpWeights one)
    {
        if (bits.Lanes.Length == 1)
        {
            return bits.Lanes[0] ? one : zero;
        }

        Tensor mask = tensor(bits.Lanes.ToArray(), device: zero.V.device);
        Tensor Of(Tensor ofZero, Tensor ofOne) => where(mask.view([-1, .. Enumerable.Repeat(1L, (int)Math.Max(ofZero.dim(), ofOne.dim()) - 1)]), ofOne, ofZero);
        return new(Of(zero.V, one.V), Of(zero.B, one.B), Of(zero.W, one.W), Of(zero.C, one.C), zero.U is null ? null : Of(zero.U, one.U!));
    }

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
        Tensor preactivation = math.Add(math.Widened(math.Product(x, V.transpose(-1, -2))), B.unsqueeze(-2));
        Tensor hidden = activation.Apply(math, preactivation);
        if (U is not null)
        {
            hidden = math.As(math.Multiply(hidden, math.Product(x, U.transpose(-1, -2))), W.dtype);
            return (preactivation, hidden, math.Product(hidden, W.transpose(-1, -2)));
        }

        hidden = math.As(hidden, W.dtype);

        return (preactivation, hidden, math.Add(math.Product(hidden, W.transpose(-1, -2)), C.unsqueeze(-2)));
    }

    /// <summary>
    /// The largest relative error of an entry of W, b and c, where 0 for 0 has none and anything else for 0 is infinite. A bias that
    /// the true weights do not have is not compared.
    /// </summary>
    public static Distances LargestRelativeError(MlpWeights weights, MlpWeights truth) => LargestOf(Pairs(weights, truth));

    /// <summary>The same with the entries of V, which are secret up to their sign where a release hides signs.</summary>
    public static Distances LargestRelativeErrorWithV(MlpWeights weights, MlpWeights truth) =>
        LargestOf(Pairs(weights, truth).Append((weights.V, truth.V, false)));

    private static IEnumerable<(Tensor, Tensor, bool IsBias)> Pairs(MlpWeights weights, MlpWeights truth) =>
        weights.Protected.Zip(truth.Protected, (value, expected) => (value.Tensor, expected.Tensor, value.IsBias));

    /// <summary>Of each lane the largest. Beside a tensor with lanes one without stands for all.</summary>
    private static Distances LargestOf(IEnumerable<(Tensor, Tensor, bool IsBias)> pairs)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        double[] largest = [0];
        foreach ((Tensor value, Tensor expected, bool isBias) in pairs)
        {
            int sides = isBias ? 1 : 2;
            double[] relative = Greatest(TensorMath.RelativeDifference(value, expected), sides);
            double[] truth = isBias ? Greatest(expected.abs(), sides) : [1];
            largest = [.. Enumerable.Range(0, Math.Max(largest.Length, relative.Length)).Select(lane =>
            {
                (double before, double here) = (largest[lane % largest.Length], relative[lane % relative.Length]);
                return truth[lane % truth.Length] == 0 ? before : Math.Max(before, here); // which is NaN where either is
            })];
        }

        return largest.Length == 1 ? largest[0] : new Distances(largest);

        static double[] Greatest(Tensor entries, int sides) => [.. (entries.dim() == sides ? entries.max().view(1) : entries.flatten(1).amax([1])).cpu().data<double>()];
    }

    /// <summary>Why these weights are none of an MLP's of this shape with finite entries, or null where they are.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="lanes">How many trials they are of. Weights without lanes stand for all.</param>
    public string? Flaw(MlpShape shape, int lanes = 1)
    {
        (int d, int h, int outputs, bool isGated) = shape;
        long[] axis = lanes > 1 && V.dim() > 2 ? [lanes] : [];
        List<(string Name, Tensor Tensor, long[] Sides)> expected = [("V", V, [.. axis, h, d]), ("b", B, [.. axis, h]), ("W", W, [.. axis, outputs, h]), ("c", C, [.. axis, outputs])];
        if (isGated != U is not null)
        {
            return isGated ? "it has no U, which a gated MLP has" : "it has a U, which an MLP without a gate does not have";
        }

        if (U is not null)
        {
            expected.Add(("U", U, [.. axis, h, d]));
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
    public override string ToString() => V.dim() == 3 ? $"{V.shape[0]} lanes, of which the first: {Lane(0)}" : FormattableString.Invariant(
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
