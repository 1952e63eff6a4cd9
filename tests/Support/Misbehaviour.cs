using System.Diagnostics;
using Wager.Games;

namespace Wager.Tests;

/// <summary>The ways in which an adversary gives no valid answer, and that of giving one.</summary>
internal enum Way
{
    Not,
    Throws,
    AnswersNonsense,
    Spends,
    SpendsAndCatches,
    Asks,
    Allocates,
    Hangs,
    HangsAndCatches,
}

/// <summary>Misbehaves as its coins say, or as it is told.</summary>
internal static class Misbehaviour
{
    /// <summary>How the adversary behaves in a trial: one in thirty hangs, a third behaves.</summary>
    public static Way Drawn(Tape tape) => tape.Draw(60) switch
    {
        0 => Way.Hangs,
        1 => Way.HangsAndCatches,
        < 10 => Way.Throws,
        < 16 => Way.AnswersNonsense,
        < 22 => Way.Spends,
        < 28 => Way.SpendsAndCatches,
        < 34 => Way.Asks,
        < 40 => Way.Allocates,
        _ => Way.Not,
    };

    public static Way Of(ulong seed, int trial)
    {
        SeededTape tape = new(seed);
        tape.Rewind(trial);
        return Drawn(tape.For(Procedure.Adversary));
    }

    /// <summary>Misbehaves; true where the answer is to be nonsense.</summary>
    public static bool Do(Way way, Tape tape, Action ask)
    {
        switch (way)
        {
            case Way.Throws:
                throw new InvalidDataException("as told");
            case Way.Spends:
                tape.Charge(new Cost(MultiplyAdds: 51));
                break;
            case Way.SpendsAndCatches:
                try
                {
                    tape.Charge(new Cost(MultiplyAdds: 51));
                }
                catch (BrokenAdversaryException)
                {
                    // as if nothing had happened
                }

                break;
            case Way.Asks:
                for (int i = 0; i < 3; i++)
                {
                    ask();
                }

                break;
            case Way.Allocates:
                GC.KeepAlive(new byte[2 << 20]);
                break;
            case Way.Hangs:
                while (true)
                {
                }

            case Way.HangsAndCatches:
                while (true)
                {
                    try
                    {
                        Thread.Sleep(1);
                    }
                    catch
                    {
                        // nothing that it could catch ends it
                    }
                }
        }

        return way == Way.AnswersNonsense;
    }
}

internal sealed record MisbehavingRecoverer : Recoverer<int, int, NoKey>
{
    public override int Recover(NoKey publicKey, int released, Tape tape) => throw new UnreachableException();

    public override int Recover(NoKey publicKey, Oracle<int> releases, Tape tape) =>
        Misbehaviour.Do(Misbehaviour.Drawn(tape), tape, () => releases.Query()) ? 99 : tape.Draw(3);
}

internal sealed record MisbehavingDistinguisher(Way? Always = null) : Distinguisher<int, int, NoKey>
{
    public override Bits Guess(NoKey publicKey, int w0, int w1, int released, Tape tape) => throw new UnreachableException();

    public override Bits Guess(Oracle<Challenge<int, int, NoKey>> challenges, Tape tape)
    {
        if (Misbehaviour.Do(Always ?? Misbehaviour.Drawn(tape), tape, () => challenges.Query()))
        {
            return new([true, false]);
        }

        Challenge<int, int, NoKey> challenge = challenges.Query();
        return new(challenge.Released == challenge.W1);
    }
}

/// <summary>Allocates as much in preparing as in inferring.</summary>
internal sealed record Allocating(int Kilobytes) : Accelerator<int, int, int, NoKey>
{
    public override int Infer(NoKey publicKey, int released, int input, Tape tape)
    {
        GC.KeepAlive(new byte[1000 * Kilobytes]);
        return 0;
    }

    public override Func<int, Tape, int> Prepare(NoKey publicKey, Oracle<int> releases, Tape tape)
    {
        Infer(publicKey, 0, 0, tape);
        return (input, own) => Infer(publicKey, 0, input, own);
    }
}

/// <summary>Allocates a kilobyte a charge, and would for long.</summary>
internal sealed record Charging : Recoverer<int, int, NoKey>
{
    public int Kilobytes { get; private set; }

    public override int Recover(NoKey publicKey, int released, Tape tape)
    {
        for (Kilobytes = 0; Kilobytes < 100_000; Kilobytes++)
        {
            GC.KeepAlive(new byte[1000]);
            tape.Charge(new Cost(Elementwise: 1));
        }

        return 0;
    }
}
