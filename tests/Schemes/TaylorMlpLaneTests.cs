using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>TaylorMLP in lanes: a trial among others against the pair that it is replayed as, and against itself alone.</summary>
internal static class TaylorMlpLaneTests
{
    /// <summary>Small ones, and sides that fill no vector.</summary>
    private static readonly (int Inputs, int Hidden, int Outputs)[] _shapes = [(8, 32, 4), (1, 1, 1), (3, 33, 70), (5, 64, 33), (7, 17, 1)];

    private static readonly MlpTraining _short = new(Steps: 3, BatchSize: 5);

    public static Test All => Suite.Group(
        "TaylorMLP in lanes",
        Suite.Property(
            "every part of a trial is bit for bit that of the pair that it is replayed as, whatever its place and however many there are",
            Gen.Elements(_shapes).SelectMany(shape => Gen.Elements(Activation.All.ToArray()).SelectMany(activation => Gen.Elements(Variant.All.ToArray()).SelectMany(
                variant => Gen.Choose(0, 9).SelectMany(order => Gen.Choose(2, 40).Select(lanes => (shape, activation, variant, order, lanes)))))).ToArbitrary(),
            drawn =>
            {
                using DisposeScope scope = NewDisposeScope();
                TaylorMlpScheme scheme = Scheme(drawn.shape, drawn.activation, drawn.variant, drawn.order);
                long[] trials = [.. Enumerable.Range(3, drawn.lanes).Select(trial => (long)trial)];
                Tensor[] all = Parts(scheme, new LaneTape(7, trials));
                foreach (int lane in new[] { 0, drawn.lanes / 2, drawn.lanes - 1 })
                {
                    Tensor[] pair = Parts(scheme, new LaneTape(7, [trials[lane], trials[lane]]));
                    Tensor[] alone = Parts(scheme, Alone(7, trials[lane]));
                    foreach ((int part, Tensor of) in all.Index())
                    {
                        Assert.True(of[lane].eq(pair[part][1]).logical_or(of[lane].isnan()).all().item<bool>(), $"{drawn}: part {part} of lane {lane} is another in a pair");
                        Assert.True(of[lane].sub(alone[part]).norm().item<double>() <= 1e-9 * (1 + alone[part].norm().item<double>()), $"{drawn}: part {part} of lane {lane} is far from that alone");
                    }
                }
            },
            count: 60),
        Suite.Test("a trial among others is won, and costs, what it does when it is replayed; alone too, but at a threshold", () =>
        {
            Subject subject = SchemeCatalog.Find("taylor-mlp", new TaylorMlpSettings { Source = new TrainedMlps { Training = new(Steps: 20) } });
            Form form = new(Line4.Resample, 1, 1);
            foreach (Game game in subject.AllGames(form).Concat(ClaimKind.All.Where(kind => kind.Name is "eq8-repaired" or "eq9-repaired" or "function-compare" or "output-compare").SelectMany(kind => subject.Claims(kind, form)).SelectMany(claim => claim.Games)).DistinctBy(game => game.ToString()))
            {
                Assert.True(game.FlawInLanes is null, $"{game}: {game.FlawInLanes}");
                const int Trials = 24;
                bool[] won = new bool[Trials];
                Result lanes = SampledEvaluator.Evaluate(game, new() { Trials = Trials, Lanes = 9 }, observe: (trial, isWon) => won[trial] = isWon);
                Sampling alone = new() { Trials = Trials, Lanes = 1 };
                foreach (int trial in new[] { 0, 8, 9, 23 })
                {
                    Assert.Equal(won[trial], SampledEvaluator.Replay(game, 1, trial).Won, $"{game}: trial {trial} in a pair");
                }

                Assert.Equal(string.Join('\n', SampledEvaluator.Evaluate(game, new() { Trials = Trials, Lanes = 2 }).Cost), string.Join('\n', lanes.Cost), $"{game}: cost");

                Result one = SampledEvaluator.Evaluate(game, alone);
                Assert.True(Math.Abs(one.Wins!.Value - lanes.Wins!.Value) <= 1, $"{game}: {one.Wins} won alone, {lanes.Wins} in lanes");
                foreach ((Procedure procedure, Cost cost) in one.Cost.Where(cost => cost.Key is not (Procedure.Adversary or Procedure.Preparation)))
                {
                    Assert.Equal(cost, lanes.Cost[procedure], $"{game}: cost of {procedure}"); // an adversary's steps may hang on last bits
                }

                Assert.True(one.WinsWithin is null || Math.Abs(one.WinsWithin.Value - lanes.WinsWithin!.Value) <= 1, $"{game}: within the budget");
            }
        }),
        Suite.Test("given MLPs play lanes, and units in clear do not", () =>
        {
            Subject protectedUnits = SchemeCatalog.Find("taylor-mlp", new TaylorMlpSettings { Protected = 5 });
            Assert.Contains("which units are protected is another in each trial", protectedUnits.AllGames(new(Line4.Resample, 1, 1)).First().FlawInLanes!, "why not");
        }));

    private static TaylorMlpScheme Scheme((int Inputs, int Hidden, int Outputs) shape, Activation activation, Variant variant, int order) => new(new()
    {
        Source = new TrainedMlps { Data = DataSet.Generate(shape.Inputs, shape.Outputs), Hidden = shape.Hidden, Training = _short },
        Activation = activation,
        Variant = variant,
        Order = order,
    });

    private static SeededTape Alone(ulong seed, long trial)
    {
        SeededTape tape = new(seed);
        tape.Rewind(trial);
        return tape;
    }

    /// <summary>W, W′, x, Run and Run′.</summary>
    private static Tensor[] Parts(TaylorMlpScheme scheme, Tape tape)
    {
        MlpWeights w = scheme.Train(tape.For(Procedure.Train));
        TaylorRelease released = scheme.Release(default, w, tape.For(Procedure.Release));
        Tensor x = scheme.Input(tape.For(Procedure.Input));
        Tensor y = scheme.Run(w, x, tape.For(Procedure.Run));
        return [w.V, w.B, w.W, w.C, released.V, released.Z0, released.Theta0, released.Theta, x, y, scheme.RunReleased(default, released, x, tape.For(Procedure.RunReleased))];
    }
}
