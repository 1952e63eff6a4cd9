using System.Numerics;

namespace Wager.Games;

/// <summary>What the procedures of one trial or path have spent so far.</summary>
internal sealed class Meter(Guard? guard = null)
{
    private readonly Guard? _guard = guard?.HasLimits == true ? guard : null;
    private readonly Cost[] _spent = new Cost[Tape.Procedures];
    private uint _charged; // a bit a procedure, so that what was not touched costs nothing to read or to clear

    /// <summary>How many charges were made since the meter was built.</summary>
    public long Charges { get; private set; }

    public Cost this[Procedure procedure] => _spent[(int)procedure];

    public void Charge(Procedure procedure, in Cost cost)
    {
        _spent[(int)procedure] += cost;
        _charged |= 1u << (int)procedure;
        Charges++;
        if (_guard is not null && procedure is Procedure.Adversary or Procedure.Preparation)
        {
            _guard.Charged(cost);
        }
    }

    public void Clear()
    {
        for (uint left = _charged; left != 0; left &= left - 1)
        {
            _spent[BitOperations.TrailingZeroCount(left)] = default;
        }

        _charged = 0;
        _guard?.Start();
    }

    /// <summary>Adds what was spent, weighted, to totals that are indexed by procedure.</summary>
    public void AddTo(Span<Cost> totals, double weight)
    {
        for (uint left = _charged; left != 0; left &= left - 1)
        {
            int procedure = BitOperations.TrailingZeroCount(left);
            totals[procedure] += _spent[procedure] * weight;
        }
    }
}

/// <summary>What the procedures of trials in lock-step have spent, lane by lane.</summary>
internal sealed class LaneMeter(int lanes)
{
    private readonly Cost[] _inAll = new Cost[Tape.Procedures];
    private readonly Cost[]?[] _inEach = new Cost[]?[Tape.Procedures]; // beside what all spent alike

    public void ChargeAll(Procedure procedure, in Cost cost) => _inAll[(int)procedure] += cost;

    public void Charge(Procedure procedure, int lane, in Cost cost) => (_inEach[(int)procedure] ??= new Cost[lanes])[lane] += cost;

    public Cost Of(Procedure procedure, int lane) => _inAll[(int)procedure] + (_inEach[(int)procedure]?[lane] ?? default);
}
