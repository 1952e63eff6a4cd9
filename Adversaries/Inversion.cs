using Wager.Games;

namespace Wager.Adversaries;

/// <summary>The recovery of a scheme whose Release a formula in pk undoes, at the cost of one elementwise operation.</summary>
/// <param name="Invert">W* from pk and W′.</param>
public sealed record Inversion<W, R, Pk>(Func<Pk, R, W> Invert) : Recoverer<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "recovery";

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return Invert(publicKey, released);
    }
}
