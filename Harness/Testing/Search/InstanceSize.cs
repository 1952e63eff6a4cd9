using Wager.Adversaries.Tables;
using Wager.Schemes.Tables;

namespace Wager.Testing.Search;

/// <summary>
/// How much there is to check by hand in an instance, compared from the first number on. There is no endless descent: each number is
/// whole and at least 0.
/// </summary>
/// <param name="Entries">The weights, keys, public keys, views, inputs, outputs and symbols together.</param>
/// <param name="Functions">The pairs of weights and input on which Run does not answer just the weights.</param>
/// <param name="Total">All numbers in the tables together. Odds count with their place, so that a certain 0 is the smallest row.</param>
public readonly record struct InstanceSize(int Entries, int Functions, long Total) : IComparable<InstanceSize>
{
    /// <summary>The size of an instance.</summary>
    public static InstanceSize Of(TableInstance instance)
    {
        SchemeTables t = instance.Tables;
        int entries = t.WeightCount + t.KeyCount + t.PublicKeyCount + t.ViewCount + t.InputCount + t.OutputCount
            + instance.PairDistinguisher.Answers.Length;
        int functions = 0;
        for (int w = 0; w < t.WeightCount; w++)
        {
            foreach (int[] row in t.Run[w])
            {
                functions += IsCertain(row, w) ? 0 : 1;
            }
        }

        long sum = Odds(t.Train) + Odds(t.Keys) + Odds(t.Inputs) + Odds(t.Release) + Odds(t.Run) + Odds(t.RunReleased)
            + Numbers(t.Public) + Numbers(t.Weights.Distance) + t.Weights.Threshold + Numbers(t.Outputs.Distance) + t.Outputs.Threshold
            + t.RunCost + t.RunReleasedCost
            + Numbers(instance.Recoverer.Answers) + instance.Recoverer.Operations
            + Numbers(instance.Accelerator.Answers) + instance.Accelerator.Operations
            + Numbers(instance.Distinguisher.Ones) + instance.Distinguisher.Denominator
            + Numbers(instance.PairDistinguisher.Symbols) + Numbers(instance.PairDistinguisher.Answers) + instance.PairDistinguisher.Default;
        return new(entries, functions, sum);
    }

    /// <inheritdoc/>
    public int CompareTo(InstanceSize other) => (Entries, Functions, Total).CompareTo((other.Entries, other.Functions, other.Total));

    /// <summary>Smaller.</summary>
    public static bool operator <(InstanceSize left, InstanceSize right) => left.CompareTo(right) < 0;

    /// <summary>Larger.</summary>
    public static bool operator >(InstanceSize left, InstanceSize right) => left.CompareTo(right) > 0;

    /// <summary>Smaller or alike.</summary>
    public static bool operator <=(InstanceSize left, InstanceSize right) => left.CompareTo(right) <= 0;

    /// <summary>Larger or alike.</summary>
    public static bool operator >=(InstanceSize left, InstanceSize right) => left.CompareTo(right) >= 0;

    private static bool IsCertain(int[] row, int outcome)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (row[i] != (i == outcome ? 1 : 0))
            {
                return false;
            }
        }

        return outcome < row.Length;
    }

    private static long Numbers(Array table) => Sum(table, static _ => 1);

    private static long Odds(Array table) => Sum(table, static place => place + 1);

    private static long Sum(Array table, Func<int, long> factor)
    {
        long sum = 0;
        if (table is int[] row)
        {
            for (int i = 0; i < row.Length; i++)
            {
                sum += row[i] * factor(i);
            }
        }
        else
        {
            foreach (Array inner in (Array[])table)
            {
                sum += Sum(inner, factor);
            }
        }

        return sum;
    }
}
