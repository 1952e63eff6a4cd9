namespace Wager.Games;

// What a scheme does where nobody plays against it, for those who look at its definitions.
public sealed partial class Game
{
    /// <summary>A trial as EffInf (Def. 3.3) has it, without an adversary: shown are W, W′, x and y′. Its bit says nothing.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="look">Told of each play, before its tensors are gone.</param>
    public static Game Shown<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Action<W, R, X, Y> look)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event("a trial that is looked at", scheme, null, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var x = sigma.Input(tape);
            look(w, released, x, sigma.RunReleased(pk, released, x, tape));
            return Bits.One;
        });
    }

    /// <summary>Train alone: shown is W. Its bit says nothing.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="look">Told of each play.</param>
    public static Game Trained<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Action<W> look)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event("Train alone", scheme, null, tape =>
        {
            look(sigma.Train(tape));
            return Bits.One;
        });
    }

    /// <summary>Line 4 of W-IND (Def. 3.4) alone: it is undefined where that is. Its bit says nothing.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="line4">How it is read.</param>
    public static Game Pairs<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Line4 line4)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event($"line 4 alone, {(line4 == Line4.Resample ? "resampled" : "by rejection")}", scheme, null, tape =>
        {
            sigma.TwoWeights(line4, tape);
            return Bits.One;
        });
    }
}
