using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The witness against Eq. 8 of Yang et al. 2025: W uniform on Z₄, released in clear, where Same calls neighbours the same and Run tells them
/// apart. Answering a neighbour wins WRec always, and running that is never right: WRec 1, EffInf 0. It is correct, and Run′ costs three
/// operations where recovering and running cost two. Two weights suffice; with four W-IND is defined as well.
/// </summary>
public sealed class Discontinuous() : KeylessScheme(4)
{
    private const int RunReleasedCost = 3;

    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance { get; } = new("difference", static (a, b) => Math.Abs(a - b), 1);

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights;

    /// <summary>Run′(pk, W′, x) = W′, for three operations.</summary>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: RunReleasedCost));
        return released;
    }
}
