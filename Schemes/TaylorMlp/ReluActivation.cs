using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>ReLU. At 0, where it has no slope, the slope is 0, as is usual.</summary>
internal sealed class ReluActivation : Activation
{
    public override string Name => "relu";

    internal override unsafe LaneFunction OnLanes => LaneFunctions.Relu;

    public override Tensor Apply(TensorMath math, Tensor u) => math.Positive(u);

    public override Tensor Slope(TensorMath math, Tensor u) => math.IsPositive(u);

    /// <inheritdoc/>
    public override void TaylorCoefficients(double x, Span<double> coefficients)
    {
        coefficients.Clear();
        coefficients[0] = Math.Max(x, 0);
        if (coefficients.Length > 1)
        {
            coefficients[1] = x > 0 ? 1 : 0;
        }
    }

    /// <summary>|x|: the line through Act(x) is Act as far as the kink.</summary>
    public override double ConvergenceRadius(double x) => Math.Abs(x);

    /// <inheritdoc/>
    public override Cost TaylorCoefficientsCost(int order) => new(Elementwise: 1 + Math.Min(order, 1));
}
