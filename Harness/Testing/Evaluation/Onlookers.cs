using Wager.Games;

namespace Wager.Testing.Evaluation;

// Adversaries that ask for everything that they may ask for, keep it, and answer anything: what they saw is what an optimal one decides on.

/// <summary>Keeps pk and the releases of WRec.</summary>
internal sealed record OnlookingRecoverer<W, R, Pk>(W Answer) : Recoverer<W, R, Pk>
{
    public override string Name => OptimalAdversary.Name;

    public Pk PublicKey { get; private set; } = default!;

    public R[] Releases { get; private set; } = [];

    public override W Recover(Pk publicKey, R released, Tape tape)
    {
        (PublicKey, Releases) = (publicKey, [released]);
        return Answer;
    }

    public override W Recover(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        (PublicKey, Releases) = (publicKey, releases.All());
        return Answer;
    }
}

/// <summary>Keeps pk, the releases and the input of EffInf.</summary>
internal sealed record OnlookingAccelerator<R, X, Y, Pk>(Y Answer) : Accelerator<R, X, Y, Pk>
{
    public override string Name => OptimalAdversary.Name;

    public Pk PublicKey { get; private set; } = default!;

    public R[] Releases { get; private set; } = [];

    public X Input { get; private set; } = default!;

    public override Y Infer(Pk publicKey, R released, X input, Tape tape)
    {
        (PublicKey, Releases, Input) = (publicKey, [released], input);
        return Answer;
    }

    public override Func<X, Tape, Y> Prepare(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        (PublicKey, Releases) = (publicKey, releases.All());
        return (input, _) =>
        {
            Input = input;
            return Answer;
        };
    }
}

/// <summary>Keeps the challenges of W-IND, and answers 0.</summary>
internal sealed record OnlookingDistinguisher<W, R, Pk> : Distinguisher<W, R, Pk>
{
    public override string Name => OptimalAdversary.Name;

    public Challenge<W, R, Pk>[] Challenges { get; private set; } = [];

    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        Challenges = [new(publicKey, w0, w1, released)];
        return Bits.Zero;
    }

    public override Bits Guess(Oracle<Challenge<W, R, Pk>> challenges, Tape tape)
    {
        Challenges = challenges.All();
        return Bits.Zero;
    }
}

/// <summary>Keeps what each procedure of the game returned last.</summary>
internal sealed class LastReturned : Transcript
{
    private readonly object?[] _values = new object?[Enum.GetValues<Procedure>().Length];

    public override void Note(Procedure procedure, object? value) => _values[(int)procedure] = value;

    public T Of<T>(Procedure procedure) => (T)_values[(int)procedure]!;
}

internal static class Oracles
{
    /// <summary>All that an oracle answers.</summary>
    public static T[] All<T>(this Oracle<T> oracle)
    {
        T[] answers = new T[oracle.Budget];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = oracle.Query();
        }

        return answers;
    }
}
