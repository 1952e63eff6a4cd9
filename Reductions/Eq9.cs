using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// W-IND ⇒ WRec (Yang et al. 2025, §3.3, before Eq. 9): from a recoverer 𝒜 a distinguisher ℬ_𝒜.
/// <code>
/// 1: W* ← 𝒜(pk, W′)
/// 2: if Same(W*, W₀) then return 0
/// 3: else return 1
/// </code>
/// Its advantage is exactly |p − q| with p = Pr[Same(W*, W₀) | b = 0] and q = Pr[Same(W*, W₀) | b = 1]: where 𝒜 is right by luck
/// alone, p = q, and Eq. 9 fails.
/// </summary>
public sealed record Eq9<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Recoverer<W, R, Pk> Recoverer) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"eq9({Recoverer.Name})";

    /// <summary>Eq. 9 as stated. It is false: see <c>uniform-3</c> against <c>constant</c>, 1/3 against 0.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim AsStated(Line4 line4 = Line4.Resample) => new(
        "eq9",
        "Yang et al. 2025, Eq. 9",
        "Adv^WRec(A) ≤ Adv^W-IND(B_A)",
        Game.WRec(Scheme, Recoverer),
        Game.WInd(Scheme, this, line4));

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        W wStar = Recoverer.Recover(publicKey, released, tape);
        return !Scheme.SameWeights(wStar, w0);
    }
}
