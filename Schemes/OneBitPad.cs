using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The first scheme to read: the weights are one bit, released under a one-time pad that is kept secret. Nobody learns W from
/// W′ (WRec = ½, the best guess; W-IND = 0), and nobody can use W′ either: Correctness is ½.
/// </summary>
public sealed class OneBitPad : Scheme<int, int, int, int, int, NoKey>
{
    // When two weights, and two outputs, count as the same: here, when they are equal.
    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

    // What there is of weights, inputs and outputs, so that optimal adversaries can be computed. It may be left out.
    /// <inheritdoc/>
    public override IReadOnlyList<int> AllWeights { get; } = [0, 1];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs { get; } = [0];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs { get; } = [0, 1];

    // W ← {0, 1}. Every coin comes from the tape, which makes the scheme playable by sampling and by enumeration.
    /// <inheritdoc/>
    public override int Train(Tape tape) => tape.Draw(2);

    // The secret key is the pad. There is no public key.
    /// <inheritdoc/>
    public override (int Secret, NoKey Public) KGen(Tape tape) => (tape.Draw(2), default);

    // W′ = W ⊕ sk.
    /// <inheritdoc/>
    public override int Release(int secret, int weights, Tape tape) => weights ^ secret;

    // There is one input, and the model answers its weights.
    /// <inheritdoc/>
    public override int Input(Tape tape) => 0;

    /// <inheritdoc/>
    public override int Run(int weights, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1)); // work is charged by whoever does it
        return weights;
    }

    // Without the pad, the user of W′ can do no better than to answer it as it is.
    /// <inheritdoc/>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return released;
    }
}
