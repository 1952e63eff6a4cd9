using Wager.Games;

namespace Wager.Schemes.Tables;

/// <summary>A distance on {0 … n − 1} as a table, with δ. Same(a, b) ⇔ Dist(a, b) ≤ δ.</summary>
/// <param name="Distance">Dist(a, b), whole numbers of at least 0: the value in question first, the true one second. <c>[n, n]</c></param>
/// <param name="Threshold">δ, at least 0.</param>
public sealed record DistanceTable(int[][] Distance, int Threshold)
{
    /// <summary>n.</summary>
    public int Count => Distance.Length;

    /// <summary>Whether Dist is 0 on the diagonal and symmetric, and obeys the triangle inequality. Two values may be at distance 0.</summary>
    public bool IsMetric => BrokenLaw is null;

    /// <summary>The first law of a metric that the table breaks, with where; null where it is one.</summary>
    public string? BrokenLaw
    {
        get
        {
            for (int a = 0; a < Count; a++)
            {
                if (Distance[a][a] != 0)
                {
                    return $"d({a}, {a}) is {Distance[a][a]}, where a metric has 0";
                }

                for (int b = 0; b < Count; b++)
                {
                    if (Distance[a][b] != Distance[b][a])
                    {
                        return $"d({a}, {b}) is {Distance[a][b]} and d({b}, {a}) is {Distance[b][a]}, where a metric is symmetric";
                    }

                    for (int c = 0; c < Count; c++)
                    {
                        if (Distance[a][c] > (long)Distance[a][b] + Distance[b][c])
                        {
                            return $"d({a}, {c}) is {Distance[a][c]}, above d({a}, {b}) + d({b}, {c}) = {(long)Distance[a][b] + Distance[b][c]}: no triangle inequality";
                        }
                    }
                }
            }

            return null;
        }
    }

    /// <summary>|a − b| ≤ δ.</summary>
    public static DistanceTable Difference(int count, int threshold) => Of(count, threshold, static (a, b) => Math.Abs(a - b));

    /// <summary>The discrete metric: 0 where a = b, else 1.</summary>
    public static DistanceTable Discrete(int count, int threshold = 0) => Of(count, threshold, static (a, b) => a == b ? 0 : 1);

    /// <summary>Same(a, b).</summary>
    public bool Same(int value, int truth) => Distance[value][truth] <= Threshold;

    /// <summary>The same as the games take it.</summary>
    public Tolerance<int> ToTolerance() => new("table", (a, b) => Distance[a][b], Threshold, ObeysTriangle: IsMetric);

    private static DistanceTable Of(int count, int threshold, Func<int, int, int> distance)
    {
        int[][] table = new int[count][];
        for (int a = 0; a < count; a++)
        {
            table[a] = new int[count];
            for (int b = 0; b < count; b++)
            {
                table[a][b] = distance(a, b);
            }
        }

        return new(table, threshold);
    }
}
