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
    public override string? FlawInLanes => null;

    /// <summary>Its advantage, exactly, where Release has no coins.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim Advantage(Line4 line4 = Line4.Resample) => new("re-release", "a Release without coins and keys", Name, Relation.Equal(
        new Term("Adv^W-IND(A)", Game.WInd(Scheme, this, line4)),
        new Term("Pr[Release(W₀) ≠ Release(W₁)]", Game.DifferingReleases(Scheme, Identical, line4))) with
    {
        Premises = [Premise.Certain("Release has no coins", Game.RepeatedRelease(Scheme, Identical))],
    })
    {
        Costs = line4 == Line4.Reject ? [] : // there W₀ has not the law of Train
        [
            new(
                "Cost(A) = Cost(Release)",
                [(Game.World(Scheme, this, 0, line4), Procedure.Adversary)],
                [(Game.Correctness(Scheme), Procedure.Release)]),
        ],
    };

    /// <inheritdoc/>
    public override Bits Guess(NoKey publicKey, W w0, W w1, R released, Tape tape) =>
        !Identical(Scheme.Release(default, w0, tape), released);
}
