namespace Wager.Games;

/// <summary>What a threshold is measured in.</summary>
public enum ToleranceUnit
{
    /// <summary>The distance itself.</summary>
    Absolute,

    /// <summary>A fraction of the norm of the true value.</summary>
    RelativeToNorm,

    /// <summary>For each entry, a fraction of the true entry; the distance is the largest.</summary>
    RelativePerEntry,
}

/// <summary>The symmetries of hidden units under which two weights count as one.</summary>
public enum Symmetry
{
    /// <summary>None: entries are compared where they stand.</summary>
    None,

    /// <summary>Reordering the hidden units.</summary>
    Permutation,

    /// <summary>Reordering the hidden units, and scaling them.</summary>
    PermutationAndScaling,
}

/// <summary>
/// When two values count as the same: Same(a, b) ⇔ Dist(a, b) ≤ δ (Yang et al. 2025, §3.1, which writes both ε and δ for
/// the threshold; here it is δ, and ε is left to advantage).
/// </summary>
/// <param name="Metric">The distance in words, for reports.</param>
/// <param name="Distance">Dist: the value in question first, the true value second.</param>
/// <param name="Threshold">δ, in <paramref name="Unit"/>; at least 0.</param>
/// <param name="Unit">What δ is measured in.</param>
/// <param name="UpTo">The symmetries that <paramref name="Distance"/> disregards.</param>
/// <param name="ObeysTriangle">Whether <paramref name="Distance"/> is symmetric and obeys the triangle inequality.</param>
public sealed record Tolerance<T>(
    string Metric,
    Func<T, T, Distances> Distance,
    double Threshold,
    ToleranceUnit Unit = ToleranceUnit.Absolute,
    Symmetry UpTo = Symmetry.None,
    bool ObeysTriangle = true)
{
    /// <summary>
    /// Whether Dist is a metric, as its author declares it, which a claim may need. A relative distance never is one: 3 is off
    /// from 2 by 50 % of 2, but 2 from 3 by 33 % of 3.
    /// </summary>
    public bool IsMetric => ObeysTriangle && Unit == ToleranceUnit.Absolute;

    /// <summary>Same(a, b): 1 where Dist(a, b) ≤ δ.</summary>
    public Bits Same(T value, T truth) => Distance(value, truth) <= Threshold;

    /// <summary>The same distance with δ multiplied, as in "within 2δ".</summary>
    public Tolerance<T> Times(double factor) => this with { Threshold = Threshold * factor };

    /// <summary>The tolerance in words.</summary>
    public override string ToString()
    {
        string unit = Unit switch
        {
            ToleranceUnit.RelativeToNorm => " of the norm",
            ToleranceUnit.RelativePerEntry => " of each entry",
            _ => "",
        };
        string upTo = UpTo switch
        {
            Symmetry.Permutation => ", up to permutation",
            Symmetry.PermutationAndScaling => ", up to permutation and scaling",
            _ => "",
        };
        return FormattableString.Invariant($"{Metric} ≤ {Threshold}{unit}{upTo}");
    }
}

/// <summary>Tolerances that need no parameters.</summary>
public static class Tolerance
{
    /// <summary>Same means equal: the discrete metric with δ = 0.</summary>
    public static Tolerance<T> Equality<T>() =>
        new("equality", static (a, b) => EqualityComparer<T>.Default.Equals(a, b) ? 0 : 1, 0);
}
