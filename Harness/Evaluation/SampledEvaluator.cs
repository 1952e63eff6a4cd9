using System.Diagnostics;
using Wager.Games;

namespace Wager.Harness.Evaluation;

/// <summary>How to sample.</summary>
public sealed record Sampling
{
    /// <summary>Trials to play, fixed beforehand; at least 1.</summary>
    public required long Trials { get; init; }

    /// <summary>The seed of all coins.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The level of the intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Threads to play on. They change no result.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether costs are counted. It changes no win.</summary>
    public bool Metered { get; init; } = true;
}

/// <summary>
/// Evaluates a game by independent seeded trials. Trial i of a seed is the same trial on any thread, in any process, and
/// alone (<see cref="Replay"/>).
/// </summary>
public static class SampledEvaluator
{
    private const int Blocks = 1024;
    private static readonly Procedure[] _procedures = Enum.GetValues<Procedure>();

    /// <summary>Plays the trials.</summary>
    /// <param name="game">Any game.</param>
    /// <param name="sampling">How many, from which seed, on how many threads.</param>
    /// <param name="progress">Told now and then what part of the trials is done, from any thread.</param>
    /// <param name="cancellation">
    /// Stops after the trials under way; the result is then that of the longest run of finished trials from trial 0.
    /// </param>
    /// <exception cref="UndefinedConditionException">The game is undefined, or as good as.</exception>
    public static Result Evaluate(
        Game game, Sampling sampling, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampling.Trials);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampling.Threads);
        long started = Stopwatch.GetTimestamp();
        long blockSize = Math.Max(1, (sampling.Trials + Blocks - 1) / Blocks);
        Block?[] blocks = new Block?[(sampling.Trials + blockSize - 1) / blockSize];
        int next = -1;
        int done = 0;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        void Work()
        {
            try
            {
                SeededTape tape = new(sampling.Seed, sampling.Metered, stop.Token);
                while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) is int block && block < blocks.Length)
                {
                    long first = block * blockSize;
                    blocks[block] = Play(game, tape, first, Math.Min(first + blockSize, sampling.Trials), stop.Token);
                    progress?.Invoke((double)Interlocked.Increment(ref done) / blocks.Length);
                }
            }
            catch
            {
                stop.Cancel(); // what ends one worker ends all
                throw;
            }
        }

        Task[] workers = [.. Enumerable.Range(0, Math.Min(sampling.Threads, blocks.Length))
            .Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WhenAll(workers).GetAwaiter().GetResult();

        Block total = new();
        foreach (Block? block in blocks)
        {
            if (block is null)
            {
                break;
            }

            total.Add(block);
            if (block.Stopped)
            {
                break;
            }
        }

        return Summarise(game, sampling, total, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Plays one trial again and returns what happened in it.</summary>
    /// <param name="game">The game.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="trial">The trial's number.</param>
    /// <param name="format">How what a procedure returned is written.</param>
    public static (bool Won, Transcript Transcript, IReadOnlyDictionary<Procedure, Cost> Cost) Replay(
        Game game, ulong seed, long trial, Func<object?, string>? format = null)
    {
        Transcript transcript = new(format);
        SeededTape tape = new(seed) { Transcript = transcript };
        tape.Rewind(trial);
        bool won = game.Play(tape, out string? fault).Lanes[0];
        if (fault is not null)
        {
            transcript.Note(Procedure.Harness, fault);
        }

        return (won, transcript, _procedures.ToDictionary(p => p, tape.Spent));
    }

    private static Block Play(Game game, SeededTape tape, long first, long end, CancellationToken cancellation)
    {
        Block block = new();
        for (long trial = first; trial < end; trial++)
        {
            tape.Rewind(trial);
            bool won;
            string? fault;
            try
            {
                won = game.Play(tape, out fault).Lanes[0];
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                block.Stopped = true;
                break;
            }

            block.Trials++;
            block.Wins += won ? 1 : 0;
            if (fault is not null)
            {
                block.Broken++;
                block.FirstFault ??= $"trial {trial}: {fault}";
            }

            tape.AddSpent(block.Spent);
            if (game.Notion.Budget is not null)
            {
                bool within = game.KeptBudget(tape, CostUnit.Operations);
                block.WinsWithin += won && within ? 1 : 0;
                block.OverBudget += within ? 0 : 1;
            }

            if (cancellation.IsCancellationRequested && trial + 1 < end)
            {
                block.Stopped = true;
                break;
            }
        }

        return block;
    }

    private static Result Summarise(Game game, Sampling sampling, Block total, double seconds)
    {
        Quantity Estimate(long wins, bool advantage)
        {
            Interval interval = Interval.ClopperPearson(wins, total.Trials, sampling.Level);
            double rate = total.Trials == 0 ? double.NaN : (double)wins / total.Trials;
            return advantage ? new(game.Notion.Advantage(rate), interval.OfAdvantage(game.Notion)) : new(rate, interval);
        }

        return new Result
        {
            Game = game,
            Probability = Estimate(total.Wins, advantage: false),
            Advantage = Estimate(total.Wins, advantage: true),
            WithinBudget = game.Notion.Budget is null || !sampling.Metered ? null : Estimate(total.WinsWithin, advantage: true),
            Level = sampling.Level,
            Trials = total.Trials,
            Wins = total.Wins,
            Broken = total.Broken,
            FirstFault = total.FirstFault,
            OverBudget = game.Notion.Budget is null || !sampling.Metered ? null : total.OverBudget,
            Cost = _procedures.Where(p => total.Spent[(int)p] != default)
                .ToDictionary(p => p, p => total.Spent[(int)p] * (1.0 / total.Trials)),
            Unit = CostUnit.Operations,
            Seed = sampling.Seed,
            Seconds = seconds,
            Stopped = total.Trials < sampling.Trials,
        };
    }

    /// <summary>The tally of consecutive trials.</summary>
    private sealed class Block
    {
        public long Trials { get; set; }

        public long Wins { get; set; }

        public long WinsWithin { get; set; }

        public long OverBudget { get; set; }

        public long Broken { get; set; }

        public string? FirstFault { get; set; }

        public bool Stopped { get; set; }

        public Cost[] Spent { get; } = new Cost[_procedures.Length];

        public void Add(Block next)
        {
            Trials += next.Trials;
            Wins += next.Wins;
            WinsWithin += next.WinsWithin;
            OverBudget += next.OverBudget;
            Broken += next.Broken;
            FirstFault ??= next.FirstFault;
            for (int i = 0; i < Spent.Length; i++)
            {
                Spent[i] += next.Spent[i];
            }
        }
    }
}
