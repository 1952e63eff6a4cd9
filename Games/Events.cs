namespace Wager.Games;

// Events that claims speak of: each a text like a game's, with its probability in place of an advantage.
public sealed partial class Game
{
    /// <summary>η(d): Run′ is off from Run by more than d, in the law of Correctness (Yang et al. 2025, Def. 3.1).</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="within">d, in the unit of Same on 𝒴.</param>
    public static Game Deviation<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, double within)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event(FormattableString.Invariant($"Dist(Run′, Run) > {within:R}"), scheme, null, tape =>
        {
            var (sk, pk) = sigma.KGen(tape);
            var w = sigma.Train(tape);
            var released = sigma.Release(sk, w, tape);
            var x = sigma.Input(tape);
            var y = sigma.Run(w, x, tape);
            var yReleased = sigma.RunReleased(pk, released, x, tape);
            return !(sigma.Distance(yReleased, y) <= within);
        });
    }

    /// <summary>κ(d): 𝒜 wins WRec (Def. 3.2), but W* and W give outputs that differ by more than d.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜.</param>
    /// <param name="within">d, in the unit of Same on 𝒴.</param>
    /// <param name="queries">q, at least 0.</param>
    public static Game Discontinuity<W, R, X, Y, Sk, Pk>(
        Scheme<W, R, X, Y, Sk, Pk> scheme, Recoverer<W, R, Pk> adversary, double within, int queries = 1)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedRecoverer<W, R, Pk>(adversary, scheme.FlawInWeights);
        return Event(FormattableString.Invariant($"WRec won, and Dist(Run(W*), Run(W)) > {within:R}"), scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var wStar = queries == 1 ? a.Recover(pk, sigma.Release(sk, w, tape), tape) : a.Recover(pk, sigma.Releases(queries, sk, w, tape), tape);
            var x = sigma.Input(tape);
            var yStar = sigma.Run(wStar, x, tape);
            var y = sigma.Run(w, x, tape);
            return sigma.SameWeights(wStar, w) & !(sigma.Distance(yStar, y) <= within);
        }, queries);
    }

    /// <summary>W-IND (Def. 3.4) with the bit b fixed: 𝒜 answers 0.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜.</param>
    /// <param name="b">Which weights are released.</param>
    /// <param name="line4">How W₁ is drawn.</param>
    public static Game World<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Distinguisher<W, R, Pk> adversary, int b, Line4 line4)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedDistinguisher<W, R, Pk>(adversary);
        return Event($"answers 0 in W-IND{(line4 == Line4.Reject ? " by rejection" : "")} given b = {b}", scheme, adversary, tape =>
        {
            var (sk, pk) = sigma.KGen(tape);
            var (w0, w1) = sigma.TwoWeights(line4, tape);
            var released = sigma.Release(sk, b == 0 ? w0 : w1, tape);
            return !a.Guess(pk, w0, w1, released, tape);
        });
    }

    /// <summary>Z: two independent draws of Train differ, which is how often line 4 of Def. 3.4 does not reject.</summary>
    public static Game Differing<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event("W₀ and W₁, drawn independently, differ", scheme, null, tape =>
        {
            var (w0, w1) = sigma.TrainTwice(tape);
            return !sigma.SameWeights(w1, w0);
        });
    }

    /// <summary>The released weights of the two weights of Def. 3.4 differ.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="identical">Whether two releases are identical.</param>
    /// <param name="line4">How W₁ is drawn.</param>
    public static Game DifferingReleases<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Func<R, R, Bits> identical, Line4 line4)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event($"Release(W₀) ≠ Release(W₁){(line4 == Line4.Reject ? " by rejection" : "")}", scheme, null, tape =>
        {
            var (sk, _) = sigma.KGen(tape);
            var (w0, w1) = sigma.TwoWeights(line4, tape);
            return !identical(sigma.Release(sk, w0, tape), sigma.Release(sk, w1, tape));
        });
    }

    /// <summary>Release gives the same twice.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="identical">Whether two releases are identical.</param>
    public static Game RepeatedRelease<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Func<R, R, Bits> identical)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event("Release gives the same twice", scheme, null, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, _) = sigma.KGen(tape);
            return identical(sigma.Release(sk, w, tape), sigma.Release(sk, w, tape));
        });
    }

    /// <summary>Run gives the same twice.</summary>
    public static Game RepeatedRun<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        return Event("Run gives the same twice", scheme, null, tape =>
        {
            var w = sigma.Train(tape);
            var x = sigma.Input(tape);
            return sigma.Distance(sigma.Run(w, x, tape), sigma.Run(w, x, tape)) <= 0;
        });
    }

    /// <summary>Run gives the same twice on what is recovered, which Train need never produce.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜 of WRec.</param>
    public static Game RepeatedRunOfRecovered<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Recoverer<W, R, Pk> adversary)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedRecoverer<W, R, Pk>(adversary, scheme.FlawInWeights);
        return Event("Run gives the same twice on W*", scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var wStar = a.Recover(pk, released, tape);
            var x = sigma.Input(tape);
            return sigma.Distance(sigma.Run(wStar, x, tape), sigma.Run(wStar, x, tape)) <= 0;
        });
    }

    /// <summary>What an accelerator infers (Def. 3.3) is within d of what weights that have nothing to do with its release answer.</summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="adversary">𝒜.</param>
    /// <param name="within">d, in the unit of Same on 𝒴.</param>
    public static Game Coincidence<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Accelerator<R, X, Y, Pk> adversary, double within)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedAccelerator<R, X, Y, Pk>(adversary, scheme.FlawInOutput);
        return Event(FormattableString.Invariant($"Dist(y*, Run(other weights)) ≤ {within:R}"), scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var x = sigma.Input(tape);
            var yStar = a.Infer(pk, released, x, tape);
            var other = sigma.Train(tape);
            return sigma.Distance(yStar, sigma.Run(other, x, tape)) <= within;
        });
    }

    private static Game Event(string name, Scheme scheme, Adversary? adversary, Func<Tape, Bits> text, int queries = 1) =>
        new(new Notion(name, Kind.Property, "an event"), name, scheme, adversary, text) { Queries = queries };
}
