using Wager.Games;

namespace Wager.Adversaries;

/// <summary>A recoverer that is a function: how a language that cannot derive from a record, such as F#, writes one.</summary>
/// <param name="CalledAs">Its name.</param>
/// <param name="Function">W* from pk and W′.</param>
public sealed record FunctionRecoverer<W, R, Pk>(string CalledAs, Func<Pk, R, Tape, W> Function) : Recoverer<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => CalledAs;

    /// <inheritdoc/>
    public override W Recover(Pk publicKey, R released, Tape tape) => Function(publicKey, released, tape);
}

/// <summary>An accelerator that is a function; see <see cref="FunctionRecoverer{W, R, Pk}"/>.</summary>
/// <param name="CalledAs">Its name.</param>
/// <param name="Function">y* from pk, W′ and x.</param>
public sealed record FunctionAccelerator<R, X, Y, Pk>(string CalledAs, Func<Pk, R, X, Tape, Y> Function) : Accelerator<R, X, Y, Pk>
{
    /// <inheritdoc/>
    public override string Name => CalledAs;

    /// <inheritdoc/>
    public override Y Infer(Pk publicKey, R released, X input, Tape tape) => Function(publicKey, released, input, tape);
}

/// <summary>A distinguisher that is a function; see <see cref="FunctionRecoverer{W, R, Pk}"/>.</summary>
/// <param name="CalledAs">Its name.</param>
/// <param name="Function">b′ from pk, W₀, W₁ and W′.</param>
public sealed record FunctionDistinguisher<W, R, Pk>(string CalledAs, Func<Pk, W, W, R, Tape, Bits> Function) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => CalledAs;

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape) => Function(publicKey, w0, w1, released, tape);
}
