using Fractions;
using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;

namespace Wager.Testing.SelfTest;

/// <summary>How often one adversary wins one game of one scheme, worked out by hand.</summary>
/// <param name="Game">The game.</param>
/// <param name="Winning">Pr[game ⇒ 1].</param>
/// <param name="Why">Why it is that, in a word.</param>
/// <param name="Mutant">The same scheme and adversary in the text of the game with one thing wrong; with null, nothing.</param>
internal sealed record KnownAnswer(Game Game, Fraction Winning, string Why, Func<Mutation?, Game> Mutant);

/// <summary>
/// What the four games are held against. The schemes are small enough for a hand, and the adversaries such that whatever goes wrong in a
/// game changes how often one of them wins.
/// </summary>
internal static class KnownAnswers
{
    /// <summary>All of them, each game's together.</summary>
    public static IReadOnlyList<KnownAnswer> All { get; } = [.. Correctness(), .. WRec(), .. EffInf(), .. WInd()];

    private static IEnumerable<KnownAnswer> Correctness() =>
    [
        Of(new Clear(), 1, 1, "W′ = W"),
        Of(new Pad(3, published: true), 1, 1, "pk takes off what sk puts on"),
        Of(new OneBitPad(), 1, 2, "the pad is 0 in one of two"),
        Of(new ConstantRelease(), 3, 4, "W = 0"),
        Of(new NoisyBit(), 3, 4, "no flip"),
    ];

