using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>
/// Assertions of one suite that share a level. Guarantee: whatever the advantages are, the probability that any of these bounds is refuted although it holds, or passes as
/// decided although it does not, is at most 1 − level (Bonferroni): each gets the same share, and their number is fixed beforehand. So the share of an assertion depends
/// on no order, and it replays alone. Of a claim that trials support, what passes is that it fails by no more than its epsilon leaves open.
/// </summary>
public sealed class Family
{
    private int _taken;

    /// <summary>A family.</summary>
    /// <param name="count">How many bounds and claims it has; at least 1. An assertion over many games counts as one.</param>
    /// <param name="level">The level of all together, above 0 and at most <see cref="Sampling.HighestLevel"/>.</param>
    /// <exception cref="UsageException">There is no such family.</exception>
    public Family(int count, double level = Checked.UsualLevel)
    {
        Count = count >= 1 ? count : throw new UsageException($"a family of {count} assertions: it must have at least 1");
        Level = Checked.Level(level);
    }

    /// <summary>How many assertions there are.</summary>
    public int Count { get; }

    /// <summary>The level of all together.</summary>
    public double Level { get; }

    /// <summary>The level of one of them.</summary>
    public double ShareLevel => Sampling.Share(Level, Count);

    /// <summary>Takes a share.</summary>
    /// <exception cref="UsageException">All are taken.</exception>
    internal double Take() => Interlocked.Increment(ref _taken) <= Count ? ShareLevel
        : throw new UsageException($"a family of {Count} assertions has no share of its level left: one more was made, so give it their number");
}
