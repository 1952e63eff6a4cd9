using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The witness against taking luck in the law of Train where W-IND ⇒ EffInf: W is 0, 1 or 2 with probability ¼, ¼ and ½, released in clear,
/// and Run answers W mod 2. In W-IND the weights that were released are no draw of Train: they are one that differs from another.
/// </summary>
public sealed class Uneven() : KeylessScheme(3)
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs { get; } = [0, 1];

    /// <inheritdoc/>
    public override int Train(Tape tape) => tape.DrawByOdds(1, 1, 2);

    /// <summary>Run(W, x) = W mod 2.</summary>
    public override int Run(int weights, int input, Tape tape) => OneOperation(tape, weights % 2);

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights;

    /// <summary>Run′(pk, W′, x) = W′ mod 2.</summary>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape) => Run(released, input, tape);

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) => output is 0 or 1 ? null : $"{output} is no bit";
}
