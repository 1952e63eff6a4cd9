using Expecto;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

internal static class ActivationTests
{
    private static readonly Arbitrary<(Activation Activation, double X)> _points = Arb.From(
        from activation in Gen.Elements(Activation.Gelu, Activation.Silu)
        from x in Gen.Choose(-12_000, 12_000)
        select (activation, x / 1000.0));

    public static Test All => Suite.Group(
        "activations",
        Suite.Test("orders 0 to 5 at 0 are what the series say", () =>
        {
            // x·Φ(x) = x/2 + (x² − x⁴/6 + …)/√(2π), and x·σ(x) = x/2 + x²/4 − x⁴/48 + …
            double root = 1 / Math.Sqrt(2 * Math.PI);
            Orders(Activation.Gelu, 0, [0, 0.5, 2 * root, 0, -4 * root, 0]);
            Orders(Activation.Silu, 0, [0, 0.5, 0.5, 0, -0.5, 0]);
        }),
        Suite.Test("values at 1 to 16 digits", () =>
        {
            Orders(Activation.Gelu, 1, [0.8413447460685429, 1.0833154705876863, 0.24197072451914337]); // Φ(1), Φ(1) + φ(1), φ(1)
            double s = 1 / (1 + Math.Exp(-1));
            Orders(Activation.Silu, 1, [s, s + (s * (1 - s)), (2 * s * (1 - s)) + (s * (1 - s) * (1 - (2 * s)))]);
        }),
        Suite.Property("each order is the slope of the one before", _points, point =>
        {
            const double Step = 1e-3;
            double[][] at = [.. new[] { -2, -1, 0, 1, 2 }.Select(k => Derivatives(point.Activation, point.X + (k * Step), 11))];
            double scale = Enumerable.Range(-20, 41).Max(k => Derivatives(point.Activation, point.X + (k * 0.05), 13).Select(Math.Abs).Max());
            for (int n = 0; n < 10; n++)
            {
                double slope = (at[0][n] - (8 * at[1][n]) + (8 * at[3][n]) - at[4][n]) / (12 * Step);
                Assert.Near(slope, at[2][n + 1], 1e-6 * scale, $"{point.Activation}, order {n + 1} at {point.X}");
            }
        }),
        Suite.Property("Act⁽ⁿ⁾(−x) = (−1)ⁿ·Act⁽ⁿ⁾(x) for n ≥ 2, and Act(x) − Act(−x) = x", _points, point =>
        {
            double[] right = Derivatives(point.Activation, point.X, 13);
            double[] left = Derivatives(point.Activation, -point.X, 13);
            Assert.Near(point.X, right[0] - left[0], 1e-14 * (1 + Math.Abs(point.X)), "order 0");
            Assert.Near(1, right[1] + left[1], 1e-14, "order 1");
            for (int n = 2; n <= 12; n++)
            {
                Assert.Near(n % 2 == 0 ? right[n] : -right[n], left[n], 1e-12 * Math.Abs(right[n]), $"order {n}");
            }
        }),
        Suite.Test("the Taylor series of GELU converges wherever it is asked, that of SiLU only within √(x₀² + π²)", () =>
        {
            // Wang et al. 2024, §3.4, say "for all z" of both.
            Assert.True(Truncation(Activation.Gelu, 0, 4, 100) < 1e-9, "GELU at distance 4, with 100 terms");
            Assert.True(Truncation(Activation.Silu, 0, 3, 60) < 0.5, "SiLU at distance 3, inside π");
            Assert.True(Truncation(Activation.Silu, 0, 4, 60) > 1_000, "SiLU at distance 4, beyond π");
            Assert.True(Truncation(Activation.Silu, 0, 4, 60) > Truncation(Activation.Silu, 0, 4, 30), "SiLU at distance 4, worse with more terms");
        }),
        Suite.Test("Eq. 11 of Wang et al. as printed loses h_{n−1}, and Eq. 9 at n = 1 needs h₋₁ = Φ", () =>
        {
            double s = 1 / (1 + Math.Exp(-0.7));
            double h1 = s * (1 - s);
            double h2AsPrinted = -((s * h1) + (h1 * s)); // −Σ_k C(1, k)·h_k·h_{1−k}
            double h2 = h1 * (1 - (2 * s));
            Assert.Near(h2, h1 + h2AsPrinted, 1e-16, "σ″ = h₁ + what is printed");
            Assert.Near((0.7 * h2) + (2 * h1), Derivatives(Activation.Silu, 0.7, 2)[2], 1e-15, "SiLU″(0.7)");
            double phi = Math.Exp(-0.245) / Math.Sqrt(2 * Math.PI);
            double distribution = MathNet.Numerics.Distributions.Normal.CDF(0, 1, 0.7);
            Assert.Near((0.7 * phi) + distribution, Derivatives(Activation.Gelu, 0.7, 1)[1], 1e-15, "GELU′(0.7) = x·h₀ + 1·h₋₁");
        }),
        Suite.Test("on tensors it is the function and the slope that it is at numbers", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                using DisposeScope scope = NewDisposeScope();
                TensorMath math = new(new SeededTape(1));
                Tensor u = linspace(-6, 6, 25, float64);
                double[] values = [.. activation.Apply(math, u).data<double>()];
                double[] slopes = [.. activation.Slope(math, u).data<double>()];
                for (int i = 0; i < 25; i++)
                {
                    double[] expected = Derivatives(activation, -6 + (0.5 * i), 1);
                    Assert.Near(expected[0], values[i], 1e-14, $"{activation}({-6 + (0.5 * i)})");
                    Assert.Near(expected[1], slopes[i], 1e-14, $"{activation}′({-6 + (0.5 * i)})");
                }
            }
        }));

    private static void Orders(Activation activation, double x, double[] expected)
    {
        double[] actual = Derivatives(activation, x, expected.Length - 1);
        for (int n = 0; n < expected.Length; n++)
        {
            Assert.Near(expected[n], actual[n], 3e-16, $"{activation}, order {n} at {x}");
        }
    }

    private static double Truncation(Activation activation, double x0, double distance, int order)
    {
        double[] derivatives = Derivatives(activation, x0, order);
        double sum = 0;
        double factor = 1;
        for (int n = 0; n <= order; n++)
        {
            sum += derivatives[n] * factor;
            factor *= distance / (n + 1);
        }

        return Math.Abs(sum - Derivatives(activation, x0 + distance, 0)[0]);
    }

    private static double[] Derivatives(Activation activation, double x, int order)
    {
        double[] derivatives = new double[order + 1];
        activation.Derivatives(x, derivatives);
        return derivatives;
    }
}
