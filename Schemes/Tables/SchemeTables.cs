namespace Wager.Schemes.Tables;

/// <summary>
/// A finite scheme as tables. What is random is given by odds: outcome i of a row has probability row[i] / Σ row. Weights, keys, views
/// (which are what Release gives), inputs and outputs are numbered from 0. The arrays are not to be changed.
/// </summary>
public sealed record SchemeTables
{
    /// <summary>The law of Train(D). <c>[n]</c></summary>
    public required int[] Train { get; init; }

    /// <summary>KGen: the law of sk. <c>[k]</c></summary>
    public required int[] Keys { get; init; }

    /// <summary>KGen: the pk that goes with each sk. <c>[k]</c>, each below p, the number of public keys.</summary>
    public required int[] Public { get; init; }

    /// <summary>The law of x. <c>[m]</c></summary>
    public required int[] Inputs { get; init; }

    /// <summary>Release(sk, W): a row over views. <c>[k, n, v]</c></summary>
    public required int[][][] Release { get; init; }

    /// <summary>Run(W, x): a row over outputs. <c>[n, m, y]</c></summary>
    public required int[][][] Run { get; init; }

    /// <summary>Run′(pk, W′, x): a row over outputs. <c>[p, v, m, y]</c></summary>
    public required int[][][][] RunReleased { get; init; }

    /// <summary>Dist_W and δ_W. <c>[n, n]</c></summary>
    public required DistanceTable Weights { get; init; }

    /// <summary>Dist_Y and δ_Y. <c>[y, y]</c></summary>
    public required DistanceTable Outputs { get; init; }

    /// <summary>What each Run costs, in elementwise operations.</summary>
    public int RunCost { get; init; }

    /// <summary>What each Run′ costs, in elementwise operations.</summary>
    public int RunReleasedCost { get; init; }

    /// <summary>n: 𝒲 = {0 … n − 1}.</summary>
    public int WeightCount => Train.Length;

    /// <summary>k, the number of secret keys.</summary>
    public int KeyCount => Keys.Length;

    /// <summary>p, the number of public keys.</summary>
    public int PublicKeyCount => RunReleased.Length;

    /// <summary>m: 𝒳 = {0 … m − 1}.</summary>
    public int InputCount => Inputs.Length;

    /// <summary>v: 𝒲′ = {0 … v − 1}.</summary>
    public int ViewCount => Release[0][0].Length;

    /// <summary>y: 𝒴 = {0 … y − 1}.</summary>
    public int OutputCount => Outputs.Count;

    /// <summary>What makes the tables no scheme; null where they are one.</summary>
    public string? Flaw =>
        TableShape.OddsFlaw("Train", Train)
        ?? TableShape.OddsFlaw("Keys", Keys)
        ?? TableShape.OddsFlaw("Inputs", Inputs)
        ?? (Release.Length == 0 || Release[0].Length == 0 || RunReleased.Length == 0 ? "Release and RunReleased need a row" : null)
        ?? TableShape.AnswersFlaw("Public", Public, PublicKeyCount, KeyCount)
        ?? TableShape.OddsFlaw("Release", Release, KeyCount, WeightCount, ViewCount)
        ?? TableShape.OddsFlaw("Run", Run, WeightCount, InputCount, OutputCount)
        ?? TableShape.OddsFlaw("RunReleased", RunReleased, PublicKeyCount, ViewCount, InputCount, OutputCount)
        ?? TableShape.AnswersFlaw("Weights", Weights.Distance, int.MaxValue, WeightCount, WeightCount)
        ?? TableShape.AnswersFlaw("Outputs", Outputs.Distance, int.MaxValue, OutputCount, OutputCount)
        ?? (Weights.Threshold < 0 || Outputs.Threshold < 0 ? "a threshold is below 0" : null)
        ?? (RunCost < 0 || RunReleasedCost < 0 ? "a cost is below 0" : null);

    /// <summary>All tables: the same text for the same tables, and for no others.</summary>
    public override string ToString() =>
        $"Train {TableShape.Text(Train)}, Keys {TableShape.Text(Keys)}, Public {TableShape.Text(Public)}, Inputs {TableShape.Text(Inputs)}, "
        + $"Release {TableShape.Text(Release)}, Run {TableShape.Text(Run)} for {RunCost}, RunReleased {TableShape.Text(RunReleased)} for {RunReleasedCost}, "
        + $"Weights {TableShape.Text(Weights.Distance)} ≤ {Weights.Threshold}, Outputs {TableShape.Text(Outputs.Distance)} ≤ {Outputs.Threshold}";
}
