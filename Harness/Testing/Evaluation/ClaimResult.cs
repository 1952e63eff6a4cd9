using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>What evaluating a relation of a claim showed.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Verdict">The verdict on it.</param>
public sealed record RelationResult(Relation Relation, Verdict Verdict)
{
    /// <summary>The left side; null where it was not evaluated.</summary>
    public Quantity? Left { get; init; }

    /// <summary>The right side; null where it was not evaluated.</summary>
    public Quantity? Right { get; init; }

    /// <summary>Where the mean of right − left lies, if trials were compared one by one.</summary>
    public Interval? Slack { get; init; }

    /// <summary>Trials compared one by one; null where they were not.</summary>
    public long? Trials { get; init; }

    /// <summary>Of these the ones in which the relation is broken; not all, where there are many.</summary>
    public IReadOnlyList<long> Breaking { get; init; } = [];

    /// <summary>How many those are.</summary>
    public long Breaks { get; init; }

    /// <summary>Why it says nothing, or is undefined; null where it does.</summary>
    public string? Because { get; init; }

    /// <summary>Whether the two sides are the same number, as far as is known exactly.</summary>
    public bool IsTight => Left?.Exact is { } left && Right?.Exact is { } right && left == right;

    /// <summary>Whether it would hold whatever its advantages were: its other terms are as large as that.</summary>
    public bool IsVacuous { get; init; }
}

/// <summary>What a reduction was seen to cost.</summary>
/// <param name="Relation">What it should.</param>
/// <param name="Left">What the left procedures spent together, in the mean.</param>
/// <param name="Right">What the right ones did.</param>
public sealed record CostResult(CostRelation Relation, Cost Left, Cost Right)
{
    private const double Rounding = 1e-9;

    /// <summary>Whether the two are the same in every unit, up to the rounding of means.</summary>
    public bool Agrees => Near(Left.MultiplyAdds, Right.MultiplyAdds) && Near(Left.Elementwise, Right.Elementwise)
        && Near(Left.Transcendental, Right.Transcendental) && Near(Left.BytesRead, Right.BytesRead) && Near(Left.BytesWritten, Right.BytesWritten);

    private static bool Near(double left, double right) => Math.Abs(left - right) <= Rounding * Math.Max(left, right);
}

/// <summary>What evaluating a claim showed.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Relations">Its relations, the conclusion first.</param>
public sealed record ClaimResult(Claim Claim, IReadOnlyList<RelationResult> Relations)
{
    /// <summary>The terms, each once, with their sizes.</summary>
    public IReadOnlyList<(Term Term, Quantity Quantity)> Terms { get; init; } = [];

    /// <summary>The costs.</summary>
    public IReadOnlyList<CostResult> Costs { get; init; } = [];

    /// <summary>What it says.</summary>
    public RelationResult Conclusion => Relations[0];

    /// <summary>The verdict: that of the conclusion, unless a step of the proof is refuted.</summary>
    public Verdict Verdict => Relations.Any(relation => relation.Verdict == Verdict.Refuted) ? Verdict.Refuted : Conclusion.Verdict;

    /// <summary>The relation that is refuted first; null where none is.</summary>
    public RelationResult? Refuted => Relations.FirstOrDefault(relation => relation.Verdict == Verdict.Refuted);
}
