using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

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
    public Oracle<R> Releases(int queries, Sk secret, W weights, Tape tape, bool given = false, R? first = default) => new(queries, () =>
    {
        bool answersFirst = given;
        given = false;
        return answersFirst ? first! : Release(secret, weights, tape);
    });

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

    public Distances Distance(Y output, Y truth) => _outputs.Distance(output, truth);
}

/// <summary>A recoverer as a game sees it: on its own stream and meter, its answer an element of 𝒲.</summary>
internal sealed class PlayedRecoverer<W, R, Pk>(Recoverer<W, R, Pk> adversary, Func<W, int, string?> flaw)
{
    public W Recover(Pk publicKey, R released, Tape tape) =>
        Noted.Value(tape, Procedure.Adversary, Answer.Of<W, FromOne>(tape, Procedure.Adversary, adversary, new(adversary, publicKey, released), flaw));

    public W Recover(Pk publicKey, Oracle<R> releases, Tape tape) =>
        Noted.Value(tape, Procedure.Adversary, Answer.Of<W, FromMany>(tape, Procedure.Adversary, adversary, new(adversary, publicKey, releases, tape), flaw));

    private readonly record struct FromOne(Recoverer<W, R, Pk> Adversary, Pk PublicKey, R Released) : ICall<W>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Make(Tape own) => Adversary.Recover(PublicKey, Released, own);
    }

    private readonly record struct FromMany(Recoverer<W, R, Pk> Adversary, Pk PublicKey, Oracle<R> Releases, Tape Game) : ICall<W>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public W Make(Tape own) => Adversary.Recover(PublicKey, Releases.For(Game, own), own);
    }
}

/// <summary>An accelerator as a game sees it: what it prepares and what it infers on meters of their own, its answers elements of 𝒴.</summary>
internal sealed class PlayedAccelerator<R, X, Y, Pk>(Accelerator<R, X, Y, Pk> adversary, Func<Y, int, string?> flaw)
{
    /// <summary>As Def. 3.3 has it: W′ is given, not asked for, and is no query.</summary>
    public Y Infer(Pk publicKey, R released, X input, Tape tape) => Inferred(Prepared(publicKey, new(1, () => released), null, tape), input, tape);

    public Func<X, Tape, Y> Prepare(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        Func<X, Tape, Y> infer = Prepared(publicKey, releases, tape, tape);
        return (input, game) => Inferred(infer, input, game);
    }

    private Func<X, Tape, Y> Prepared(Pk publicKey, Oracle<R> releases, Tape? asker, Tape tape)
    {
        Func<X, Tape, Y> infer = Answer.Of<Func<X, Tape, Y>, Preparing>(
            tape, Procedure.Preparation, adversary, new(adversary, publicKey, releases, asker), null);
        tape.Transcript?.Note(Procedure.Preparation, "ready");
        return infer;
    }

    private Y Inferred(Func<X, Tape, Y> infer, X input, Tape tape) =>
        Noted.Value(tape, Procedure.Adversary, Answer.Of<Y, Inferring>(tape, Procedure.Adversary, adversary, new(infer, input), flaw));

    private readonly record struct Preparing(Accelerator<R, X, Y, Pk> Adversary, Pk PublicKey, Oracle<R> Releases, Tape? Asker) : ICall<Func<X, Tape, Y>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Func<X, Tape, Y> Make(Tape own) => Adversary.Prepare(PublicKey, Asker is null ? Releases : Releases.For(Asker, own), own);
    }

    private readonly record struct Inferring(Func<X, Tape, Y> Infer, X Input) : ICall<Y>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Y Make(Tape own) => Infer(Input, own);
    }
}

