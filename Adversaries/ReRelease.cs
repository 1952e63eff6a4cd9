using Wager.Games;

namespace Wager.Adversaries;

/// <summary>
/// Releases W₀ once more and compares with W′: answers 0 where they are identical. Against a deterministic Release without keys
/// its W-IND advantage is exactly Pr[Release(W₀) ≠ Release(W₁)], and it infers nothing.
/// </summary>
/// <param name="Scheme">A scheme without keys.</param>
/// <param name="Identical">Whether two releases are identical, one bit a trial.</param>
public sealed record ReRelease<W, R, X, Y>(Scheme<W, R, X, Y, NoKey, NoKey> Scheme, Func<R, R, Bits> Identical) : Distinguisher<W, R, NoKey>
{
    /// <inheritdoc/>
    public override Bits Guess(NoKey publicKey, W w0, W w1, R released, Tape tape) =>
        !Identical(Scheme.Release(default, w0, tape), released);
}
