using Wager.Games;
using Wager.Schemes;

namespace PlugIns.Twins;

/// <summary>A scheme that others may derive from.</summary>
public abstract class Twin() : KeylessScheme(2)
{
    /// <inheritdoc/>
    public override string Name => "twin";

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights;
}

/// <summary>A scheme.</summary>
public sealed class First : Twin;

/// <summary>Another one of the same name.</summary>
public sealed class Second : Twin;
