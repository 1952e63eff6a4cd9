using Wager.Games;

namespace Wager.Testing.SelfTest;

/// <summary>
/// The texts of the four games once more, each with the places where one thing may be wrong. With null nothing is, and the text is the
/// game's own: that is held against the same known answers, so that the two cannot drift apart unseen.
/// </summary>
internal static class Mutants
{
    /// <summary>Correctness, with one thing wrong.</summary>
    public static Game Correctness<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Mutation? wrong)
    {
        var sigma = new PlayedScheme<int, int, int, int, Sk, Pk>(scheme);
        return new(Notion.Correctness, Notion.Correctness.Name, scheme, null, tape =>
        {
            var (sk, pk) = sigma.KGen(tape);
            var w = sigma.Train(tape);
            var released = sigma.Release(
                wrong == Mutation.ReleasedUnderOtherKey ? sigma.KGen(tape).Secret : sk, wrong == Mutation.OtherWeightsReleased ? sigma.Train(tape) : w, tape);
            var x = sigma.Input(tape);
            var y = sigma.Run(wrong == Mutation.OtherWeightsRun ? sigma.Train(tape) : w, x, tape);
            var yReleased = sigma.RunReleased(
                wrong == Mutation.RanUnderOtherKey ? sigma.KGen(tape).Public : pk, released, wrong == Mutation.OtherInputRun ? sigma.Input(tape) : x, tape);
            return End(sigma.SameOutputs(yReleased, wrong == Mutation.HeldAgainstItself ? yReleased : y), wrong);
        });
    }

    /// <summary>WRec, with one thing wrong.</summary>
    public static Game WRec<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Recoverer<int, int, Pk> adversary, Mutation? wrong)
    {
        var sigma = new PlayedScheme<int, int, int, int, Sk, Pk>(scheme);
        var a = new PlayedRecoverer<int, int, Pk>(adversary, scheme.FlawInWeights);
        return new(Notion.WRec, Notion.WRec.Name, scheme, adversary, plain =>
        {
            var tape = Mutation.Hear(plain, wrong);
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(
                wrong == Mutation.ReleasedUnderOtherKey ? sigma.KGen(tape).Secret : sk, wrong == Mutation.OtherWeightsReleased ? sigma.Train(tape) : w, tape);
            var wStar = a.Recover(wrong == Mutation.OtherPublicKey ? sigma.KGen(tape).Public : pk, wrong == Mutation.GivenW ? w : released, tape);
            return End(sigma.SameWeights(wStar, wrong == Mutation.OtherWeightsAsked ? sigma.Train(tape) : w), wrong);
        });
    }

    /// <summary>EffInf, with one thing wrong.</summary>
    public static Game EffInf<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Accelerator<int, int, int, Pk> adversary, Mutation? wrong)
    {
        var sigma = new PlayedScheme<int, int, int, int, Sk, Pk>(scheme);
        var a = new PlayedAccelerator<int, int, int, Pk>(adversary, scheme.FlawInOutput);
        return new(Notion.EffInf, Notion.EffInf.Name, scheme, adversary, plain =>
        {
            var tape = Mutation.Hear(plain, wrong);
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var x = sigma.Input(tape);
            var yReleased = wrong == Mutation.HeldAgainstRun ? sigma.Run(w, x, tape) : sigma.RunReleased(
                wrong == Mutation.RanUnderOtherKey ? sigma.KGen(tape).Public : pk, wrong == Mutation.OtherRelease ? sigma.Release(sk, w, tape) : released, x, tape);
            var yStar = a.Infer(
                wrong == Mutation.OtherPublicKey ? sigma.KGen(tape).Public : pk,
                wrong == Mutation.GivenW ? w : released,
                wrong == Mutation.OtherInput ? sigma.Input(tape) : x,
                tape);
            return End(sigma.SameOutputs(yStar, yReleased), wrong);
        });
    }

    /// <summary>W-IND, with one thing wrong.</summary>
    public static Game WInd<Sk, Pk>(Scheme<int, int, int, int, Sk, Pk> scheme, Distinguisher<int, int, Pk> adversary, Mutation? wrong)
    {
        var sigma = new PlayedScheme<int, int, int, int, Sk, Pk>(scheme);
        var a = new PlayedDistinguisher<int, int, Pk>(adversary);
        return new(Notion.WInd, Notion.WInd.Name, scheme, adversary, plain =>
        {
            var tape = Mutation.Hear(plain, wrong);
            var b = tape.Coin();
            var (sk, pk) = sigma.KGen(tape);
            var (w0, w1) = wrong == Mutation.Unconditional ? (sigma.Train(tape), sigma.Train(tape))
                : sigma.TwoWeights(wrong == Mutation.OtherReading ? Line4.Reject : Line4.Resample, tape);
            var wb = sigma.Choose(b, w0, w1);
            var released = sigma.Release(
                wrong == Mutation.ReleasedUnderOtherKey ? sigma.KGen(tape).Secret : sk,
                wrong == Mutation.Swapped ? sigma.Choose(b, w1, w0) : wrong == Mutation.ReleasesW0 ? w0 : wb,
                tape);
            var guess = a.Guess(wrong == Mutation.OtherPublicKey ? sigma.KGen(tape).Public : pk, w0, w1, wrong == Mutation.GivenWb ? wb : released, tape);
            return End(b == guess, wrong);
        });
    }

    private static Bits End(Bits win, Mutation? wrong) => wrong == Mutation.Inverted ? !win : wrong == Mutation.Won ? Bits.One : win;
}
