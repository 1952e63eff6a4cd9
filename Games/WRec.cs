namespace Wager.Games;

/// <summary>An adversary in WRec: from pk and W′ it must find W.</summary>
public abstract record Recoverer<W, R, Pk> : Adversary
{
    /// <summary>W* ← 𝒜(pk, W′).</summary>
    public abstract W Recover(Pk publicKey, R released, Tape tape);

    /// <summary>W* from several releases of the same W. Unless overridden, it asks for one.</summary>
    public virtual W Recover(Pk publicKey, Oracle<R> releases, Tape tape) => Recover(publicKey, releases.Query(), tape);
}

public sealed partial class Game
{
    /// <summary>
    /// Weight recovery (Yang et al. 2025, Def. 3.2): Adv^WRec(D, 𝒜) = Pr[Game_WRec(D, 𝒜) ⇒ 1] (Eq. 2).
    /// </summary>
    public static Game WRec<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Recoverer<W, R, Pk> adversary)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedRecoverer<W, R, Pk>(adversary, scheme.FlawInWeights);
        return new(Notion.WRec, Notion.WRec.Name, scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var wStar = a.Recover(pk, released, tape);
            return sigma.SameWeights(wStar, w);
        });
    }
}
