using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Plays the trials of a tape one after the other and puts their answers side by side, for methods that gain little from several trials at
/// once. What a lane reads is copied: a product may differ in its last digit with where its entries lie, and in lanes they lie anywhere.
/// </summary>
internal static class LaneByLane
{
    /// <summary>Recovers each lane alone.</summary>
    public static MlpWeights Recover(TaylorRelease released, Tape tape, Func<TaylorRelease, Tape, MlpWeights> alone) =>
        tape.Lanes == 1 ? alone(released, tape)
        : MlpWeights.Stack([.. Enumerable.Range(0, tape.Lanes).Select(lane => alone(Of(released, lane), tape.Lane(lane)))]);

    /// <summary>Prepares each lane alone, and then infers in each alone.</summary>
    public static Func<Tensor, Tape, Tensor> Prepare(TaylorRelease released, Tape tape, Func<TaylorRelease, Tape, Func<Tensor, Tape, Tensor>> alone)
    {
        if (tape.Lanes == 1)
        {
            return alone(released, tape);
        }

        Func<Tensor, Tape, Tensor>[] lanes = [.. Enumerable.Range(0, tape.Lanes).Select(lane => alone(Of(released, lane), tape.Lane(lane)))];
        return (input, own) =>
        {
            using DisposeScope scope = NewDisposeScope();
            return stack([.. lanes.Select(Alone)]).MoveToOuterDisposeScope();

            Tensor Alone(Func<Tensor, Tape, Tensor> infer, int lane)
            {
                using DisposeScope ofLane = NewDisposeScope();
                return infer(input.dim() == 3 ? input[lane].clone() : input, own.Lane(lane)).MoveToOuterDisposeScope();
            }
        };
    }

    /// <summary>The release of a lane, in memory of its own; one without lanes is that of every lane.</summary>
    private static TaylorRelease Of(TaylorRelease released, int lane)
    {
        if (released.Lanes == 0)
        {
            return released;
        }

        released = released.Lane(lane);
        return released with
        {
            V = released.V.clone(),
            Z0 = released.Z0.clone(),
            Theta0 = released.Theta0.clone(),
            Theta = released.Theta.clone(),
            U = released.U?.clone(),
        };
    }
}
