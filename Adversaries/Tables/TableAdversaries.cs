using Wager.Games;

namespace Wager.Adversaries.Tables;

/// <summary>Answers weights by a table.</summary>
/// <param name="Answers">W* for each public key and view. <c>[p, v]</c></param>
/// <param name="Operations">What an answer costs, in elementwise operations.</param>
public sealed record TableRecoverer(int[][] Answers, int Operations = 0) : Recoverer<int, int, int>
{
    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override int Recover(int publicKey, int released, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: Operations));
        return Answers[publicKey][released];
    }
}

/// <summary>Answers outputs by a table.</summary>
/// <param name="Answers">y* for each public key, view and input. <c>[p, v, m]</c></param>
/// <param name="Operations">What an answer costs, in elementwise operations.</param>
public sealed record TableAccelerator(int[][][] Answers, int Operations = 0) : Accelerator<int, int, int, int>
{
    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override int Infer(int publicKey, int released, int input, Tape tape)
    {
        tape.Charge(new Cost(Elementwise: Operations));
        return Answers[publicKey][released][input];
    }
}

/// <summary>Answers a bit by a table, with coins of its own where the odds are neither 0 nor all.</summary>
/// <param name="Ones">Out of <paramref name="Denominator"/>, how often it answers 1 for each pk, W₀, W₁ and view. <c>[p, n, n, v]</c></param>
/// <param name="Denominator">At least 1.</param>
public sealed record TableDistinguisher(int[][][][] Ones, int Denominator) : Distinguisher<int, int, int>
{
    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) =>
        new(tape.DrawBiased(Ones[publicKey][w0][w1][released], Denominator) == 1);
}

/// <summary>
/// A distinguisher for two challenges: one table makes a symbol of each, another a bit of the two symbols. Where it may ask only once, it
/// answers a bit that is fixed.
/// </summary>
/// <param name="Symbols">A symbol for each pk, W₀, W₁ and view. <c>[p, n, n, v]</c>, each below s.</param>
/// <param name="Answers">The bit for the symbols of the first and the second challenge. <c>[s, s]</c></param>
/// <param name="Default">The bit where there is but one challenge.</param>
public sealed record TablePairDistinguisher(int[][][][] Symbols, int[][] Answers, int Default = 0) : Distinguisher<int, int, int>
{
    /// <inheritdoc/>
    public override string Name => "table-pair";

    /// <inheritdoc/>
    public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => new(Default == 1);

    /// <inheritdoc/>
    public override Bits Guess(Oracle<Challenge<int, int, int>> challenges, Tape tape)
    {
        if (challenges.Budget < 2)
        {
            return new(Default == 1);
        }

        int first = Symbol(challenges.Query());
        int second = Symbol(challenges.Query());
        return new(Answers[first][second] == 1);
    }

    private int Symbol(Challenge<int, int, int> challenge) => Symbols[challenge.PublicKey][challenge.W0][challenge.W1][challenge.Released];
}
