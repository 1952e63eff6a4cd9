using Wager.Games;
using Wager.Schemes;

namespace PlugIns.Lawless;

/// <summary>Declares (a − b)² a metric, which breaks the triangle inequality.</summary>
public sealed class Lawless() : KeylessScheme(3)
{
    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance { get; } = new("square of the difference", (a, b) => (a - b) * (a - b), 0);

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => 0;
}
