using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>What a release of given weights holds, and Run′ on it.</summary>
internal static class TaylorReleaseTests
{
    public static Test All => Suite.Group(
        "TaylorMLP",
        Suite.Property("Release is Algorithm 1, entry by entry, with c counted once", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            double[] z = RandomMlp.Host(inputs.matmul(weights.V.t()));
            double[] w = RandomMlp.Host(weights.W);
            double[] b = RandomMlp.Host(weights.B);
            double[] theta = RandomMlp.Host(released.Theta);
            double[] derivatives = new double[shape.Order + 1];
            double[] theta0 = RandomMlp.Host(shape.Gated ? zeros_like(weights.W) : weights.C);
            for (int j = 0; j < shape.Hidden; j++)
            {
                double[] column = [.. Enumerable.Range(0, (int)inputs.shape[0]).Select(row => z[(row * shape.Hidden) + j])];
                double z0 = (column.Max() + column.Min()) / 2;
                Assert.Near(z0, RandomMlp.Host(released.Z0)[j], 1e-14, "z₀ is the midrange");
                activation.Derivatives(z0 + b[j], derivatives);
                for (int i = 0; i < shape.Outputs; i++)
                {
                    theta0[shape.Gated ? (i * shape.Hidden) + j : i] += w[(i * shape.Hidden) + j] * derivatives[0];
                    double factorial = 1;
                    for (int n = 1; n <= shape.Order; n++)
                    {
                        factorial *= n;
                        double expected = w[(i * shape.Hidden) + j] * derivatives[n] / factorial;
                        Assert.Near(expected, theta[((((n - 1) * shape.Outputs) + i) * shape.Hidden) + j], 1e-12 * (1 + Math.Abs(expected)), $"Θ_{n}[{i}, {j}]");
                    }
                }
            }

            Assert.True(released.Theta0.shape.SequenceEqual(shape.Gated ? [shape.Outputs, shape.Hidden] : [shape.Outputs]), "the shape of Θ₀");
            for (int i = 0; i < theta0.Length; i++)
            {
                Assert.Near(theta0[i], RandomMlp.Host(released.Theta0)[i], 1e-12, $"Θ₀, entry {i}");
            }
        }),
        Suite.Property("a gated MLP is W·(Act(Vx + b) ⊙ Ux), and Run′ of its release Σ_n Θ_n·((z − z₀)ⁿ ⊙ Ux)", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            shape = shape with { Gated = true };
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            SeededTape run = new(1);
            SeededTape runReleased = new(1);
            double[] y = RandomMlp.Host(weights.Forward(inputs, activation, new TensorMath(run)));
            double[] approximation = RandomMlp.Host(released.Infer(inputs, new TensorMath(runReleased)));
            double[] z = RandomMlp.Host(inputs.matmul(weights.V.t()));
            double[] up = RandomMlp.Host(inputs.matmul(weights.U!.t()));
            double[] orders = RandomMlp.Host(cat([released.Theta0.unsqueeze(0), released.Theta]));
            double[] act = new double[1];
            int rows = (int)inputs.shape[0];
            for (int row = 0; row < rows; row++)
            {
                for (int i = 0; i < shape.Outputs; i++)
                {
                    double exact = 0;
                    double sum = 0;
                    double magnitude = 0;
                    for (int j = 0; j < shape.Hidden; j++)
                    {
                        activation.Derivatives(z[(row * shape.Hidden) + j] + weights.B[j].item<double>(), act);
                        exact += weights.W[i, j].item<double>() * act[0] * up[(row * shape.Hidden) + j];
                        double step = z[(row * shape.Hidden) + j] - released.Z0[j].item<double>();
                        for (int n = 0; n <= shape.Order; n++)
                        {
                            double term = orders[(((n * shape.Outputs) + i) * shape.Hidden) + j] * Math.Pow(step, n) * up[(row * shape.Hidden) + j];
                            sum += term;
                            magnitude += Math.Abs(term);
                        }
                    }

                    Assert.Near(exact, y[(row * shape.Outputs) + i], 1e-12, $"y[{row}, {i}]");
                    Assert.Near(sum, approximation[(row * shape.Outputs) + i], 1e-13 * (1 + magnitude), $"y′[{row}, {i}]");
                }
            }

            double first = rows * shape.Inputs * shape.Hidden;
            double second = rows * shape.Outputs * shape.Hidden;
            SeededTape ofActivation = new(1);
            shape.Activation.Apply(new TensorMath(ofActivation), zeros(rows, shape.Hidden, dtype: float64));
            Assert.Equal(
                (2 * first) + second, run.Spent(Procedure.Game).MultiplyAdds - ofActivation.Spent(Procedure.Game).MultiplyAdds, "multiply-adds of Run");
            Assert.Equal(
                ((shape.Order == 0 ? 1 : 2) * first) + ((shape.Order + 1) * second), runReleased.Spent(Procedure.Game).MultiplyAdds, "multiply-adds of Run′");
        }, count: 50),
        Suite.Property("Run′ is exact at z₀, and Eq. 4 as printed is off by (h − 1)·c", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, _, Activation activation) = RandomMlp.Of(shape);
            Tensor x = TensorCoins.Uniform(new SeededTape(4), 1, CPU, 1, shape.Inputs);
            TensorMath math = new(new SeededTape(1));
            TaylorRelease released = TaylorRelease.Of(weights, cat([x, x]), shape.Order, activation, new SeededTape(1)); // so that Vx = z₀
            double[] run = RandomMlp.Host(weights.Forward(x, activation, math));
            double[] runReleased = RandomMlp.Host(released.Infer(x, math));
            double[] x0 = RandomMlp.Host(released.Z0.Plus(weights.B));
            double[] w = RandomMlp.Host(weights.W);
            double[] act = new double[1];
            for (int i = 0; i < shape.Outputs; i++)
            {
                Assert.Near(run[i], runReleased[i], 1e-13, $"output {i}");
                if (shape.Gated)
                {
                    continue; // what is printed has no gate
                }

                double c = weights.C[i].item<double>();
                double asPrinted = 0; // ⟨Θ_{i,0}, (z − z₀)⁰⟩ with Θ_{i,0} = W_i ⊙ Act(z₀ + b) + c_i
                for (int j = 0; j < shape.Hidden; j++)
                {
                    activation.Derivatives(x0[j], act);
                    asPrinted += (w[(i * shape.Hidden) + j] * act[0]) + c;
                }

                Assert.Near((shape.Hidden - 1) * c, asPrinted - run[i], 1e-12, "Eq. 4 as printed");
            }
        }),
        Suite.Property("a stored release is rounded: z₀ first, and then what is expanded around it", RandomMlp.Shapes, shape =>
        {
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            foreach (StorageType storage in StorageType.All)
            {
                using DisposeScope scope = NewDisposeScope();
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1), storage);
                double[] z0 = [.. RandomMlp.Host(TaylorRelease.Midrange(weights.V, inputs, new(new SeededTape(1)))).Select(storage.Round)];
                Assert.True(z0.SequenceEqual(RandomMlp.Host(released.Z0)), $"{storage}: z₀");
                double[] theta0 = RandomMlp.Host(released.Theta0);
                double[] c = RandomMlp.Host(weights.C);
                double[] g = new double[shape.Order + 1];
                for (int j = 0; j < shape.Hidden; j++)
                {
                    activation.TaylorCoefficients(z0[j] + weights.B[j].item<double>(), g);
                    for (int i = 0; i < shape.Outputs; i++)
                    {
                        double w = weights.W[i, j].item<double>();
                        c[i] += w * g[0];
                        Assert.True(!shape.Gated || theta0[(i * shape.Hidden) + j] == storage.Round(w * g[0]), $"{storage}: Θ₀[{i}, {j}]");
                        for (int n = 1; n <= shape.Order; n++)
                        {
                            Assert.Equal(storage.Round(w * g[n]), released.Theta[n - 1, i, j].item<double>(), $"{storage}: Θ_{n}[{i}, {j}]");
                        }
                    }
                }

                for (int i = 0; i < shape.Outputs && !shape.Gated; i++)
                {
                    Assert.Equal(storage.Round(theta0[i]), theta0[i], $"{storage}: θ₀[{i}] is a number of the type");
                    Assert.Near(c[i], theta0[i], (storage.Roundoff * Math.Abs(c[i])) + storage.LeastSubnormal + 1e-13, $"{storage}: θ₀[{i}]");
                }

                Assert.True(ReferenceEquals(storage, released.Storage) && ReferenceEquals(weights.V, released.V), "its type is told, and V stands verbatim");
                Assert.Equal(ScalarType.Float64, released.Theta.dtype, "on the device");
            }
        }, count: 30),
        Suite.Property("the same weights have the same release to the last bit, wherever in memory it is made", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease first = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            for (int i = 0; i < 8; i++)
            {
                _ = new double[(2 * i) + 1]; // moves what is allocated next
                TaylorRelease again = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
                Assert.True(TaylorMlpScheme.Identical(again, first).Lanes[0], $"release {i}");
            }
        }),
        Suite.Property("what Release is charged, by hand: z on n inputs, z₀, the series, Θ, and for protecting K a sort, and for the public code n! and signs", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            (double n, double d, double h, double outputs, double order) = (inputs.shape[0], shape.Inputs, shape.Hidden, shape.Outputs, shape.Order);
            foreach (Variant variant in Variant.All)
            {
                foreach (int? protectedUnits in new int?[] { null, 1 + (shape.Seed % shape.Hidden) })
                {
                    SeededTape tape = new(1);
                    TaylorRelease.Of(weights, inputs, shape.Order, activation, tape, variant: variant, protectedUnits: protectedUnits);
                    double k = protectedUnits ?? h;
                    Cost series = activation.TaylorCoefficientsCost(shape.Order) * k;
                    double range = (2 * n * h) + (protectedUnits is null ? 0 : h + Math.Ceiling(h * Math.Log2(h))); // least and greatest; their difference, sorted
                    double embedding = (2 * h) + k; // their mean, and z₀ + b
                    double theta = (shape.Gated ? outputs * k : outputs) + (order * outputs * k); // Θ₀ or what c is added to, and Θ
                    double ofCode = variant == Variant.Paper ? 0 : (order * k) + (h * d) + k; // n!·sⁿ, and the signs of V and z₀
                    Cost spent = tape.Spent(Procedure.Game);
                    string what = $"{variant}, K = {protectedUnits}";
                    Assert.Equal(range + embedding + series.Elementwise + theta + ofCode, spent.Elementwise, $"{what}: elementwise");
                    Assert.Equal((n * d * h) + series.MultiplyAdds + (shape.Gated ? 0 : outputs * k), spent.MultiplyAdds, $"{what}: multiply-adds");
                    Assert.Equal(series.Transcendental, spent.Transcendental, $"{what}: transcendental");
                }
            }
        }, count: 50),
        Suite.Test("a release beyond its storage type says so", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((1, 2, 3, 2, 8, Activation.Gelu, true));
            weights = weights with { W = weights.W.Times(1e6) };
            Exception e = Assert.Throws<StorageOverflowException>(
                () => TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1), StorageType.F16), "a million in f16");
            Assert.Contains("Θ₀ has an entry that rounds to 2^16 or more, which the storage type f16 does not reach", e.Message, "the message");
            Assert.Equal(StorageType.BF16, TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1), StorageType.BF16).Storage, "in bf16 it fits");
        }));
}
