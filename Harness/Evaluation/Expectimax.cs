using System.Numerics;

namespace Wager.Harness.Evaluation;

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

    private const int StatesBetweenChecks = 1 << 10;

    private readonly Dictionary<UInt128, T[]> _states = [];
    private readonly T[] _scores = new T[answers];
    private Outcome<T>[] _all = [];
    private UInt128[] _places = [];
    private int[] _counts = [];

    /// <summary>The mass won with at most 0, 1, … reads.</summary>
    /// <param name="outcomes">The outcomes of one view, at least one.</param>
    /// <param name="reads">The most reads.</param>
    /// <exception cref="UsageException">There are too many states.</exception>
    public T[] Values(IReadOnlyCollection<Outcome<T>> outcomes, int reads)
    {
        _all = [.. outcomes];
        _states.Clear();
        int cells = _all[0].Cells.Length;
        _places = new UInt128[cells];
        _counts = new int[cells];
        for (int i = 0; i < cells; i++)
        {
            Dictionary<int, int> codes = [];
            for (int o = 0; o < _all.Length; o++)
            {
                int value = _all[o].Cells[i];
                codes.TryAdd(value, codes.Count);
            }

            _counts[i] = codes.Count;
            _all = [.. _all.Select(outcome => outcome with { Cells = [.. outcome.Cells[..i], codes[outcome.Cells[i]], .. outcome.Cells[(i + 1)..]] })];
        }

        UInt128 place = 1;
        for (int i = 0; i < cells; i++)
        {
            _places[i] = place;
            place = place <= UInt128.MaxValue / (UInt128)(_counts[i] + 1) ? place * (UInt128)(_counts[i] + 1) : throw TooMany();
        }

        return Value([.. _all], 0, 0, Math.Min(reads, cells));
    }

    /// <summary>The mass won among some outcomes with at most 0, 1, … further reads.</summary>
    /// <param name="outcomes">Those that agree with what has been read.</param>
    /// <param name="state">What has been read: of each cell nothing, or its value.</param>
    /// <param name="read">How many cells that is.</param>
    /// <param name="left">How many more may be read. The state decides it.</param>
    private T[] Value(List<Outcome<T>> outcomes, UInt128 state, int read, int left)
    {
        if (_states.TryGetValue(state, out T[]? known))
        {
            return known;
        }

        if (_states.Count == MostStates)
        {
            throw TooMany();
        }

        if (_states.Count % StatesBetweenChecks == 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        T[] best = new T[left + 1];
        Array.Fill(best, Answered(outcomes, read, out T winnable));
        for (int cell = 0; left > 0 && best[0] < winnable && cell < _counts.Length; cell++)
        {
            if (state / _places[cell] % (UInt128)(_counts[cell] + 1) == 0) // not read yet
            {
                Read(cell, outcomes, state, read, best);
            }
        }

        return _states[state] = best;
    }

    /// <summary>Reads a cell, and keeps what is better by that.</summary>
    private void Read(int cell, List<Outcome<T>> outcomes, UInt128 state, int read, T[] best)
    {
        List<Outcome<T>>?[] byValue = new List<Outcome<T>>?[_counts[cell]];
        foreach (Outcome<T> outcome in outcomes)
        {
            (byValue[outcome.Cells[cell]] ??= []).Add(outcome);
        }

        T[] sums = new T[best.Length - 1];
        for (int value = 0; value < byValue.Length; value++)
        {
            if (byValue[value] is not { } those)
            {
                continue;
            }

            if (those.Count == outcomes.Count)
            {
                return; // it was known beforehand
            }

            T[] values = Value(those, state + (_places[cell] * (UInt128)(value + 1)), read + 1, best.Length - 2);
            for (int t = 0; t < sums.Length; t++)
            {
                sums[t] += values[t];
            }
        }

        for (int t = 0; t < sums.Length; t++)
        {
            best[t + 1] = T.Max(best[t + 1], sums[t]);
        }
    }

    /// <summary>The mass that the best answer wins after so many reads.</summary>
    /// <param name="outcomes">Those that agree with what has been read.</param>
    /// <param name="read">The reads.</param>
    /// <param name="winnable">All mass for which they are within the budget.</param>
    private T Answered(List<Outcome<T>> outcomes, int read, out T winnable)
    {
        winnable = T.Zero;
        T best = T.Zero;
        foreach (Outcome<T> outcome in outcomes)
        {
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

        foreach (Outcome<T> outcome in outcomes)
        {
            foreach (int answer in winners[outcome.Truth])
            {
                _scores[answer] = T.Zero;
            }
        }

        return best;
    }

    private static UsageException TooMany() =>
        new($"--optimal: there are more than {MostStates:N0} states of what an adversary may have read; give fewer cells, or bound them by --reads");
}
