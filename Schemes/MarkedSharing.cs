using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// EffInf without W-IND (S3): weights are a bit, which Run answers, and a mark, which it ignores. Released are n shares of the bit by
/// exclusive or, and the mark in clear. Run′ must read all n shares, and below n reads EffInf = ½; but one read, of the mark, tells two
/// weights apart wherever their marks differ, which they do in two thirds of all pairs: W-IND = 2/3 at one read (for n ≥ 2).
/// </summary>
/// <param name="count">n, 1 … <see cref="Sharing.MostShares"/>.</param>
/// <exception cref="ArgumentOutOfRangeException">n is none of these.</exception>
public sealed class MarkedSharing(int count) : KeylessScheme(4)
{
    private readonly int _mark = count is >= 1 and <= Sharing.MostShares
        ? 1 << count
        : throw new ArgumentOutOfRangeException(nameof(count), $"a bit is split into 1 to {Sharing.MostShares} shares");

    /// <inheritdoc/>
    public override string Name => $"marked-sharing-{count}";

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs { get; } = [0, 1];

    /// <summary>Run(W, x) is the lower bit of W; the upper one is the mark.</summary>
    public override int Run(int weights, int input, Tape tape) => OneOperation(tape, weights & 1);

    /// <summary>Bits 0 … n − 1 are the shares, bit n is the mark; n elementwise operations.</summary>
    public override int Release(NoKey secret, int weights, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: count));
        int shares = tape.Draw(_mark >> 1);
        shares |= (int.PopCount(shares) & 1 ^ weights & 1) << (count - 1);
        return shares | (weights >> 1) * _mark;
    }

    /// <summary>The exclusive or of all shares; each that is read is one elementwise operation.</summary>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: count));
        return int.PopCount(released & (_mark - 1)) & 1;
    }

    /// <summary>The shares, and then the mark.</summary>
    public override IReadOnlyList<int> Cells(int released) => [.. Enumerable.Range(0, count + 1).Select(i => released >> i & 1)];

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) => output is 0 or 1 ? null : $"{output} is no bit";
}
