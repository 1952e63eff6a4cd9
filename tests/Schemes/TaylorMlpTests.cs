using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Training, Run and Run′ as the scheme has them, and what are weights.</summary>
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
                double error = weights.Forward(x, activation, new TensorMath(tape)).sub(y).ToThe(2).mean().item<double>();
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
                double Error(MlpWeights w) => 0.5 * w.Forward(x, activation, new TensorMath(new SeededTape(1))).sub(y).ToThe(2).sum().item<double>() / 2;
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
                double off = released.Infer(x, new TensorMath(tape)).sub(weights.Forward(x, Activation.Relu, new TensorMath(tape))).ToThe(2).mean().sqrt().item<double>();
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
            Assert.Contains("b has an entry that is not a finite number", scheme.FlawInWeights(good with { B = good.B.Times(double.PositiveInfinity) })!, "infinite");
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
            MlpWeights guess = truth with { B = truth.B.Times(1.005), C = ones(2, float64) };
            double Off(MlpWeights value, MlpWeights of) => MlpWeights.LargestRelativeError(value, of).Lanes[0];
            Assert.Near(0.005, Off(guess, truth), 1e-12, "c of a gated MLP is not compared, b is");
            Assert.Equal(0.0, Off(guess, truth with { B = zeros(3, float64) }), "no bias is");
            Assert.True(double.IsInfinity(Off(guess, truth with { C = tensor(new[] { 0.0, 1 }) })), "a bias with one entry 0 is");
            Assert.True(double.IsInfinity(Off(guess with { W = ones(2, 3, float64) }, truth with { W = zeros(2, 3, float64) })), "and W always");
        }));
}
