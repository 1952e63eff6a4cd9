using Wager.Games;

namespace Wager.Schemes;

/// <summary>What is seen of n shares of a bit.</summary>
/// <param name="Shares">Bit i is share i; 0 where it is not seen.</param>
/// <param name="Seen">Bit i tells whether share i is seen.</param>
public readonly record struct SeenShares(int Shares, int Seen)
{
    /// <summary>The shares in order, a point where one is not seen.</summary>
    public override string ToString()
    {
        (int shares, int seen) = this;
        return string.Concat(Enumerable.Range(0, 32 - int.LeadingZeroCount(seen)).Select(i => (seen >> i & 1) == 0 ? '·' : (shares >> i & 1) == 0 ? '0' : '1'));
    }
}

/// <summary>
/// A bit W split into n shares by exclusive or (S4). Released are all shares, and Run′ must read all n: it is correct, and reading fewer
/// says nothing (an accelerator below n reads is right with probability ½), while n reads give W: Correctness and EffInf without WRec. In the leaky form each share is seen with probability ½ only;
/// Run′ answers 0 where one is missing. Then Correctness = WRec = ½ + 2^(−n−1) and W-IND = 2^(−n), which is negligible in n.
/// </summary>
/// <param name="count">n, 1 … <see cref="MostShares"/>.</param>
/// <param name="leaky">Whether shares are seen by chance; else all are.</param>
/// <exception cref="ArgumentOutOfRangeException">n is none of these.</exception>
public sealed class Sharing(int count, bool leaky) : Scheme<int, SeenShares, int, int, NoKey, NoKey>
{
    /// <summary>The largest n.</summary>
    public const int MostShares = 24;

    private readonly int _all = count is >= 1 and <= MostShares
        ? (1 << count) - 1
        : throw new ArgumentOutOfRangeException(nameof(count), $"a bit is split into 1 to {MostShares} shares");

    /// <summary>n.</summary>
    public int Count => count;

    /// <inheritdoc/>
    public override string Name => $"{(leaky ? "leaky-" : "")}sharing-{count}";

    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllWeights { get; } = [0, 1];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs { get; } = [0];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs { get; } = [0, 1];

    /// <summary>W ← {0, 1}, uniform.</summary>
    public override int Train(Tape tape) => tape.Draw(2);

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <summary>n − 1 uniform shares, and one that makes their exclusive or W; n elementwise operations.</summary>
    public override SeenShares Release(NoKey secret, int weights, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: count));
        int shares = tape.Draw(1 << (count - 1));
        shares |= (int.PopCount(shares) & 1 ^ weights) << (count - 1);
        int seen = leaky ? tape.Draw(1 << count) : _all;
        return new(shares & seen, seen);
    }

    /// <summary>There is one input, 0.</summary>
    public override int Input(Tape tape) => 0;

    /// <summary>Run(W, x) = W, for one elementwise operation.</summary>
    public override int Run(int weights, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return weights;
    }

    /// <summary>The exclusive or of all shares, or 0 where one is missing; a share read is one elementwise operation.</summary>
    public override int RunReleased(NoKey publicKey, SeenShares released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: count));
        return Joined(released);
    }

    /// <summary>The shares, −1 where one is not seen.</summary>
    public override IReadOnlyList<int> Cells(SeenShares released) =>
        [.. Enumerable.Range(0, count).Select(i => (released.Seen >> i & 1) == 0 ? -1 : released.Shares >> i & 1)];

    /// <summary>W where all shares are seen, else 0.</summary>
    public int Joined(SeenShares released) => released.Seen == _all ? int.PopCount(released.Shares) & 1 : 0;

    /// <inheritdoc/>
    public override string? FlawInWeights(int weights) => weights is 0 or 1 ? null : $"{weights} is no bit";

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) => FlawInWeights(output);
}
