using Wager.Games;
using Wager.Schemes;

namespace PlugIns.Throwing;

/// <summary>A scheme that cannot be made.</summary>
public sealed class Throwing : KeylessScheme
{
    /// <summary>Throws.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public Throwing()
        : base(2) => throw new InvalidOperationException("as told");

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights;
}
