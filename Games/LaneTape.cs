namespace Wager.Games;

/// <summary>
/// The tape of several sampled trials in lock-step: each lane draws what its trial draws alone on a <see cref="SeededTape"/>, and pays what it
/// pays alone, whoever its neighbours are.
/// </summary>
/// <remarks>
/// One trial is played as two equal lanes, because libtorch computes a batch of one with other kernels than a batch of many, which differ
/// in the last bits.
/// </remarks>
public sealed class LaneTape : Tape
{
    private readonly Streams _streams;
    private readonly Procedure _procedure;
    private readonly LaneMeter? _meter;
    private readonly Guard? _watched;
    private readonly Range _part;
    private readonly bool[]? _paying; // of all lanes those that pay, within a conditional draw; null where all do

    /// <summary>A tape for trials of one seed.</summary>
    /// <param name="seed">The seed; the harness's default is 1.</param>
    /// <param name="trials">Their numbers, a lane each. <c>[B]</c>, B ≥ 1</param>
    /// <param name="metered">Whether charges are counted. It changes no coin.</param>
    /// <param name="guard">By which a watchdog sees the adversary work. It may have no limits: these are a trial's own.</param>
    /// <param name="cancellation">Ends a conditional draw between two attempts.</param>
    /// <exception cref="ArgumentException">There is no trial, or the guard has limits.</exception>
    public LaneTape(ulong seed, ReadOnlySpan<long> trials, bool metered = true, Guard? guard = null, CancellationToken cancellation = default)
    {
        if (trials.IsEmpty || guard?.HasLimits == true)
        {
            throw new ArgumentException(trials.IsEmpty ? "a tape needs at least one lane" : "limits are held to one trial at a time", trials.IsEmpty ? nameof(trials) : nameof(guard));
        }

        _streams = new(trials.Length);
        for (int lane = 0; lane < trials.Length; lane++)
        {
            _streams.Keys[lane] = SeededTape.KeyOf(seed, trials[lane]);
        }

        _meter = metered ? new LaneMeter(trials.Length) : null;
        _part = new(0, trials.Length);
        Position = trials[^1] == trials[0] ? $"in trial {trials[0]} of seed {seed}" : $"in one of the trials {trials[0]} to {trials[^1]} of seed {seed}";
        Guard = guard;
        _watched = guard;
        Cancellation = cancellation;
    }

    private LaneTape(LaneTape root, Streams streams, Procedure procedure, bool[]? paying, Range part)
    {
        (_streams, _procedure, _paying, _part, _meter, Position) = (streams, procedure, paying, part, root._meter, root.Position);
        _watched = root._watched;
        Cancellation = root.Cancellation;
        Transcript = procedure == Procedure.Game ? root.Transcript : null; // no procedure reads what others returned
    }

    /// <inheritdoc/>
    public override int Lanes => _part.Count;

    /// <inheritdoc/>
    internal override string Position { get; }

