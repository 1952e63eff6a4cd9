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

    /// <summary>So many trials in lock-step are looked at together at least, whatever the memory is, for where a bound is decided must not depend on that.</summary>
    private const int LanesOfALook = 64;

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
    private readonly int _lanes;
    private volatile int _roomFor = int.MaxValue;
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
        _lanes = sampling.LanesOf(game);
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
            new Player(this, null, _lanes).Start();
        }

        _ended.Task.GetAwaiter().GetResult();
        return _error is null ? (_total, _decided) : throw _error;
    }

    /// <summary>How many trials were played at once, at most.</summary>
    public int Lanes => Math.Min(_lanes, _roomFor);

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

            long size = _sampling.Until is null ? Math.Max((_sampling.Trials + Blocks - 1) / Blocks, Math.Min(_lanes, (_sampling.Trials + _sampling.Threads - 1) / _sampling.Threads))
                : _sampling.LooksAtEach ? 1
                : Math.Max(_lanes > 1 ? LanesOfALook : 1, _next / OpenBlocks);
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
    /// <param name="run">The run.</param>
    /// <param name="block">The block that it goes on with; null for the next one.</param>
    /// <param name="lanes">How many trials it plays at once, at most.</param>
    private sealed class Player(SampledRun run, Block? block, int lanes)
    {
        private readonly Guard _guard = new(run._sampling.Limits);
        private readonly int _mostLanes = lanes;
        private Block? _block = block;
        private int _atOnce;

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
                        while (Left(block) > 0 && (_mostLanes > 1 ? Play(block, Math.Min(Left(block), Math.Min(_mostLanes, run.Lanes))) : Play(block, tape)))
                        {
                        }
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
        /// counts the trial under way, or where these are several has them played by fewer at once, and has the rest played by a new player; but
        /// where all are to stop, none of it.
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

            if (_atOnce > 1)
            {
                new Player(run, block, Math.Max(2, _atOnce / 2)).Start();
                return;
            }

            long trial = Next(block);
            SeededTape tape = Tape();
            tape.Rewind(trial);
            bool won = run._game.WithoutAnswer(tape).Lanes[0];
            block.Tally.Add(won, within: true);
            run._observe?.Invoke(trial, won);
            block.Tally.Add(trial, new BrokenAdversaryException(
                Fault.Hung, $"{run._game.Adversary} had not answered after {run._sampling.Timeout!.Value.TotalSeconds} s"));
            new Player(run, block, run._lanes).Start();
        }

        private static long Next(Block block) => block.First + block.Tally.Trials;

        private static long Left(Block block) => block.End - Next(block);

        /// <summary>Plays the next trial alone.</summary>
        /// <returns>Whether it counts: not where all are to stop.</returns>
        private bool Play(Block block, SeededTape tape)
        {
            _atOnce = 1;
            tape.Rewind(Next(block));
            if (Played(tape, out BrokenAdversaryException? fault) is not { } bits)
            {
                return false;
            }

            Count(block, bits.Lanes[0], tape, fault);
            return true;
        }

        /// <summary>
        /// Plays the next trials in lock-step. Where that fails they are played in halves, down to a single one, of which it is then true: an
        /// adversary's fault is one trial's, and where the memory is short fewer fit, and no trial is lost.
        /// </summary>
        /// <returns>Whether they count: not where all are to stop.</returns>
        private bool Play(Block block, long count)
        {
            _atOnce = (int)count;
            long first = Next(block);
            LaneTape tape = new(
                run._sampling.Seed,
                count == 1 ? [first, first] : [.. Enumerable.Range(0, (int)count).Select(lane => first + lane)],
                run._sampling.Metered, _guard, run._stop.Token);
            BrokenAdversaryException? fault = null;
            Bits? bits;
            try
            {
                bits = count == 1 ? Played(tape, out fault) : Played(tape, out _, alone: false);
            }
            catch (Exception e) when (count > 1 && e is not (TakenOverException or ThreadAbortException))
            {
                if (Shortage.IsOfMemory(e))
                {
                    run._roomFor = (int)Math.Max(2, Math.Min(run._roomFor, count / 2));
                }

                return Play(block, count / 2) && Play(block, count - (count / 2));
            }

            for (int lane = 0; bits is { } of && lane < count; lane++)
            {
                Count(block, of.Lanes[of.Lanes.Length == 1 ? 0 : lane], tape.Lane(lane), fault);
            }

            return bits is not null;
        }

        /// <summary>Plays; null where all are to stop.</summary>
        private Bits? Played(Tape tape, out BrokenAdversaryException? fault, bool alone = true)
        {
            fault = null;
            CancellationToken stop = run._stop.Token;
            try
            {
                Bits bits = alone ? run._game.Play(tape, out fault) : run._game.Play(tape);
                return stop.IsCancellationRequested ? null : bits; // the wish to stop may have cut the trial short, whatever the adversary made of that
            }
            catch (Exception e) when (stop.IsCancellationRequested && e is not (TakenOverException or ThreadAbortException))
            {
                return null;
            }
        }

        /// <summary>Counts the next trial, which was played on that tape.</summary>
        private void Count(Block block, bool won, Tape tape, BrokenAdversaryException? fault)
        {
            long trial = Next(block);
            bool counted = run._game.Notion.Budget is not null && run._sampling.Metered;
            block.Tally.Add(won, !counted || run._game.KeptBudget(tape, CostUnit.Operations));
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
