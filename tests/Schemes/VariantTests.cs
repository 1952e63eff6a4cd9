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
                Same(paper.V.select(0, j).mul(sign), code.V.select(0, j), $"V, row {j}");
                Same(paper.Z0[j].mul(sign), code.Z0[j], $"z₀[{j}]");
                for (int n = 1; n <= shape.Order; n++)
                {
                    double factor = Enumerable.Range(1, n).Aggregate(1.0, (product, k) => product * k) * (n % 2 == 0 ? 1 : sign);
                    Near(paper.Theta.select(0, n - 1).select(1, j).mul(factor), code.Theta.select(0, n - 1).select(1, j), 1e-14, $"Θ_{n}, column {j}");
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
            Tensor far = inputs.mul(3.ToScalar());
            HiddenInput hidden = paper.Hidden(far, math);
            Tensor beyond = shape.Order == 0 ? zeros(1) : hidden.Step.abs().gt(Variant.PublicCode.Reach.ToScalar()).to_type(float64);
            Tensor dropped = zeros(20, shape.Outputs, dtype: float64);
            Tensor magnitude = ones(20, shape.Outputs, dtype: float64);
            for (int n = 1; n <= shape.Order; n++)
            {
                Tensor powers = hidden.Step.pow(n.ToScalar()).mul(hidden.Up ?? ones(1, dtype: float64));
                Tensor theta = paper.Theta.select(0, n - 1).t();
                magnitude = magnitude.add(powers.abs().matmul(theta.abs()));
                dropped = n > Variant.PublicCode.Floor ? dropped.add(powers.mul(beyond).matmul(theta)) : dropped;
            }

            Tensor off = code.Infer(far, math).add(dropped).sub(paper.Infer(far, math)).abs().div(magnitude);
            Assert.True(off.max().item<double>() < 1e-13, $"off by {off.max().item<double>()} of the terms");
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
                    sum = sum.add(power.mul(a.select(0, n)));
                    size = size.add(power.mul(a.select(0, n)).abs());
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
                    Tensor clear = activation.Apply(math, z.index_select(1, rest).add(weights.B.index_select(0, rest)));
                    clear = weights.U is null ? clear : clear.mul(inputs.matmul(weights.U.t()).index_select(1, rest));
                    expected = expected.add(clear.matmul(weights.W.index_select(1, rest).t()));
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
