using Wager.Games;

namespace Examples;

/// <summary>
/// One weight, uniform on 0 … 15, released rounded down to a multiple of 4. The user of W′ computes W′·x instead of W·x, and the provider
/// hopes that nobody finds W to within 1.
/// </summary>
public sealed class RoundedWeights : Scheme<int, int, int, int, NoKey, NoKey>
{
    private const int Step = 4;

    /// <summary>Two weights are the same within 1.</summary>
    public override Tolerance<int> WeightTolerance { get; } = new("difference of the weights", (a, b) => Math.Abs(a - b), 1);

    /// <summary>Two outputs are the same within 9, which W·x and W′·x always are.</summary>
    public override Tolerance<int> OutputTolerance { get; } = new("difference of the outputs", (a, b) => Math.Abs(a - b), 9);

    /// <inheritdoc/>
    public override int Train(Tape tape) => tape.Draw(16);

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => weights - (weights % Step);

    /// <summary>x ← {1, 2, 3}.</summary>
    public override int Input(Tape tape) => 1 + tape.Draw(3);

    /// <summary>W·x, for one multiply-add.</summary>
    public override int Run(int weights, int input, Tape tape)
    {
        tape.Charge(new Cost(MultiplyAdds: 1));
        return weights * input;
    }

    /// <summary>W′·x.</summary>
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape) => Run(released, input, tape);

    /// <summary>An adversary must answer one of the weights.</summary>
    public override string? FlawInWeights(int weights) => weights is >= 0 and < 16 ? null : $"{weights} is none of the weights 0 … 15";
}

/// <summary>Answers W′ + 1, which is within 1 of three of the four weights that round down to W′.</summary>
public sealed record Midpoint : Recoverer<int, int, NoKey>
{
    /// <inheritdoc/>
    public override int Recover(NoKey publicKey, int released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 1));
        return released + 1;
    }
}
