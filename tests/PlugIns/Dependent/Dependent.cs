using PlugIns.Twins;
using Wager.Games;

namespace PlugIns.Dependent;

/// <summary>A scheme of which the greater part is in another assembly.</summary>
public sealed class Dependent : Twin
{
    /// <inheritdoc/>
    public override string Name => "dependent";
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
