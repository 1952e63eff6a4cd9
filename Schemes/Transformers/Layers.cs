using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>x·Aᵀ + a.</summary>
/// <param name="Weight">A. <c>[D, d]</c></param>
/// <param name="Bias">a; null where there is none. <c>[D]</c></param>
internal sealed record Linear(Tensor Weight, Tensor? Bias)
{
    public static Linear Read(WeightReader reader, string path, long outputs, long inputs, bool hasBias) =>
        new(reader.Read($"{path}.weight", outputs, inputs), hasBias ? reader.Read($"{path}.bias", outputs) : null);

    /// <summary><c>[n, d]</c> to <c>[n, D]</c></summary>
    public Tensor Apply(Tensor x, TensorMath math)
    {
        Tensor y = math.Product(x, Weight.t());
        return Bias is null ? y : math.Add(y, Bias);
    }
}

/// <summary>A norm of each row. <c>[n, d]</c></summary>
internal abstract record Norm
{
    public abstract Tensor Apply(Tensor x, TensorMath math);
}

/// <summary>Layer norm, with a weight and a bias.</summary>
internal sealed record LayerNorm(Tensor Weight, Tensor Bias, double Epsilon) : Norm
{
    public static LayerNorm Read(WeightReader reader, string path) =>
        new(reader.Read($"{path}.weight", reader.Config.Model.Width), reader.Read($"{path}.bias", reader.Config.Model.Width), reader.Config.NormEpsilon);

    public override Tensor Apply(Tensor x, TensorMath math) => math.LayerNorm(x, Weight, Bias, Epsilon);
}

/// <summary>The norm by the root mean square, with a weight alone.</summary>
internal sealed record RootMeanSquareNorm(Tensor Weight, double Epsilon) : Norm
{
    public static RootMeanSquareNorm Read(WeightReader reader, string path) => new(reader.Read($"{path}.weight", reader.Config.Model.Width), reader.Config.NormEpsilon);

    public override Tensor Apply(Tensor x, TensorMath math) => math.RootMeanSquareNorm(x, Weight, Epsilon);
}
