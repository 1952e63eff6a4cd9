namespace Wager.Games;

/// <summary>An adversary in W-IND: it must say which of two weights was released.</summary>
public abstract record Distinguisher<W, R, Pk> : Adversary
{
    /// <summary>b′ ← 𝒜(pk, W₀, W₁, W′).</summary>
    public abstract Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape);

    /// <summary>b′ from several challenges with one bit. Unless overridden, it asks for one.</summary>
    public virtual Bits Guess(Oracle<Challenge<W, R, Pk>> challenges, Tape tape)
    {
        Challenge<W, R, Pk> only = challenges.Query();
        return Guess(only.PublicKey, only.W0, only.W1, only.Released, tape);
    }
}

public sealed partial class Game
{
    /// <summary>
    /// Indistinguishability of released weights (Yang et al. 2025, Def. 3.4): Adv^W-IND(D, 𝒜) = 2·|Pr[Game_W-IND(D, 𝒜) ⇒ 1] − ½|
    /// (Eq. 6). The two readings of its line 4 are two games, with two laws of (W₀, W₁).
    /// </summary>
    public static Game WInd<W, R, X, Y, Sk, Pk>(
        Scheme<W, R, X, Y, Sk, Pk> scheme, Distinguisher<W, R, Pk> adversary, Line4 line4 = Line4.Resample)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedDistinguisher<W, R, Pk>(adversary);
        return line4 == Line4.Resample
            ? new(Notion.WInd, "W-IND", scheme, adversary, tape =>
            {
                var b = tape.Coin();
                var (sk, pk) = sigma.KGen(tape);
                var w0 = sigma.Train(tape);
                var w1 = tape.Given(sigma.Train, w => !sigma.SameWeights(w, w0), sigma.Choose);
                var released = sigma.Release(sk, sigma.Choose(b, w0, w1), tape);
                var guess = a.Guess(pk, w0, w1, released, tape);
                return b == guess;
            })
            : new(Notion.WInd, "W-IND by rejection", scheme, adversary, tape =>
            {
                var b = tape.Coin();
                var (sk, pk) = sigma.KGen(tape);
                var (w0, w1) = tape.Given(sigma.TrainTwice, pair => !sigma.SameWeights(pair.W1, pair.W0), sigma.ChoosePair);
                var released = sigma.Release(sk, sigma.Choose(b, w0, w1), tape);
                var guess = a.Guess(pk, w0, w1, released, tape);
                return b == guess;
            });
    }
}
