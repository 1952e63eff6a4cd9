using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The witness against Eq. 9 of Yang et al. 2025: W uniform on {0 … n − 1}, and a release that says nothing, W′ = 0. Answering
/// always 0 has WRec advantage 1/n, while no distinguisher has any W-IND advantage.
/// </summary>
public sealed class Uniform(int count) : KeylessScheme(count)
{
    /// <inheritdoc/>
    public override string Name => $"uniform-{Count}";

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => 0;
}
