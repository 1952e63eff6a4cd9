using Wager.Games;

namespace Wager.Adversaries;

/// <summary>Answers always the same weights, whatever was released.</summary>
/// <param name="Answer">The weights, made when they are first asked for: tensors need libtorch, which takes its time to load.</param>
public sealed record ConstantRecoverer<W, R, Pk>(Lazy<W> Answer) : Recoverer<W, R, Pk>
{
    /// <summary>Answers given weights.</summary>
    public ConstantRecoverer(W answer)
        : this(new Lazy<W>(answer))
    {
    }

    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape) => Answer.Value;
}

/// <summary>Answers always the same output, whatever the input.</summary>
/// <param name="Answer">The output, made when it is first asked for.</param>
public sealed record ConstantAccelerator<R, X, Y, Pk>(Lazy<Y> Answer) : Accelerator<R, X, Y, Pk>
{
    /// <summary>Answers a given output.</summary>
    public ConstantAccelerator(Y answer)
        : this(new Lazy<Y>(answer))
    {
    }

    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override Y Infer(Pk publicKey, R released, X input, Tape tape) => Answer.Value;
}

/// <summary>Answers always 0.</summary>
public sealed record ConstantDistinguisher<W, R, Pk> : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape) => Bits.Zero;
}
