using Wager.Games;
using Wager.Schemes;

namespace Examples;

/// <summary>A finite scheme.</summary>
public sealed class Keyed() : FiniteScheme<int, int>(2)
{
    private static readonly int[][] _outputDistance = [[0, 0, 1], [1, 2, 2], [1, 3, 3]];
    private static readonly int[][][] _run = [[[0, 0, 1], [1, 1, 1]], [[0, 1, 2], [1, 2, 0]]];
    private static readonly int[][] _release = [[0, 1], [1, 0]];

    /// <inheritdoc/>
    public override Tolerance<int> OutputTolerance { get; } = new("table", static (a, b) => _outputDistance[a][b], 0, ObeysTriangle: false);

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllInputs => [0, 1];

    /// <inheritdoc/>
    public override IReadOnlyList<int> AllOutputs => [0, 1, 2];

    /// <inheritdoc/>
    public override int Input(Tape tape) => tape.DrawByOdds(1, 1);

    /// <inheritdoc/>
    public override int Run(int weights, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 2));
        return tape.DrawByOdds(_run[weights][input]);
    }

    /// <inheritdoc/>
    public override (int Secret, int Public) KGen(Tape tape)
    {
        int secret = tape.DrawByOdds(1, 1);
        return (secret, secret);
    }

    /// <inheritdoc/>
    public override int Release(int secret, int weights, Tape tape) => _release[secret][weights];

    /// <inheritdoc/>
    public override int RunReleased(int publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 5));
        return 2;
    }

    /// <inheritdoc/>
    public override string? FlawInOutput(int output) =>
        output is >= 0 and < 3 ? null : $"{output} is none of the outputs 0 … 2";
}

/// <summary>Its adversary in WRec.</summary>
public sealed record KeyedRecoverer : Recoverer<int, int, int>
{
    private static readonly int[][] _answers = [[0, 1], [1, 0]];

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override int Recover(int publicKey, int released, Tape tape) => _answers[publicKey][released];
}

/// <summary>Its adversary in EffInf.</summary>
public sealed record KeyedAccelerator : Accelerator<int, int, int, int>
{
    private static readonly int[][][] _answers = [[[0, 2], [2, 0]], [[1, 2], [1, 0]]];

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override int Infer(int publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: 2));
        return _answers[publicKey][released][input];
    }
}

/// <summary>Its adversary in W-IND.</summary>
public sealed record KeyedDistinguisher : Distinguisher<int, int, int>
{
    private static readonly int[][][][] _ones = [[[[4, 0], [3, 4]], [[2, 3], [3, 0]]], [[[4, 0], [4, 3]], [[1, 2], [1, 0]]]];

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => new(tape.DrawBiased(_ones[publicKey][w0][w1][released], 4) == 1);
}

/// <summary>Its adversary in W-IND with two challenges.</summary>
public sealed record KeyedPairDistinguisher : Distinguisher<int, int, int>
{
    /// <inheritdoc/>
    public override string Name => "table-pair";

    /// <inheritdoc/>
    public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;

    /// <inheritdoc/>
    public override Bits Guess(Oracle<Challenge<int, int, int>> challenges, Tape tape)
    {
        if (challenges.Budget < 2)
        {
            return Bits.Zero;
        }

        int first = Symbol(challenges.Query());
        int second = Symbol(challenges.Query());
        return new(1 == 1);
    }

    private static int Symbol(Challenge<int, int, int> challenge) => 0;
}
