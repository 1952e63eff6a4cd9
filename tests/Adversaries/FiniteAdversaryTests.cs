using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes;
using Wager.Schemes.Tables;

namespace Wager.Tests;

internal static class FiniteAdversaryTests
{
    public static Test All => Suite.Group(
        "adversaries of finite schemes",
        Suite.Test("pad-reuse is right in 3/4 of two challenges under one pad, in half with fresh ones, and answers 0 to a single one", () =>
        {
            Pad pad = new(3, published: false);
            PadReuse reuse = new(pad);
            Fraction Wins(Game game) => Assert.Exactly(game).Probability.Exact!.Value;
            Assert.Equal(new Fraction(3, 4), Wins(Game.WInd(pad, reuse, Line4.Resample, 2, Keys.Shared)), "always where b = 0; where b = 1, but for differences that are the same");
            Assert.Equal(new Fraction(1, 2), Wins(Game.WInd(pad, reuse, Line4.Resample, 2)), "fresh pads");
            Result single = Assert.Exactly(Game.WInd(pad, reuse, Line4.Resample, 1));
            Assert.Equal((new Fraction(1, 2), 0), (single.Probability.Exact!.Value, single.Faults.Count), "one challenge, and no second asked for");
            Assert.Equal(Fraction.One, Wins(Game.World(pad, reuse, 1, Line4.Resample)), "0 in the paper's game");
        }),
        Suite.Test("what is no element of 𝒲 or 𝒴, nothing at all, or more bits than there are trials, is an invalid answer", () =>
        {
            TableScheme scheme = SmallTables.Scheme([1, 1], [[1], [1]], 0);
            foreach (Game game in new[]
            {
                Game.WRec(scheme, new TableRecoverer([[9]])),
                Game.WRec(scheme, new TableRecoverer([[9]]), 1),
                Game.EffInf(scheme, new TableAccelerator([[[9]]])),
                Game.EffInf(scheme, new Unprepared()),
                Game.WInd(scheme, new TwoBits()),
            })
            {
                Assert.Equal("Invalid 1", string.Join(", ", Assert.Exactly(game).Faults.Select(fault => $"{fault.Key} {fault.Value}")), game.ToString());
            }
        }),
        Suite.Test("at-most-one answers min(W′, 1)", () =>
            Assert.Equal("0 1 1 1", string.Join(' ', Enumerable.Range(0, 4).Select(released => new AtMostOne().Infer(default, released, 0, new SeededTape(1)))), "answers")));

    private sealed record Unprepared : Accelerator<int, int, int, int>
    {
        public override int Infer(int publicKey, int released, int input, Tape tape) => 0;

        public override Func<int, Tape, int> Prepare(int publicKey, Oracle<int> releases, Tape tape) => null!;
    }

    private sealed record TwoBits : Distinguisher<int, int, int>
    {
        public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => new([true, false]);
    }
}
