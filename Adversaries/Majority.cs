using Wager.Games;

namespace Wager.Adversaries;

/// <summary>
/// Recovers from each of q releases and answers what is Same to the most of these answers; among several, the first. It plays one
/// trial at a time.
/// </summary>
public sealed record MajorityRecoverer<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Recoverer<W, R, Pk> Recoverer) : Recoverer<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"majority({Recoverer.Name})";

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape) => Recoverer.Recover(publicKey, released, tape);

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        W[] answers = new W[releases.Budget];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = Recoverer.Recover(publicKey, releases.Limited(1), tape);
        }

        tape.Charge(new Cost(Elementwise: (double)answers.Length * answers.Length)); // comparisons
        return answers.MaxBy(answer => answers.Count(other => Scheme.SameWeights(other, answer).Lanes[0]))!;
    }
}

/// <summary>Guesses in each of q challenges and answers the more frequent guess; a tie is 0. It plays one trial at a time.</summary>
public sealed record MajorityDistinguisher<W, R, Pk>(Distinguisher<W, R, Pk> Distinguisher) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"majority({Distinguisher.Name})";

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape) => Distinguisher.Guess(publicKey, w0, w1, released, tape);

    /// <inheritdoc/>
    public override Bits Guess(Oracle<Challenge<W, R, Pk>> challenges, Tape tape)
    {
        int ones = 0;
        for (int i = 0; i < challenges.Budget; i++)
        {
            ones += Distinguisher.Guess(challenges.Limited(1), tape).Lanes[0] ? 1 : 0;
        }

        return new(2 * ones > challenges.Budget);
    }
}
