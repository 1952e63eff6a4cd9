using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The two variants played as a pair, against plain loops over the same weights and inputs.</summary>
internal static class VariantPairTests
{
    private const int Side = SpreadMlps.Side;
    private const ulong Seed = 5;

    public static Test All => Suite.Group(
        "variants as a pair",
        Suite.Test("every number of the pair is that of plain loops", () =>
        {
            foreach ((Activation activation, int order, double spread) in new[] { (Activation.Gelu, 16, 0.9), (Activation.Silu, 5, 1), (Activation.GeluTanh, 4, 1.5) })
            {
                const int Trials = 8;
                GivenMlps source = SpreadMlps.Of(spread, Seed);
                VariantPair pair = VariantPair.Play(source, spread, new(order, StorageType.F64, activation, Variant.Paper), Trials, Seed, CancellationToken.None);
                Trial[] trials = [.. Enumerable.Range(0, Trials).Select(trial => Plainly(source, activation, order, trial))];
                string what = $"{activation}, N = {order}";
                Assert.Equal((spread, Trials), (pair.Spread, (int)pair.Trials), $"{what}: spread, trials");
                Same(trials.Average(trial => trial.Beyond), pair.Beyond, $"{what}: beyond reach");
                Same(trials.Average(trial => trial.Difference > 1e-6 ? 1.0 : 0), pair.Differ, $"{what}: trials that differ");
                Same(RootMeanSquare(trials, trial => trial.Difference), pair.Difference, $"{what}: difference");
                Same(trials.Max(trial => trial.Difference), pair.Greatest, $"{what}: greatest difference");
                Same(RootMeanSquare(trials, trial => trial.OfPaper), pair.OfPaper, $"{what}: error of the paper's");
                Same(RootMeanSquare(trials, trial => trial.OfCode), pair.OfCode, $"{what}: error of the code's");
                Assert.Equal(trials.Count(trial => trial.OfPaper <= 0.05), (int)pair.PaperCorrect, $"{what}: the paper's correct");
                Assert.Equal(trials.Count(trial => trial.OfCode <= 0.05), (int)pair.CodeCorrect, $"{what}: the code's correct");
                Assert.True(order <= 4 || (pair.Differ is > 0 and < 1 && pair.OfPaper != pair.OfCode), $"{what}: in some trials they differ, {pair}");
                Assert.True(order != 16 || pair.PaperCorrect != pair.CodeCorrect, $"{what}: {pair.PaperCorrect} of both correct");
                Assert.True(order > 4 || (pair.Beyond > 0 && pair.Difference < 1e-14), $"{what}: no order is above the floor, {pair}");
            }
        }));

    private static double RootMeanSquare(Trial[] trials, Func<Trial, double> of) => Math.Sqrt(trials.Average(trial => of(trial) * of(trial)));

    private static void Same(double expected, double actual, string what) => Assert.Near(expected, actual, 1e-12 + (1e-9 * Math.Abs(expected)), what);

    /// <summary>V is a multiple of the identity, b and c are 0: y = W·Act(z), y′ = W·Σ_n g_n·(z − z₀)ⁿ, of the code n ≤ 4 where |z − z₀| is above 2.5.</summary>
    private static Trial Plainly(GivenMlps source, Activation activation, int order, long trial)
    {
        using DisposeScope scope = NewDisposeScope();
        TaylorMlpScheme scheme = new(new() { Source = source, Activation = activation, Order = order });
        SeededTape tape = new(Seed);
        tape.Rewind(trial);
        MlpWeights weights = scheme.Train(tape.For(Procedure.Train));
        double[] z0 = RandomMlp.Host(TaylorRelease.Midrange(weights.V, source.Calibration(CPU), new(new SeededTape(1))));
        double[] z = RandomMlp.Host(scheme.Input(tape.For(Procedure.Input)).matmul(weights.V.t()));
        double[] w = RandomMlp.Host(weights.W);
        (double[] y, double[] ofPaper, double[] ofCode) = (new double[Side], new double[Side], new double[Side]);
        double[] g = new double[order + 1];
        double[] act = new double[1];
        double beyond = 0;
        for (int j = 0; j < Side; j++)
        {
            double step = z[j] - z0[j];
            bool isFar = Math.Abs(step) > 2.5;
            beyond += isFar ? 1.0 / Side : 0;
            activation.TaylorCoefficients(z[j], act);
            activation.TaylorCoefficients(z0[j], g);
            double Sum(int highest) => Enumerable.Range(0, highest + 1).Sum(n => g[n] * Math.Pow(step, n));
            (double whole, double cut) = (Sum(order), isFar ? Sum(Math.Min(order, 4)) : Sum(order));
            for (int i = 0; i < Side; i++)
            {
                double entry = w[(i * Side) + j];
                y[i] += entry * act[0];
                ofPaper[i] += entry * whole;
                ofCode[i] += entry * cut;
            }
        }

        double Off(double[] left, double[] right) => Norm([.. left.Zip(right, (a, b) => a - b)]) / Norm(y);
        return new(beyond, Off(ofCode, ofPaper), Off(ofPaper, y), Off(ofCode, y));
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private readonly record struct Trial(double Beyond, double Difference, double OfPaper, double OfCode);
}
