using System.Runtime.Intrinsics;
using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Networks that are trained side by side are those that are trained one at a time, whoever is beside them.</summary>
internal static class LaneTrainingTests
{
    /// <summary>Of sides and batches that fill no tile, and of those beyond which the rate is divided.</summary>
    private static readonly (int Inputs, int Hidden, int Outputs, int BatchSize)[] _shapes = [(1, 1, 1, 1), (3, 33, 1, 7), (8, 32, 4, 32), (5, 2, 6, 13), (70, 1030, 2, 3)];

    public static Test All => Suite.Group(
        "training in lanes",
        Suite.Test("activations on vectors are those of the reference table, to 4 units of the last digit, and of tanh-GELU as many more as its v", () =>
        {
            foreach (ReferenceDerivative line in ReferenceDerivative.Table.Where(line => line.Order < 2))
            {
                (double value, double slope) = At(line.Activation, line.X);
                double v = line.Activation == Activation.GeluTanh ? Math.Abs(1.6 * line.X * (1 + (0.045 * line.X * line.X))) : 0;
                double near = (4 + v) * Math.ScaleB(Math.Max(Math.Abs(line.Value), line.Order == 1 ? 0.1 : 0), -52);
                Assert.Near(line.Value, line.Order == 0 ? value : slope, near, FormattableString.Invariant($"{line.Activation}, order {line.Order} at {line.X:R}"));
            }
        }),
        Suite.Test("activations on vectors are those at numbers, on a fine grid and far out, and NaN for NaN", () =>
        {
            foreach (Activation activation in (Activation[])[.. Activation.All, .. Activation.All.Select(activation => activation.Mirrored)])
            {
                double[] far = [0, -0.0, 1e-300, 39, 41, 709, 1e6, 1e154, 1e300];
                foreach (double x in (double[])[.. Enumerable.Range(-40_000, 80_001).Select(i => i / 1024.0), .. far, .. far.Select(x => -x)])
                {
                    double[] expected = new double[2];
                    activation.TaylorCoefficients(x, expected);
                    (double value, double slope) = At(activation, x);
                    Assert.Near(expected[0], value, 4e-16 * Math.Max(1, Math.Abs(x)), FormattableString.Invariant($"{activation}({x:R})"));
                    Assert.Near(expected[1], slope, 6e-16, FormattableString.Invariant($"{activation}′({x:R})"));
                }

                Assert.True(double.IsNaN(At(activation, double.NaN).Value), $"{activation} of NaN");
            }
        }),
        Suite.Test("a lane's network is what its trial trains alone, up to rounding, and costs the same", () =>
        {
            foreach (Activation activation in (Activation[])[.. Activation.All, Activation.Gelu.Mirrored])
            {
                foreach ((int inputs, int hidden, int outputs, int batchSize) in _shapes)
                {
                    Same(new(hidden > 1000 ? 3 : 40, batchSize), DataSet.Generate(inputs, outputs), hidden, activation);
                }
            }

            Same(new(), DataSet.Generated, 32, Activation.Gelu);
            Same(new(Steps: 0), DataSet.Generated, 3, Activation.Gelu);
        }),
        Suite.Test("so it is in operations on tensors, which any device has, of an activation that has no form on vectors", () =>
        {
            foreach (Activation activation in Activation.All)
            {
                Same(new(40, 7), DataSet.Generate(3, 2), 5, new OnTensors(activation));
            }
        }),
        Suite.Test("a lane's network is the same to the last bit among any number of others, and in any place", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            MlpWeights Train(params long[] trials) => new MlpTraining(Steps: 20).Train(DataSet.Generated, 32, Activation.Gelu, CPU, new LaneTape(3, trials));
            MlpWeights all = Train([.. Enumerable.Range(0, 64).Select(i => (long)i)]);
            foreach (int lanes in new[] { 2, 3, 8, 9, 64 })
            {
                long[] trials = [.. Enumerable.Range(0, lanes).Select(i => ((37L * i) + 5) % 64)];
                MlpWeights some = Train(trials);
                foreach ((Tensor one, Tensor other) in Parts(some).Zip(Parts(all)))
                {
                    Assert.True(one.eq(other.index_select(0, tensor(trials))).all().item<bool>(), $"{lanes} lanes");
                }
            }

            MlpWeights twice = Train(9, 9);
            Assert.True(Parts(twice).Zip(Parts(all)).All(pair => pair.First[0].eq(pair.Second[9]).all().item<bool>() && pair.First[1].eq(pair.First[0]).all().item<bool>()), "twice the same");
        }),
        Suite.Test("training that diverges in a lane says so", () => Assert.Throws<TrainingDivergedException>(
            () => new MlpTraining(LearningRate: 50).Train(DataSet.Generated, 8, Activation.Gelu, CPU, new LaneTape(1, [0, 1, 2])), "a rate of 50")));

    private static void Same(MlpTraining training, DataSet data, int hidden, Activation activation)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] trials = [4, 0, 9];
        LaneTape lanes = new(2, trials);
        MlpWeights all = training.Train(data, hidden, activation, CPU, lanes);
        SeededTape tape = new(2);
        for (int lane = 0; lane < trials.Length; lane++)
        {
            tape.Rewind(trials[lane]);
            MlpWeights alone = training.Train(data, hidden, activation, CPU, tape);
            string what = $"{activation}, {data.InputCount}-{hidden}-{data.OutputCount}, lane {lane}";
            foreach ((Tensor one, Tensor expected) in Parts(all).Zip(Parts(alone)))
            {
                Assert.True(one.shape.SequenceEqual([trials.Length, .. expected.shape]), $"{what}: an axis of trials before the others");
                Assert.Near(0, one[lane].sub(expected).abs().max().item<double>(), 1e-12 * expected.abs().max().item<double>(), what);
            }

            Assert.Equal(tape.Spent(Procedure.Game), lanes.Lane(lane).Spent(Procedure.Game), $"what it cost: {what}");
        }
    }

    private static Tensor[] Parts(MlpWeights weights) => [weights.V, weights.B, weights.W, weights.C];

    /// <summary>The same number in every lane.</summary>
    private static unsafe (double Value, double Slope) At(Activation activation, double x)
    {
        Vector512<double>* numbers = stackalloc Vector512<double>[2 * LaneFour.Count];
        new Span<Vector512<double>>(numbers, LaneFour.Count).Fill(Vector512.Create(x));
        activation.OnLanes!(numbers, numbers + LaneFour.Count, LaneFour.Count);
        return (numbers[0][7], numbers[(2 * LaneFour.Count) - 1][0]);
    }

    private sealed class OnTensors(Activation inner) : Activation
    {
        public override string Name => $"{inner} on tensors";

        public override Tensor Apply(TensorMath math, Tensor u) => inner.Apply(math, u);

        public override Tensor Slope(TensorMath math, Tensor u) => inner.Slope(math, u);

        public override void TaylorCoefficients(double x, Span<double> coefficients) => inner.TaylorCoefficients(x, coefficients);

        public override double ConvergenceRadius(double x) => inner.ConvergenceRadius(x);

        public override Cost TaylorCoefficientsCost(int order) => inner.TaylorCoefficientsCost(order);
    }
}
