using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>ω: how far Run carries apart what Same calls the same.</summary>
public static class Continuity
{
    private const double MostPairs = 1 << 22;

    /// <summary>
    /// The largest Dist_Y between answers of Run on one input to two weights that are the Same, over all of 𝒲 and 𝒳 and all coins of Run; null
    /// where the scheme does not list them, where they are too many, or where the coins of Run cannot be enumerated.
    /// </summary>
    public static double? Of<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
    {
        if (scheme.AllWeights is not { } weights || scheme.AllInputs is not { } inputs || (double)weights.Count * weights.Count * inputs.Count > MostPairs)
        {
            return null;
        }

        try
        {
            return Largest(scheme, weights, inputs);
        }
        catch (NotFiniteException)
        {
            return null;
        }
    }

    private static double Largest<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, IReadOnlyList<W> weights, IReadOnlyList<X> inputs)
    {
        double most = 0;
        foreach (X x in inputs)
        {
            List<Y>[] answers = [.. weights.Select(w => Answers(scheme, w, x))];
            for (int i = 0; i < weights.Count; i++)
            {
                for (int j = 0; j < weights.Count; j++)
                {
                    if (scheme.SameWeights(weights[i], weights[j]).Lanes[0])
                    {
                        most = Math.Max(most, answers[i].Max(y => answers[j].Max(truth => scheme.OutputTolerance.Distance(y, truth).Lanes[0])));
                    }
                }
            }
        }

        return most;
    }

    private static List<Y> Answers<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, W weights, X input)
    {
        List<Y> answers = [];
        PathTape tape = new();
        do
        {
            tape.Begin();
            answers.Add(scheme.Run(weights, input, tape.For(Procedure.Run)));
        }
        while (tape.Advance());
        return answers;
    }
}
