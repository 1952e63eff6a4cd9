using System.Diagnostics;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>
/// Evaluates a game by independent seeded trials. Trial i of a seed is the same trial on any thread, in any process, and
/// alone (<see cref="Replay(Game, ulong, long)"/>), but where a watchdog ended it.
/// </summary>
public static class SampledEvaluator
{
    private static readonly Procedure[] _procedures = Enum.GetValues<Procedure>();

    /// <summary>Plays the trials.</summary>
    /// <param name="game">Any game.</param>
    /// <param name="sampling">How many, from which seed, on how many threads, until what is decided.</param>
    /// <param name="progress">Told now and then what part of the trials is done, from any thread.</param>
    /// <param name="observe">Told of each trial whether it was won, from any thread.</param>
    /// <param name="cancellation">
    /// Stops, without the trials under way; the result is then that of the longest run of finished trials from trial 0.
    /// </param>
    /// <exception cref="UndefinedConditionException">The game is undefined, or as good as.</exception>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    /// <exception cref="ArgumentException">Limits, or a bound within a budget, without the meter; or several lanes of what plays one trial at a time.</exception>
    public static Result Evaluate(
        Game game, Sampling sampling, Action<double>? progress = null, Action<long, bool>? observe = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampling.Trials);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampling.Threads);
        long started = Stopwatch.GetTimestamp();
        using SampledRun run = new(game, sampling, progress, observe, cancellation);
        (Tally Tally, bool Decided) end = run.ToEnd();
        return Summarise(game, sampling, end, Stopwatch.GetElapsedTime(started).TotalSeconds, run.Lanes);
    }

    /// <summary>Plays one trial again, as it is played by default.</summary>
    /// <inheritdoc cref="Replay(Game, Sampling, long, Func{object?, string}?)"/>
    /// <param name="game">The game.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="trial">The trial's number.</param>
    public static (bool Won, Transcript Transcript, IReadOnlyDictionary<Procedure, Cost> Cost) Replay(Game game, ulong seed, long trial) =>
        Replay(game, new Sampling { Trials = 1, Seed = seed, Timeout = null }, trial);

    /// <summary>Plays one trial again and returns what happened in it. What was one of several lanes is played as two equal ones.</summary>
    /// <param name="game">The game.</param>
    /// <param name="sampling">How it was sampled.</param>
    /// <param name="trial">The trial's number.</param>
    /// <param name="format">How what a procedure returned is written.</param>
    /// <exception cref="TimeoutException">The adversary did not answer in time.</exception>
    public static (bool Won, Transcript Transcript, IReadOnlyDictionary<Procedure, Cost> Cost) Replay(
        Game game, Sampling sampling, long trial, Func<object?, string>? format = null)
    {
        Guard guard = new(sampling.Limits) { IsPair = sampling.LanesOf(game) > 1 };
        using Watchdog watchdog = new(sampling.Timeout, CancellationToken.None);
        return watchdog.Run(guard, () =>
        {
            Transcript transcript = new(format);
            Tape tape = sampling.LanesOf(game) > 1 ? new LaneTape(sampling.Seed, [trial, trial], guard: guard) { Transcript = transcript } : Alone(transcript);
            bool won = game.Play(tape, out BrokenAdversaryException? fault).Lanes[0];
            if (fault is not null)
            {
                transcript.Note(Procedure.Harness, fault.Message);
            }

            return (won, transcript, (IReadOnlyDictionary<Procedure, Cost>)_procedures.ToDictionary(p => p, tape.Lane(0).Spent));
        });

        SeededTape Alone(Transcript transcript)
        {
            SeededTape tape = new(sampling.Seed, guard: guard) { Transcript = transcript };
            tape.Rewind(trial);
            return tape;
        }
    }

    private static Result Summarise(Game game, Sampling sampling, (Tally Tally, bool Decided) end, double seconds, int lanes)
    {
        Tally total = end.Tally;
        bool counted = game.Notion.Budget is not null && sampling.Metered;
        Quantity Estimate(long wins, bool advantage)
        {
            Interval interval = sampling.IntervalOf(wins, total.Trials);
            double rate = total.Trials == 0 ? double.NaN : (double)wins / total.Trials;
            return advantage ? new(game.Notion.Advantage(rate), interval.OfAdvantage(game.Notion)) : new(rate, interval);
        }

        return new Result
        {
            Game = game,
            Probability = Estimate(total.Wins, advantage: false),
            Advantage = Estimate(total.Wins, advantage: true),
            WithinBudget = counted ? Estimate(total.WinsWithin, advantage: true) : null,
            Limits = sampling.Limits,
            IsAnytime = sampling.Until is not null,
            Level = sampling.Level,
            Trials = total.Trials,
            Wins = total.Wins,
            WinsWithin = counted ? total.WinsWithin : null,
            Faults = Enum.GetValues<Fault>().Where(fault => total.Faults[(int)fault] > 0).ToDictionary(fault => fault, fault => (double)total.Faults[(int)fault]),
            FirstFault = total.FirstFault,
            NotReplayable = total.NotReplayable,
            OverBudget = counted ? total.OverBudget : null,
            Cost = _procedures.Where(p => total.Spent[(int)p] != default)
                .ToDictionary(p => p, p => total.Spent[(int)p] * (1.0 / (total.Trials - total.Faults.Sum()))),
            Unit = CostUnit.Operations,
            Seed = sampling.Seed,
            Seconds = seconds,
            Lanes = lanes,
            Stopped = total.Trials < sampling.Trials && !end.Decided,
        };
    }
}
