namespace Wager.Games;

public sealed partial class Game
{
    /// <summary>
    /// Correctness (Yang et al. 2025, Def. 3.1): Σ is correct on D if Pr[Game_Correctness(D) ⇒ 1] = 1 (Eq. 1). There is no
    /// adversary and no advantage.
    /// </summary>
    public static Game Correctness<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return new(Notion.Correctness, Notion.Correctness.Name, scheme, null, tape =>
        {
            var (sk, pk) = sigma.KGen(tape);
            var w = sigma.Train(tape);
            var released = sigma.Release(sk, w, tape);
            var x = sigma.Input(tape);
            var y = sigma.Run(w, x, tape);
            var yReleased = sigma.RunReleased(pk, released, x, tape);
            return sigma.SameOutputs(yReleased, y);
        });
    }
}
