using System.Numerics;

namespace Wager.Testing.Evaluation;

/// <summary>
/// The best adversary in the probe model, on the outcomes of one view: it reads cells one after another, each depending on what it has
/// read, and then answers. By what has been read, the best of answering now and of reading any one cell more.
/// </summary>
/// <param name="winners">For each truth, the answers that win against it.</param>
/// <param name="answers">How many answers there are.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class Expectimax<T>(int[][] winners, int answers, CancellationToken cancellation)
    where T : struct, IBinaryInteger<T>
{
    /// <summary>The most states of what has been read.</summary>
    public const int MostStates = 1 << 21;

    private const int VisitsBetweenChecks = 1 << 10;

    private readonly Dictionary<UInt128, T[]> _states = [];
    private readonly T[] _scores = new T[answers];
    private Outcome<T>[] _outcomes = [];
    private int[][] _values = []; // of each cell, in each outcome: 0, 1, … in the order in which they first occur
    private int[] _counts = [];
    private UInt128[] _places = [];
    private long _visits;
    private bool[] _isRead = []; // in the state at hand

    /// <summary>The mass won with at most 0, 1, … reads.</summary>
    /// <param name="outcomes">The outcomes of one view, at least one.</param>
    /// <param name="reads">The most reads.</param>
    /// <exception cref="UsageException">There are too many states.</exception>
    public T[] Values(Outcome<T>[] outcomes, int reads)
    {
        _states.Clear();
        _outcomes = outcomes;
        int cells = outcomes[0].Cells.Length;
        _values = new int[cells][];
        _counts = new int[cells];
        _places = new UInt128[cells];
        _isRead = new bool[cells];
        UInt128 place = 1;
        for (int cell = 0; cell < cells; cell++)
        {
            Dictionary<int, int> numbers = [];
            foreach (Outcome<T> outcome in outcomes)
            {
                numbers.TryAdd(outcome.Cells[cell], numbers.Count);
            }

            _values[cell] = [.. outcomes.Select(outcome => numbers[outcome.Cells[cell]])];
            _counts[cell] = numbers.Count;
            _places[cell] = place;
            UInt128 digits = (UInt128)(numbers.Count + 1); // not read, or one of the values
            place = place <= UInt128.MaxValue / digits ? place * digits : throw TooMany();
        }

        return Value([.. Enumerable.Range(0, outcomes.Length)], 0, 0, Math.Min(reads, cells));
    }

    /// <summary>The mass won among some outcomes with at most 0, 1, … further reads.</summary>
    /// <param name="those">The outcomes that agree with what has been read.</param>
    /// <param name="state">What has been read, a digit for each cell: 0 for nothing, else one more than its value.</param>
    /// <param name="read">How many cells that is.</param>
    /// <param name="left">How many more may be read. The state decides it.</param>
    private T[] Value(int[] those, UInt128 state, int read, int left)
    {
        if (_states.TryGetValue(state, out T[]? known))
        {
            return known;
        }

        if (_states.Count >= MostStates)
        {
            throw TooMany();
        }

        if (++_visits % VisitsBetweenChecks == 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        T[] best = new T[left + 1];
        Array.Fill(best, Answered(those, read, out T winnable));
        for (int cell = 0; left > 0 && best[0] < winnable && cell < _counts.Length; cell++)
        {
            if (!_isRead[cell])
            {
                _isRead[cell] = true;
                Read(cell, those, state, read, best);
                _isRead[cell] = false;
            }
        }

        return _states[state] = best;
    }

    /// <summary>Reads a cell, and keeps what is better by that.</summary>
    private void Read(int cell, int[] those, UInt128 state, int read, T[] best)
    {
        T[] sums = new T[best.Length - 1];
        if (!Known(cell, state, sums))
        {
            int[][] parts = Parts(cell, those);
            if (parts.Any(part => part.Length == those.Length))
            {
                return; // its value was known beforehand
            }

            Array.Clear(sums);
            for (int value = 0; value < parts.Length; value++)
            {
                if (parts[value].Length > 0)
                {
                    Add(sums, Value(parts[value], After(cell, value, state), read + 1, best.Length - 2));
                }
            }
        }

        for (int t = 0; t < sums.Length; t++)
        {
            best[t + 1] = T.Max(best[t + 1], sums[t]);
        }
    }

    /// <summary>The sums over a cell's values, where each was come by already on the way through other cells.</summary>
    private bool Known(int cell, UInt128 state, T[] sums)
    {
        for (int value = 0; value < _counts[cell]; value++)
        {
            if (!_states.TryGetValue(After(cell, value, state), out T[]? won))
            {
                return false;
            }

            Add(sums, won);
        }

        return true;
    }

    /// <summary>Outcomes by the value of a cell.</summary>
    private int[][] Parts(int cell, int[] those)
    {
        int[] values = _values[cell];
        int[] counts = new int[_counts[cell]];
        foreach (int outcome in those)
        {
            counts[values[outcome]]++;
        }

        int[][] parts = [.. counts.Select(count => new int[count])];
        foreach (int outcome in those)
        {
            int value = values[outcome];
            parts[value][^counts[value]--] = outcome;
        }

        return parts;
    }

    private UInt128 After(int cell, int value, UInt128 state) => state + (_places[cell] * (UInt128)(value + 1));

    private static void Add(T[] sums, T[] more)
    {
        for (int t = 0; t < sums.Length; t++)
        {
            sums[t] += more[t];
        }
    }

    /// <summary>The mass that the best answer wins after so many reads.</summary>
    /// <param name="those">The outcomes that agree with what has been read.</param>
    /// <param name="read">The reads.</param>
    /// <param name="winnable">All mass for which they are within the budget.</param>
    private T Answered(int[] those, int read, out T winnable)
    {
        winnable = T.Zero;
        T best = T.Zero;
        foreach (int index in those)
        {
            ref readonly Outcome<T> outcome = ref _outcomes[index];
            if (outcome.MostReads < read)
            {
                continue; // over the budget, whatever is answered
            }

            winnable += outcome.Mass;
            foreach (int answer in winners[outcome.Truth])
            {
                _scores[answer] += outcome.Mass;
                best = T.Max(best, _scores[answer]);
            }
        }

        foreach (int index in those)
        {
            foreach (int answer in winners[_outcomes[index].Truth])
            {
                _scores[answer] = T.Zero;
            }
        }

        return best;
    }

    private static UsageException TooMany() =>
        new($"--optimal: there are more than {MostStates:N0} states of what an adversary may have read; give fewer cells, or bound them by --reads");
}
