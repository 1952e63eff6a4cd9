using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// Release in clear: W′ = W, uniform on Z₄, with Run(W, x) = W + x mod 4. Correct, and insecure in every sense:
/// WRec = W-IND = 1.
/// </summary>
public sealed class Clear() : KeylessScheme(4)
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs => AllWeights;

    /// <inheritdoc/>
    public override int Input(Tape tape) => tape.Draw(Count);

    /// <inheritdoc/>
    public override int Run(int weights, int input, Tape tape) => OneOperation(tape, (weights + input) % Count);

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights;

    /// <inheritdoc/>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape) => Run(released, input, tape);
}
