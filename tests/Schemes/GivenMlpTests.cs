using Expecto;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>TaylorMLP on given weights, gated and not.</summary>
internal static class GivenMlpTests
{
    private const int Count = 4;

    private static readonly Arbitrary<(int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated)> _converging =
        Arb.From(RandomMlp.Shapes.Generator.Select(shape => shape with { Order = 12, Outputs = Math.Max(shape.Outputs, 2) }));

    public static Test All => Suite.Group(
        "given MLPs",
        Suite.Property("Train draws one of them, inputs are normal, and z₀ is the midrange over 64 that never change", RandomMlp.Shapes, shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            GivenMlps given = Given(shape);
            TaylorMlpScheme scheme = new(new() { Source = given, Order = 1 });
            MlpWeights[] all = [.. Enumerable.Range(0, Count).Select(i => Load(shape, i))];
            int[] drawn = new int[Count];
            for (ulong seed = 0; seed < 60; seed++)
            {
                MlpWeights weights = scheme.Train(new SeededTape(seed));
                drawn[Array.FindIndex(all, one => MlpWeights.LargestRelativeError(weights, one).Lanes[0] == 0)]++;
            }

            Assert.True(drawn.All(times => times > 0), $"drawn {string.Join(", ", drawn)} times of 60");
            Assert.True(given.Calibration(CPU).shape.SequenceEqual([64, shape.Inputs]), "what z₀ is estimated on");
            Assert.True(RandomMlp.Host(given.Calibration(CPU)).SequenceEqual(RandomMlp.Host(Given(shape with { Seed = 0 }).Calibration(CPU))), "the same for all");
            double[] z = RandomMlp.Host(given.Calibration(CPU).matmul(all[0].V.t()));
            double[] z0 = RandomMlp.Host(scheme.Release(default, all[0], new SeededTape(1)).Z0);
            for (int j = 0; j < shape.Hidden; j++)
            {
                double[] column = [.. Enumerable.Range(0, 64).Select(row => z[(row * shape.Hidden) + j])];
                Assert.Near((column.Max() + column.Min()) / 2, z0[j], 1e-14, "z₀");
            }

            Tensor x = scheme.Input(new SeededTape(2));
            Assert.True(x.shape.SequenceEqual([1, shape.Inputs]), "x is one row");
            Assert.True(!RandomMlp.Host(x).SequenceEqual(RandomMlp.Host(scheme.Input(new SeededTape(3)))), "another tape, another x");
        }, count: 20),
        Suite.Test("each is as likely: whoever always answers one of four recovers 1/4, within five deviations (false alarms: 6 in ten million)", () =>
        {
            foreach (bool gated in new[] { false, true })
            {
                using DisposeScope scope = NewDisposeScope();
                (int, int, int, int, int, Activation, bool Gated) shape = (1, 3, 5, 2, 4, Activation.Silu, gated);
                TaylorMlpScheme scheme = new(new() { Source = Given(shape), Order = 2 });
                MlpWeights third = Load(shape, 2);
                Game game = Game.WRec(scheme, new ConstantRecoverer<MlpWeights, TaylorRelease, NoKey>(third));
                const int Trials = 400;
                double wins = SampledEvaluator.Evaluate(game, new() { Trials = Trials }).Wins!.Value;
                Assert.Near(Trials / (double)Count, wins, 5 * Math.Sqrt(Trials * (Count - 1.0)) / Count, $"{game}: wins of {Trials}, seed 1");
            }
        }),
        Suite.Property("Correctness holds, the constant loses WRec, the recovery wins it, and the collapse EffInf within the budget", _converging, shape =>
        {
            Subject subject = SchemeCatalog.Find("taylor-mlp", Settings(shape));
            Sampling sampling = new() { Trials = 10 };
            Assert.Equal(10L, SampledEvaluator.Evaluate(subject.Game(Notion.Correctness, null, new()), sampling).Wins!.Value, "Correctness");
            Result constant = SampledEvaluator.Evaluate(subject.Game(Notion.WRec, "constant", new()), sampling);
            Assert.Equal((0L, 0.0), (constant.Wins!.Value, constant.Broken), "WRec of the constant: wins, broken");
            Assert.Equal(10L, SampledEvaluator.Evaluate(subject.Game(Notion.WRec, "recovery", new()), sampling).Wins!.Value, "WRec of the recovery");
            Result collapse = SampledEvaluator.Evaluate(subject.Game(Notion.EffInf, "collapse", new()), sampling);
            Assert.Equal((1.0, 1.0), (collapse.Advantage.Value, collapse.WithinBudget!.Value), "EffInf of the collapse: wins, within budget");
            Assert.Equal(1.0, SampledEvaluator.Evaluate(subject.Game(Notion.WInd, "re-release", new()), sampling).Advantage.Value, "W-IND of re-release");
        }, count: 20),
        Suite.Test("the scheme says what it plays on, and in which type", () =>
        {
            (int, int, int, int, int, Activation, bool Gated) shape = (1, 3, 5, 2, 4, Activation.Silu, true);
            TaylorMlpSettings settings = Settings(shape) with { Storage = StorageType.BF16 };
            Assert.Equal(
                "TaylorMLP on a given gated MLP 3-5-2, silu, N = 4, released in bf16; data random: one of 4, inputs standard normal",
                SchemeCatalog.Find("taylor-mlp", settings).Summary,
                "the summary");
            Assert.Contains("W, and of b where there is one", $"{new TaylorMlpScheme(settings).WeightTolerance}", "Same on weights");
            Assert.Contains("difference of the outputs ≤ 0.05 of the norm", $"{new TaylorMlpScheme(settings).OutputTolerance}", "Same on outputs");
            using DisposeScope scope = NewDisposeScope();
            TaylorMlpScheme scheme = new(settings);
            TaylorRelease released = scheme.Release(default, scheme.Train(new SeededTape(1)), new SeededTape(1));
            Assert.True(RandomMlp.Host(released.Theta).All(entry => StorageType.BF16.Round(entry) == entry), "every entry is a bfloat16");
            Tensor y = tensor(new double[,] { { 3, 4 } });
            Assert.Near(0.1, scheme.OutputTolerance.Distance(y.Times(0.9), y).Lanes[0], 1e-15, "a tenth off");
            Assert.Equal(0.0, scheme.OutputTolerance.Distance(y.Times(0), y.Times(0)).Lanes[0], "0 for 0");
        }),
        Suite.Test("a release beyond its type is the scheme's failure, in one line", () =>
        {
            (int, int, int, int, int, Activation, bool Gated) shape = (1, 3, 5, 2, 4, Activation.Silu, true);
            GivenMlps large = new("large", Given(shape).Shape, 1, i => Load(shape, i) with { W = Load(shape, i).W.Times(1e6) });
            TaylorMlpScheme scheme = new(new() { Source = large, Storage = StorageType.F16 });
            Exception e = Assert.Throws<BrokenSchemeException>(
                () => SampledEvaluator.Evaluate(Game.WRec(scheme, new JointRecovery()), new() { Trials = 1 }), "a million in f16");
            Assert.Contains("the storage type f16 does not reach", e.Message, "the message");
        }),
        Suite.Test("what is loaded must have the shape, and is named where it does not", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (int, int, int, int, int, Activation, bool Gated) shape = (1, 3, 5, 2, 4, Activation.Silu, true);
            GivenMlps wrong = new("layers", new(3, 5, 2), 1, i => Load(shape, i));
            Exception e = Assert.Throws<InvalidDataException>(() => wrong.Train(Activation.Silu, CPU, new SeededTape(1)), "a gate that was not announced");
            Assert.Contains("layers, number 0 of 0 … 0, is no MLP 3-5-2: it has a U", e.Message, "the message");
            Assert.Throws<ArgumentOutOfRangeException>(() => _ = new GivenMlps("none", new(3, 5, 2), 0, i => Load(shape, i)), "no MLP");
            Assert.Throws<ArgumentOutOfRangeException>(() => _ = new GivenMlps("flat", new(3, 0, 2), 1, i => Load(shape, i)), "no hidden unit");
        }));

    private static TaylorMlpSettings Settings((int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) shape) =>
        new() { Source = Given(shape), Order = shape.Order, Activation = shape.Activation };

    private static GivenMlps Given((int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) shape) =>
        new("random", new(shape.Inputs, shape.Hidden, shape.Outputs, shape.Gated), Count, i => Load(shape, i));

    /// <summary>MLP i, its V small enough for the series to converge on normal inputs.</summary>
    private static MlpWeights Load((int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) shape, int i)
    {
        MlpWeights weights = RandomMlp.Of(shape with { Seed = (Count * shape.Seed) + i }).Weights;
        return weights with { V = weights.V.Times(1 / (2 * Math.Sqrt(shape.Inputs))) };
    }
}
