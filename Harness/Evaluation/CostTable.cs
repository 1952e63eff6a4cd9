using System.Diagnostics;
using Wager.Games;
using Wager.Harness.Catalog;

namespace Wager.Harness.Evaluation;

/// <summary>What a procedure of a scheme, or an adversary, costs in the mean.</summary>
/// <param name="Name">The procedure, or the adversary.</param>
/// <param name="Game">The adversary's game; null for a procedure of the scheme.</param>
/// <param name="Cost">Counted; the same on any machine.</param>
/// <param name="Seconds">Measured; they decide nothing. Of an adversary with oracles, what it does before a query counts for the oracle.</param>
/// <param name="Trials">Trials that it was taken from: those in which the adversary answered.</param>
public sealed record CostRow(string Name, string? Game, Cost Cost, double Seconds, long Trials)
{
    /// <summary>The cost in the unit of budgets.</summary>
    public double Operations => CostUnit.Operations.Count(Cost);
}

/// <summary>The cost of a scheme as a result: every procedure, and every adversary with all that it calls.</summary>
public static class CostTable
{
    private static readonly (Procedure Procedure, string Name)[] _ofScheme =
    [
        (Procedure.Train, "Train"), (Procedure.KGen, "KGen"), (Procedure.Release, "Release"), (Procedure.Input, "Input"),
        (Procedure.Run, "Run"), (Procedure.RunReleased, "Run′"),
    ];

    /// <summary>Measures a scheme, one trial after the other on one thread.</summary>
    /// <param name="subject">The scheme with its adversaries.</param>
    /// <param name="form">In which form the games are played.</param>
    /// <param name="sampling">Trials of each game, the seed, the limits.</param>
    /// <param name="warmUp">How long to play each game before it is timed, so that what is compiled and loaded late is not timed.</param>
    /// <param name="cancellation">Stops between two trials.</param>
    /// <exception cref="UndefinedConditionException">A game is undefined, or as good as.</exception>
    public static IEnumerable<CostRow> Of(Subject subject, Form form, Sampling sampling, TimeSpan warmUp, CancellationToken cancellation = default)
    {
        foreach (Game game in subject.AllGames(form))
        {
            Clock clock = new();
            Cost[] costs = new Cost[Enum.GetValues<Procedure>().Length];
            SeededTape tape = new(sampling.Seed, guard: new Guard(sampling.Limits), cancellation: cancellation) { Transcript = clock };
            long answered = 0;
            for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < warmUp;)
            {
                cancellation.ThrowIfCancellationRequested();
                tape.Rewind(0);
                game.Play(tape, out _);
            }

            for (long trial = 0; trial < sampling.Trials; trial++)
            {
                cancellation.ThrowIfCancellationRequested();
                tape.Rewind(trial);
                clock.Begin();
                game.Play(tape, out BrokenAdversaryException? fault);
                if (fault is null)
                {
                    answered++;
                    tape.AddSpent(costs);
                    clock.Keep();
                }
            }

            Cost Mean(Procedure procedure) => costs[(int)procedure] * (1.0 / Math.Max(1, answered));
            double Seconds(Procedure procedure) => clock.Seconds(procedure) / Math.Max(1, answered);
            if (game.Adversary is null)
            {
                foreach ((Procedure procedure, string name) in _ofScheme)
                {
                    yield return new(name, null, Mean(procedure), Seconds(procedure), answered);
                }
            }
            else
            {
                yield return new(
                    game.Adversary, game.Name, Mean(Procedure.Adversary) + Mean(Procedure.Preparation),
                    Seconds(Procedure.Adversary) + Seconds(Procedure.Preparation), answered);
            }
        }
    }

    /// <summary>Notes when each procedure returned: since the one before it did, nothing but it was at work.</summary>
    private sealed class Clock : Transcript
    {
        private readonly long[] _trial = new long[Enum.GetValues<Procedure>().Length];
        private readonly long[] _kept = new long[Enum.GetValues<Procedure>().Length];
        private long _last;

        public double Seconds(Procedure procedure) => (double)_kept[(int)procedure] / Stopwatch.Frequency;

        public override void Note(Procedure procedure, object? value)
        {
            long now = Stopwatch.GetTimestamp();
            _trial[(int)procedure] += now - _last;
            _last = Stopwatch.GetTimestamp();
        }

        public void Begin()
        {
            Array.Clear(_trial);
            _last = Stopwatch.GetTimestamp();
        }

        public void Keep()
        {
            for (int i = 0; i < _kept.Length; i++)
            {
                _kept[i] += _trial[i];
            }
        }
    }
}
