using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;

namespace Wager.Testing.SelfTest;

/// <summary>Games that are won with a given probability.</summary>
internal static class Planted
{
    /// <summary>WRec: nothing is released, and 0 is answered; p is how often W is 0.</summary>
    public static Game WRec(int numerator, int denominator) =>
        Game.WRec(new ConstantRelease(numerator, denominator), new ConstantRecoverer<int, int, NoKey>(0));

    /// <summary>EffInf: all is in clear, and each trial is won, but within the budget only with p.</summary>
    public static Game EffInf(int numerator, int denominator) => Game.EffInf(new Clear(), new CheapWith(numerator, denominator));

    /// <summary>W-IND: all is in clear, and the adversary says what it sees with p, and else the contrary.</summary>
    public static Game WInd(int numerator, int denominator) => Game.WInd(new Clear(), new RightWith(numerator, denominator));

    private sealed record CheapWith(int Numerator, int Denominator) : Accelerator<int, int, int, NoKey>
    {
        public override int Infer(NoKey publicKey, int released, int input, Tape tape)
        {
            tape.Charge(new Cost(Elementwise: 1 - tape.DrawBiased(Numerator, Denominator))); // Run′ costs 1, and below it is 0
            return (released + input) % 4; // as Run′ of clear does
        }
    }

    private sealed record RightWith(int Numerator, int Denominator) : Distinguisher<int, int, NoKey>
    {
        public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) =>
            new((released == w1) == (tape.DrawBiased(Numerator, Denominator) == 1));
    }
}
