using Wager.Games;
using Wager.Schemes;

namespace Wager.Adversaries;

/// <summary>
/// The likelihood ratio of Gaussian noise, which no distinguisher beats (Neyman and Pearson 1933): of one challenge it says which of W₀ and
/// W₁ is nearer to W′, and of q it sums log(p(W′ | W₁) / p(W′ | W₀)) over them.
/// </summary>
/// <param name="Scheme">The scheme.</param>
public sealed record Likelihood(GaussianNoise Scheme) : Distinguisher<PlaneVector, PlaneVector, NoKey>
{
    private const int OperationsOfRatio = 14;

    /// <inheritdoc/>
    public override Bits Guess(NoKey publicKey, PlaneVector w0, PlaneVector w1, PlaneVector released, Tape tape) => new(LogRatio(w0, w1, released, tape) > 0);

    /// <inheritdoc/>
    public override Bits Guess(Oracle<Challenge<PlaneVector, PlaneVector, NoKey>> challenges, Tape tape)
    {
        double sum = 0;
        for (int i = 0; i < challenges.Budget; i++)
        {
            Challenge<PlaneVector, PlaneVector, NoKey> challenge = challenges.Query();
            sum += LogRatio(challenge.W0, challenge.W1, challenge.Released, tape);
        }

        return new(sum > 0);
    }

    /// <summary>log(p(W′ | W₁) / p(W′ | W₀)).</summary>
    public double LogRatio(PlaneVector w0, PlaneVector w1, PlaneVector released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: OperationsOfRatio));
        return (PlaneVector.SquaredDistance(released, w0) - PlaneVector.SquaredDistance(released, w1)) / (2 * Scheme.Deviation * Scheme.Deviation);
    }
}

/// <summary>
/// The weights that are nearest to the mean of all releases: as all weights are as likely, the most probable ones, so that no recoverer
/// beats it.
/// </summary>
/// <param name="Scheme">The scheme.</param>
public sealed record NearestWeights(GaussianNoise Scheme) : Recoverer<PlaneVector, PlaneVector, NoKey>
{
    private const int OperationsOfDistance = 6;

    /// <inheritdoc/>
    public override PlaneVector Recover(NoKey publicKey, PlaneVector released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: OperationsOfDistance * Scheme.AllWeights.Count));
        return Scheme.AllWeights.MinBy(weights => PlaneVector.SquaredDistance(weights, released));
    }

    /// <inheritdoc/>
    public override PlaneVector Recover(NoKey publicKey, Oracle<PlaneVector> releases, Tape tape)
    {
        if (releases.Budget == 1)
        {
            return Recover(publicKey, releases.Query(), tape);
        }

        double x = 0;
        double y = 0;
        for (int i = 0; i < releases.Budget; i++)
        {
            PlaneVector released = releases.Query();
            x += released.X;
            y += released.Y;
        }

        tape.Charge(new Cost(Elementwise: (2 * releases.Budget) + 2));
        return Recover(publicKey, new PlaneVector(x / releases.Budget, y / releases.Budget), tape);
    }
}
