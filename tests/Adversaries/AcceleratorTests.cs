using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Fewer orders, Θ in 8 bits, and which accelerator of TaylorMLP stays within the budget.</summary>
internal static class AcceleratorTests
{
    public static Test All => Suite.Group(
        "accelerators of TaylorMLP",
        Suite.Property("truncated, a release is Run′ of the release of that order, to the last bit", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease Of(int order) => TaylorRelease.Of(weights, inputs, order, activation, new SeededTape(1));
            Tensor x = inputs.narrow(0, 0, 1);
            foreach (Truncate truncate in Truncate.Of(shape.Order).Append(new(shape.Order + 1)))
            {
                SeededTape tape = new(1);
                SeededTape expected = new(1);
                Tensor y = truncate.Infer(default, Of(shape.Order), x, tape);
                Assert.True(y.eq(Of(Math.Min(truncate.Order, shape.Order)).Infer(x, new TensorMath(expected))).all().item<bool>(), truncate.Name);
                Assert.Equal(expected.Spent(Procedure.Game), tape.Spent(Procedure.Game), $"{truncate.Name}: cost");
            }
        }),
        Suite.Test("which orders are tried: a quarter, half, and all but one, none twice and all below N", () =>
        {
            foreach ((int order, string names) in new[] { (0, ""), (1, "truncate(0)"), (2, "truncate(0) truncate(1)"), (4, "truncate(1) truncate(2) truncate(3)"), (8, "truncate(2) truncate(4) truncate(7)") })
            {
                Assert.Equal(names, string.Join(' ', Truncate.Of(order).Select(truncate => truncate.Name)), $"N = {order}");
            }
        }),
        Suite.Property("Θ in 8 bits is off by at most a 254th of each column's greatest entry", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            weights.W.select(1, 0).zero_(); // a column of zeros
            foreach (Variant variant in Variant.All)
            {
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1), variant: variant);
                Tensor x = inputs.narrow(0, 0, 1);
                TensorMath math = new(new SeededTape(1));
                HiddenInput hidden = released.Hidden(x, math);
                Tensor? power = hidden.Up?.abs();
                Tensor bound = power is null ? zeros(1, float64) : power.mul(Greatest(released.Theta0)).sum(-1).Times(1.0 / 254);
                for (int n = 1; n <= shape.Order; n++)
                {
                    power = variant.Power(n, power, hidden.Step.abs(), math);
                    bound = bound.Plus(power.mul(Greatest(released.Theta.select(0, n - 1))).sum(-1).Times(1.0 / 254));
                }

                double off = new Quantise().Infer(default, released, x, new SeededTape(1)).sub(released.Infer(x, math)).abs().max().item<double>();
                double most = bound.item<double>();
                Assert.True(off <= (most * (1 + 1e-9)) + 1e-300, $"{variant}: off by {off:G3}, at most {most:G3}");
            }

            static Tensor Greatest(Tensor matrix) => matrix.abs().amax([0]);
        }),
        Suite.Property("what 8 bits cost: the multiply-adds of Run′, and a conversion for each entry besides", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
            TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape(1));
            (int matrices, int entries) = (shape.Order + (shape.Gated ? 1 : 0), shape.Outputs * shape.Hidden);
            SeededTape preparation = new(1);
            SeededTape inference = new(1);
            SeededTape run = new(1);
            new Quantise().Prepare(default, new Oracle<TaylorRelease>(1, () => released), preparation)(inputs.narrow(0, 0, 1), inference);
            released.Infer(inputs.narrow(0, 0, 1), new TensorMath(run));
            (Cost prepared, Cost spent, Cost budget) = (preparation.Spent(Procedure.Game), inference.Spent(Procedure.Game), run.Spent(Procedure.Game));
            Assert.Equal((0.0, (double)matrices * ((5 * entries) + shape.Hidden)), (prepared.MultiplyAdds, prepared.Elementwise), "preparation");
            Assert.Equal((budget.MultiplyAdds, budget.Elementwise + (matrices * (entries + shape.Hidden))), (spent.MultiplyAdds, spent.Elementwise), "inference");
        }),
        Suite.Test("on the default scheme the collapse wins within the budget of one input, and what it prepares from more rows pays after a few", () =>
        {
            Subject subject = SchemeCatalog.Find("taylor-mlp");
            Sampling sampling = new() { Trials = 10, Seed = 5 };
            Dictionary<string, Result> results = new[] { "collapse", "collapse(16)", "collapse(all)", "truncate(2)", "truncate(4)", "truncate(7)", "quantise(int8)" }
                .ToDictionary(name => name, name => SampledEvaluator.Evaluate(subject.Game(Notion.EffInf, name), sampling));
            Assert.Equal("collapse truncate(2) truncate(4) truncate(7)", Names(result => result.OverBudget == 0), "within the budget in every trial");
            Assert.True(Names(result => result.Wins == 10).StartsWith("collapse collapse(16) collapse(all) ", StringComparison.Ordinal), "right in every trial");
            Assert.Equal(10L, results["quantise(int8)"].Wins!.Value, "quantise(int8): right in every trial");
            Assert.Equal(1.0, results["collapse"].WithinBudget!.Value, "collapse");
            Assert.True(results["collapse(16)"].BreakEven is > 1 and < 20, $"m* of collapse(16) {results["collapse(16)"].BreakEven}");
            Assert.Equal(double.PositiveInfinity, results["quantise(int8)"].BreakEven!.Value, "m* of quantise(int8)");

            string Names(Func<Result, bool> which) => string.Join(' ', results.Where(each => which(each.Value)).Select(each => each.Key));
        }));
}
