using Wager.Games;

namespace Wager.Adversaries;

/// <summary>Answers always the same weights, whatever was released.</summary>
public sealed record ConstantRecoverer<W, R, Pk>(W Answer) : Recoverer<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape) => Answer;
}

/// <summary>Answers always the same output, whatever the input.</summary>
public sealed record ConstantAccelerator<R, X, Y, Pk>(Y Answer) : Accelerator<R, X, Y, Pk>
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override Y Infer(Pk publicKey, R released, X input, Tape tape) => Answer;
}

/// <summary>Answers always 0.</summary>
public sealed record ConstantDistinguisher<W, R, Pk> : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape) => Bits.Zero;
}
