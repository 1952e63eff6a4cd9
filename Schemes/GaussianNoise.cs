using Wager.Games;
using Wager.Schemes.Models;

namespace Wager.Schemes;

/// <summary>A vector of two real entries.</summary>
public readonly record struct PlaneVector(double X, double Y)
{
    /// <summary>‖a − b‖₂².</summary>
    public static double SquaredDistance(PlaneVector a, PlaneVector b) => ((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y));
}

/// <summary>
/// Gaussian noise on the weights: W is one of the four corners of a rectangle of 1 by 2, each as likely, and Release adds N(0, σ²) to each
/// entry, anew in each release. Pairs of weights are at the distances 1, 2 and √5, each in a third of all pairs. It is the known answer
/// for estimators on real numbers: W-IND and WRec of the best adversary have closed forms.
/// </summary>
/// <param name="deviation">σ, above 0.</param>
/// <exception cref="ArgumentOutOfRangeException">σ is not above 0, or infinite.</exception>
public sealed class GaussianNoise(double deviation) : Scheme<PlaneVector, PlaneVector, int, double, NoKey, NoKey>
{
    /// <summary>The sides of the rectangle.</summary>
    public static PlaneVector Sides { get; } = new(1, 2);

    /// <summary>σ.</summary>
    public double Deviation { get; } = deviation > 0 && double.IsFinite(deviation)
        ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), $"{deviation} is no deviation above 0");

    /// <inheritdoc/>
    public override string Name => FormattableString.Invariant($"gaussian-noise-{Deviation}");

    /// <inheritdoc/>
    public override Tolerance<PlaneVector> WeightTolerance { get; } = Tolerance.Equality<PlaneVector>();

    /// <summary>Half of the least difference of two weights' outputs.</summary>
    public override Tolerance<double> OutputTolerance { get; } = new("|y − y′|", (a, b) => Math.Abs(a - b), 0.5);

    /// <inheritdoc/>
    public override IReadOnlyList<PlaneVector> AllWeights { get; } = [new(0, 0), new(Sides.X, 0), new(0, Sides.Y), Sides];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs { get; } = [0, 1];

    /// <summary>W is each corner with probability ¼.</summary>
    public override PlaneVector Train(Tape tape) => AllWeights[tape.Draw(AllWeights.Count)];

    /// <summary>x is the index of an entry, each as likely.</summary>
    public override int Input(Tape tape) => tape.Draw(2);

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <summary>Run(W, x) is entry x of W.</summary>
    public override double Run(PlaneVector weights, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return input == 0 ? weights.X : weights.Y;
    }

    /// <summary>W′ = W + N(0, σ²), entry by entry.</summary>
    public override PlaneVector Release(NoKey secret, PlaneVector weights, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 2));
        ReadOnlySpan<ulong> keys = tape.Keys();
        Span<double> noise = stackalloc double[2];
        NormalCoins.Fill(keys.Length == 1 ? keys[0] : throw new NotSupportedException("these coins are made for one trial at a time"), 0, Deviation, noise);
        return new(weights.X + noise[0], weights.Y + noise[1]);
    }

    /// <summary>Run′(pk, W′, x) is entry x of W′. Correctness is 2Φ(1 / 2σ) − 1.</summary>
    public override double RunReleased(NoKey publicKey, PlaneVector released, int input, Tape tape) => Run(released, input, tape);

    /// <inheritdoc/>
    public override string? FlawInWeights(PlaneVector weights) => AllWeights.Contains(weights) ? null : $"{weights} is no corner of the rectangle";

    /// <inheritdoc/>
    public override string? FlawInOutput(double output) => double.IsFinite(output) ? null : $"{output} is no finite number";
}
