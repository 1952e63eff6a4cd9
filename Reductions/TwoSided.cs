using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// W-IND ⇒ WRec, with both weights looked at: from a recoverer 𝒜 a distinguisher ℬ′_𝒜, which tosses a coin where
/// <see cref="Eq9{W, R, X, Y, Sk, Pk}"/> says 1 without a reason.
/// <code>
/// 1: W* ← 𝒜(pk, W′)
/// 2: if Same(W*, W₀) and not Same(W*, W₁) then return 0
/// 3: if Same(W*, W₁) and not Same(W*, W₀) then return 1
/// 4: else return a coin
/// </code>
/// </summary>
public sealed record TwoSided<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Recoverer<W, R, Pk> Recoverer) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"two-sided({Recoverer.Name})";

    /// <inheritdoc/>
    public override string? FlawInLanes => Recoverer.FlawInLanes;

    /// <summary>Its advantage, exactly: with p_b that W* is close to W_b alone, given b, and r_b that it is close to the other one alone.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim Advantage(Line4 line4 = Line4.Resample)
    {
        Term Close(string symbol, int side, int b) => new(symbol, Game.World(Scheme, new CloseToOne(this, side), b, line4));
        Term wInd = new("Adv^W-IND(B′_A)", Game.WInd(Scheme, this, line4));
        return new("two-sided", "Yang et al. 2025, before Eq. 9, with both weights compared", Recoverer.Name, Relation.Equal(
            2 * wInd,
            Formula.Magnitude((Close("p₀", 0, 0) - Close("r₀", 1, 0)) + (Close("p₁", 1, 1) - Close("r₁", 0, 1)))));
    }

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        W wStar = Recoverer.Recover(publicKey, released, tape);
        Bits to0 = Scheme.SameWeights(wStar, w0);
        Bits to1 = Scheme.SameWeights(wStar, w1);
        return (to1 & !to0) | ((to0 == to1) & tape.Coin());
    }

    /// <summary>Answers 0 where W* is close to one of the two alone.</summary>
    private sealed record CloseToOne(TwoSided<W, R, X, Y, Sk, Pk> Of, int Side) : Distinguisher<W, R, Pk>
    {
        public override string Name => $"close-to-{Side}({Of.Recoverer.Name})";

        public override string? FlawInLanes => Of.FlawInLanes;

        public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
        {
            W wStar = Of.Recoverer.Recover(publicKey, released, tape);
            Bits to0 = Of.Scheme.SameWeights(wStar, w0);
            Bits to1 = Of.Scheme.SameWeights(wStar, w1);
            return !(Side == 0 ? to0 & !to1 : to1 & !to0);
        }
    }
}
