using Wager.Games;

namespace Wager.Schemes.Tables;

/// <summary>A finite scheme given by tables, all of whose games can be worked out by hand.</summary>
public sealed class TableScheme : Scheme<int, int, int, int, int, int>
{
    /// <summary>The scheme of some tables.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="name">What it is called: the file, where it is from one.</param>
    /// <exception cref="ArgumentException">The tables are no scheme.</exception>
    public TableScheme(SchemeTables tables, string name = "table")
    {
        Name = name;
        Tables = tables.Flaw is { } flaw ? throw new ArgumentException(flaw, nameof(tables)) : tables;
        WeightTolerance = tables.Weights.ToTolerance();
        OutputTolerance = tables.Outputs.ToTolerance();
    }

    /// <summary>The tables.</summary>
    public SchemeTables Tables { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override Tolerance<int> WeightTolerance { get; }

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllWeights => [.. Enumerable.Range(0, Tables.WeightCount)];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs => [.. Enumerable.Range(0, Tables.InputCount)];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs => [.. Enumerable.Range(0, Tables.OutputCount)];

    /// <inheritdoc/>
    public override int Train(Tape tape) => tape.DrawByOdds(Tables.Train);

    /// <inheritdoc/>
    public override int Run(int weights, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: Tables.RunCost));
        return tape.DrawByOdds(Tables.Run[weights][input]);
    }

    /// <inheritdoc/>
    public override (int Secret, int Public) KGen(Tape tape)
    {
        int secret = tape.DrawByOdds(Tables.Keys);
        return (secret, Tables.Public[secret]);
    }

    /// <inheritdoc/>
    public override int Release(int secret, int weights, Tape tape) => tape.DrawByOdds(Tables.Release[secret][weights]);

    /// <inheritdoc/>
    public override int RunReleased(int publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: Tables.RunReleasedCost));
        return tape.DrawByOdds(Tables.RunReleased[publicKey][released][input]);
    }

    /// <inheritdoc/>
    public override int Input(Tape tape) => tape.DrawByOdds(Tables.Inputs);

    /// <inheritdoc/>
    public override string? FlawInWeights(int weights) =>
        weights >= 0 && weights < Tables.WeightCount ? null : $"{weights} is none of the weights 0 … {Tables.WeightCount - 1}";

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) =>
        output >= 0 && output < Tables.OutputCount ? null : $"{output} is none of the outputs 0 … {Tables.OutputCount - 1}";
}
