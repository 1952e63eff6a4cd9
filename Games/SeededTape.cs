namespace Wager.Games;

/// <summary>
/// The tape of one sampled trial: its coins are a function of (seed, trial), so any trial replays alone, and a tally does
/// not depend on how trials were split over threads or machines.
/// </summary>
public sealed class SeededTape : Tape
{
    /// <summary>How often a condition may fail in one draw before it counts as never met.</summary>
    public const int MaximumAttempts = 1_000_000;

    private readonly Procedure _procedure;
    private readonly Meter? _meter;
    private readonly Guard? _watched;
    private readonly ulong[] _single = new ulong[1];
    private readonly uint[] _calls = new uint[Procedures];
    private SeededTape?[]? _streams;
    private SeededTape? _attempt;
    private ulong _key;
    private ulong _position;
    private bool _called;
    private long _trial;

    /// <summary>A tape for trials of one seed, rewound to trial 0.</summary>
    /// <param name="seed">The seed; the harness's default is 1.</param>
    /// <param name="metered">Whether charges are counted. It changes no coin.</param>
    /// <param name="guard">What holds the adversary to its limits. A limit of memory or of operations needs the meter on.</param>
    /// <param name="cancellation">Ends a conditional draw between two attempts.</param>
    /// <exception cref="ArgumentException">The guard has limits, and the meter is off.</exception>
    public SeededTape(ulong seed, bool metered = true, Guard? guard = null, CancellationToken cancellation = default)
    {
        if (!metered && guard?.HasLimits == true)
        {
            throw new ArgumentException("limits need the meter", nameof(metered));
        }

        Cancellation = cancellation;
        Guard = guard;
        _watched = guard;
        Seed = seed;
        _meter = metered ? new Meter(guard) : null;
        Rewind(0);
    }

    private SeededTape(SeededTape root, Procedure procedure)
    {
        _meter = root._meter;
        _watched = root._watched;
        Cancellation = root.Cancellation;
        _procedure = procedure;
        Transcript = procedure == Procedure.Game ? root.Transcript : null; // no procedure reads what others returned
    }

    /// <summary>The seed of all trials on this tape.</summary>
    public ulong Seed { get; }

    /// <inheritdoc/>
    internal override string Position => $"in trial {_trial} of seed {Seed}";

    /// <summary>Makes this the tape of another trial, with nothing spent.</summary>
    /// <exception cref="InvalidOperationException">The tape is a procedure's own.</exception>
    public void Rewind(long trial)
    {
        RequireGame(_procedure == Procedure.Game);
        _meter?.Clear();
        _trial = trial;
        Start(KeyOf(Seed, trial));
    }

    /// <summary>From which all coins of a trial come.</summary>
    internal static ulong KeyOf(ulong seed, long trial) => Coins.Mix(Coins.Mix(seed) + (ulong)trial);

    /// <summary>From which the coins of a procedure's next call come.</summary>
    /// <param name="key">The caller's.</param>
    /// <param name="procedure">The procedure.</param>
    /// <param name="calls">How often each procedure was called, which is counted up. <c>[Procedures]</c></param>
    internal static ulong StreamOf(ulong key, Procedure procedure, Span<uint> calls)
    {
        // What an adversary prepares is metered apart, but its coins are the adversary's: a recoverer within an accelerator draws those
        // that it draws in WRec, which couples the two.
        int coins = (int)(procedure == Procedure.Preparation ? Procedure.Adversary : procedure);
        return Coins.OneWay(key ^ Coins.Mix(((ulong)coins << 32) | calls[coins]++));
    }

    /// <summary>From which the coins of an attempt of a conditional draw come.</summary>
    internal static ulong AttemptOf(ulong key, uint attempt) => Coins.OneWay(key + attempt);

    /// <summary>That a condition was met in no attempt.</summary>
    internal static UndefinedConditionException NeverMet() =>
        new($"undefined, or as good as: a condition was not met in {MaximumAttempts:N0} attempts");

    /// <inheritdoc/>
    public override Bits Coin()
    {
        Bits coin = new(Next() >> 63 != 0);
        Transcript?.Note(_procedure, coin);
        return coin;
    }

    /// <inheritdoc/>
    public override int Draw(int outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outcomes);
        return Below(outcomes);
    }

    /// <inheritdoc/>
    public override int DrawByOdds(params ReadOnlySpan<int> odds) => OutcomeAt(odds, Below(Total(odds)));

    /// <inheritdoc/>
    public override ReadOnlySpan<ulong> Keys()
    {
        _single[0] = Next();
        return _single;
    }

    /// <inheritdoc/>
    public override Tape For(Procedure procedure)
    {
        _streams ??= new SeededTape?[Procedures];
        SeededTape stream = _streams[(int)procedure] ??= new SeededTape(this, Payer(procedure));
        _called = true;
        stream.Start(StreamOf(_key, procedure, _calls));
        return stream;
    }

    /// <inheritdoc/>
    public override void Charge(in Cost cost)
    {
        RequireChargeable(cost);
        _watched?.RequireOurs();
        _meter?.Charge(_procedure, cost);
    }

    /// <inheritdoc/>
    public override Cost Spent(Procedure procedure)
    {
        RequireGame(_procedure == Procedure.Game || _procedure == procedure);
        return _meter is null ? default : _meter[procedure];
    }

    /// <inheritdoc/>
    public override void AddSpent(Span<Cost> totals, double weight = 1)
    {
        RequireGame(_procedure == Procedure.Game);
        _meter?.AddTo(totals, weight);
    }

    /// <inheritdoc/>
    public override T Given<T>(Func<Tape, T> draw, Func<T, Bits> accept, Func<Bits, T, T, T> choose)
    {
        ulong key = Next();
        SeededTape attempt = _attempt ??= new SeededTape(this, _procedure);
        for (uint r = 0; r < MaximumAttempts; r++)
        {
            Cancellation.ThrowIfCancellationRequested();
            attempt.Start(AttemptOf(key, r));
            T value = draw(attempt);
            if (accept(value).Lanes[0])
            {
                return value;
            }
        }

        throw NeverMet();
    }

    /// <summary>Only the game has procedures; what a procedure calls, it pays for itself.</summary>
    private Procedure Payer(Procedure called) => _procedure == Procedure.Game ? called : _procedure;

    private void Start(ulong key)
    {
        _key = key;
        _position = 0;
        Failure = null;
        Refusal = null;
        if (_called)
        {
            Array.Clear(_calls);
            _called = false;
        }
    }

    private ulong Next() => Coins.Word(_key, ++_position);

    private int Below(int bound) => Coins.Below(_key, ++_position, bound);
}
