using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The multilayer perceptron of a transformer's block, in one of its forms: the original, which a recovered one is again; TaylorMLP, as either variant
/// releases it; and collapsed.
/// </summary>
public interface IMlp
{
    /// <summary>y of each row. <c>[n, d]</c> to <c>[n, D]</c>, in the type of x</summary>
    /// <param name="x">The rows. <c>[n, d]</c></param>
    /// <param name="math">Pays.</param>
    Tensor Infer(Tensor x, TensorMath math);
}

/// <summary>An MLP with its weights, as a model is trained, or as an attack recovers it.</summary>
/// <param name="Weights">The weights, of one floating-point type.</param>
/// <param name="Activation">The activation.</param>
public sealed record PlainMlp(MlpWeights Weights, Activation Activation) : IMlp
{
    /// <inheritdoc/>
    public Tensor Infer(Tensor x, TensorMath math) => Weights.Forward(x, Activation, math);
}
