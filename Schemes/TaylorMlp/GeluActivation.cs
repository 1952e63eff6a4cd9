using System.Runtime.CompilerServices;
using MathNet.Numerics;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>GELU: the gate is the normal distribution function Φ.</summary>
internal sealed class GeluActivation : GatedActivation
{
    private static readonly double _normaliser = 1 / Math.Sqrt(2 * Math.PI);
    private static readonly double _root = Math.Sqrt(0.5);

    public override string Name => "gelu";

    internal override unsafe LaneFunction OnLanes => LaneFunctions.Gelu;

    public override Tensor Apply(TensorMath math, Tensor u) => math.Multiply(u, Distribution(math, u));

    public override Tensor Slope(TensorMath math, Tensor u)
    {
        Tensor density = math.Scale(math.Exp(math.Scale(math.Multiply(u, u), -0.5)), _normaliser);
        return math.MultiplyAdd(u, density, Distribution(math, u));
    }

    /// <summary>Infinite: x·Φ(x) is entire.</summary>
    public override double ConvergenceRadius(double x) => double.PositiveInfinity;

    /// <summary>
    /// With h_n = φ⁽ⁿ⁾ = −x·h_{n−1} − (n−1)·h_{n−2} (Wang et al. 2024, Eq. 8) it is Φ_n = h_{n−1}/n!, and, which the paper leaves out
    /// and its Eq. 9 needs at n = 1, h_{−1} = Φ.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Gate(double x, Span<double> f)
    {
        f[0] = 0.5 * SpecialFunctions.Erfc(-x * _root);
        if (f.Length > 1)
        {
            f[1] = _normaliser * Math.Exp(-0.5 * x * x);
        }

        for (int n = 2; n < f.Length; n++)
        {
            double share = 1.0 / n; // none of the divisions waits for the order before
            double back = (n - 2.0) / ((n - 1.0) * n);
            f[n] = -((x * share * f[n - 1]) + (back * f[n - 2]));
        }
    }

    protected override Cost GateCost(int order) =>
        order == 0 ? new(Elementwise: 3, Transcendental: 1) : new(Elementwise: 6 * order, Transcendental: 2);

    private static Tensor Distribution(TensorMath math, Tensor u)
    {
        Tensor erf = math.Erf(math.Scale(u, _root));
        return math.Scale(math.Add(erf, ones_like(erf)), 0.5);
    }
}
