using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>TaylorMLP as its public code has it, and with units left in clear.</summary>
internal static class VariantTests
{
    public static Test All => Suite.Group(
        "variants of TaylorMLP",
        Suite.Property("a release of the public code is that of the paper with a sign a unit, and n! times Θ_n", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease paper = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            TaylorRelease code = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape((ulong)shape.Seed), variant: Variant.PublicCode);
            for (int j = 0; j < shape.Hidden; j++)
            {
                double sign = code.V[j, 0].item<double>() == paper.V[j, 0].item<double>() ? 1 : -1;
                Same(paper.V.select(0, j).Times(sign), code.V.select(0, j), $"V, row {j}");
                Same(paper.Z0[j].Times(sign), code.Z0[j], $"z₀[{j}]");
                for (int n = 1; n <= shape.Order; n++)
                {
                    double factor = Enumerable.Range(1, n).Aggregate(1.0, (product, k) => product * k) * (n % 2 == 0 ? 1 : sign);
                    Near(paper.Theta.select(0, n - 1).select(1, j).Times(factor), code.Theta.select(0, n - 1).select(1, j), 1e-14, $"Θ_{n}, column {j}");
                }
            }

            Same(paper.Theta0, code.Theta0, "Θ₀");
        }),
        Suite.Property("Run′ of the two agrees where every unit is within reach, and differs by the dropped orders of those that are not", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease paper = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            TaylorRelease code = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(2), variant: Variant.PublicCode);
            TensorMath math = new(new SeededTape(1));
            Tensor far = inputs.Times(3);
            HiddenInput hidden = paper.Hidden(far, math);
            Tensor beyond = shape.Order == 0 ? zeros(1) : math.IsWithin(hidden.Step, Variant.PublicCode.Reach).eq(zeros(1, float64)).to_type(float64);
            Tensor dropped = zeros(20, shape.Outputs, dtype: float64);
            Tensor magnitude = ones(20, shape.Outputs, dtype: float64);
            for (int n = 1; n <= shape.Order; n++)
            {
                Tensor powers = hidden.Step.ToThe(n).mul(hidden.Up ?? ones(1, dtype: float64));
                Tensor theta = paper.Theta.select(0, n - 1).t();
                magnitude = magnitude.Plus(powers.abs().matmul(theta.abs()));
                dropped = n > Variant.PublicCode.Floor ? dropped.Plus(powers.mul(beyond).matmul(theta)) : dropped;
            }

            Tensor off = code.Infer(far, math).Plus(dropped).sub(paper.Infer(far, math)).abs().div(magnitude);
            Assert.True(off.max().item<double>() < 1e-13, $"off by {off.max().item<double>()} of the terms");
        }),
        Suite.Test("the public code's floor is 4 and its reach 2.5, as published for Llama: at 2.5 every order counts, beyond it orders 0 to 4", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            Assert.Equal((4, 2.5), (Variant.PublicCode.Floor, Variant.PublicCode.Reach), "floor and reach");
            const int Order = 8;
            TensorMath math = new(new SeededTape(1));
            double within = Math.BitDecrement(2.5);
            double beyond = Math.BitIncrement(2.5);
            Tensor x = tensor(new[] { within, 2.5, beyond, -2.5, -beyond }, [5, 1]);
            double[] steps = RandomMlp.Host(x);
            Tensor one = ones(1, 1, float64);
            Tensor? power = null;
            double factorial = 1;
            for (int n = 1; n <= Order; n++)
            {
                factorial *= n;
                power = Variant.PublicCode.Power(n, power, x, math);
                Tensor theta = zeros(Order, 1, 1, float64);
                theta.select(0, n - 1).copy_(one);
                TaylorRelease onlyThis = new(one, zeros(1, float64), zeros(1, float64), theta, Activation.Gelu) { Variant = Variant.PublicCode };
                double[] powers = RandomMlp.Host(power);
                double[] answers = RandomMlp.Host(onlyThis.Infer(x, math));
                for (int i = 0; i < steps.Length; i++)
                {
                    double expected = n <= 4 || Math.Abs(steps[i]) <= 2.5 ? Math.Pow(steps[i], n) / factorial : 0;
                    Assert.Near(expected, powers[i], 1e-14 * Math.Abs(expected), FormattableString.Invariant($"what Θ_{n} is multiplied with at {steps[i]:R}"));
                    Assert.Near(expected, answers[i], 1e-14 * Math.Abs(expected), FormattableString.Invariant($"Run′ of a release of Θ_{n} alone at {steps[i]:R}"));
                }
            }
        }),
        Suite.Test("mirrored, an activation is Act(−x), with its slope, its series, its radius and what that costs", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                using DisposeScope scope = NewDisposeScope();
                Activation mirrored = activation.Mirrored;
                TensorMath math = new(new SeededTape(1));
                double[] u = [.. Enumerable.Range(0, 24).Select(i => -5.75 + (0.5 * i))]; // not 0, where ReLU has no slope
                Tensor points = TensorMath.Of(u, CPU, 24);
                double[] values = RandomMlp.Host(mirrored.Apply(math, points));
                double[] slopes = RandomMlp.Host(mirrored.Slope(math, points));
                double[] mirroredSeries = new double[12];
                double[] series = new double[12];
                double[] at = new double[1];
                for (int i = 0; i < u.Length; i++)
                {
                    string where = FormattableString.Invariant($"{mirrored} at {u[i]}");
                    activation.TaylorCoefficients(-u[i], series);
                    mirrored.TaylorCoefficients(u[i], mirroredSeries);
                    Assert.Near(series[0], values[i], 1e-14, $"{where}: on tensors");
                    Assert.Near(-series[1], slopes[i], 1e-14, $"{where}: its slope on tensors");
                    for (int n = 0; n < series.Length; n++)
                    {
                        Assert.Equal(n % 2 == 0 ? series[n] : -series[n], mirroredSeries[n], $"{where}: coefficient {n}");
                    }

                    // The coefficients are those of the function u ↦ Act(−u): their sum is it, near u.
                    activation.TaylorCoefficients(-(u[i] + 0.125), at);
                    Assert.Near(at[0], Sum(mirroredSeries, 0.125), 1e-8, $"{where}: the series, an eighth away");
                    Assert.Equal(activation.ConvergenceRadius(-u[i]), mirrored.ConvergenceRadius(u[i]), $"{where}: the radius");
                }

                Assert.True(mirrored.ConvergenceRadius(3) == activation.ConvergenceRadius(-3) && ReferenceEquals(activation, mirrored.Mirrored), $"{mirrored}, mirrored");
                foreach (int order in new[] { 0, 1, 4, 7 })
                {
                    Cost signs = new(Elementwise: Enumerable.Range(0, order + 1).Count(n => n % 2 == 1));
                    Assert.Equal(activation.TaylorCoefficientsCost(order) + signs, mirrored.TaylorCoefficientsCost(order), $"{mirrored}: a sign for each odd order to {order}");
                }
            }
        }),
        Suite.Property("the public code's Run′ is what collapses and what a series sums, to the last dozen digits", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TensorMath math = new(new SeededTape(1));
            foreach (Variant variant in Variant.All)
            {
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(2), variant: variant);
                Tensor step = TensorCoins.Uniform(new SeededTape(3), 4, CPU, 5, shape.Hidden);
                Tensor a = TensorCoins.Uniform(new SeededTape(4), 1, CPU, shape.Order + 1, shape.Hidden);
                Tensor sum = a.select(0, 0).expand_as(step);
                Tensor size = sum.abs();
                Tensor? power = null;
                for (int n = 1; n <= shape.Order; n++)
                {
                    power = variant.Power(n, power, step, math);
                    sum = sum.Plus(power.mul(a.select(0, n)));
                    size = size.Plus(power.mul(a.select(0, n)).abs());
                }

                Assert.True(variant.Series(a, 0, step, math).sub(sum).abs().div(size).max().item<double>() < 1e-13, $"{variant}: the series from 0");
            }
        }),
        Suite.Property("of K protected units those that vary least are hidden, and Run′ adds the others as they are", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TensorMath math = new(new SeededTape(1));
            int count = 1 + (shape.Seed % shape.Hidden);
            Tensor z = inputs.matmul(weights.V.t());
            double[] range = RandomMlp.Host(z.amax([0]).sub(z.amin([0])));
            foreach (Variant variant in Variant.All)
            {
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(2), variant: variant, protectedUnits: count);
                Assert.Equal(count, released.Protected, "K");
                long[] hidden = released.Clear is null ? [.. Enumerable.Range(0, shape.Hidden).Select(j => (long)j)] : [.. released.Clear.Protected.data<long>()];
                Assert.True(hidden.Max(j => range[j]) <= range.Where((_, j) => !hidden.Contains(j)).DefaultIfEmpty(double.PositiveInfinity).Min(), "the least varying");

                // The MLP of the protected units alone, released as a whole, and the rest of the sum.
                Tensor places = tensor(hidden);
                MlpWeights part = new(weights.V.index_select(0, places), weights.B.index_select(0, places), weights.W.index_select(1, places), weights.C, weights.U?.index_select(0, places));
                long[] others = [.. Enumerable.Range(0, shape.Hidden).Select(j => (long)j).Except(hidden)];
                Tensor expected = TaylorRelease.Of(part, inputs, shape.Order, activation, new SeededTape(2), variant: variant).Infer(inputs, math);
                if (others.Length > 0)
                {
                    Tensor rest = tensor(others);
                    Tensor clear = activation.Apply(math, z.index_select(1, rest).Plus(weights.B.index_select(0, rest)));
                    clear = weights.U is null ? clear : clear.mul(inputs.matmul(weights.U.t()).index_select(1, rest));
                    expected = expected.Plus(clear.matmul(weights.W.index_select(1, rest).t()));
                }

                Near(expected, released.Infer(inputs, math), 1e-12, $"{variant}: Run′");
                if (released.Clear is { } left)
                {
                    (Tensor w, Tensor b) = left.Join(weights.W.index_select(1, places), weights.B.index_select(0, places));
                    Same(weights.W, w, "W, joined");
                    Same(weights.B, b, "b, joined");
                }
            }
        }),
        Suite.Property("two releases of one MLP are identical, up to signs where they are hidden, and in no other tensor may they differ", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            shape = shape with { Order = Math.Max(shape.Order, 2) };
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            foreach (Variant variant in Variant.All)
            {
                TaylorRelease Released(ulong seed) => TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(seed), variant: variant, protectedUnits: 1 + (shape.Seed % shape.Hidden));
                TaylorRelease one = Released(2);
                TaylorRelease other = Released(3);
                Assert.True(TaylorMlpScheme.Identical(one, other).Lanes[0], $"{variant}: two releases");
                Tensor Changed(Tensor tensor)
                {
                    Tensor copy = tensor.clone();
                    Tensor last = copy.view(-1).narrow(0, copy.numel() - 1, 1);
                    last.copy_(last.Plus(1));
                    return copy;
                }

                foreach ((string name, TaylorRelease changed) in new[]
                {
                    ("V", other with { V = Changed(other.V) }), ("z₀", other with { Z0 = Changed(other.Z0) }), ("Θ₀", other with { Theta0 = Changed(other.Theta0) }),
                    ("Θ_N", other with { Theta = Changed(other.Theta) }), ("Θ₁", other with { Theta = other.Theta.mul(tensor(new[] { -1.0 })) }),
                })
                {
                    Assert.True(!TaylorMlpScheme.Identical(one, changed).Lanes[0], $"{variant}: {name} is another");
                }
            }
        }),
        Suite.Test("K is a number of hidden units", () =>
        {
            Assert.Equal("1, 2", string.Join(", ", ClearUnits.LeastVarying([3, 1, 1, 1], 2)), "of those that vary alike the first");
            Assert.Throws<ArgumentOutOfRangeException>(() => ClearUnits.LeastVarying([1, 2], 3), "more than there are");
            Assert.Throws<ArgumentOutOfRangeException>(() => ClearUnits.LeastVarying([1, 2], 0), "none");
        }),
        Suite.Test("the public code for Phi expands around z₀ instead of z₀ + b: already its slope is wrong", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (double z0, double b, double step) = (0.2, 1.0, 0.5);
            Span<double> right = stackalloc double[13];
            Span<double> printed = stackalloc double[13];
            Span<double> exact = stackalloc double[1];
            Activation.Gelu.TaylorCoefficients(z0 + b, right);
            Activation.Gelu.TaylorCoefficients(z0, printed);
            Activation.Gelu.TaylorCoefficients(z0 + b + step, exact);
            printed[0] = right[0]; // its order 0 has b
            Assert.Near(exact[0], Sum(right, step), 1e-9, "around z₀ + b");
            Assert.True(Math.Abs(Sum(printed, step) - exact[0]) > 0.1, $"around z₀ it is off by {Sum(printed, step) - exact[0]}");
        }));

    private static double Sum(ReadOnlySpan<double> coefficients, double step)
    {
        double sum = 0;
        for (int n = coefficients.Length - 1; n >= 0; n--)
        {
            sum = (sum * step) + coefficients[n];
        }

        return sum;
    }

    private static void Same(Tensor expected, Tensor actual, string what) => Assert.True(expected.eq(actual).all().item<bool>(), what);

    private static void Near(Tensor expected, Tensor actual, double tolerance, string what)
    {
        double off = expected.sub(actual).abs().max().item<double>();
        Assert.True(off <= tolerance * (1 + expected.abs().max().item<double>()), $"{what}: off by {off}");
    }
}
