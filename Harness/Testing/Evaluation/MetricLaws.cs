using System.Globalization;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>Whether what is declared a metric is one, and whether Same is reflexive, on values at hand.</summary>
public static class MetricLaws
{
    /// <summary>Of so many values every triple is looked at.</summary>
    private const int MostValues = 24;

    private const double Rounding = 1e-9;

    /// <summary>Looks at Dist_W and Dist_Y, on all values where the scheme lists them, else on some that it draws.</summary>
    /// <returns>Which law is broken, on which values; null where none is.</returns>
    public static string? Broken<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Sampling sampling)
    {
        using IDisposable? values = scheme.OpenTrial();
        (W[] weights, Y[] outputs) = Values(scheme, sampling);
        return Broken("Dist_W", scheme.WeightTolerance, weights) ?? Broken("Dist_Y", scheme.OutputTolerance, outputs);
    }

    /// <summary>The values that distances are looked at on. Whoever asks opens the trial that they live in.</summary>
    internal static (W[] Weights, Y[] Outputs) Values<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Sampling sampling)
    {
        SeededTape tape = new(sampling.Seed, metered: false);
        int some = (int)Math.Min(sampling.Trials, MostValues / 3);
        W[] weights = scheme.AllWeights is { } all ? [.. all.Take(MostValues)] : [.. Enumerable.Range(0, some).Select(_ => scheme.Train(tape.For(Procedure.Train)))];
        Y[] outputs = scheme.AllOutputs is { } every ? [.. every.Take(MostValues)]
            : [.. weights.Select(w => scheme.Run(w, scheme.Input(tape.For(Procedure.Input)), tape.For(Procedure.Run)))];
        return (weights, outputs);
    }

    /// <summary>
    /// Dist(a, a) is 0, wherever; where declared a metric, Dist(a, b) = Dist(b, a) ≥ 0 and Dist(a, c) ≤ Dist(a, b) + Dist(b, c). Two
    /// different values may have distance 0.
    /// </summary>
    /// <param name="of">What the distance is called.</param>
    /// <param name="tolerance">The distance.</param>
    /// <param name="values">The values.</param>
    /// <returns>Which law is broken, on which values; null where none is.</returns>
    public static string? Broken<T>(string of, Tolerance<T> tolerance, IReadOnlyList<T> values)
    {
        int n = values.Count;
        double[,] distance = new double[n, n];
        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                distance[a, b] = tolerance.Distance(values[a], values[b]).Lanes[0];
            }
        }

        string Name(int i) => values[i] is { } value && typeof(T).IsPrimitive ? Convert.ToString(value, CultureInfo.InvariantCulture)! : $"value {i}";
        string Of(int a, int b) => string.Create(CultureInfo.InvariantCulture, $"{of}({Name(a)}, {Name(b)}) = {distance[a, b]:R}");
        for (int a = 0; a < n; a++)
        {
            if (!(distance[a, a] == 0))
            {
                return $"{Of(a, a)}, and must be 0: Same must say that a value is the same as itself";
            }
        }

        if (!tolerance.IsMetric)
        {
            return null;
        }

        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                if (!(distance[a, b] >= 0))
                {
                    return $"{Of(a, b)} breaks d ≥ 0; declare that it is no metric";
                }

                if (distance[a, b] != distance[b, a])
                {
                    return $"{Of(a, b)} and {Of(b, a)} break symmetry; declare that it is no metric";
                }
            }
        }

        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                for (int c = 0; c < n; c++)
                {
                    double detour = distance[a, b] + distance[b, c];
                    if (distance[a, c] > detour * (1 + Rounding))
                    {
                        return string.Create(CultureInfo.InvariantCulture, $"{Of(a, c)} is more than {detour:R} by way of {Name(b)}, which breaks the triangle inequality; declare that it is no metric");
                    }
                }
            }
        }

        return null;
    }
}
