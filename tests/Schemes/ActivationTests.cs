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
        from activation in Gen.Elements<Activation>([.. Activation.Smooth])
        from x in Gen.Choose(-12_000, 12_000)
        select (activation, x / 1000.0));

    private static readonly Arbitrary<(Activation Activation, double X)> _near = Arb.From(
        from activation in Gen.Elements<Activation>([.. Activation.Smooth])
        from x in Gen.Choose(-4_000, 4_000)
        select (activation, x / 1000.0));

    public static Test All => Suite.Group(
        "activations",
        Suite.Test("the derivatives are those of the reference table, to 10 digits or, near a zero, to 12 of their size around it", () =>
        {
            int[] orders = [.. Enumerable.Range(0, 13), 16, 20];
            IReadOnlyList<ReferenceDerivative> table = ReferenceDerivative.Table;
            foreach (ReferenceDerivative line in table)
            {
                double actual = Derivatives(line.Activation, line.X, line.Order)[line.Order];
                Assert.True(
                    line.Excess(actual) < 1,
                    FormattableString.Invariant($"{line.Activation}, order {line.Order} at {line.X:R}: expected {line.Value:R}, got {actual:R}; {line.Scale} around it"));
            }

            foreach (Activation activation in Activation.Smooth)
            {
                ILookup<double, int> at = table.Where(line => line.Activation == activation).ToLookup(line => line.X, line => line.Order);
                Assert.True(at.Count > 100 && at.All(x => x.SequenceEqual(orders)), $"{activation}: every order at each of more than 100 points");
                Assert.True(Enumerable.Range(-24, 49).All(k => at.Contains(k / 2.0)), $"{activation}: from −12 to 12 by halves");
            }
        }),
        Suite.Test("no finite number and no order up to 40 gives NaN or infinity, and far out the function is x or 0", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                foreach (double size in new[] { 0, double.Epsilon, 1e-300, 12, 22, 27, 38, 40, 709, 746, 1e6, 1e154, 1e300, double.MaxValue })
                {
                    foreach (double x in new[] { size, -size })
                    {
                        double[] derivatives = Derivatives(activation, x, 40);
                        int bad = Array.FindIndex(derivatives, value => !double.IsFinite(value));
                        Assert.True(bad < 0, FormattableString.Invariant($"{activation}, order {bad} at {x:R}"));
                        if (size >= 746)
                        {
                            double[] expected = x > 0 ? [x, 1] : [0, 0];
                            Assert.True(derivatives.AsSpan()[..2].SequenceEqual(expected) && derivatives[2..].All(value => value == 0), FormattableString.Invariant($"{activation} at {x:R}"));
                        }
                    }
                }
            }
        }),
        Suite.Test("ReLU is max(x, 0), its slope 1 above 0 only, and the rest is 0", () =>
        {
            foreach (double x in new[] { -3, -double.Epsilon, -0.0, 0, double.Epsilon, 0.7 })
            {
                double[] expected = [x > 0 ? x : 0, x > 0 ? 1 : 0, 0, 0, 0];
                for (int order = 0; order < expected.Length; order++)
                {
                    Assert.True(Derivatives(Activation.Relu, x, order).SequenceEqual(expected.AsSpan()[..(order + 1)]), FormattableString.Invariant($"up to order {order} at {x:R}"));
                }
            }
        }),
        Suite.Test("tanh-GELU is what its name says, and is not GELU", () =>
        {
            double largest = 0;
            for (int i = -60; i <= 60; i++)
            {
                double x = i / 10.0;
                double tanh = Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)));
                double actual = Derivatives(Activation.GeluTanh, x, 0)[0];
                Assert.Near(x * (1 + tanh) / 2, actual, 1e-15, FormattableString.Invariant($"at {x}"));
                largest = Math.Max(largest, Math.Abs(actual - Derivatives(Activation.Gelu, x, 0)[0]));
            }

            Assert.True(largest is > 4e-4 and < 5e-4, $"up to {largest} from GELU");
        }),
        Suite.Test("the Taylor coefficients are the derivatives over n!, and there are none beyond order 170", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                double[] coefficients = new double[171];
                activation.TaylorCoefficients(-0.4, coefficients);
                double[] derivatives = Derivatives(activation, -0.4, 170);
                double factorial = 1;
                for (int n = 0; n <= 170; n++)
                {
                    factorial *= Math.Max(n, 1);
                    Assert.Near(derivatives[n], coefficients[n] * factorial, 1e-14 * Math.Abs(derivatives[n]), $"{activation}, order {n}");
                }

                Assert.Contains("to order 170, not to 171", Assert.Throws<ArgumentException>(() => Derivatives(activation, 0, 171), "171").Message, "171");
            }
        }),
        Suite.Test("an activation is found by its name and by those on Hugging Face", () =>
        {
            foreach ((string names, Activation expected) in new[]
            {
                ("gelu", Activation.Gelu), ("gelu-tanh gelu_new gelu_pytorch_tanh gelu_fast", Activation.GeluTanh), ("silu swish", Activation.Silu), ("relu", Activation.Relu),
            })
            {
                Assert.True(names.Split(' ').All(name => Activation.Find(name) == expected), names);
            }

            Assert.True(Activation.Find("silly") is null && Activation.Find("") is null, "others");
        }),
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
        Suite.Property("the coefficients fall by the radius of convergence, order by order, and those of GELU by ever more", _near, point =>
        {
            (Activation activation, double x) = point;
            double radius = activation.ConvergenceRadius(x);
            double[] c = new double[161];
            activation.TaylorCoefficients(x, c);
            // the greatest of twenty orders, since they swing: between two such twenties, as the root test has it
            double Greatest(int from) => Enumerable.Range(from, 20).Max(n => Math.Log(Math.Abs(c[n])) + (double.IsFinite(radius) ? n * Math.Log(radius) : 0));
            double rise = (Greatest(140) - Greatest(60)) / 80;
            if (double.IsFinite(radius))
            {
                Assert.Near(0, rise, 0.03, $"{activation} at {x}: log(|g_n|·Rⁿ) an order");
            }
            else
            {
                Assert.True(rise < -1 && rise < (Greatest(80) - Greatest(20)) / 60, $"{activation} at {x}: log|g_n| falls by {rise} an order");
            }
        }),
        Suite.Test("the radius is the distance to the nearest pole of the gate, as Newton's method finds them from everywhere around", () =>
        {
            foreach (double x in new[] { 0, 0.3, 1, 2, 4, 7.7, 12 })
            {
                System.Numerics.Complex v(System.Numerics.Complex u) => 2 * Math.Sqrt(2 / Math.PI) * (u + (0.044715 * u * u * u));
                System.Numerics.Complex slope(System.Numerics.Complex u) => 2 * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * u * u));
                double nearest = double.PositiveInfinity;
                for (int k = 0; k < 60; k++)
                {
                    for (int i = 0; i < 36; i++)
                    {
                        System.Numerics.Complex u = x + System.Numerics.Complex.FromPolarCoordinates(3 + (x / 2), i * Math.PI / 18);
                        for (int step = 0; step < 60; step++)
                        {
                            u -= (v(u) - new System.Numerics.Complex(0, Math.PI * ((2 * k) + 1))) / slope(u);
                        }

                        nearest = (v(u) - new System.Numerics.Complex(0, Math.PI * ((2 * k) + 1))).Magnitude < 1e-9 ? Math.Min(nearest, (u - x).Magnitude) : nearest;
                    }
                }

                Assert.Near(nearest, Activation.GeluTanh.ConvergenceRadius(x), 1e-9, $"tanh-GELU at {x}");
                Assert.Equal(Activation.GeluTanh.ConvergenceRadius(x), Activation.GeluTanh.ConvergenceRadius(-x), $"tanh-GELU at {-x}");
                Assert.Near(Math.Sqrt((x * x) + (Math.PI * Math.PI)), Activation.Silu.ConvergenceRadius(x), 1e-14 * (1 + x), $"SiLU at {x}");
                Assert.Equal((double.PositiveInfinity, x), (Activation.Gelu.ConvergenceRadius(-x), Activation.Relu.ConvergenceRadius(-x)), $"GELU and ReLU at {-x}");
            }

            Assert.Near(2.827, Activation.GeluTanh.ConvergenceRadius(0), 5e-4, "tanh-GELU at 0");
            foreach (double x in new[] { 9_999.0, 10_001, 1e200 })
            {
                Assert.Near(0.5, Activation.GeluTanh.ConvergenceRadius(x) / x, 1e-7, $"tanh-GELU at {x}, over it");
            }
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
                Tensor u = TensorMath.Of([.. Enumerable.Range(0, 25).Select(i => -6 + (0.5 * i))], CPU, 25);
                double[] values = [.. activation.Apply(math, u).data<double>()];
                double[] slopes = [.. activation.Slope(math, u).data<double>()];
                for (int i = 0; i < 25; i++)
                {
                    double[] expected = Derivatives(activation, -6 + (0.5 * i), 1);
                    Assert.Near(expected[0], values[i], 1e-14, $"{activation}({-6 + (0.5 * i)})");
                    Assert.Near(expected[1], slopes[i], 1e-14, $"{activation}′({-6 + (0.5 * i)})");
                }
            }
        }),
        Suite.Test("on tensors of huge entries it is x or 0, and its slope 1 or 0, in float64 and float32", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                using DisposeScope scope = NewDisposeScope();
                TensorMath math = new(new SeededTape(1));
                foreach ((ScalarType type, double huge) in new[] { (float64, 1e300), (float32, 1e30) })
                {
                    Tensor u = tensor(new[] { -huge, -1000, 1000, huge }, type);
                    Tensor kept = u.relu();
                    Assert.True(activation.Apply(math, u).eq(kept).all().item<bool>(), $"{activation}, {type}");
                    Assert.True(activation.Slope(math, u).eq(kept.sign()).all().item<bool>(), $"{activation}′, {type}");
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
