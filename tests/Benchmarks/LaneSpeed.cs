using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Benchmarks;

/// <summary>
/// Trials a second of the default TaylorMLP, one at a time, in lanes on the processor, and in lanes on a device, and how many verdicts differ between
/// them: what libtorch computes differs in last bits, so a trial at a threshold may end otherwise.
/// </summary>
internal static class LaneSpeed
{
    private const int Alone = 1000, Lanes = 20_000;

    /// <summary>Prints a row for each game.</summary>
    /// <param name="deviceName">As of <c>--device</c>.</param>
    public static void Print(string deviceName)
    {
        TensorMath.ComputeAlone(); // with it comes what finds libtorch, and before it nothing may ask for that
        Device device = new(deviceName);
        Console.WriteLine($"{"game",-42} {"alone",8} {"lanes",8} {"ratio",6} {"other verdicts",15}{(device.type == TorchSharp.DeviceType.CPU ? "" : $" {deviceName,8} {"ratio",6} {"other verdicts",15}")}");
        foreach ((Game onProcessor, Game onDevice) in Games(CPU).Zip(Games(device)))
        {
            SampledEvaluator.Evaluate(onProcessor, new() { Trials = 500 }); // compiles and loads
            (double alone, bool[] one) = Played(onProcessor, Alone, lanes: 1);
            (double lanes, bool[] many) = Played(onProcessor, Lanes, lanes: null);
            string row = FormattableString.Invariant($"{onProcessor.Name + " against " + (onProcessor.Adversary ?? "nobody"),-42} {alone,8:0} {lanes,8:0} {lanes / alone,6:0.0} {Others(one, many),15}");
            if (device.type != TorchSharp.DeviceType.CPU)
            {
                SampledEvaluator.Evaluate(onDevice, new() { Trials = 500 });
                (double there, bool[] elsewhere) = Played(onDevice, Lanes, lanes: null);
                row += FormattableString.Invariant($" {there,8:0} {there / alone,6:0.0} {Others(many, elsewhere),15}");
            }

            Console.WriteLine(row);
        }
    }

    private static IEnumerable<Game> Games(Device device)
    {
        TaylorMlpScheme scheme = new(new TaylorMlpSettings { Device = device });
        return
        [
            Game.WRec(scheme, new JointRecovery()),
            Game.EffInf(scheme, new Collapse()),
            Game.WInd(scheme, new Eq9<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>(scheme, new JointRecovery())),
            Game.Correctness(scheme),
            Game.WRec(scheme, new PairwiseRecovery()),
            Game.EffInf(scheme, new Truncate(4)),
        ];
    }

    private static (double TrialsPerSecond, bool[] Won) Played(Game game, int trials, int? lanes)
    {
        bool[] won = new bool[trials];
        Result result = SampledEvaluator.Evaluate(game, new() { Trials = trials, Lanes = lanes }, observe: (trial, isWon) => won[trial] = isWon);
        return (trials / result.Seconds, won);
    }

    private static string Others(bool[] left, bool[] right)
    {
        int count = Math.Min(left.Length, right.Length);
        return FormattableString.Invariant($"{left.Zip(right).Count(pair => pair.First != pair.Second)} of {count}");
    }
}
