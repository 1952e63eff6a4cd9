using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>Plays events that nobody plays against, on every path of their coins or in some trials, and lets somebody note what they showed.</summary>
/// <param name="sampling">Which trials.</param>
/// <param name="cancellation">Stops.</param>
internal sealed class Observer(Sampling sampling, CancellationToken cancellation)
{
    private const long MaximumPaths = 1 << 18;

    /// <summary>How many paths there are; null where they are too many, or cannot be enumerated.</summary>
    public long? OnEveryPath(Game game, Action<PathTape> note)
    {
        PathTape tape = new(cancellation: cancellation);
        long paths = 0;
        try
        {
            do
            {
                cancellation.ThrowIfCancellationRequested();
                tape.Begin();
                game.Play(tape);
                note(tape);
            }
            while (++paths <= MaximumPaths && tape.Advance());
            return paths <= MaximumPaths ? paths : null;
        }
        catch (NotFiniteException)
        {
            return null;
        }
    }

    /// <summary>How many trials were played.</summary>
    public long InTrials(Game game, Action<SeededTape> note)
    {
        SeededTape tape = new(sampling.Seed) { Cancellation = cancellation };
        long trials = Math.Min(DefinitionLint.Trials, sampling.Trials);
        for (long trial = 0; trial < trials; trial++)
        {
            cancellation.ThrowIfCancellationRequested();
            tape.Rewind(trial);
            game.Play(tape);
            note(tape);
        }

        return trials;
    }
}

/// <summary>In how many plays something was so, and with which probability where these are all paths.</summary>
internal struct Frequency
{
    public long Hits { get; private set; }

    public Ratio Probability { get; private set; }

    public void Add(bool isHit, Ratio probability)
    {
        if (isHit)
        {
            Hits++;
            Probability += probability;
        }
    }
}
