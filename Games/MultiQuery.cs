namespace Wager.Games;

/// <summary>What a distinguisher is given for one query: lines 2 to 5 of Yang et al. 2025, Def. 3.4.</summary>
/// <param name="PublicKey">pk.</param>
/// <param name="W0">W₀.</param>
/// <param name="W1">W₁.</param>
/// <param name="Released">W′, of W₀ where the bit is 0, else of W₁.</param>
public sealed record Challenge<W, R, Pk>(Pk PublicKey, W W0, W W1, R Released);

/// <summary>Whose keys the challenges of q-W-IND are made with.</summary>
public enum Keys
{
    /// <summary>Each challenge has its own.</summary>
    Fresh,

    /// <summary>All have the same.</summary>
    Shared,
}

// The multi-query forms, which Yang et al. 2025, §3.2 mentions without writing them down. An adversary is given an oracle in place of W′.
public sealed partial class Game
{
    /// <summary>q-WRec: as Def. 3.2, with q releases of the same W under the same sk.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜.</param>
    /// <param name="queries">q, at least 0.</param>
    public static Game WRec<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Recoverer<W, R, Pk> adversary, int queries)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedRecoverer<W, R, Pk>(adversary, scheme.FlawInWeights);
        return new(Notion.WRec, Notion.WRec.Name, scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var releases = sigma.Releases(queries, sk, w, tape);
            var wStar = a.Recover(pk, releases, tape);
            return sigma.SameWeights(wStar, w);
        })
        {
            Queries = NotNegative(queries),
        };
    }

    /// <summary>
    /// q-EffInf over m inputs: as Def. 3.3, with q releases of the same W under the same sk, of which Run′ runs the first, and m inputs
    /// one after the other. 𝒜 must be right on all of them, within the budget m·Cost(Run′).
    /// </summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜.</param>
    /// <param name="queries">q, at least 0.</param>
    /// <param name="inputs">m, at least 1.</param>
    public static Game EffInf<W, R, X, Y, Sk, Pk>(
        Scheme<W, R, X, Y, Sk, Pk> scheme, Accelerator<R, X, Y, Pk> adversary, int queries, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedAccelerator<R, X, Y, Pk>(adversary, scheme.FlawInOutput);
        return new(Notion.EffInf, Notion.EffInf.Name, scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var x = new X[inputs];
            var yReleased = new Y[inputs];
            for (int i = 0; i < inputs; i++)
            {
                x[i] = sigma.Input(tape);
                yReleased[i] = sigma.RunReleased(pk, released, x[i], tape);
            }

            var infer = a.Prepare(pk, sigma.Releases(queries, sk, w, tape, given: true, released), tape);
            var win = Bits.One;
            for (int i = 0; i < inputs; i++)
            {
                var yStar = infer(x[i], tape);
                win &= sigma.SameOutputs(yStar, yReleased[i]);
            }

            return win;
        })
        {
            Queries = NotNegative(queries),
            Inputs = inputs,
        };
    }

    /// <summary>q-W-IND: as Def. 3.4, with q challenges of one bit b, each with fresh weights, and with fresh keys unless one is shared.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜.</param>
    /// <param name="queries">q, at least 0.</param>
    /// <param name="line4">How W₁ is drawn.</param>
    /// <param name="keys">Whether each challenge has keys of its own.</param>
    public static Game WInd<W, R, X, Y, Sk, Pk>(
        Scheme<W, R, X, Y, Sk, Pk> scheme, Distinguisher<W, R, Pk> adversary, Line4 line4, int queries, Keys keys = Keys.Fresh)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedDistinguisher<W, R, Pk>(adversary);
        string name = $"W-IND{(line4 == Line4.Reject ? " by rejection" : "")}{(keys == Keys.Shared ? " with one key" : "")}";
        return new(Notion.WInd, name, scheme, adversary, tape =>
        {
            var b = tape.Coin();
            var shared = keys == Keys.Shared ? sigma.KGen(tape) : default;
            var challenges = new Oracle<Challenge<W, R, Pk>>(queries, () =>
            {
                var (sk, pk) = keys == Keys.Shared ? shared : sigma.KGen(tape);
                var (w0, w1) = sigma.TwoWeights(line4, tape);
                var released = sigma.Release(sk, sigma.Choose(b, w0, w1), tape);
                return new(pk, w0, w1, released);
            });
            var guess = a.Guess(challenges, tape);
            return b == guess;
        })
        {
            Queries = NotNegative(queries),
        };
    }

    private static int NotNegative(int queries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(queries);
        return queries;
    }
}
