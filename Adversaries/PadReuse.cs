using Wager.Games;
using Wager.Schemes;

namespace Wager.Adversaries;

/// <summary>
/// Two challenges under one pad: W′ − W₀ is the pad where b = 0, and so the same twice; where b = 1 it is the same only if W₁ − W₀ is. It says nothing
/// of one challenge, and nothing of two with fresh keys.
/// </summary>
/// <param name="Pad">A pad, kept.</param>
public sealed record PadReuse(Pad Pad) : Distinguisher<int, int, int>
{
    /// <inheritdoc/>
    public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;

    /// <inheritdoc/>
    public override Bits Guess(Oracle<Challenge<int, int, int>> challenges, Tape tape)
    {
        if (challenges.Budget < 2)
        {
            return Bits.Zero;
        }

        int first = PadIfZero(challenges.Query());
        int second = PadIfZero(challenges.Query());
        return new(first != second);
    }

    private int PadIfZero(Challenge<int, int, int> challenge) => Pad.Unpad(challenge.W0, challenge.Released);
}
