using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The gate is the logistic function of an odd polynomial, F = σ(v) with v = rate·(x + cube·x³): SiLU with v = x, and tanh-GELU, because
/// (1 + tanh(u))/2 = σ(2u).
/// </summary>
internal sealed class LogisticActivation(string name, double rate, double cube) : GatedActivation
{
    /// <summary>Beyond it the gate of tanh-GELU is 0 or 1 and its slope 0, in any format, while the powers of x in v are still finite.</summary>
    private const double Far = 32;

    /// <summary>Beyond it the poles of tanh-GELU are so close to each other that the nearest is as far as their hyperbola.</summary>
    private const double Dense = 1e4;

    public override string Name => name;

    internal override unsafe LaneFunction OnLanes => (u, slopes, count) => LaneFunctions.Logistic(u, slopes, count, rate, cube);

    public override Tensor Apply(TensorMath math, Tensor u) => math.Multiply(u, math.Sigmoid(Argument(math, u)));

    /// <summary>Act′ = σ + u·σ·(1 − σ)·v′, with v = v(u).</summary>
    public override Tensor Slope(TensorMath math, Tensor u)
    {
        u = cube == 0 ? u : math.Clamp(u, -Far, Far); // because v′ grows, and infinity times 0 is no number
        Tensor sigma = math.Sigmoid(Argument(math, u));
        Tensor rise = math.Multiply(u, sigma);
        Tensor rest = math.Subtract(ones_like(sigma), sigma);
        if (cube != 0)
        {
            rise = math.Multiply(rise, math.ScaleAdd(math.Multiply(u, u), 3 * rate * cube, TensorMath.Full(u, rate)));
        }

        return math.MultiplyAdd(rise, rest, sigma);
    }

    /// <summary>
    /// The distance to the nearest pole of σ(v), where v = ±iπ(2k + 1). For SiLU that is ±iπ, at √(x² + π²). With a cube, let c be
    /// 1/√(3·cube): v = is has the roots ±√3·c·sinh θ + i·c·cosh θ, with cosh 3θ = 3s/(2c·rate), and one on the imaginary axis that is never
    /// the nearest. They lie on a hyperbola, whose point next to x has the real part 3x/4; the nearest pole is one of the two beside that.
    /// </summary>
    public override double ConvergenceRadius(double x)
    {
        if (cube == 0)
        {
            return double.Hypot(x, Math.PI / rate);
        }

        double c = 1 / Math.Sqrt(3 * cube);
        if (Math.Abs(x) > Dense)
        {
            return double.Hypot(x / 2, c);
        }

        double period = 2 * Math.PI;
        double nearest = Math.Sinh(3 * Math.Asinh(Math.Abs(x) * 3 / 4 / (Math.Sqrt(3) * c))); // sinh 3θ there
        double s = double.Hypot(1, nearest) * 2 * c * rate / 3;
        double below = Math.Max(Math.Floor((s / period) - 0.5), 0);
        return Math.Min(Distance(below), Distance(below + 1));

        double Distance(double k)
        {
            double theta = Math.Acosh(3 * period * (k + 0.5) / (2 * c * rate)) / 3;
            return double.Hypot((Math.Sqrt(3) * c * Math.Sinh(theta)) - Math.Abs(x), c * Math.Cosh(theta));
        }
    }

    /// <summary>
    /// From F′ = v′·P with P = F − F²: n·F_n = Σ_k (k + 1)·v_{k+1}·P_{n−1−k}, with three terms because v is a cubic polynomial. In
    /// P_n = F_n·(1 − 2F₀) − Σ_{0&lt;i&lt;n} F_i·F_{n−i}, unlike in F_n − Σ_i F_i·F_{n−i}, nothing cancels where F is near ½ or 1. For
    /// SiLU it is Wang et al. 2024, Eq. 11, with the h_{n−1} that is lost in print.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Gate(double x, Span<double> f)
    {
        double v = rate * (x + (cube * x * x * x));
        double e = Math.Exp(-Math.Abs(v)); // which, unlike exp(−v), is always finite
        if (e == 0)
        {
            f.Clear(); // the gate is open or shut, and the coefficients of v may be infinite
            f[0] = x > 0 ? 1 : 0;
            return;
        }

        double slope = rate * (1 + (3 * cube * x * x));
        double bend = 6 * rate * cube * x;
        double third = 3 * rate * cube;
        double lean = Math.Sign(v) * (e - 1) / (1 + e); // 1 − 2F₀
        f[0] = (v > 0 ? 1 : e) / (1 + e);
        (double p1, double p2, double p3) = (e / ((1 + e) * (1 + e)), 0, 0); // P_{n−1}, P_{n−2} and P_{n−3}
        for (int n = 1; n < f.Length; n++)
        {
            f[n] = ((slope * p1) + (bend * p2) + (third * p3)) / n;
            (p1, p2, p3) = ((lean * f[n]) - InnerSquare(f, n), p1, p2);
        }
    }

    protected override Cost GateCost(int order) =>
        new(MultiplyAdds: (4 * order) + (order * order / 4), Elementwise: 26 + (2 * order), Transcendental: 1);

    /// <summary>v, entry by entry.</summary>
    private Tensor Argument(TensorMath math, Tensor u)
    {
        if (cube == 0)
        {
            return u;
        }

        Tensor square = math.Multiply(u, u);
        return math.Multiply(u, math.ScaleAdd(square, rate * cube, TensorMath.Full(square, rate)));
    }

    /// <summary>Σ_{0&lt;i&lt;n} f_i·f_{n−i}, each product of two different ones once.</summary>
    private static double InnerSquare(ReadOnlySpan<double> f, int n)
    {
        double sum = 0;
        for (int i = 1; 2 * i < n; i++)
        {
            sum += f[i] * f[n - i];
        }

        return (2 * sum) + (n % 2 == 0 ? f[n / 2] * f[n / 2] : 0);
    }
}
