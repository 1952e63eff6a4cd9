using System.Runtime.CompilerServices;

namespace Wager.Games;

/// <summary>
/// Stands by while an adversary works: holds it to its limits, and lets a watchdog take the trial away from it. One guard
/// belongs to one tape.
/// </summary>
/// <remarks>
/// Entering and leaving cost two plain writes, because it is the watchdog that pays for a barrier of the whole process: either it sees
/// that the adversary has left, or the adversary sees that it was taken over; where both do, the lock decides.
/// </remarks>
public sealed class Guard(Limits? limits = null)
{
    private const uint ChargesBetweenLooks = 16; // at the memory, which takes longer than to charge

    private readonly Lock _gate = new();
    private readonly double _operations = limits?.Operations ?? double.PositiveInfinity;
    private readonly long _bytes = limits?.Bytes ?? long.MaxValue;
    private long _call; // odd while an adversary is at work; written by the thread that plays
    private long _contested;
    private bool _taken;
    private bool _isPair;
    private double _spent;
    private uint _charges;
    private long _allocatedBefore;
    private long _allocated;

    /// <summary>The adversary's call under way, a number that never comes twice; 0 where none is.</summary>
    public long Call => Volatile.Read(ref _call) is long call && (call & 1) == 1 ? call : 0;

    /// <summary>Whether one trial is played as two equal lanes, in which an adversary may work twice as long.</summary>
    internal bool IsPair { get => Volatile.Read(ref _isPair); set => Volatile.Write(ref _isPair, value); }

    /// <summary>Whether the trial holds what lies outside the runtime, such as tensors: a thread that is stopped within their library can end the process.</summary>
    internal bool HoldsNatives { get; set; }

    /// <summary>Whether there is anything to enforce.</summary>
    internal bool HasLimits => _operations < double.PositiveInfinity || CountsBytes;

    private bool CountsBytes => _bytes < long.MaxValue;

    /// <summary>Takes the call over, if it is still under way: the thread that plays it will never return from it to its game.</summary>
    public bool TryTake(long call)
    {
        lock (_gate)
        {
            Volatile.Write(ref _contested, call);
            Interlocked.MemoryBarrierProcessWide();
            if (Volatile.Read(ref _call) == call)
            {
                _taken = true;
                return true;
            }

            return false;
        }
    }

    /// <summary>Another trial begins.</summary>
    internal void Start()
    {
        _spent = 0;
        _charges = 0;
        _allocated = 0;
    }

    /// <summary>The adversary begins to work, or goes on after an oracle has answered.</summary>
    /// <exception cref="TakenOverException">Too late.</exception>
    internal void Enter()
    {
        RequireOurs();
        if (CountsBytes)
        {
            _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        }

        Volatile.Write(ref _call, _call + 1);
    }

    /// <summary>The adversary has ended, in whatever way, or waits for an oracle.</summary>
    /// <exception cref="TakenOverException">Too late.</exception>
    internal void Leave()
    {
        RequireOurs();
        long call = _call;
        Volatile.Write(ref _call, call + 1);
        if (Volatile.Read(ref _contested) == call)
        {
            lock (_gate)
            {
                RequireOurs();
            }
        }

        if (CountsBytes)
        {
            CountBytes();
        }
    }

    /// <summary>The adversary has charged its work, and is held to its limits.</summary>
    /// <exception cref="BrokenAdversaryException">A limit is broken.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Charged(in Cost cost)
    {
        _spent += CostUnit.OperationsOf(cost);
        if (_spent > _operations || (++_charges % ChargesBetweenLooks == 0 && CountsBytes))
        {
            Check();
        }
    }

    /// <summary>The adversary has answered; a limit that it broke is broken even where it caught what that throws.</summary>
    /// <exception cref="BrokenAdversaryException">A limit is broken.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Answered()
    {
        if (_spent > _operations || CountsBytes)
        {
            Check();
        }
    }

    private void Check()
    {
        if (_spent > _operations)
        {
            throw new BrokenAdversaryException(Fault.OverBudget, FormattableString.Invariant($"spent more than t = {_operations} operations"));
        }

        CountBytes();
        if (_allocated > _bytes)
        {
            throw new BrokenAdversaryException(Fault.OverMemory, $"allocated more than {_bytes:N0} bytes");
        }
    }

    private void CountBytes()
    {
        long now = GC.GetAllocatedBytesForCurrentThread();
        _allocated += now - _allocatedBefore;
        _allocatedBefore = now;
    }

    /// <summary>What was taken over once stays so, even where the adversary caught what said it. Whoever charges is told too, and so ends by itself.</summary>
    /// <exception cref="TakenOverException">It was.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void RequireOurs()
    {
        if (_taken)
        {
            throw new TakenOverException();
        }
    }
}
