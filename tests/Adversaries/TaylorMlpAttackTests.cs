using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

internal static class TaylorMlpAttackTests
{
    private static Scheme<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>[] Smooth => [.. Activation.Smooth.Select(a => new TaylorMlpScheme(new() { Activation = a }))];

    public static Test All => Suite.Group(
        "attacks on TaylorMLP",
        Suite.Test("the joint recovery wins WRec on every trained MLP with a smooth activation, with every weight within 1 %", () =>
        {
            foreach (TaylorMlpScheme scheme in Smooth.Cast<TaylorMlpScheme>())
            {
                double[] operations = [.. new JointRecovery[] { new(), new(OrdersRead.One) }.Select(recovery =>
                {
                    Result result = SampledEvaluator.Evaluate(Game.WRec(scheme, recovery), new() { Trials = 25, Seed = 3 });
                    Assert.Equal(25L, result.Wins!.Value, $"{recovery.Name}, {scheme.Settings.Activation}: wins of 25 (seed 3)");
                    return result.Unit.Count(result.Cost[Procedure.Adversary]);
                })];
                Assert.True(operations[1] < operations[0], $"{scheme.Settings.Activation}: from one order {operations[1]} operations, from all {operations[0]}");
            }
        }),
        Suite.Test("what is recovered from one order is read from one: of the others only the rows that x₀ is found from", () =>
        {
            const int Outputs = 100, Rows = 64, Scouts = 8, Order = 8, Hidden = 6;
            foreach (bool gated in new[] { false, true })
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((4, 5, Hidden, Outputs, Order, Activation.Gelu, gated));
                TaylorRelease released = TaylorRelease.Of(weights, inputs, Order, activation, new SeededTape(1));
                double[] read = [.. new JointRecovery[] { new(), new(OrdersRead.One) }.Select(recovery =>
                {
                    SeededTape tape = new(1);
                    recovery.Recover(default, released, tape);
                    return tape.Spent(Procedure.Game).BytesRead;
                })];
                int matrices = gated ? Order + 1 : Order;
                int vectors = Hidden + (gated ? 0 : Outputs); // z₀, and θ₀
                Assert.Equal(8.0 * ((matrices * (Outputs + Scouts) * Hidden) + (matrices * Outputs * Hidden) + vectors), read[0], $"from all orders{(gated ? ", gated" : "")}");
                Assert.Equal(8.0 * ((matrices * (Rows + Scouts) * Hidden) + (Outputs * Hidden) + vectors), read[1], $"from one{(gated ? ", gated" : "")}");
            }
        }),
        Suite.Property(
            "the joint recovery finds W, b and c of any smooth MLP, to nine digits",
            RandomMlp.Shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                shape = shape with { Order = Math.Max(shape.Order, 3) };
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
                MlpWeights recovered = new JointRecovery().Recover(default, released, new SeededTape(1));
                double off = recovered.W.sub(weights.W).abs().div(weights.W.abs()).max().item<double>();
                Assert.True(off < 1e-9, $"largest relative error of W {off}");
                Assert.True(recovered.B.sub(weights.B).abs().max().item<double>() < 1e-9, "b"); // which may be arbitrarily near 0
                Assert.True(recovered.C.sub(weights.C).abs().max().item<double>() < 1e-9, "c");
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
        Suite.Test("of ReLU there is no x₀ to find: the recovery answers, and is wrong", () =>
        {
            TaylorMlpScheme scheme = new(new() { Activation = Activation.Relu });
            Result result = SampledEvaluator.Evaluate(Game.WRec(scheme, new JointRecovery()), new() { Trials = 3 });
            Assert.Equal((0L, 0.0), (result.Wins!.Value, result.Broken), "won, broken");
        }),
        Suite.Test("a column whose unit is linear is recovered, and its b is not known; one that no x₀ within reach explains spoils no other", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((1, 2, 3, 2, 8, Activation.Gelu, false));
            weights.B[1] = 60; // GELU is the identity there: every order from the second on is 0
            weights.B[2] = -31; // too far to be found
            TaylorRelease released = TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1));
            MlpWeights recovered = new JointRecovery().Recover(default, released, new SeededTape(1));
            Tensor off = recovered.W.sub(weights.W).abs().div(weights.W.abs()).amax([0]);
            Assert.True(off[0].item<double>() < 1e-9 && off[1].item<double>() < 1e-9, "W of the first two units");
            Assert.True(off[2].item<double>() > 0.01, "W of the third");
            Assert.True(recovered.B[1].sub(weights.B[1]).abs().item<double>() > 1, "b of the second: any from 40 on fits");
            Assert.True(recovered.B[0].sub(weights.B[0]).abs().item<double>() < 1e-9, "b of the first");
        }),
        Suite.Test("the collapse wins EffInf within the budget at N = 8, for four outputs and for one", () =>
        {
            foreach (TaylorMlpScheme scheme in Smooth.Cast<TaylorMlpScheme>().Append(new(new() { Source = new TrainedMlps { Data = OneTarget() } })))
            {
                Result result = SampledEvaluator.Evaluate(Game.EffInf(scheme, new Collapse()), new() { Trials = 25, Seed = 3 });
                Assert.Equal((1.0, 1.0), (result.Advantage.Value, result.WithinBudget!.Value), $"{scheme.Dataset}: wins, within budget");
            }
        }),
        Suite.Test("the collapse is cheaper than Run′ from N = 3 with two outputs, and from N = 5 with one; with a gate from 2 and 4", () =>
        {
            foreach ((int outputs, int order, bool gated, bool cheaper) in new[]
            {
                (2, 2, false, false), (2, 3, false, true), (1, 4, false, false), (1, 5, false, true),
                (2, 1, true, false), (2, 2, true, true), (1, 3, true, false), (1, 4, true, true),
            })
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((7, 5, 16, outputs, order, Activation.Gelu, gated));
                TaylorRelease released = TaylorRelease.Of(weights, inputs, order, activation, new SeededTape(1));
                SeededTape collapse = new(1);
                SeededTape run = new(1);
                new Collapse().Infer(default, released, inputs.narrow(0, 0, 1), collapse);
                released.Infer(inputs.narrow(0, 0, 1), new TensorMath(run));
                double spent = CostUnit.Operations.Count(collapse.Spent(Procedure.Game));
                double budget = CostUnit.Operations.Count(run.Spent(Procedure.Game));
                Assert.Equal(cheaper, spent < budget, $"D = {outputs}, N = {order}{(gated ? ", gated" : "")}: {spent} of {budget}");
            }
        }),
        Suite.Property(
            "the collapse is Run′, to 1e-12, for one product of a matrix and a vector",
            RandomMlp.Shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
                (int first, int second) = (shape.Inputs * shape.Hidden, shape.Outputs * shape.Hidden);
                int products = (shape.Order, shape.Gated) switch
                {
                    (0, false) => 0,
                    (0, true) => first + second,
                    (_, false) => first + second + ((shape.Order - 1) * shape.Hidden),
                    (_, true) => (2 * first) + second + (shape.Order * shape.Hidden),
                };
                Assert.Equal((double)products, CollapseAgrees(released, inputs), "multiply-adds");
            },
            count: 100),
        Suite.Property(
            "the collapse is Run′ also where the first row, the first order or a whole column is 0",
            RandomMlp.Shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
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
        Suite.Test("on a wide MLP recovering W from one order and running it is within the budget of one input, and from all orders it is not", () =>
        {
            // What is spent for a unit, and Run′ for one, do not depend on how many there are.
            MlpShape shape = new(2048, 32, 2048);
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(7);
            Tensor Normal(double deviation, params long[] sides) => TensorCoins.Normal(tape, CPU, sides).mul(deviation);
            MlpWeights weights = new(Normal(0.5 / Math.Sqrt(shape.Inputs), 32, 2048), Normal(0.3, 32), Normal(1 / Math.Sqrt(32), 2048, 32), Normal(0.1, 2048));
            TaylorMlpScheme scheme = new(new() { Source = new GivenMlps("wide", shape, 1, _ => weights) });
            foreach ((JointRecovery recovery, bool within) in new[] { (new JointRecovery(OrdersRead.One), true), (new JointRecovery(), false) })
            {
                Result result = SampledEvaluator.Evaluate(
                    Game.EffInf(scheme, new Eq8<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>(scheme, recovery)), new() { Trials = 4 });
                Assert.Equal((4L, within ? 4L : 0), (result.Wins!.Value, result.WinsWithin!.Value), $"eq8({recovery.Name}): won, within the budget, of 4");
            }
        }),
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
        }));

    /// <summary>Holds the collapse against Run′, and returns the multiply-adds that it spent.</summary>
    private static double CollapseAgrees(TaylorRelease released, Tensor inputs)
    {
        Tensor x = inputs.narrow(0, 0, 1);
        SeededTape tape = new(1);
        Tensor collapsed = new Collapse().Infer(default, released, x, tape);
        Tensor expected = released.Infer(x, new TensorMath(new SeededTape(1)));
        TaylorRelease magnitudes = released with { Theta0 = released.Theta0.abs(), Theta = released.Theta.abs() };
        HiddenInput hidden = released.Hidden(x, new TensorMath(new SeededTape(1)));
        Tensor step = hidden.Step.abs();
        Tensor up = (hidden.Up ?? ones(1, float64)).abs();
        Tensor terms = released.IsGated ? up.matmul(magnitudes.Theta0.t()) : magnitudes.Theta0.unsqueeze(-2); // the sum that rounding is relative to
        for (int n = 1; n <= released.Order; n++)
        {
            terms = terms.Plus(step.ToThe(n).mul(up).matmul(magnitudes.Theta.select(0, n - 1).t()));
        }

        Tensor off = collapsed.sub(expected).abs();
        Assert.True(off.le(terms.Times(1e-12)).all().item<bool>(), $"off by {off.div(terms).max().item<double>()}"); // 0 for 0 is right
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
}
