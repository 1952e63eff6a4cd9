namespace Wager.Games;

/// <summary>An adversary in W-IND: it must say which of two weights was released.</summary>
public abstract record Distinguisher<W, R, Pk>
{
    /// <summary>The name on the command line and in reports.</summary>
    public virtual string Name => Names.Of(GetType());

    /// <summary>b′ ← 𝒜(pk, W₀, W₁, W′).</summary>
    public abstract Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape);
}

public sealed partial class Game
{
    /// <summary>
    /// Indistinguishability of released weights (Yang et al. 2025, Def. 3.4): Adv^W-IND(D, 𝒜) = 2·|Pr[Game_W-IND(D, 𝒜) ⇒ 1] − ½|
    /// (Eq. 6). Line 4, "W₁ ← Train(D)(¬Same(W₀, W₁))", read as: train W₁ again until it differs from W₀.
    /// </summary>
    public static Game WInd<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Distinguisher<W, R, Pk> adversary)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedDistinguisher<W, R, Pk>(adversary);
        return new(Notion.WInd, Notion.WInd.Name, scheme.Name, adversary.Name, scheme.OpenTrial, tape =>
        {
            var b = tape.Coin();
            var (sk, pk) = sigma.KGen(tape);
            var w0 = sigma.Train(tape);
            var w1 = tape.Given(sigma.Train, w => !sigma.SameWeights(w, w0), sigma.Choose);
            var released = sigma.Release(sk, sigma.Choose(b, w0, w1), tape);
            var guess = a.Guess(pk, w0, w1, released, tape);
            return b == guess;
        });
    }

    /// <summary>
    /// The other reading of line 4: train both again until they differ. It is another game with another law of (W₀, W₁), and
    /// the same advantage formula.
    /// </summary>
    public static Game WIndByRejection<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Distinguisher<W, R, Pk> adversary)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedDistinguisher<W, R, Pk>(adversary);
        return new(Notion.WInd, "W-IND by rejection", scheme.Name, adversary.Name, scheme.OpenTrial, tape =>
        {
            var b = tape.Coin();
            var (sk, pk) = sigma.KGen(tape);
            var (w0, w1) = tape.Given(
                t => (W0: sigma.Train(t), W1: sigma.Train(t)),
                pair => !sigma.SameWeights(pair.W1, pair.W0),
                (bits, zero, one) => (sigma.Choose(bits, zero.W0, one.W0), sigma.Choose(bits, zero.W1, one.W1)));
            var released = sigma.Release(sk, sigma.Choose(b, w0, w1), tape);
            var guess = a.Guess(pk, w0, w1, released, tape);
            return b == guess;
        });
    }
}
