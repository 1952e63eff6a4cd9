using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// A bit released with noise: W′ is W, flipped with probability ¼ in each release anew. From one release WRec = Correctness = ¾ and
/// W-IND = ½; from q of them a majority vote does better, which only the multi-query games show.
/// </summary>
public sealed class NoisyBit() : KeylessScheme(2)
{
    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights ^ tape.DrawBiased(1, 4);
}
