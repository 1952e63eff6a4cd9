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

    /// <summary>The oracle of a multi-query game: releases of one W under one sk, from a first one that was made already, if any.</summary>
    public Oracle<R> Releases(int queries, Sk secret, W weights, Tape tape, bool given = false, R? first = default)
    {
        return new(queries, () =>
        {
            bool answersFirst = given;
            given = false;
            return answersFirst ? first! : Release(secret, weights, tape);
        });
    }

    /// <summary>(W₀, W₁) by either reading of line 4.</summary>
    public (W W0, W W1) TwoWeights(Line4 line4, Tape tape)
    {
        if (line4 == Line4.Reject)
        {
            return tape.Given(TrainTwice, pair => !SameWeights(pair.W1, pair.W0), ChoosePair);
        }

        W w0 = Train(tape);
        return (w0, tape.Given(Train, w => !SameWeights(w, w0), Choose));
    }

    public Bits SameWeights(W weights, W truth) => _weights.Same(weights, truth);

    public Bits SameOutputs(Y output, Y truth) => _outputs.Same(output, truth);
}

/// <summary>A recoverer as a game sees it: on its own stream and meter, its answer an element of 𝒲.</summary>
internal sealed class PlayedRecoverer<W, R, Pk>(Recoverer<W, R, Pk> adversary, Func<W, string?> flaw)
{
    public W Recover(Pk publicKey, R released, Tape tape)
    {
        Tape own = Answer.Begin(tape, Procedure.Adversary);
        try
        {
            return Answer.Valid(tape, adversary.Recover(publicKey, released, own), flaw);
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
        }
    }

    public W Recover(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        Tape own = Answer.Begin(tape, Procedure.Adversary);
        try
        {
            return Answer.Valid(tape, adversary.Recover(publicKey, releases.ChargedTo(own), own), flaw);
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
        }
    }
}

/// <summary>An accelerator as a game sees it: what it prepares and what it infers on streams and meters of their own, its answers elements of 𝒴.</summary>
internal sealed class PlayedAccelerator<R, X, Y, Pk>(Accelerator<R, X, Y, Pk> adversary, Func<Y, string?> flaw)
{
    /// <summary>As Def. 3.3 has it: W′ is given, not asked for, and is no query.</summary>
    public Y Infer(Pk publicKey, R released, X input, Tape tape) =>
        Inferred(Prepared(publicKey, new Oracle<R>(1, () => released), tape, areQueries: false), input, tape);

    public Func<X, Tape, Y> Prepare(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        Func<X, Tape, Y> infer = Prepared(publicKey, releases, tape, areQueries: true);
        return (input, game) => Inferred(infer, input, game);
    }

    private Func<X, Tape, Y> Prepared(Pk publicKey, Oracle<R> releases, Tape tape, bool areQueries)
    {
        Tape own = Answer.Begin(tape, Procedure.Preparation);
        try
        {
            return adversary.Prepare(publicKey, areQueries ? releases.ChargedTo(own) : releases, own);
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
        }
    }

    private Y Inferred(Func<X, Tape, Y> infer, X input, Tape tape)
    {
        Tape own = Answer.Begin(tape, Procedure.Adversary);
        try
        {
            return Answer.Valid(tape, infer(input, own), flaw);
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
        }
    }
}

/// <summary>A distinguisher as a game sees it: on its own stream and meter, its answer one bit a trial.</summary>
internal sealed class PlayedDistinguisher<W, R, Pk>(Distinguisher<W, R, Pk> adversary)
{
    public Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        Tape own = Answer.Begin(tape, Procedure.Adversary);
        try
        {
            return Answer.Valid(tape, adversary.Guess(publicKey, w0, w1, released, own));
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
        }
    }

    public Bits Guess(Oracle<Challenge<W, R, Pk>> challenges, Tape tape)
    {
        Tape own = Answer.Begin(tape, Procedure.Adversary);
        try
        {
            return Answer.Valid(tape, adversary.Guess(challenges.ChargedTo(own), own));
        }
        catch (Exception e) when (Answer.IsFault(e, tape))
        {
            throw Answer.Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
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
    /// <summary>The adversary's stream, from here on watched.</summary>
    public static Tape Begin(Tape tape, Procedure procedure)
    {
        Tape own = tape.For(procedure);
        tape.Guard?.Enter();
        return own;
    }

    public static T Valid<T>(Tape tape, T answer, Func<T, string?> flaw)
    {
        tape.Guard?.Answered();
        return flaw(answer) is { } why
            ? throw new BrokenAdversaryException(Fault.Invalid, $"the answer is invalid: {why}")
            : Noted.Value(tape, Procedure.Adversary, answer);
    }

    public static Bits Valid(Tape tape, Bits answer)
    {
        tape.Guard?.Answered();
        return answer.Lanes.Length == 1 || answer.Lanes.Length == tape.Lanes
            ? Noted.Value(tape, Procedure.Adversary, answer)
            : throw new BrokenAdversaryException(Fault.Invalid, $"the answer is invalid: it has {answer.Lanes.Length} bits for {tape.Lanes} trials");
    }

    /// <summary>Whether an exception is the adversary's own doing, rather than the tape's, the user's or the watchdog's.</summary>
    public static bool IsFault(Exception e, Tape tape) => e is OperationCanceledException
        ? !tape.Cancellation.IsCancellationRequested
        : e is not (NotFiniteException or ImpureProcedureException or TakenOverException or ThreadAbortException or BrokenOracleException);

    public static BrokenAdversaryException Broken(Adversary adversary, Exception e) => e switch
    {
        BrokenAdversaryException broken => new(broken.Fault, $"{adversary.Name}: {e.Message}", e),
        OutOfMemoryException => new(Fault.OverMemory, $"{adversary.Name}: there is no memory left", e),
        _ => new(Fault.Threw, $"{adversary.Name} threw {e.GetType().Name}: {e.Message}", e),
    };
}
