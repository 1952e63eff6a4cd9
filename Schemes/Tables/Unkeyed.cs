using Wager.Games;

namespace Wager.Schemes.Tables;

/// <summary>A table scheme whose only key everybody knows, as a scheme without keys.</summary>
public sealed class Unkeyed : Scheme<int, int, int, int, NoKey, NoKey>
{
    private readonly TableScheme _scheme;

    /// <summary>The scheme without its key.</summary>
    /// <exception cref="ArgumentException">It has several.</exception>
    public Unkeyed(TableScheme scheme) => _scheme = scheme.Tables.KeyCount == 1 ? scheme
        : throw new ArgumentException($"the scheme has {scheme.Tables.KeyCount} keys", nameof(scheme));

    /// <inheritdoc/>
    public override string Name => _scheme.Name;

    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance => _scheme.WeightTolerance;

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance => _scheme.OutputTolerance;

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllWeights => _scheme.AllWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs => _scheme.AllInputs;

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs => _scheme.AllOutputs;

    /// <inheritdoc/>
    public override int Train(Tape tape) => _scheme.Train(tape);

    /// <inheritdoc/>
    public override int Run(int weights, int input, Tape tape) => _scheme.Run(weights, input, tape);

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => _scheme.Release(0, weights, tape);

    /// <inheritdoc/>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape) => _scheme.RunReleased(_scheme.Tables.Public[0], released, input, tape);

    /// <inheritdoc/>
    public override int Input(Tape tape) => _scheme.Input(tape);

    /// <inheritdoc/>
    public override string? FlawInWeights(int weights) => _scheme.FlawInWeights(weights);

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) => _scheme.FlawInOutput(output);
}
