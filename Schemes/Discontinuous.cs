using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The witness against Eq. 8 of Yang et al. 2025: a bit, released in clear, where Same calls both weights the same and Run tells them apart.
/// Answering 1 − W wins WRec always, and running that is never right: WRec 1, EffInf 0 within the budget. It is correct, and Run′ costs
/// three operations where recovering and running cost two.
/// </summary>
public sealed class Discontinuous() : KeylessScheme(2)
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
