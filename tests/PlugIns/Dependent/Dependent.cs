using PlugIns.Twins;
using Wager.Games;

namespace PlugIns.Dependent;

/// <summary>A scheme of which the greater part is in another assembly.</summary>
public sealed class Dependent : Twin
{
    /// <inheritdoc/>
    public override string Name => "dependent";
}

/// <summary>A scheme that can be made, and not released.</summary>
public sealed class Flawed : Twin
{
    /// <inheritdoc/>
    public override string Name => "flawed";

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => throw new InvalidOperationException("as told");
}

/// <summary>Answers what was released, for every scheme of numbers without keys; it is given the scheme.</summary>
public sealed record Parrot(Scheme<int, int, int, int, NoKey, NoKey> Scheme) : Recoverer<int, int, NoKey>
{
    /// <inheritdoc/>
    public override int Recover(NoKey publicKey, int released, Tape tape) => released;
}

/// <summary>Fits one scheme only.</summary>
public sealed record Picky(Dependent Scheme) : Recoverer<int, int, NoKey>
{
    /// <inheritdoc/>
    public override int Recover(NoKey publicKey, int released, Tape tape) => Scheme.Count - 1 - released;
}
