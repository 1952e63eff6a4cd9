using Wager.Games;
using Wager.Schemes;

namespace Examples;

/// <summary>A finite scheme.</summary>
public sealed class TwoViews() : KeylessScheme(3)
{
    private static readonly int[][] _release = [[1, 0], [1, 2], [0, 1]];
    private static readonly int[][] _runReleased = [[1, 0, 0], [0, 2, 3]];

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance { get; } = new("difference", static (a, b) => Math.Abs(a - b), 1);

    /// <inheritdoc/>
    public override int Train(Tape tape) => tape.DrawByOdds(2, 1, 1);

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => tape.DrawByOdds(_release[weights]);

    /// <inheritdoc/>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 3));
        return tape.DrawByOdds(_runReleased[released]);
    }
}

/// <summary>Its adversary in WRec.</summary>
public sealed record TwoViewsRecoverer : Recoverer<int, int, NoKey>
{
    private static readonly int[] _answers = [0, 2];

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override int Recover(NoKey publicKey, int released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return _answers[released];
    }
}

/// <summary>Its adversary in EffInf.</summary>
public sealed record TwoViewsAccelerator : Accelerator<int, int, int, NoKey>
{
    private static readonly int[] _answers = [0, 2];

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override int Infer(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return _answers[released];
    }
}

/// <summary>Its adversary in W-IND.</summary>
public sealed record TwoViewsDistinguisher : Distinguisher<int, int, NoKey>
{
    private static readonly int[][][] _ones = [[[0, 0], [0, 2], [0, 2]], [[2, 0], [0, 0], [1, 1]], [[2, 0], [1, 1], [0, 0]]];

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => new(tape.DrawBiased(_ones[w0][w1][released], 2) == 1);
}
