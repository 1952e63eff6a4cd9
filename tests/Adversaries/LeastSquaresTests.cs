using Expecto;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>W from queries by least squares: what it finds, what it says of itself, and what it costs.</summary>
internal static class LeastSquaresTests
{
    private const int Repeats = 3;

    public static Test All => Suite.Group(
        "least squares",
        Suite.Property("from one more query of Run than hidden units on, W is found to six digits, and c where there is no gate, if as many are independent", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, _, Activation activation) = Mlp(shape);
            SeededTape tape = new((ulong)shape.Seed);
            int queries = weights.Shape.Hidden + 1 + (shape.Seed % 20);
            Answers all = Run(weights, activation, TensorCoins.Normal(tape, CPU, queries + 10, weights.Shape.Inputs).Times(4)); // wide, or few inputs leave the units alike
            (Tensor map, QueryFit fit) = QueryFit.Of(all.Part(0, queries), all.Part(queries, 10), new TensorMath(tape));
            if (!fit.IsDetermined) // as where both of two queries are far on GELU's flat side
            {
                Assert.True(queries < fit.Unknowns + 3, $"{fit}");
                return;
            }

            Near(weights.W, map.narrow(1, 0, weights.Shape.Hidden), fit, "W");
            if (!weights.Shape.IsGated)
            {
                Near(weights.C, map.select(1, weights.Shape.Hidden), fit, "c");
            }

            Assert.True(fit.Residual < 1e-12 && fit.HeldOutResidual < Math.Max(1e-6, 1e-13 * fit.Condition), $"{fit}");
        }),
        Suite.Property("from Run′ of either variant, with units in clear or not, W, b and c are found to six digits, and V with its signs", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            shape = shape with { Order = Math.Max(shape.Order, 6) };
            (MlpWeights weights, Tensor inputs, Activation activation) = Mlp(shape);
            foreach (Variant variant in Variant.All)
            {
                int units = 1 + (shape.Seed % shape.Hidden);
                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape((ulong)shape.Seed), variant: variant, protectedUnits: units);
                MlpWeights recovered = new LeastSquares().Recover(default, released, new SeededTape(1));
                QueryFit fit = new LeastSquares().Attack(released, new SeededTape(1)).Fit;
                Assert.Equal((LeastSquares.UnknownsOf(units, shape.Gated), true), (fit.Unknowns, fit.IsDetermined), $"{variant}, {fit}");
                Assert.True(recovered.V.eq(weights.V).all().item<bool>(), $"{variant}: V");
                Near(weights.W, recovered.W, fit, $"{variant}: W");
                Near(weights.B, recovered.B, fit, $"{variant}: b");
                Near(weights.C, recovered.C, fit, $"{variant}: c");
                Assert.True(new MlpWeights(recovered.V, recovered.B, recovered.W, recovered.C, recovered.U).Flaw(weights.Shape) is null, "an MLP of the shape");
            }
        }),
        Suite.Property("independent queries are counted exactly: asked again, none is added", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            (MlpWeights weights, _, Activation activation) = Mlp(shape);
            int unknowns = LeastSquares.UnknownsOf(weights.Shape.Hidden, weights.Shape.IsGated);
            int distinct = 1 + (shape.Seed % (unknowns + 3));
            Tensor inputs = TensorCoins.Normal(new SeededTape((ulong)shape.Seed), CPU, distinct, weights.Shape.Inputs).Times(4);
            Answers answers = Run(weights, activation, inputs.repeat(Repeats, 1));
            QueryFit fit = QueryFit.Of(answers, answers, new TensorMath(new SeededTape(1))).Fit;
            Assert.Equal((Repeats * distinct, Math.Min(distinct, unknowns)), (fit.Queries, fit.Independent), $"asked and independent, {fit}");
            Assert.Equal(fit.Residual, fit.HeldOutResidual, "the same inputs, the same residual");
        }),
        Suite.Test("below the unknowns the residual is 0 and the signed mean is near 0, while W is wrong; what is held out tells", () =>
        {
            QueryStudy.Outcome outcome = new QueryStudy(Hidden: 120, Seed: 1).Run(null, CancellationToken.None);
            foreach (QueryStudy.Point point in outcome.Points)
            {
                string what = $"{point}";
                Assert.Equal(Math.Min((int)Math.Round(point.Share * 120), 120), point.Fit.Independent, what);
                bool isRight = point.Share >= 1 && point.Oracle != QueriedOracle.ReleaseAsRun;
                Assert.Equal(isRight, point.Errors.Within == 1, what);
                Assert.Equal(isRight, point.Fit.HeldOutResidual < 1e-6, what);
                Assert.True(isRight || (point.Errors.Within < 0.1 && point.Fit.HeldOutResidual > 0.1), what);
                Assert.True(point.Share > 1 || point.Fit.Residual < 1e-9, what);
                Assert.True(point.Share >= 1 || Math.Abs(point.Errors.SignedMean) < 0.06, what); // seeded: five deviations of 7,680 errors of 1
            }

            Assert.Equal(1.0, outcome.Joint.Within, "the joint attack");
            Assert.True(outcome.Truncation is > 0.1 and < 10, $"Run′ is off Run by {outcome.Truncation}");
        }),
        Suite.Test("what is not a number of queries is refused, and fewer than unknowns are no valid answer of a play", () =>
        {
            Assert.Contains("at least one query, not 0", Assert.Throws<ArgumentException>(() => _ = new LeastSquares(0), "none").Message, "none");
            TaylorMlpScheme scheme = new();
            Result few = SampledEvaluator.Evaluate(Game.WRec(scheme, new LeastSquares(32)), new() { Trials = 2 });
            Assert.Equal((0L, 2.0), (few.Wins!.Value, few.Broken), "32 queries for 33 unknowns: won, broken");
            Assert.Contains("32 queries cannot determine 33 unknowns of each output: ask 33 or more", $"{few.FirstFault}", "the fault");
            Result enough = SampledEvaluator.Evaluate(Game.WRec(scheme, new LeastSquares(66)), new() { Trials = 20, Seed = 3 });
            Assert.Equal(20L, enough.Wins!.Value, "66 queries: wins of 20 (seed 3)");
        }),
        Suite.Test("its cost is counted by hand: with a gate all of it, and without one that of the joint recovery and the rest", () =>
        {
            foreach (bool gated in new[] { true, false })
            {
                using DisposeScope scope = NewDisposeScope();
                (double d, double h, double outputs, int order) = (5, 16, 3, 4);
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((7, (int)d, (int)h, (int)outputs, order, Activation.Silu, gated));
                SeededTape tape = new(1);
                SeededTape joint = new(1);
                TaylorRelease released = TaylorRelease.Of(weights, inputs, order, activation, new SeededTape(1));
                new LeastSquares(20).Recover(default, released, tape);
                if (!gated)
                {
                    new JointRecovery().Recover(default, released, joint);
                    Assert.True(joint.Spent(Procedure.Game).MultiplyAdds > outputs * order * h, "the joint recovery reads every entry at least");
                }

                (Cost spent, Cost first) = (tape.Spent(Procedure.Game), joint.Spent(Procedure.Game));
                string what = gated ? "gated" : "plain";
                double k = h + (gated ? 0 : 1); // without a gate c is an unknown too
                double q = 20 + LeastSquares.HeldOut;
                double inputProducts = gated ? 2 : 1; // z, and with a gate Ux
                Cost series = activation.TaylorCoefficientsCost(order) * h;
                double run = (inputProducts * q * d * h) + ((order + (gated ? 1 : 0)) * q * h * outputs); // a product for each order
                double solving = (20 * (k + outputs) * Math.Min(20, k + outputs)) + (7 * k * k * k) + (4 * k * k * k) + (2 * k * k * outputs);
                double residuals = (q * k * outputs) + (2 * q * outputs);
                Assert.Equal(
                    first.MultiplyAdds + series.MultiplyAdds + (h * d) + (inputProducts * q * d * h) + (order * q * h) + run + solving + residuals, spent.MultiplyAdds, $"{what}: multiply-adds");
                double ofRun = (q * h) + ((gated ? order : order - 1) * q * h) + (order * q * outputs); // z − z₀, a power unless it is the first, and a sum for each order
                Assert.Equal(
                    first.Elementwise + series.Elementwise + h + (q * d) + ((gated ? 2 : 1) * q * h) + ofRun + (k * outputs) + (q * outputs), spent.Elementwise, $"{what}: elementwise");
                Assert.Equal((first.Transcendental + series.Transcendental, 0.0), (spent.Transcendental, spent.Queries), $"{what}: transcendental, and queries of an oracle: it runs Run′ itself");
            }
        }));

    /// <summary>A random MLP with three inputs at least, so that its units are not too much alike, and no b with a gate.</summary>
    private static (MlpWeights Weights, Tensor Inputs, Activation Activation) Mlp(
        (int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) shape)
    {
        (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape with { Inputs = shape.Inputs + 2 });
        return (shape.Gated ? weights with { B = zeros_like(weights.B) } : weights, inputs, activation);
    }

    private static Answers Run(MlpWeights weights, Activation activation, Tensor inputs)
    {
        (_, Tensor hidden, Tensor y) = weights.Layers(inputs, activation, new TensorMath(new SeededTape(1)));
        return new(weights.Shape.IsGated ? hidden : cat([hidden, ones(inputs.shape[0], 1, dtype: float64)], 1), y);
    }

    private static void Near(Tensor expected, Tensor actual, QueryFit fit, string what)
    {
        double off = actual.sub(expected).abs().max().item<double>(); // of entries up to 1
        Assert.True(off < Math.Max(1e-6, 1e-13 * fit.Condition), $"{what} is off by {off}: {fit}");
    }
}
