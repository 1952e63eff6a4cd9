using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// WRec without EffInf (S1): weights are a bit that Run answers and n bits that it ignores. Release drops the n bits, so nobody recovers
/// them: WRec = 2^(−n). Run′ is padded to two operations, and one read of W′ answers as it does: EffInf = 1 at one read.
/// </summary>
/// <param name="count">n, 1 … <see cref="MostBits"/>.</param>
/// <exception cref="ArgumentOutOfRangeException">n is none of these.</exception>
public sealed class DroppedBits(int count) : KeylessScheme(1 << (1 + RequireBits(count)))
{
    /// <summary>The largest n.</summary>
    public const int MostBits = 20;

    /// <inheritdoc/>
    public override string Name => $"dropped-bits-{count}";

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs { get; } = [0, 1];

    /// <summary>Run(W, x) is the lowest bit of W.</summary>
    public override int Run(int weights, int input, Tape tape) => OneOperation(tape, weights & 1);

    /// <summary>W′ is the lowest bit of W.</summary>
    public override int Release(NoKey secret, int weights, Tape tape) => weights & 1;

    /// <summary>Run′(pk, W′, x) = W′, and one operation for nothing.</summary>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 2));
        return released;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Cells(int released) => [released];

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) => output is 0 or 1 ? null : $"{output} is no bit";

    private static int RequireBits(int count) => count is >= 1 and <= MostBits
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), $"1 to {MostBits} bits are dropped");
}
