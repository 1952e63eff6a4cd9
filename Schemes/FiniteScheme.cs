using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// What the small schemes with known answers share: weights, released weights, inputs and outputs are numbers, Same is
/// equality, the model answers its weights, and running it costs one elementwise operation.
/// </summary>
/// <param name="count">n: 𝒲 = {0 … n − 1}, at least 1.</param>
public abstract class FiniteScheme<Sk, Pk>(int count) : Scheme<int, int, int, int, Sk, Pk>
{
    /// <summary>n, the number of weights.</summary>
    public int Count { get; } = count >= 1 ? count : throw new ArgumentOutOfRangeException(nameof(count), "𝒲 needs an element");

    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllWeights { get; } = [.. Enumerable.Range(0, count)];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs => [0];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs => AllWeights;

    /// <summary>W ← {0 … n − 1}, uniform.</summary>
    public override int Train(Tape tape) => tape.Draw(Count);

    /// <summary>There is one input, 0.</summary>
    public override int Input(Tape tape) => 0;

    /// <summary>Run(W, x) = W.</summary>
    public override int Run(int weights, int input, Tape tape) => OneOperation(tape, weights);

    /// <summary>Run′(pk, W′, x) = W′.</summary>
    public override int RunReleased(Pk publicKey, int released, int input, Tape tape) => OneOperation(tape, released);

    /// <inheritdoc/>
    public override string? FlawInWeights(int weights) =>
        weights >= 0 && weights < Count ? null : $"{weights} is none of the weights 0 … {Count - 1}";

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) =>
        output >= 0 && output < Count ? null : $"{output} is none of the outputs 0 … {Count - 1}";

    /// <summary>Charges one elementwise operation for a result.</summary>
    protected static int OneOperation(Tape tape, int result)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return result;
    }
}

/// <summary>A finite scheme without keys: KGen gives ⊥.</summary>
public abstract class KeylessScheme(int count) : FiniteScheme<NoKey, NoKey>(count)
{
    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;
}
