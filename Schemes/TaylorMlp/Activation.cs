using MathNet.Numerics;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>An activation function, on tensors and with its derivatives of any order at a number.</summary>
public abstract class Activation
{
    /// <summary>GELU(x) = x·Φ(x) with the normal distribution function Φ (Wang et al. 2024, App. A).</summary>
    public static Activation Gelu { get; } = new GeluFunction();

    /// <summary>SiLU(x) = x·σ(x) with the logistic function σ (Wang et al. 2024, App. B).</summary>
    public static Activation Silu { get; } = new SiluFunction();

    /// <summary>All activations.</summary>
    public static IReadOnlyList<Activation> All { get; } = [Gelu, Silu];

    /// <summary>The name, as in configuration files.</summary>
    public abstract string Name { get; }

    /// <summary>What one call of <see cref="Derivatives"/> costs, up to order N.</summary>
    public abstract Cost DerivativesCost(int order);

    /// <summary>Act(u), entry by entry.</summary>
    public abstract Tensor Apply(TensorMath math, Tensor u);

    /// <summary>Act′(u), entry by entry.</summary>
    public abstract Tensor Slope(TensorMath math, Tensor u);

    /// <summary>Act⁽ⁿ⁾(x) for n = 0 … <paramref name="orders"/>.Length − 1.</summary>
    public abstract void Derivatives(double x, Span<double> orders);

    /// <summary>The coefficients of the Taylor series around x: Act⁽ⁿ⁾(x)/n! for n = 0 … <paramref name="coefficients"/>.Length − 1.</summary>
    public void TaylorCoefficients(double x, Span<double> coefficients)
    {
        Derivatives(x, coefficients);
        double factorial = 1;
        for (int n = 2; n < coefficients.Length; n++)
        {
            factorial *= n;
            coefficients[n] /= factorial;
        }
    }

    /// <summary>What one call of <see cref="TaylorCoefficients"/> costs, up to order N.</summary>
    public Cost TaylorCoefficientsCost(int order) => DerivativesCost(order) + new Cost(Elementwise: 2 * order);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private sealed class GeluFunction : Activation
    {
        private static readonly double _normaliser = 1 / Math.Sqrt(2 * Math.PI);

        public override string Name => "gelu";

        public override Cost DerivativesCost(int order) => new(Elementwise: 4 + (6 * order), Transcendental: 2);

        public override Tensor Apply(TensorMath math, Tensor u) => math.Multiply(u, Distribution(math, u));

        public override Tensor Slope(TensorMath math, Tensor u)
        {
            Tensor density = math.Scale(math.Exp(math.Scale(math.Multiply(u, u), -0.5)), _normaliser);
            return math.MultiplyAdd(u, density, Distribution(math, u));
        }

        /// <summary>
        /// GELU⁽ⁿ⁾ = x·h_{n−1} + n·h_{n−2} (Wang et al. 2024, Eq. 9), where h_n = φ⁽ⁿ⁾ by h_n = −x·h_{n−1} − (n−1)·h_{n−2} (Eq. 8),
        /// and, which the paper leaves out and n = 1 needs, h_{−1} = Φ.
        /// </summary>
        public override void Derivatives(double x, Span<double> orders)
        {
            double twoBefore = 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2)); // h_{n−2}, from h_{−1} = Φ on
            double before = _normaliser * Math.Exp(-x * x / 2); // h_{n−1}, from h_0 = φ on
            for (int n = 0; n < orders.Length; n++)
            {
                if (n == 0)
                {
                    orders[0] = x * twoBefore;
                    continue;
                }

                orders[n] = (x * before) + (n * twoBefore);
                (twoBefore, before) = (before, (-x * before) - ((n - 1) * twoBefore));
            }
        }

        private static Tensor Distribution(TensorMath math, Tensor u)
        {
            Tensor erf = math.Erf(math.Scale(u, 1 / Math.Sqrt(2)));
            return math.Scale(math.Add(erf, ones_like(erf)), 0.5);
        }
    }

    private sealed class SiluFunction : Activation
    {
        public override string Name => "silu";

        public override Cost DerivativesCost(int order) => new(Elementwise: 4 + (4 * order) + (6 * order * (order + 1) / 2), Transcendental: 1);

        public override Tensor Apply(TensorMath math, Tensor u) => math.Multiply(u, math.Sigmoid(u));

        public override Tensor Slope(TensorMath math, Tensor u)
        {
            Tensor sigma = math.Sigmoid(u);
            Tensor silu = math.Multiply(u, sigma);
            return math.MultiplyAdd(sigma, math.Subtract(ones_like(silu), silu), silu);
        }

        /// <summary>
        /// SiLU⁽ⁿ⁾ = x·h_n + n·h_{n−1} (Wang et al. 2024, Eq. 12) with h_n = σ⁽ⁿ⁾ = h_{n−1} − Σ_{k&lt;n} C(n−1, k)·h_k·h_{n−1−k}. Eq. 11 as
        /// printed loses the first term. The sum cancels where σ is near 1, so it is taken at −|x|, and for n ≥ 2
        /// SiLU⁽ⁿ⁾(−x) = (−1)ⁿ·SiLU⁽ⁿ⁾(x).
        /// </summary>
        public override void Derivatives(double x, Span<double> orders)
        {
            double t = -Math.Abs(x);
            double e = Math.Exp(t);
            Span<double> h = orders.Length <= 64 ? stackalloc double[orders.Length] : new double[orders.Length];
            for (int n = 0; n < orders.Length; n++)
            {
                if (n == 0)
                {
                    h[0] = e / (1 + e);
                    orders[0] = x < 0 ? t * h[0] : x / (1 + e);
                    continue;
                }

                double sum = h[n - 1];
                double binomial = 1;
                for (int k = 0; k < n; k++)
                {
                    sum -= binomial * h[k] * h[n - 1 - k];
                    binomial = binomial * (n - 1 - k) / (k + 1);
                }

                h[n] = sum;
                double atT = (t * h[n]) + (n * h[n - 1]);
                orders[n] = x <= 0 ? atT
                    : n == 1 ? 1 - atT // SiLU′(x) + SiLU′(−x) = 1
                    : n % 2 == 0 ? atT
                    : -atT;
            }
        }
    }
}