/// <summary>A distinguisher as a game sees it: on its own stream and meter, its answer one bit a trial.</summary>
internal sealed class PlayedDistinguisher<W, R, Pk>(Distinguisher<W, R, Pk> adversary)
{
    public Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape) =>
        Fitting(tape, Answer.Of<Bits, FromOne>(tape, Procedure.Adversary, adversary, new(adversary, publicKey, w0, w1, released), null));

    public Bits Guess(Oracle<Challenge<W, R, Pk>> challenges, Tape tape) =>
        Fitting(tape, Answer.Of<Bits, FromMany>(tape, Procedure.Adversary, adversary, new(adversary, challenges, tape), null));

    private Bits Fitting(Tape tape, Bits guess) => guess.Lanes.Length == 1 || guess.Lanes.Length == tape.Lanes
        ? Noted.Value(tape, Procedure.Adversary, guess)
        : throw new BrokenAdversaryException(
            Fault.Invalid, $"{adversary.Name}: the answer is invalid: it has {guess.Lanes.Length} bits for {tape.Lanes} trials");

    private readonly record struct FromOne(Distinguisher<W, R, Pk> Adversary, Pk PublicKey, W W0, W W1, R Released) : ICall<Bits>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Bits Make(Tape own) => Adversary.Guess(PublicKey, W0, W1, Released, own);
    }

    private readonly record struct FromMany(Distinguisher<W, R, Pk> Adversary, Oracle<Challenge<W, R, Pk>> Challenges, Tape Game) : ICall<Bits>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Bits Make(Tape own) => Adversary.Guess(Challenges.For(Game, own), own);
    }
}

/// <summary>A call of an adversary, as a value: a delegate would have to be made anew in each trial.</summary>
internal interface ICall<T>
{
    T Make(Tape own);
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
    /// <summary>
    /// What an adversary answers, on its own stream and meter, watched and held to its limits.
    /// </summary>
    /// <param name="tape">The game's tape.</param>
    /// <param name="procedure">Whose stream and meter it is.</param>
    /// <param name="adversary">Whose answer it is, for messages.</param>
    /// <param name="call">The call.</param>
    /// <param name="flaw">Why an answer is none, or null where it is one; null where every one is.</param>
    /// <exception cref="BrokenAdversaryException">There is no valid answer.</exception>
    public static T Of<T, TCall>(Tape tape, Procedure procedure, Adversary adversary, TCall call, Func<T, int, string?>? flaw)
        where TCall : struct, ICall<T>
    {
        Tape own = tape.For(procedure);
        T answer;
        tape.Guard?.Enter();
        try
        {
            answer = call.Make(own);
            RequirePlay(tape);
            tape.Guard?.Answered();
        }
        catch (Exception e) when (IsFault(e, tape))
        {
            throw Broken(adversary, e);
        }
        finally
        {
            tape.Guard?.Leave();
        }

        // Whether it is an answer, the scheme says: in its own time, and where it throws, by its own fault.
        string? why = answer is null ? "it is null" : flaw?.Invoke(answer, tape.Lanes);
        return why is null ? answer : throw new BrokenAdversaryException(Fault.Invalid, $"{adversary.Name}: the answer is invalid: {OneLine(why)}");
    }

    /// <summary>Ends the play where it has failed, although the adversary went on.</summary>
    private static void RequirePlay(Tape tape)
    {
        if (tape.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure is NotFiniteException or ImpureProcedureException ? failure : new BrokenOracleException(failure));
        }

        if (tape.Refusal is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Whether an exception is the adversary's own doing, rather than the tape's, an oracle's, the user's or the watchdog's.</summary>
    private static bool IsFault(Exception e, Tape tape) => tape.Failure is null && (e is OperationCanceledException
        ? !tape.Cancellation.IsCancellationRequested
        : e is not (TakenOverException or ThreadAbortException));

    private static BrokenAdversaryException Broken(Adversary adversary, Exception e) => e switch
    {
        BrokenAdversaryException broken => new(broken.Fault, $"{adversary.Name}: {OneLine(e.Message)}", e),
        OutOfMemoryException => new(Fault.OverMemory, $"{adversary.Name}: there is no memory left", e),
        _ => new(Fault.Threw, $"{adversary.Name} threw {e.GetType().Name}: {OneLine(e.Message)}", e),
    };

    private static string OneLine(string message) => string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c));
}
