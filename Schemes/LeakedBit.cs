using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// WRec without W-IND (S2): weights are n ≥ 2 uniform bits, and Release leaks one of them and nothing else. The others are guessed,
/// WRec = 2^(1−n); but two weights that differ differ in the leaked bit more often than not, W-IND = 2^(n−1) / (2^n − 1).
/// </summary>
/// <param name="count">n, 2 … <see cref="MostBits"/>.</param>
/// <exception cref="ArgumentOutOfRangeException">n is none of these.</exception>
public sealed class LeakedBit(int count) : KeylessScheme(1 << RequireBits(count))
{
    /// <summary>The smallest n: with one bit, all of W is leaked.</summary>
    public const int FewestBits = 2;

    /// <summary>The largest n.</summary>
    public const int MostBits = 20;

    /// <inheritdoc/>
    public override string Name => $"leaked-bit-{count}";

    /// <summary>W′ is the lowest bit of W.</summary>
    public override int Release(NoKey secret, int weights, Tape tape) => weights & 1;

    private static int RequireBits(int count) => count is >= FewestBits and <= MostBits
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), $"one of {FewestBits} to {MostBits} bits is leaked");
}
