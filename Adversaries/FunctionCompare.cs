using Wager.Games;

namespace Wager.Adversaries;

/// <summary>
/// Correctness breaks W-IND: asks W′ for one answer by Run′, and says which of W₀ and W₁ gives the nearer one (a tie is 0). Where
/// the two agree within 2δ it tosses a coin. For a correct scheme its advantage is at least 1 less the probability of such
/// agreement. It costs one Run′ and two Runs.
/// </summary>
public sealed record FunctionCompare<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        Tolerance<Y> same = Scheme.OutputTolerance;
        X x = Scheme.Input(tape);
        Y yReleased = Scheme.RunReleased(publicKey, released, x, tape);
        Y y0 = Scheme.Run(w0, x, tape);
        Y y1 = Scheme.Run(w1, x, tape);
        Bits agree = same.Times(2).Same(y0, y1);
        Bits nearerTo1 = same.Distance(y1, yReleased) < same.Distance(y0, yReleased);
        return (agree & tape.Coin()) | (!agree & nearerTo1);
    }
}
