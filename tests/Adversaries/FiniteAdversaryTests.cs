using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;

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
        Suite.Test("at-most-one answers min(W′, 1)", () =>
            Assert.Equal("0 1 1 1", string.Join(' ', Enumerable.Range(0, 4).Select(released => new AtMostOne().Infer(default, released, 0, new SeededTape(1)))), "answers")));
}
