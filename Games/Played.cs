namespace Wager.Games;

/// <summary>
/// The scheme as a game sees it: the n-th call of each procedure draws from a stream and charges a meter of its own. Authors
/// write plain methods, and games stay pseudocode.
/// </summary>
internal sealed class PlayedScheme<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
{
    private readonly Tolerance<W> _weights = scheme.WeightTolerance;
    private readonly Tolerance<Y> _outputs = scheme.OutputTolerance;

    // As a delegate, so that the conditional draw of W-IND takes it without making one a trial; likewise Choose.
    public Func<Tape, W> Train { get; } = tape => Noted.Value(tape, Procedure.Train, scheme.Train(tape.For(Procedure.Train)));

    public Func<Bits, W, W, W> Choose { get; } = scheme.Choose;

    public (W W0, W W1) TrainTwice(Tape tape) => (Train(tape), Train(tape));

    public (W W0, W W1) ChoosePair(Bits bits, (W W0, W W1) zero, (W W0, W W1) one) =>
        (Choose(bits, zero.W0, one.W0), Choose(bits, zero.W1, one.W1));

    public Y Run(W weights, X input, Tape tape) => Noted.Value(tape, Procedure.Run, scheme.Run(weights, input, tape.For(Procedure.Run)));

    public (Sk Secret, Pk Public) KGen(Tape tape) => Noted.Value(tape, Procedure.KGen, scheme.KGen(tape.For(Procedure.KGen)));

    public R Release(Sk secret, W weights, Tape tape) =>
        Noted.Value(tape, Procedure.Release, scheme.Release(secret, weights, tape.For(Procedure.Release)));

    public X Input(Tape tape) => Noted.Value(tape, Procedure.Input, scheme.Input(tape.For(Procedure.Input)));

    public Y RunReleased(Pk publicKey, R released, X input, Tape tape) =>
        Noted.Value(tape, Procedure.RunReleased, scheme.RunReleased(publicKey, released, input, tape.For(Procedure.RunReleased)));

    public Bits SameWeights(W weights, W truth) => _weights.Same(weights, truth);

    public Bits SameOutputs(Y output, Y truth) => _outputs.Same(output, truth);
}

/// <summary>A recoverer as a game sees it: on its own stream and meter, its answer an element of 𝒲.</summary>
internal sealed class PlayedRecoverer<W, R, Pk>(Recoverer<W, R, Pk> adversary, Func<W, string?> flaw)
{
    public W Recover(Pk publicKey, R released, Tape tape)
    {
        try
        {
            return Answer.Valid(tape, adversary.Recover(publicKey, released, tape.For(Procedure.Adversary)), flaw);
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary.Name, e);
        }
    }
}

/// <summary>An accelerator as a game sees it: on its own stream and meter, its answer an element of 𝒴.</summary>
internal sealed class PlayedAccelerator<R, X, Y, Pk>(Accelerator<R, X, Y, Pk> adversary, Func<Y, string?> flaw)
{
    public Y Infer(Pk publicKey, R released, X input, Tape tape)
    {
        try
        {
            return Answer.Valid(tape, adversary.Infer(publicKey, released, input, tape.For(Procedure.Adversary)), flaw);
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary.Name, e);
        }
    }
}

/// <summary>A distinguisher as a game sees it: on its own stream and meter, its answer one bit a trial.</summary>
internal sealed class PlayedDistinguisher<W, R, Pk>(Distinguisher<W, R, Pk> adversary)
{
    public Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        try
        {
            Bits guess = adversary.Guess(publicKey, w0, w1, released, tape.For(Procedure.Adversary));
            return guess.Lanes.Length == 1 || guess.Lanes.Length == tape.Lanes
                ? Noted.Value(tape, Procedure.Adversary, guess)
                : throw new BrokenAdversaryException($"the answer is invalid: it has {guess.Lanes.Length} bits for {tape.Lanes} trials");
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary.Name, e);
        }
    }
}

internal static class Noted
{
    /// <summary>Passes a value through, and on to whoever listens to the trial.</summary>
    public static T Value<T>(Tape tape, Procedure procedure, T value)
    {
        tape.Transcript?.Note(procedure, value);
        return value;
    }
}

internal static class Answer
{
    public static T Valid<T>(Tape tape, T answer, Func<T, string?> flaw)
    {
        string? why = flaw(answer);
        return why is null
            ? Noted.Value(tape, Procedure.Adversary, answer)
            : throw new BrokenAdversaryException($"the answer is invalid: {why}");
    }

    /// <summary>Whether an exception is the adversary's own doing, rather than the tape's or the user's.</summary>
    public static bool IsFault(Exception e, Tape tape) => e is OperationCanceledException
        ? !tape.Cancellation.IsCancellationRequested
        : e is not (NotFiniteException or ImpureProcedureException or OutOfMemoryException);

    public static BrokenAdversaryException Broken(string adversary, Exception e) =>
        e is BrokenAdversaryException ? new($"{adversary}: {e.Message}", e) : new($"{adversary} threw {e.GetType().Name}: {e.Message}", e);
}
