using Expecto;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Evaluation;
using Wager.Reductions;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

internal static class TaylorMlpTests
{
    private static readonly Arbitrary<(int Seed, int Inputs, int Hidden, int Outputs, int Order, bool Silu)> _shapes = Arb.From(
        from seed in Gen.Choose(0, 1_000_000)
        from d in Gen.Choose(1, 6)
        from h in Gen.Choose(1, 12)
        from outputs in Gen.Choose(1, 5)
        from order in Gen.Choose(0, 12)
        from silu in Gen.Elements(false, true)
        select (seed, d, h, outputs, order, silu));

    private static Scheme<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>[] Trained => [.. Activation.All.Select(a => new TaylorMlpScheme(new() { Activation = a }))];

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
                    double[] moved = Host(part(after).sub(part(before)));
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
        Suite.Property("Release is Algorithm 1, entry by entry, with c counted once", _shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = Random(shape);
            TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            double[] z = Host(inputs.matmul(weights.V.t()));
            double[] w = Host(weights.W);
            double[] b = Host(weights.B);
            double[] theta = Host(released.Theta);
            double[] derivatives = new double[shape.Order + 1];
            double[] theta0 = Host(weights.C);
            for (int j = 0; j < shape.Hidden; j++)
            {
                double[] column = [.. Enumerable.Range(0, (int)inputs.shape[0]).Select(row => z[(row * shape.Hidden) + j])];
                double z0 = (column.Max() + column.Min()) / 2;
                Assert.Near(z0, Host(released.Z0)[j], 1e-14, "z₀ is the midrange");
                activation.Derivatives(z0 + b[j], derivatives);
                for (int i = 0; i < shape.Outputs; i++)
                {
                    theta0[i] += w[(i * shape.Hidden) + j] * derivatives[0];
                    double factorial = 1;
                    for (int n = 1; n <= shape.Order; n++)
                    {
                        factorial *= n;
                        double expected = w[(i * shape.Hidden) + j] * derivatives[n] / factorial;
                        Assert.Near(expected, theta[((((n - 1) * shape.Outputs) + i) * shape.Hidden) + j], 1e-12 * (1 + Math.Abs(expected)), $"Θ_{n}[{i}, {j}]");
                    }
                }
            }

            for (int i = 0; i < shape.Outputs; i++)
            {
                Assert.Near(theta0[i], Host(released.Theta0)[i], 1e-12, $"θ₀[{i}]");
            }
        }),
        Suite.Property("Run′ is exact at z₀, and Eq. 4 as printed is off by (h − 1)·c", _shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, _, Activation activation) = Random(shape);
            Tensor x = TensorCoins.Uniform(new SeededTape(4), 1, CPU, 1, shape.Inputs);
            TensorMath math = new(new SeededTape(1));
            TaylorRelease released = TaylorRelease.Of(weights, cat([x, x]), shape.Order, activation, new SeededTape(1)); // so that Vx = z₀
            double[] run = Host(weights.Forward(x, activation, math));
            double[] runReleased = Host(released.Infer(x, math));
            double[] x0 = Host(released.Z0.add(weights.B));
            double[] w = Host(weights.W);
            double[] act = new double[1];
            for (int i = 0; i < shape.Outputs; i++)
            {
                Assert.Near(run[i], runReleased[i], 1e-13, $"output {i}");
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
        Suite.Test("the joint recovery wins WRec on every trained MLP, with every weight within 1 %", () =>
        {
            foreach (TaylorMlpScheme scheme in Trained.Cast<TaylorMlpScheme>())
            {
                Result result = SampledEvaluator.Evaluate(Game.WRec(scheme, new JointRecovery()), new() { Trials = 25, Seed = 3 });
                Assert.Equal(25L, result.Wins!.Value, $"{scheme.Settings.Activation}: wins of 25 (seed 3)");
            }
        }),
        Suite.Property(
            "the joint recovery finds W, b and c of any MLP, to nine digits",
            _shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                shape = shape with { Order = Math.Max(shape.Order, 3) };
                (MlpWeights weights, Tensor inputs, Activation activation) = Random(shape);
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
                MlpWeights recovered = new JointRecovery().Recover(default, released, new SeededTape(1));
                double off = MlpWeights.LargestRelativeError(recovered, weights).Lanes[0];
                Assert.True(off < 1e-9, $"largest relative error {off}");
            },
            count: 100),
        Suite.Test("with fewer than three orders the recovery answers, and is wrong", () =>
        {
            foreach (int order in new[] { 0, 1, 2 })
            {
                TaylorMlpScheme scheme = new(new() { Order = order });
                Result result = SampledEvaluator.Evaluate(Game.WRec(scheme, new JointRecovery()), new() { Trials = 3 });
                Assert.Equal((0L, 0.0), (result.Wins!.Value, result.Broken), $"N = {order}: won, broken");
            }
        }),
        Suite.Test("a column that no x₀ within reach explains is answered as if its bias were 0", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = Random((1, 2, 3, 2, 8, false));
            weights.B[1] = 60; // GELU is the identity there: every order from the second on is 0
            TaylorRelease released = TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1));
            MlpWeights recovered = new JointRecovery().Recover(default, released, new SeededTape(1));
            Assert.Equal(0.0, recovered.B[1].item<double>(), "b of the unit out of reach");
            Assert.True(recovered.B[0].sub(weights.B[0]).abs().item<double>() < 1e-9, "b of its neighbour");
        }),
        Suite.Test("training that diverges says so", () =>
        {
            Exception e = Assert.Throws<TrainingDivergedException>(
                () => new MlpTraining(LearningRate: 50).Train(DataSet.Generated, 8, Activation.Gelu, CPU, new SeededTape(1)), "a rate of 50");
            Assert.Contains("MLP 8-8-4 left the finite numbers", e.Message, "the message");
            new TaylorMlpScheme(new() { Hidden = 8192, Training = new(Steps: 20) }).Train(new SeededTape(1)).V.Dispose();
        }),
        Suite.Test("the collapse wins EffInf within the budget at N = 8, for four outputs and for one", () =>
        {
            foreach (TaylorMlpScheme scheme in Trained.Cast<TaylorMlpScheme>().Append(new(new() { Data = OneTarget() })))
            {
                Result result = SampledEvaluator.Evaluate(Game.EffInf(scheme, new Collapse()), new() { Trials = 25, Seed = 3 });
                Assert.Equal((1.0, 1.0), (result.Advantage.Value, result.WithinBudget!.Value), $"{scheme.Settings.Data.Description}: wins, within budget");
            }
        }),
        Suite.Test("the collapse is cheaper than Run′ from N = 3 with two outputs, and from N = 5 with one", () =>
        {
            foreach ((int outputs, int order, bool cheaper) in new[] { (2, 2, false), (2, 3, true), (1, 4, false), (1, 5, true) })
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = Random((7, 5, 16, outputs, order, false));
                TaylorRelease released = TaylorRelease.Of(weights, inputs, order, activation, new SeededTape(1));
                SeededTape collapse = new(1);
                SeededTape run = new(1);
                new Collapse().Infer(default, released, inputs.narrow(0, 0, 1), collapse);
                released.Infer(inputs.narrow(0, 0, 1), new TensorMath(run));
                double spent = CostUnit.Operations.Count(collapse.Spent(Procedure.Game));
                double budget = CostUnit.Operations.Count(run.Spent(Procedure.Game));
                Assert.Equal(cheaper, spent < budget, $"D = {outputs}, N = {order}: {spent} of {budget}");
            }
        }),
        Suite.Property(
            "the collapse is Run′, to 1e-12, for one product of a matrix and a vector",
            _shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = Random(shape);
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
                int products = shape.Order == 0 ? 0 : (shape.Inputs * shape.Hidden) + (shape.Outputs * shape.Hidden) + ((shape.Order - 1) * shape.Hidden);
                Assert.Equal((double)products, CollapseAgrees(released, inputs), "multiply-adds");
            },
            count: 100),
        Suite.Property(
            "the collapse is Run′ also where the first row, the first order or a whole column is 0",
            _shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = Random(shape);
                weights.W[0] = 0;
                weights.W[TensorIndex.Colon, shape.Hidden - 1] = 0;
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
                CollapseAgrees(released, inputs);
                if (shape.Order > 0)
                {
                    released.Theta[0, TensorIndex.Colon, 0] = 0; // as where Act′(x₀) = 0
                    CollapseAgrees(released, inputs);
                }
            },
            count: 100),
        Suite.Test("eq8(recovery) wins, but spends more than one Run′; function-compare and re-release break W-IND", () =>
        {
            TaylorMlpScheme scheme = new();
            Result reduced = SampledEvaluator.Evaluate(
                Game.EffInf(scheme, new Eq8<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>(scheme, new JointRecovery())), new() { Trials = 20 });
            Assert.Equal(0.0, reduced.WithinBudget!.Value, "eq8(recovery) within budget");
            Assert.True(reduced.Advantage.Value >= 0.9, $"eq8(recovery) has {reduced.Advantage.Value}: short of 1 only where Run′ itself is off");
            Result distinguished = SampledEvaluator.Evaluate(
                Game.WInd(scheme, new Eq9<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>(scheme, new JointRecovery())), new() { Trials = 20 });
            Assert.Equal(1.0, distinguished.Advantage.Value, "eq9(recovery)");
            Result released = SampledEvaluator.Evaluate(
                Game.WInd(scheme, new Adversaries.ReRelease<MlpWeights, TaylorRelease, Tensor, Tensor>(scheme, TaylorMlpScheme.Identical)), new() { Trials = 20 });
            Assert.Equal(1.0, released.Advantage.Value, "re-release");
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
        }));

    private static (MlpWeights Weights, Tensor Inputs, Activation Activation) Random((int Seed, int Inputs, int Hidden, int Outputs, int Order, bool Silu) shape)
    {
        SeededTape tape = new((ulong)shape.Seed);
        Tensor Uniform(double bound, params long[] sides) => TensorCoins.Uniform(tape, bound, CPU, sides);
        MlpWeights weights = new(
            Uniform(1, shape.Hidden, shape.Inputs), Uniform(1, shape.Hidden), Uniform(1, shape.Outputs, shape.Hidden), Uniform(1, shape.Outputs));
        return (weights, Uniform(1, 20, shape.Inputs), shape.Silu ? Activation.Silu : Activation.Gelu);
    }

    /// <summary>Holds the collapse against Run′, and returns the multiply-adds that it spent.</summary>
    private static double CollapseAgrees(TaylorRelease released, Tensor inputs)
    {
        Tensor x = inputs.narrow(0, 0, 1);
        SeededTape tape = new(1);
        Tensor collapsed = new Collapse().Infer(default, released, x, tape);
        Tensor expected = released.Infer(x, new TensorMath(new SeededTape(1)));
        double off = collapsed.sub(expected).abs().max().item<double>() / Math.Max(1, expected.abs().max().item<double>());
        Assert.True(off <= 1e-12, $"off by {off}");
        return tape.Spent(Procedure.Game).MultiplyAdds;
    }

    private static DataSet OneTarget()
    {
        double[,] inputs = new double[40, 3];
        double[,] targets = new double[40, 1];
        for (int i = 0; i < 40; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                inputs[i, j] = Math.Sin((7 * i) + (3 * j));
            }

            targets[i, 0] = inputs[i, 0] * inputs[i, 1];
        }

        return new("one target", inputs, targets);
    }

    private static double[] Host(Tensor tensor) => [.. tensor.contiguous().data<double>()];
}
