using System.Diagnostics.CodeAnalysis;
using Wager.Games;

namespace Wager.Harness.Evaluation;

/// <summary>ω: how far Run carries apart what Same calls the same.</summary>
public static class Continuity
{
    /// <summary>
    /// The largest Dist_Y between answers of Run on one input to two weights that are the Same, over all of 𝒲 and 𝒳 and all coins of Run; null
    /// where the scheme does not list them.
    /// </summary>
    public static double? Of<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
    {
        if (scheme.AllWeights is not { } weights || scheme.AllInputs is not { } inputs)
        {
            return null;
        }

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

    /// <summary>
    /// Twice the largest distance that was seen in trials in which a recoverer won WRec; null where it won none. It bounds nothing: how often
    /// it is exceeded is κ(ω), which is measured on other coins.
    /// </summary>
    /// <param name="scheme">Σ.</param>
    /// <param name="recoverer">𝒜.</param>
    /// <param name="pilot">How many trials, of which seed.</param>
    public static double? Seen<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Recoverer<W, R, Pk> recoverer, Sampling pilot)
    {
        double? most = null;
        SeededTape tape = new(pilot.Seed, metered: false);
        for (long trial = 0; trial < pilot.Trials; trial++)
        {
            tape.Rewind(trial);
            using IDisposable? values = scheme.OpenTrial();
            W w = scheme.Train(tape.For(Procedure.Train));
            (Sk secret, Pk publicKey) = scheme.KGen(tape.For(Procedure.KGen));
            R released = scheme.Release(secret, w, tape.For(Procedure.Release));
            if (!HasRecovered(recoverer, publicKey, released, tape, out W? wStar) || scheme.FlawInWeights(wStar) is not null || !scheme.SameWeights(wStar, w).Lanes[0])
            {
                continue;
            }

            X x = scheme.Input(tape.For(Procedure.Input));
            double distance = scheme.OutputTolerance.Distance(scheme.Run(wStar, x, tape.For(Procedure.Run)), scheme.Run(w, x, tape.For(Procedure.Run))).Lanes[0];
            most = Math.Max(most ?? 0, 2 * distance);
        }

        return most;
    }

    private static bool HasRecovered<W, R, Pk>(Recoverer<W, R, Pk> recoverer, Pk publicKey, R released, SeededTape tape, [NotNullWhen(true)] out W? wStar)
    {
        try
        {
            wStar = recoverer.Recover(publicKey, released, tape.For(Procedure.Adversary));
            return wStar is not null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            wStar = default;
            return false; // a trial that the adversary breaks off shows nothing of Run
        }
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