    private static IEnumerable<KnownAnswer> WRec() =>
    [
        Of(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0), 1, 3, "luck: W = 0"),
        Of(new Uniform(3), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(new Uniform(3)), 1, 3, "luck: both are trained alike"),
        Of(new Uniform(3), new Recovers<NoKey>("W′", (_, released, _) => released), 1, 3, "luck: W′ = 0"),
        Of(new Clear(), new Recovers<NoKey>("W′", (_, released, _) => released), 1, 1, "W′ = W"),
        Of(new NoisyBit(), new Recovers<NoKey>("W′ ⊕ noise of its own", (_, released, tape) => released ^ tape.DrawBiased(1, 4)), 5, 8, "both flip or none: 1/16 + 9/16"),
        Of(new Pad(3, published: true), new Recovers<int>("W′ − pk", (pk, released, _) => (released + 3 - pk) % 3), 1, 1, "pk takes off what sk puts on"),
        Of(new Pad(3, published: false), new Recovers<int>("W′ − a pad of its own", (_, released, tape) => (released + 3 - tape.Draw(3)) % 3), 1, 3, "luck: the two pads agree"),
    ];

    private static IEnumerable<KnownAnswer> EffInf() =>
    [
        Of(new Clear(), new ConstantAccelerator<int, int, int, NoKey>(0), 1, 4, "luck: W + x = 0"),
        Of(new Clear(), new Infers<NoKey>("W′ + x", (_, released, x, _) => (released + x) % 4), 1, 1, "what Run′ does"),
        Of(new Clear(), new Infers<NoKey>("W′ + an x of its own", (_, released, _, tape) => (released + tape.Draw(4)) % 4), 1, 4, "luck: the two x agree"),
        Of(new Uniform(3), new Infers<NoKey>("W′", (_, released, _, _) => released), 1, 1, "what Run′ does"),
        Of(new NoisyBit(), new Infers<NoKey>("W′", (_, released, _, _) => released), 1, 1, "what Run′ does, flipped or not"),
        Of(new MarkedSharing(2), new Infers<NoKey>("one share ⊕ a coin", (_, released, _, tape) => (released >> 1 & 1) ^ tape.Draw(2)), 1, 2, "the other share is a coin"),
        Of(new Pad(3, published: true), new Infers<int>("W′ − pk", (pk, released, _, _) => (released + 3 - pk) % 3), 1, 1, "what Run′ does"),
    ];

    private static IEnumerable<KnownAnswer> WInd() =>
    [
        Of(new Uniform(3), new ConstantDistinguisher<int, int, NoKey>(), 1, 2, "b = 0"),
        Of(new Uniform(3), new GuessDistinguisher<int, int, NoKey>(), 1, 2, "its coin is b"),
        Of(new Uniform(3), new Tells<NoKey>("W′ = W₁", (_, _, w1, released, _) => released == w1), 1, 2, "nothing of b is released"),
        Of(new Clear(), new Tells<NoKey>("W′ = W₁", (_, _, w1, released, _) => released == w1), 1, 1, "W′ = W_b, and W₀ ≠ W₁"),
        Of(new Clear(), new Tells<NoKey>("W′ = W₁, unless it trains W₀", (_, w0, w1, released, tape) => (released == w1) != (tape.Draw(4) == w0)), 3, 4, "it trains another"),
        Of(new Uneven(), new Tells<NoKey>("W′ = W₁, where W₀ = 2", (_, w0, w1, released, _) => w0 == 2 && released == w1), 3, 4, "W₀ = 2, or else b = 0: ½ + ½·½"),
        Of(new NoisyBit(), new Tells<NoKey>("W′ = W₁", (_, _, w1, released, _) => released == w1), 3, 4, "no flip"),
        Of(new NoisyBit(), new Tells<NoKey>("W′ ⊕ noise of its own = W₁", (_, _, w1, released, tape) => (released ^ tape.DrawBiased(1, 4)) == w1), 5, 8, "both flip or none: 1/16 + 9/16"),
        Of(new LeakedBit(2), new Tells<NoKey>("W′ = the low bit of W₁", (_, _, w1, released, _) => released == (w1 & 1)), 5, 6, "the low bits differ in 2/3, and else b = 1"),
        Of(new Pad(3, published: true), new Tells<int>("W′ − pk = W₁", (pk, _, w1, released, _) => (released + 3 - pk) % 3 == w1), 1, 1, "pk takes off what sk puts on"),
    ];

    private static KnownAnswer Of<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, int numerator, int denominator, string why) =>
        new(Game.Correctness(scheme), new(numerator, denominator), why, wrong => Mutants.Correctness(scheme, wrong));

    private static KnownAnswer Of<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Recoverer<int, int, Pk> adversary, int numerator, int denominator, string why) =>
        new(Game.WRec(scheme, adversary), new(numerator, denominator), why, wrong => Mutants.WRec(scheme, adversary, wrong));

    private static KnownAnswer Of<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Accelerator<int, int, int, Pk> adversary, int numerator, int denominator, string why) =>
        new(Game.EffInf(scheme, adversary), new(numerator, denominator), why, wrong => Mutants.EffInf(scheme, adversary, wrong));

    private static KnownAnswer Of<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Distinguisher<int, int, Pk> adversary, int numerator, int denominator, string why) =>
        new(Game.WInd(scheme, adversary), new(numerator, denominator), why, wrong => Mutants.WInd(scheme, adversary, wrong));

    private sealed record Recovers<Pk>(string Does, Func<Pk, int, Tape, int> Answer) : Recoverer<int, int, Pk>
    {
        public override string Name => Does;

        public override int Recover(Pk publicKey, int released, Tape tape) => Answer(publicKey, released, tape);
    }

    private sealed record Infers<Pk>(string Does, Func<Pk, int, int, Tape, int> Answer) : Accelerator<int, int, int, Pk>
    {
        public override string Name => Does;

        public override int Infer(Pk publicKey, int released, int input, Tape tape) => Answer(publicKey, released, input, tape);
    }

    private sealed record Tells<Pk>(string Does, Func<Pk, int, int, int, Tape, bool> SaysOne) : Distinguisher<int, int, Pk>
    {
        public override string Name => Does;

        public override Bits Guess(Pk publicKey, int w0, int w1, int released, Tape tape) => new(SaysOne(publicKey, w0, w1, released, tape));
    }
}
