using Wager.Games;
using Wager.Testing;

Rounded scheme = new();
Advantage.Of(Game.WRec(scheme, new Middle())).AtMost(0.25);
Advantage.Of(Game.Correctness(scheme)).AtLeast(0.5);

/// <summary>A weight of 0 … 15, released rounded down to a multiple of 4.</summary>
public sealed class Rounded : Scheme<int, int, int, int, NoKey, NoKey>
{
    public override Tolerance<int> WeightTolerance { get; } = Tolerance.Equality<int>();
    public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();
    public override int Train(Tape tape) => tape.Draw(16);
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;
    public override int Release(NoKey secret, int weights, Tape tape) => weights - (weights % 4);
    public override int Input(Tape tape) => 1 + tape.Draw(3);
    public override int Run(int weights, int input, Tape tape) => weights * input / 16;
    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape) => Run(released, input, tape);
}

/// <summary>Answers the weight in the middle of those that round down to W′.</summary>
public sealed record Middle : Recoverer<int, int, NoKey>
{
    public override int Recover(NoKey publicKey, int released, Tape tape) => released + 2;
}
