using Wager.Games;

namespace Wager.Adversaries;

/// <summary>The recovery of a scheme whose Release a formula in pk undoes.</summary>
/// <param name="Invert">W* from pk and W′.</param>
public sealed record Inversion<W, R, Pk>(Func<Pk, R, W> Invert) : Recoverer<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "recovery";

    /// <summary>What the formula costs, in elementwise operations.</summary>
    public int Operations { get; init; } = 1;

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: Operations));
        return Invert(publicKey, released);
    }
}
