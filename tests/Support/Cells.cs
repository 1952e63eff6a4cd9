using Wager.Games;

namespace Wager.Tests;

/// <summary>A cell with a number below 8, released as it stands.</summary>
internal sealed class Cells : Scheme<int, int[], int, int, NoKey, NoKey>
{
    public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();

    public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

    public override int Train(Tape tape) => tape.Draw(8);

    public override int Run(int weights, int input, Tape tape) => weights;

    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    public override int[] Release(NoKey secret, int weights, Tape tape) => [weights];

    public override int RunReleased(NoKey publicKey, int[] released, int input, Tape tape) => released[0];

    public override int Input(Tape tape) => 0;
}

internal sealed record Eraser : Accelerator<int[], int, int, NoKey>
{
    public override int Infer(NoKey publicKey, int[] released, int input, Tape tape) => 0;

    public override Func<int, Tape, int> Prepare(NoKey publicKey, Oracle<int[]> releases, Tape tape)
    {
        releases.Query()[0] = 0;
        return (_, _) => 0;
    }
}
