using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>
/// One evaluation. Its trials are cut into blocks, and finished blocks are counted in order. Where a bound is to be decided their bounds depend neither on
/// the threads nor on how many trials are played at once, if only it is one or several; so neither does where it is decided.
/// </summary>
internal sealed partial class SampledRun : IDisposable
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
    private int _roomFor;
    private int _mostAtOnce = 1;
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
        _roomFor = _lanes = sampling.LanesOf(game);
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

    /// <summary>How many trials were played at once, at most, to their end.</summary>
    public int Lanes => _mostAtOnce;

    public void Dispose()
    {
        _watchdog.Dispose();
        _stop.Dispose();
    }

    /// <summary>So many trials were played at once.</summary>
    private void Fitted(int count)
    {
        lock (_gate)
        {
            _mostAtOnce = Math.Max(_mostAtOnce, count);
        }
    }

    /// <summary>The memory is not enough for more trials at once.</summary>
    private void HasRoomFor(long count)
    {
        lock (_gate)
        {
            _roomFor = (int)Math.Clamp(count, 2, _roomFor);
        }
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
}
