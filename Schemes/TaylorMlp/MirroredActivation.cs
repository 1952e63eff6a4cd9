using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// Act(−x). A unit whose sign the public code of TaylorMLP flips is one with this activation, at −x₀: its coefficients there are
/// (−1)ⁿ·Act⁽ⁿ⁾(x₀)/n!. From the second order on they are those of Act itself at −x₀, for GELU, tanh-GELU and SiLU are x/2 and an even function.
/// </summary>
internal sealed class MirroredActivation(Activation inner) : Activation
{
    public override string Name => $"mirrored {inner}";

    public override Activation Mirrored => inner;

    internal override unsafe LaneFunction? OnLanes => inner.OnLanes is not { } function ? null : (u, slopes, count) =>
    {
        LaneFunctions.Negate(u, count);
        function(u, slopes, count);
        LaneFunctions.Negate(slopes, count);
    };

    public override Tensor Apply(TensorMath math, Tensor u) => inner.Apply(math, math.Scale(u, -1));

    public override Tensor Slope(TensorMath math, Tensor u) => math.Scale(inner.Slope(math, math.Scale(u, -1)), -1);

    public override void TaylorCoefficients(double x, Span<double> coefficients)
    {
        inner.TaylorCoefficients(-x, coefficients);
        for (int n = 1; n < coefficients.Length; n += 2)
        {
            coefficients[n] = -coefficients[n];
        }
    }

    public override double ConvergenceRadius(double x) => inner.ConvergenceRadius(-x);

    public override Cost TaylorCoefficientsCost(int order) => inner.TaylorCoefficientsCost(order) + new Cost(Elementwise: (order + 1) / 2);
}