    /// <inheritdoc/>
    public override Tape Lane(int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, Lanes);
        return new LaneTape(this, _streams, _procedure, _paying, new(_part.First + lane, 1));
    }

    /// <inheritdoc/>
    public override Bits Coin()
    {
        ulong[] words = Next();
        Bits coin = Lanes == 1 ? new(words[0] >> 63 != 0) : new([.. words.Select(word => word >> 63 != 0)]);
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
    public override ReadOnlySpan<ulong> Keys() => Next();

    /// <inheritdoc/>
    public override Tape For(Procedure procedure)
    {
        Procedure payer = _procedure == Procedure.Game ? procedure : _procedure;
        Streams streams = new(_streams.Keys.Length);
        for (int lane = _part.First; lane < _part.End; lane++)
        {
            streams.Keys[lane] = SeededTape.StreamOf(_streams.Keys[lane], procedure, _streams.Calls.AsSpan(lane * Procedures, Procedures));
        }

        return new LaneTape(this, streams, payer, _paying, _part);
    }

    /// <inheritdoc/>
    public override void Charge(in Cost cost)
    {
        RequireChargeable(cost);
        _watched?.RequireOurs();
        if (_meter is null)
        {
            return;
        }

        if (_paying is null && Lanes == _streams.Keys.Length)
        {
            _meter.ChargeAll(_procedure, cost);
            return;
        }

        for (int lane = _part.First; lane < _part.End; lane++)
        {
            if (_paying?[lane] != false)
            {
                _meter.Charge(_procedure, lane, cost);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A procedure asks for what others spent, or several lanes are asked for at once.</exception>
    public override Cost Spent(Procedure procedure)
    {
        RequireGame(_procedure == Procedure.Game || _procedure == procedure);
        return Lanes > 1 ? throw new InvalidOperationException("each lane has spent its own: ask Lane")
            : _meter is null ? default : _meter.Of(procedure, _part.First);
    }

    /// <inheritdoc/>
    public override void AddSpent(Span<Cost> totals, double weight = 1)
    {
        RequireGame(_procedure == Procedure.Game);
        for (int procedure = 0; procedure < Procedures && _meter is not null; procedure++)
        {
            for (int lane = _part.First; lane < _part.End; lane++)
            {
                totals[procedure] += _meter.Of((Procedure)procedure, lane) * weight;
            }
        }
    }

    /// <inheritdoc/>
    public override T Given<T>(Func<Tape, T> draw, Func<T, Bits> accept, Func<Bits, T, T, T> choose)
    {
        ulong[] keys = Next();
        T value = draw(Attempt(keys, 0, null));
        bool[] accepted = Each(accept(value));
        for (uint r = 1; accepted.Contains(false); r++)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (r == SeededTape.MaximumAttempts)
            {
                throw SeededTape.NeverMet();
            }

            value = choose(new(accepted), draw(Attempt(keys, r, accepted)), value);
            bool[] now = Each(accept(value));
            accepted = [.. accepted.Zip(now, (before, after) => before || after)];
        }

        return value;
    }

    /// <summary>The tape of an attempt, for which those pay who still need one.</summary>
    private LaneTape Attempt(ulong[] keys, uint attempt, bool[]? accepted)
    {
        Streams streams = new(_streams.Keys.Length);
        bool[]? paying = accepted is null ? _paying : new bool[_streams.Keys.Length];
        for (int lane = 0; lane < Lanes; lane++)
        {
            streams.Keys[_part.First + lane] = SeededTape.AttemptOf(keys[lane], attempt);
            if (accepted is not null)
            {
                paying![_part.First + lane] = !accepted[lane] && _paying?[_part.First + lane] != false;
            }
        }

        return new(this, streams, _procedure, paying, _part);
    }

    private bool[] Each(Bits bits) => bits.Lanes.Length == Lanes ? bits.Lanes.ToArray() : [.. Enumerable.Repeat(bits.Lanes[0], Lanes)];

    private ulong[] Next()
    {
        ulong[] words = new ulong[Lanes];
        for (int lane = 0; lane < words.Length; lane++)
        {
            int place = _part.First + lane;
            words[lane] = Coins.Word(_streams.Keys[place], ++_streams.Positions[place]);
        }

        return words;
    }

    private int Below(int bound) => Lanes > 1
        ? throw new NotSupportedException("lanes need not draw alike: ask Lane, or make coins of Keys")
        : Coins.Below(_streams.Keys[_part.First], ++_streams.Positions[_part.First], bound);

    private readonly record struct Range(int First, int Count)
    {
        public int End => First + Count;
    }

    /// <summary>How far each lane's coins are drawn, shared with the tapes of single lanes.</summary>
    private sealed class Streams(int lanes)
    {
        public ulong[] Keys { get; } = new ulong[lanes];

        public ulong[] Positions { get; } = new ulong[lanes];

        public uint[] Calls { get; } = new uint[lanes * Procedures];
    }
}
