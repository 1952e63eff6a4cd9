namespace Wager.Games;

/// <summary>An adversary in WRec: from pk and W′ it must find W.</summary>
public abstract record Recoverer<W, R, Pk>
{
    /// <summary>The name on the command line and in reports.</summary>
    public virtual string Name => Names.Of(GetType());

    /// <summary>W* ← 𝒜(pk, W′).</summary>
    public abstract W Recover(Pk publicKey, R released, Tape tape);
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
        return new(Notion.WRec, Notion.WRec.Name, scheme.Name, adversary.Name, scheme.OpenTrial, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var wStar = a.Recover(pk, released, tape);
            return sigma.SameWeights(wStar, w);
        });
    }
}
