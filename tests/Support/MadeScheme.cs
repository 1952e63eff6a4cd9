using Wager.Games;

namespace Wager.Tests;

/// <summary>A scheme on {0 … n − 1} whose every part a test may give, in clear and without faults unless it does.</summary>
internal sealed class MadeScheme(int count) : Scheme<int, int, int, int, NoKey, NoKey>
{
    /// <summary>Of Train; W is uniform unless given.</summary>
    public int[] Odds { get; init; } = [.. Enumerable.Repeat(1, count)];

    /// <summary>Whether Train draws a 64-bit key, so that nothing can be enumerated.</summary>
    public bool IsKeyed { get; init; }

    /// <summary>Whether 𝒲, 𝒳 and 𝒴 are listed.</summary>
    public bool IsListed { get; init; } = true;

    public Func<int, Tape, int> Releases { get; init; } = (w, _) => w;

    /// <summary>Run, and Run′ on W′.</summary>
    public Func<int, int, int> Runs { get; init; } = (w, _) => w;

    /// <summary>What Run′ costs on W′, in elementwise operations.</summary>
    public Func<int, int> Costs { get; init; } = _ => 9;

    public int Inputs { get; init; } = 1;

    public Tolerance<int> Weights { get; init; } = Tolerance.Equality<int>();

    public override string Name => "made";

    public override Tolerance<int> WeightTolerance => Weights;

    public override Tolerance<int> OutputTolerance { get; } = Tolerance.Equality<int>();

    public override IReadOnlyList<int>? AllWeights => IsListed ? [.. Enumerable.Range(0, count)] : null;

    public override IReadOnlyList<int>? AllInputs => IsListed ? [.. Enumerable.Range(0, Inputs)] : null;

    public override IReadOnlyList<int>? AllOutputs => AllWeights;

    public override int Train(Tape tape) => IsKeyed && tape.Keys()[0] == 0 ? 0 : tape.DrawByOdds(Odds);

    public override int Run(int weights, int input, Tape tape) => Runs(weights, input);

    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    public override int Release(NoKey secret, int weights, Tape tape) => Releases(weights, tape);

    public override int RunReleased(NoKey publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: Costs(released)));
        return Runs(released, input);
    }

    public override int Input(Tape tape) => tape.Draw(Inputs);
}
