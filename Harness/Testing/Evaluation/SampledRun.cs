using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>
/// One evaluation. Its trials are cut into blocks whose bounds do not depend on the threads, and finished blocks are counted in order,
/// so that where a bound is decided does not depend on them either.
/// </summary>
internal sealed class SampledRun : IDisposable
{
    /// <summary>A fixed number of trials is cut into so many blocks; an open one into blocks of that part of what came before.</summary>
    private const int Blocks = 1024, OpenBlocks = 32;

    private readonly Game _game;
    private readonly Sampling _sampling;
    private readonly Action<double>? _progress;
    private readonly Action<long, bool>? _observe;
    private readonly CancellationTokenSource _stop;
    private readonly Watchdog _watchdog;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Block> _waiting = [];
    private readonly Tally _total = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next;
    private int _players;
    private bool _closed;
    private bool _decided;
    private Exception? _error;

    public SampledRun(Game game, Sampling sampling, Action<double>? progress, Action<long, bool>? observe, CancellationToken cancellation)
    {
        if (!sampling.Metered && (sampling.Limits != Limits.None || (sampling.Until is not null && game.Notion.Budget is not null)))
        {
            throw new ArgumentException("limits, and a bound within a budget, need the meter", nameof(sampling));
        }

        _game = game;
        _sampling = sampling;
        _progress = progress;
        _observe = observe;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _watchdog = new(sampling.Timeout, _stop.Token);
    }

    public (Tally Tally, bool Decided) ToEnd()
    {
        _players = (int)Math.Min(_sampling.Threads, _sampling.Trials);
        for (int i = _players; i > 0; i--)
        {
            new Player(this, null).Start();
        }

        _ended.Task.GetAwaiter().GetResult();
        return _error is null ? (_total, _decided) : throw _error;
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _stop.Dispose();
    }

    private Block? Next()
    {
        lock (_gate)
        {
            if (_next == _sampling.Trials || _stop.IsCancellationRequested)
            {
                return null;
            }

            long size = _sampling.Until is null ? (_sampling.Trials + Blocks - 1) / Blocks : _sampling.LooksAtEach ? 1 : Math.Max(1, _next / OpenBlocks);
            Block block = new(_next, Math.Min(_next + size, _sampling.Trials));
            _next = block.End;
            return block;
        }
    }

    private void Finish(Block block)
    {
        lock (_gate)
        {
            _waiting.Add(block.First, block);
            while (!_closed && _waiting.Remove(_total.Trials, out Block? next))
            {
                _total.Add(next.Tally);
                _error = next.Error;
                _closed = _error is not null || next.First + next.Tally.Trials < next.End || IsDecided();
            }

            if (_closed)
            {
                _ = _stop.CancelAsync(); // at once for whoever asks; what an adversary hangs on it runs elsewhere
            }
        }

        _progress?.Invoke((double)_total.Trials / _sampling.Trials);
    }

    private bool IsDecided()
    {
        if (_sampling.Until is not { } bound || (_game.Notion.Kind == Kind.Property && bound.Side == Side.AtMost))
        {
            return false;
        }

        long wins = _game.Notion.Budget is null ? _total.Wins : _total.WinsWithin;
        Interval advantage = _sampling.IntervalOf(wins, _total.Trials).OfAdvantage(_game.Notion);
        return _decided = bound.Of(advantage) != Verdict.Inconclusive;
    }

    private void Leave(Exception? error)
    {
        lock (_gate)
        {
            if (error is not null)
            {
                _error ??= error;
                _ = _stop.CancelAsync();
            }

            if (--_players == 0)
            {
                _ended.TrySetResult();
            }
        }
    }

    /// <summary>Consecutive trials and what they came to.</summary>
    private sealed class Block(long first, long end)
    {
        public long First { get; } = first;

        public long End { get; } = end;

        public Tally Tally { get; } = new();

        /// <summary>What ended it before its end, other than a wish to stop. It counts only where all blocks before it do.</summary>
        public Exception? Error { get; set; }
    }

    /// <summary>A thread that plays block after block, from where another one was stopped if there is one.</summary>
    private sealed class Player(SampledRun run, Block? block)
    {
        private readonly Guard _guard = new(run._sampling.Limits);
        private Block? _block = block;

        public void Start() => run._watchdog.Start(_guard, Play, TakenOver);

        private SeededTape Tape() => new(run._sampling.Seed, run._sampling.Metered, _guard, run._stop.Token);

        private void Play()
        {
            Exception? error = null;
            try
            {
                SeededTape tape = Tape();
                while ((_block ??= run.Next()) is { } block)
                {
                    try
                    {
                        Play(block, tape);
                    }
                    catch (Exception e) when (e is not (TakenOverException or ThreadAbortException))
                    {
                        block.Error = e;
                    }

                    run.Finish(block);
                    _block = null;
                }
            }
            catch (Exception e) when (e is not (TakenOverException or ThreadAbortException))
            {
                error = e; // of who listens to the progress
            }

            run.Leave(error);
        }

        /// <summary>
        /// What another thread does for this one, which waits in its adversary or is being stopped, and will never touch its block again:
        /// counts the trial under way, and has the rest played by a new player; but where all are to stop, neither.
        /// </summary>
        private void TakenOver()
        {
            Block block = _block!;
            if (run._stop.IsCancellationRequested)
            {
                run.Finish(block);
                run.Leave(null);
                return;
            }

            long trial = block.First + block.Tally.Trials;
            SeededTape tape = Tape();
            tape.Rewind(trial);
            bool won = run._game.WithoutAnswer(tape).Lanes[0];
            block.Tally.Add(won, within: true);
            run._observe?.Invoke(trial, won);
            block.Tally.Add(trial, new BrokenAdversaryException(
                Fault.Hung, $"{run._game.Adversary} had not answered after {run._sampling.Timeout!.Value.TotalSeconds} s"));
            new Player(run, block).Start();
        }

        private void Play(Block block, SeededTape tape)
        {
            Game game = run._game;
            CancellationToken stop = run._stop.Token;
            bool counted = game.Notion.Budget is not null && run._sampling.Metered;
            for (long trial = block.First + block.Tally.Trials; trial < block.End; trial++)
            {
                tape.Rewind(trial);
                bool won;
                BrokenAdversaryException? fault;
                try
                {
                    won = game.Play(tape, out fault).Lanes[0];
                }
                catch (Exception e) when (stop.IsCancellationRequested && e is not (TakenOverException or ThreadAbortException))
                {
                    return;
                }

                if (stop.IsCancellationRequested)
                {
                    return; // the wish to stop may have cut the trial short, whatever the adversary made of that
                }

                block.Tally.Add(won, !counted || game.KeptBudget(tape, CostUnit.Operations));
                run._observe?.Invoke(trial, won);
                if (fault is not null)
                {
                    block.Tally.Add(trial, fault);
                }
                else
                {
                    tape.AddSpent(block.Tally.Spent);
                }
            }
        }
    }
}
