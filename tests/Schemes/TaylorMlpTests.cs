using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Games;
using Wager.Harness.Evaluation;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

internal static class TaylorMlpTests
{
    public static Test All => Suite.Group(
        "TaylorMLP",
        Suite.Test("training learns: the error of the built-in task falls below a quarter of its variance", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                using DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(2);
                MlpWeights weights = new MlpTraining().Train(DataSet.Generated, 32, activation, CPU, tape);
                (Tensor x, Tensor y) = DataSet.Generated.On(CPU);
                double error = weights.Forward(x, activation, new TensorMath(tape)).sub(y).pow(2).mean().item<double>();
                Assert.True(error < 0.25, $"{activation}: mean squared error {error}");
            }
        }),
        Suite.Test("the gradients are the slopes of the error", () =>
        {
            // One step of rate 1 without momentum on all rows moves each weight by minus its gradient.
            foreach (Activation activation in Activation.All)
            {
                using DisposeScope scope = NewDisposeScope();
                double[,] one = { { 0.3, -0.8 }, { 0.3, -0.8 } };
                DataSet data = new("two rows", one, new double[,] { { 1 }, { 1 } });
                MlpWeights before = new MlpTraining(Steps: 0).Train(data, 3, activation, CPU, new SeededTape(1));
                MlpWeights after = new MlpTraining(Steps: 1, BatchSize: 2, LearningRate: 1, Momentum: 0).Train(data, 3, activation, CPU, new SeededTape(1));
                (Tensor x, Tensor y) = data.On(CPU);
                double Error(MlpWeights w) => 0.5 * w.Forward(x, activation, new TensorMath(new SeededTape(1))).sub(y).pow(2).sum().item<double>() / 2;
                foreach (Func<MlpWeights, Tensor> part in new Func<MlpWeights, Tensor>[] { w => w.V, w => w.B, w => w.W, w => w.C })
                {
                    double[] moved = RandomMlp.Host(part(after).sub(part(before)));
                    for (int i = 0; i < moved.Length; i++)
                    {
                        double Shifted(double by)
                        {
                            MlpWeights copy = new(before.V.clone(), before.B.clone(), before.W.clone(), before.C.clone());
                            part(copy).view(-1)[i] += by;
                            return Error(copy);
                        }

                        Assert.Near(-(Shifted(1e-5) - Shifted(-1e-5)) / 2e-5, moved[i], 1e-8, $"{activation}, entry {i}");
                    }
                }
            }
        }),
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
            double[] x0 = RandomMlp.Host(released.Z0.add(weights.B));
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
        Suite.Test("a release beyond its storage type says so", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((1, 2, 3, 2, 8, Activation.Gelu, true));
            weights = weights with { W = weights.W.mul(1e6) };
            Exception e = Assert.Throws<StorageOverflowException>(
                () => TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1), StorageType.F16), "a million in f16");
            Assert.Contains("Θ₀ has an entry that rounds to 2^16 or more, which the storage type f16 does not reach", e.Message, "the message");
            Assert.Equal(StorageType.BF16, TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1), StorageType.BF16).Storage, "in bf16 it fits");
        }),
        Suite.Test("Run′ converges to Run for GELU as N grows, and costs N products of a matrix and a vector", () =>
        {
            double before = double.PositiveInfinity;
            foreach (int order in new[] { 0, 2, 8, 24 })
            {
                TaylorMlpScheme scheme = new(new() { Order = order });
                using DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(6);
                MlpWeights weights = scheme.Train(tape.For(Procedure.Train));
                TaylorRelease released = scheme.Release(default, weights, tape.For(Procedure.Release));
                Tensor x = DataSet.Generated.On(CPU).Inputs.narrow(0, 0, 1);
                Tensor y = scheme.RunReleased(default, released, x, tape.For(Procedure.RunReleased));
                double off = y.sub(scheme.Run(weights, x, tape.For(Procedure.Run))).abs().max().item<double>();
                Assert.True(off < before || off < 1e-10, $"N = {order}: off by {off}, before by {before}");
                before = off;
                Assert.Equal(order == 0 ? 0.0 : (8 * 32) + (order * 32 * 4), tape.Spent(Procedure.RunReleased).MultiplyAdds, $"multiply-adds at N = {order}");
                Assert.Equal((8.0 * 32) + (32 * 4), tape.Spent(Procedure.Run).MultiplyAdds, "multiply-adds of Run");
            }

            Assert.True(before < 1e-10, $"N = 24: off by {before}");
        }),
        Suite.Test("with ReLU no order brings Run′ to Run: a line per unit is all that Θ₁ … Θ_N say, and Correctness is refuted", () =>
        {
            foreach (int order in new[] { 1, 8, 24 })
            {
                TaylorMlpScheme scheme = new(new() { Activation = Activation.Relu, Order = order });
                Result result = SampledEvaluator.Evaluate(Game.Correctness(scheme), new() { Trials = 20 });
                Assert.True(result.Wins < 5, $"N = {order}: {result.Wins} of 20 won");
                using DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(6);
                MlpWeights weights = scheme.Train(tape);
                TaylorRelease released = scheme.Release(default, weights, tape);
                Assert.Equal(0.0, released.Theta.narrow(0, 1, order - 1).abs().sum().item<double>(), $"Θ₂ … Θ_{order}");
                Tensor x = DataSet.Generated.On(CPU).Inputs;
                double off = released.Infer(x, new TensorMath(tape)).sub(weights.Forward(x, Activation.Relu, new TensorMath(tape))).pow(2).mean().sqrt().item<double>();
                Assert.True(off > 0.1, $"N = {order}: off by {off} standard deviations of the target");
            }
        }),
        Suite.Test("training that diverges says so", () =>
        {
            Exception e = Assert.Throws<TrainingDivergedException>(
                () => new MlpTraining(LearningRate: 50).Train(DataSet.Generated, 8, Activation.Gelu, CPU, new SeededTape(1)), "a rate of 50");
            Assert.Contains("MLP 8-8-4 left the finite numbers", e.Message, "the message");
            new TaylorMlpScheme(new() { Source = new TrainedMlps { Hidden = 8192, Training = new(Steps: 20) } }).Train(new SeededTape(1)).V.Dispose();
        }),
        Suite.Test("same seed, same tally on 1 and 2 threads, and a replayed trial is the trial", () =>
        {
            TaylorMlpScheme scheme = new(new() { OutputThreshold = 1e-4 }); // so that some trials are won and some lost
            Game game = Game.Correctness(scheme);
            Result one = SampledEvaluator.Evaluate(game, new() { Trials = 40, Threads = 1 });
            Result two = SampledEvaluator.Evaluate(game, new() { Trials = 40, Threads = 2 });
            Assert.Equal(one.Wins, two.Wins, "wins");
            Assert.True(one.Wins is > 0 and < 40, $"{one.Wins} of 40 won");
            Assert.Equal(one.Wins!.Value, Enumerable.Range(0, 40).Count(trial => SampledEvaluator.Replay(game, 1, trial).Won), "wins of the replays");
        }),
        Suite.Test("weights of a wrong shape, or not finite, are no weights", () =>
        {
            TaylorMlpScheme scheme = new();
            using DisposeScope scope = NewDisposeScope();
            MlpWeights good = scheme.Train(new SeededTape(1));
            Assert.True(scheme.FlawInWeights(good) is null, "trained weights");
            Assert.Contains("W has the shape", scheme.FlawInWeights(good with { W = good.W.t() })!, "transposed");
            Assert.Contains("b has an entry that is not a finite number", scheme.FlawInWeights(good with { B = good.B.div(0) })!, "infinite");
            Assert.Contains("it has a U", scheme.FlawInWeights(good with { U = good.V })!, "a gate too many");
            MlpShape gated = good.Shape with { IsGated = true };
            Assert.Contains("it has no U", good.Flaw(gated)!, "no gate");
            Assert.Contains("U has the shape", (good with { U = good.V.t() }).Flaw(gated)!, "a transposed gate");
            Assert.True((good with { U = good.V }).Flaw(gated) is null, "a gate");
        }),
        Suite.Test("a bias that is not there is not asked for, and one that is must be found", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            MlpWeights truth = RandomMlp.Of((1, 2, 3, 2, 8, Activation.Gelu, true)).Weights;
            MlpWeights guess = truth with { B = truth.B.mul(1.005), C = ones(2, float64) };
            double Off(MlpWeights value, MlpWeights of) => MlpWeights.LargestRelativeError(value, of).Lanes[0];
            Assert.Near(0.005, Off(guess, truth), 1e-12, "c of a gated MLP is not compared, b is");
            Assert.Equal(0.0, Off(guess, truth with { B = zeros(3, float64) }), "no bias is");
            Assert.True(double.IsInfinity(Off(guess, truth with { C = tensor(new[] { 0.0, 1 }) })), "a bias with one entry 0 is");
            Assert.True(double.IsInfinity(Off(guess with { W = ones(2, 3, float64) }, truth with { W = zeros(2, 3, float64) })), "and W always");
        }));
}
