using System.Diagnostics;
using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Studies;

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
    /// <param name="sampling">Trials of each game, the seed, the limits, the time for an answer.</param>
    /// <param name="warmUp">How long to play each game before it is timed, so that what is compiled and loaded late is not timed.</param>
    /// <param name="cancellation">Stops between two trials.</param>
    /// <returns>The rows; of a game that is undefined, and of an adversary that hangs, without a trial.</returns>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    public static IEnumerable<CostRow> Of(Subject subject, Form form, Sampling sampling, TimeSpan warmUp, CancellationToken cancellation = default)
    {
        foreach (Game game in subject.AllGames(form))
        {
            Meters meters = Measured(game, sampling, warmUp, cancellation);
            if (game.Adversary is not null)
            {
                yield return meters.Row(game.Adversary, game.Name, Procedure.Adversary, Procedure.Preparation);
                continue;
            }

            foreach ((Procedure procedure, string name) in _ofScheme)
            {
                yield return meters.Row(name, null, procedure);
            }
        }
    }

    private static Meters Measured(Game game, Sampling sampling, TimeSpan warmUp, CancellationToken cancellation)
    {
        Guard guard = new(sampling.Limits);
        using Watchdog watchdog = new(sampling.Timeout, cancellation);
        try
        {
            return watchdog.Run(guard, () => Measure(game, sampling, warmUp, guard, cancellation));
        }
        catch (Exception e) when (e is TimeoutException or UndefinedConditionException)
        {
            cancellation.ThrowIfCancellationRequested();
            return new();
        }
    }

    private static Meters Measure(Game game, Sampling sampling, TimeSpan warmUp, Guard guard, CancellationToken cancellation)
    {
        Meters meters = new();
        SeededTape tape = new(sampling.Seed, guard: guard, cancellation: cancellation) { Transcript = meters };
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
            meters.Begin();
            game.Play(tape, out BrokenAdversaryException? fault);
            if (fault is null)
            {
                meters.Keep(tape);
            }
        }

        return meters;
    }

    /// <summary>
    /// Sums what each procedure spent, and when each returned: what passed since the one before it did is its own time, with that of the
    /// comparisons that the game makes in between.
    /// </summary>
    private sealed class Meters : Transcript
    {
        private readonly Cost[] _costs = new Cost[Enum.GetValues<Procedure>().Length];
        private readonly long[] _trial = new long[Enum.GetValues<Procedure>().Length];
        private readonly long[] _ticks = new long[Enum.GetValues<Procedure>().Length];
        private long _answered;
        private long _last;

        public override void Note(Procedure procedure, object? value)
        {
            _trial[(int)procedure] += Stopwatch.GetTimestamp() - _last;
            _last = Stopwatch.GetTimestamp();
        }

        public void Begin()
        {
            Array.Clear(_trial);
            _last = Stopwatch.GetTimestamp();
        }

        /// <summary>Counts the trial just played.</summary>
        public void Keep(SeededTape tape)
        {
            _answered++;
            tape.AddSpent(_costs);
            for (int i = 0; i < _ticks.Length; i++)
            {
                _ticks[i] += _trial[i];
            }
        }

        /// <summary>The mean over the trials counted, of procedures together.</summary>
        public CostRow Row(string name, string? game, params ReadOnlySpan<Procedure> procedures)
        {
            Cost cost = default;
            long ticks = 0;
            foreach (Procedure procedure in procedures)
            {
                cost += _costs[(int)procedure];
                ticks += _ticks[(int)procedure];
            }

            double share = 1.0 / Math.Max(1, _answered);
            return new(name, game, cost * share, share * ticks / Stopwatch.Frequency, _answered);
        }
    }
}
