using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>Several values as one, equal where all of them are.</summary>
internal readonly struct Several<T>(T[] values) : IEquatable<Several<T>>
{
    private readonly T[] _values = values;

    public T this[int index] => _values[index];

    public bool Equals(Several<T> other) => _values.AsSpan().SequenceEqual(other._values, EqualityComparer<T>.Default);

    public override bool Equals(object? obj) => obj is Several<T> other && Equals(other);

    public override int GetHashCode()
    {
        int hash = _values.Length;
        foreach (T value in _values)
        {
            hash = (hash * 31) + (value?.GetHashCode() ?? 0);
        }

        return hash;
    }
}

/// <summary>What one play of a game shows an adversary, and what its answer is scored against.</summary>
/// <param name="View">What it is given.</param>
/// <param name="Cells">What it may read besides, in the probe model; else nothing.</param>
/// <param name="Truth">What its answer is scored against.</param>
internal readonly record struct Sight<TView, TTruth>(TView View, int[] Cells, TTruth Truth);

/// <summary>An outcome of a game with its mass, among those of one view.</summary>
/// <param name="Cells">What may be read.</param>
/// <param name="Truth">The index of what answers are scored against.</param>
/// <param name="MostReads">How many reads are within the budget of this outcome; −1 where not even none is.</param>
/// <param name="Mass">The probability, or a multiple of it.</param>
internal readonly record struct Outcome<T>(int[] Cells, int Truth, int MostReads, T Mass);

/// <summary>The joint law of what an adversary may see and what its answer is scored against, from every path of a game.</summary>
internal sealed class JointLaw<TView, TTruth>
    where TView : notnull
    where TTruth : notnull
{
    /// <summary>The most paths that are played.</summary>
    public const int MostPaths = 1 << 22;

    private const int PathsBetweenReports = 1 << 12;

    private readonly Dictionary<TView, Dictionary<(Several<int> Cells, int Truth, int MostReads), Outcome<Ratio>>> _views = [];
    private readonly Dictionary<TTruth, int> _truths = [];

    /// <summary>Plays every path.</summary>
    /// <param name="game">A game whose adversary only looks.</param>
    /// <param name="tape">The tape, with what the adversary and its scorer note.</param>
    /// <param name="look">What was seen in the play just played, from its bits.</param>
    /// <param name="progress">Told now and then what part of the probability is covered.</param>
    public JointLaw(Game game, PathTape tape, Func<Bits, Sight<TView, TTruth>> look, Action<double>? progress)
    {
        Ratio covered = Ratio.Zero;
        do
        {
            tape.Begin();
            Sight<TView, TTruth> seen = look(game.Play(tape));
            int mostReads = MostReads(game, tape);
            if (Paths < 16 || long.IsPow2(Paths))
            {
                tape.Begin();
                RequireSame(game, seen, look(game.Play(tape)));
            }

            Add(seen, mostReads, tape.Probability);
            covered += tape.Probability;
            if (++Paths % PathsBetweenReports == 0)
            {
                progress?.Invoke(covered.ToDouble());
                tape.Cancellation.ThrowIfCancellationRequested();
            }

            if (Paths > MostPaths)
            {
                throw new NotFiniteException($"it has more than {MostPaths:N0} paths; give a smaller scheme, or fewer queries");
            }
        }
        while (tape.Advance());
    }

    public long Paths { get; private set; }

    /// <summary>Everything that an answer may be scored against, in the order of its index.</summary>
    public IEnumerable<TTruth> Truths => _truths.OrderBy(truth => truth.Value).Select(truth => truth.Key);

    /// <summary>The outcomes of each view.</summary>
    public IEnumerable<IReadOnlyCollection<Outcome<Ratio>>> Views => _views.Values.Select(view => view.Values);

    private void Add(Sight<TView, TTruth> seen, int mostReads, Ratio probability)
    {
        if (!_truths.TryGetValue(seen.Truth, out int truth))
        {
            _truths.Add(seen.Truth, truth = _truths.Count);
        }

        if (!_views.TryGetValue(seen.View, out Dictionary<(Several<int>, int, int), Outcome<Ratio>>? outcomes))
        {
            _views.Add(seen.View, outcomes = []);
        }

        (Several<int>, int, int) key = (new(seen.Cells), truth, mostReads);
        outcomes[key] = new(seen.Cells, truth, mostReads, outcomes.TryGetValue(key, out Outcome<Ratio> known) ? known.Mass + probability : probability);
    }

    /// <summary>The most reads that cost less than the procedure that the budget is measured by.</summary>
    private static int MostReads(Game game, PathTape tape) => game.Notion.Budget is { } budget
        ? (int)Math.Min(int.MaxValue, Math.Ceiling(CostUnit.Operations.Count(tape.Spent(budget))) - 1)
        : int.MaxValue;

    /// <summary>Two values that are alike must be equal, or what is one view would be counted as many, and too much would seem possible.</summary>
    private static void RequireSame(Game game, Sight<TView, TTruth> seen, Sight<TView, TTruth> again)
    {
        if (!seen.View.Equals(again.View) || !seen.Truth.Equals(again.Truth) || !seen.Cells.AsSpan().SequenceEqual(again.Cells))
        {
            throw new UsageException(
                $"{game}: the same coins show another view: a type of the scheme has no equality by value, which optimal adversaries need, or a procedure has coins besides its tape");
        }
    }
}
