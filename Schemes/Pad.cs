using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The one-time pad on Z_n: W′ = W + sk mod n. With the pad kept, WRec is the guessing probability 1/n, W-IND = 0, and
/// Correctness fails; with the pad published as pk it is correct, and WRec = W-IND = 1.
/// </summary>
/// <param name="count">n.</param>
/// <param name="published">Whether pk is the pad; else pk is 0.</param>
public sealed class Pad(int count, bool published) : FiniteScheme<int, int>(count)
{
    /// <inheritdoc/>
    public override string Name => published ? $"published-pad-{Count}" : $"pad-{Count}";

    /// <inheritdoc/>
    public override (int Secret, int Public) KGen(Tape tape)
    {
        int pad = tape.Draw(Count);
        return (pad, published ? pad : 0);
    }

    /// <inheritdoc/>
    public override int Release(int secret, int weights, Tape tape) => (weights + secret) % Count;

    /// <inheritdoc/>
    public override int RunReleased(int publicKey, int released, int input, Tape tape) =>
        OneOperation(tape, Unpad(publicKey, released));

    /// <summary>W′ − pk mod n: W where the pad is published.</summary>
    public int Unpad(int publicKey, int released) => (released + Count - publicKey) % Count;
}
