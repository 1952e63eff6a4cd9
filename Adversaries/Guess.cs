using Wager.Games;

namespace Wager.Adversaries;

/// <summary>Trains weights of its own and answers them: what luck alone achieves.</summary>
public sealed record GuessRecoverer<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme) : Recoverer<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "guess";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape) => Scheme.Train(tape);
}

/// <summary>Trains weights of its own and runs them on x.</summary>
public sealed record GuessAccelerator<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme) : Accelerator<R, X, Y, Pk>
{
    /// <inheritdoc/>
    public override string Name => "guess";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override Y Infer(Pk publicKey, R released, X input, Tape tape) => Scheme.Run(Scheme.Train(tape), input, tape);
}

/// <summary>Tosses a coin.</summary>
public sealed record GuessDistinguisher<W, R, Pk> : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "guess";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape) => tape.Coin();
}
