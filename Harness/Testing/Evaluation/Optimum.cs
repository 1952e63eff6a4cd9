namespace Wager.Testing.Evaluation;

/// <summary>What the best of all adversaries has with at most so many reads.</summary>
/// <param name="Reads">The reads of cells.</param>
/// <param name="Advantage">The advantage.</param>
/// <param name="WithinBudget">The advantage that counts only wins below the budget; null where the notion has no budget.</param>
public sealed record ReadsValue(int Reads, Quantity Advantage, Quantity? WithinBudget);

/// <summary>What the best of all adversaries has in a game.</summary>
/// <param name="Result">As of a game played.</param>
/// <param name="ByReads">In the probe model, for each number of reads from 0 on; else null.</param>
public sealed record Optimum(Result Result, IReadOnlyList<ReadsValue>? ByReads = null);
