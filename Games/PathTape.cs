namespace Wager.Games;

/// <summary>
/// The tape that replays a game once per outcome of its coins, depth first, with the exact probability of each path.
/// Memory grows with the number of coins on one path, and with the outcomes of a conditional draw, not with the number of paths.
/// </summary>
/// <example><code>
/// do { tape.Begin(); bits = game.Play(tape); … tape.Probability … } while (tape.Advance());
/// </code></example>
public sealed class PathTape : Tape
{
    /// <summary>The most outcomes that a conditional draw may have.</summary>
    public const int MaximumOutcomes = 1 << 20;

    private const int PathsBetweenChecks = 1 << 12;

    private readonly PathTree _tree;
    private readonly Meter _meter;
    private readonly Procedure _procedure;
    private readonly PathTape?[] _streams;

    /// <summary>A tape before its first path.</summary>
    /// <param name="guard">What holds the adversary to its limits.</param>
    /// <param name="cancellation">Stops the search for the law of a conditional draw.</param>
    public PathTape(Guard? guard = null, CancellationToken cancellation = default)
    {
        _tree = new PathTree(this);
        _meter = new Meter(guard);
        Guard = guard;
        _streams = new PathTape?[Procedures];
        Cancellation = cancellation;
    }

    private PathTape(PathTape root, Procedure procedure)
    {
        _tree = root._tree;
        _meter = root._meter;
        _streams = root._streams;
        Cancellation = root.Cancellation;
        _procedure = procedure;
    }

    /// <summary>The most paths of all conditional draws together, whose laws are searched; beyond, the coins count as what cannot be enumerated.</summary>
    public long MostLawPaths
    {
        init => _tree.LawPathsLeft = value;
    }

    /// <inheritdoc/>
    internal override string Position => $"on path {_tree.Paths}";

    /// <summary>The probability of the path just played. It is exact.</summary>
    /// <exception cref="InvalidOperationException">The tape is a procedure's own.</exception>
    public Ratio Probability
    {
        get
        {
            RequireGame(_procedure == Procedure.Game);
            return _tree.Probability;
        }
    }

    /// <summary>Starts the current path, with nothing spent.</summary>
    /// <exception cref="InvalidOperationException">The tape is a procedure's own.</exception>
    public void Begin()
    {
        RequireGame(_procedure == Procedure.Game);
        _meter.Clear();
        _tree.Begin();
    }

    /// <summary>Goes to the next path; false when there is none.</summary>
    /// <exception cref="ImpureProcedureException">The path just played left out draws that it had before.</exception>
    /// <exception cref="InvalidOperationException">The tape is a procedure's own.</exception>
    public bool Advance()
    {
        RequireGame(_procedure == Procedure.Game);
        return _tree.Advance();
    }

    /// <inheritdoc/>
    public override Bits Coin() => new(_tree.Take(2) == 1);

    /// <inheritdoc/>
    public override int Draw(int outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outcomes);
        return _tree.Take(outcomes);
    }

    /// <inheritdoc/>
    public override int DrawByOdds(params ReadOnlySpan<int> odds) => _tree.TakeByOdds(odds, (ulong)Total(odds));

    /// <inheritdoc/>
    public override ReadOnlySpan<ulong> Keys() =>
        throw _tree.Failed(new NotFiniteException($"{_procedure} draws a 64-bit key, so its coins cannot be enumerated"));

    /// <inheritdoc/>
    public override Tape For(Procedure procedure) =>
        _procedure == Procedure.Game ? (_streams[(int)procedure] ??= new PathTape(this, procedure)).Fresh() : this;

    private PathTape Fresh()
    {
        Failure = null;
        Refusal = null;
        return this;
    }

    /// <inheritdoc/>
    public override void Charge(in Cost cost)
    {
        RequireChargeable(cost);
        _meter.Charge(_procedure, cost);
    }

    /// <inheritdoc/>
    public override Cost Spent(Procedure procedure)
    {
        RequireGame(_procedure == Procedure.Game || _procedure == procedure);
        return _meter[procedure];
    }

    /// <inheritdoc/>
    public override void AddSpent(Span<Cost> totals, double weight = 1)
    {
        RequireGame(_procedure == Procedure.Game);
        _meter.AddTo(totals, weight);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Charged is what the accepted draw spends, and what the rejected ones before it spend in the mean. How much that is varies
    /// without bound, so no single path has it exactly; where a budget could depend on it, which is on the stream of a procedure,
    /// rejected draws that spend something cannot be enumerated.
    /// </remarks>
    /// <exception cref="NotFiniteException">The law has too many outcomes, or its cost cannot be enumerated.</exception>
    public override T Given<T>(Func<Tape, T> draw, Func<T, Bits> accept, Func<Bits, T, T, T> choose)
    {
        ConditionalLaw<T> law = _tree.LawHere<ConditionalLaw<T>>() ?? _tree.Aside(() => Law(draw, accept));
        int outcome = _tree.TakeFrom(law, law.Probabilities);
        ChargeAll(law.Costs[outcome]);
        ChargeAll(law.Rejected);
        return law.Values[outcome];
    }

    private void ChargeAll(Cost[]? costs)
    {
        for (int i = 0; costs is not null && i < costs.Length; i++)
        {
            if (costs[i] != default)
            {
                For((Procedure)i).Charge(costs[i]);
            }
        }
    }

    private ConditionalLaw<T> Law<T>(Func<Tape, T> draw, Func<T, Bits> accept)
    {
        ConditionalLaw<T> law = new();
        PathTape inner = new(cancellation: Cancellation);
        long charges = 0;
        Cost[]? rejected = null;
        double acceptance = 0;
        long paths = 0;
        do
        {
            if (++paths % PathsBetweenChecks == 0)
            {
                Cancellation.ThrowIfCancellationRequested();
            }

            if (_tree.LawPathsLeft-- <= 0)
            {
                throw new NotFiniteException("its conditional draws have more paths than are enumerated here");
            }

            inner.Begin();
            T value = draw(inner);
            bool accepted = accept(value).Lanes[0];
            if (inner.Failure is { } failure)
            {
                throw failure; // although it was caught on its way
            }

            Cost[]? spent = null;
            if (inner._meter.Charges != charges)
            {
                charges = inner._meter.Charges;
                inner.AddSpent(spent = new Cost[Procedures]);
            }

            if (accepted)
            {
                law.Add(value, inner.Probability, spent);
                acceptance += inner.Probability.ToDouble();
            }
            else if (spent is not null)
            {
                RequireNoBudget();
                rejected ??= new Cost[Procedures];
                for (int i = 0; i < Procedures; i++)
                {
                    rejected[i] += spent[i] * inner.Probability.ToDouble();
                }
            }
        }
        while (inner.Advance());
        return law.Values.Count == 0
            ? throw new UndefinedConditionException("undefined: a conditional draw has a condition that nothing meets")
            : law.WithRejected(rejected?.Select(cost => cost * (1 / acceptance)).ToArray());
    }

    private void RequireNoBudget()
    {
        if (_procedure != Procedure.Game)
        {
            throw new NotFiniteException($"{_procedure} works on conditional draws until one is accepted, so its cost cannot be enumerated");
        }
    }

    /// <summary>The accepted values with their probabilities and what it cost to draw them.</summary>
    private sealed class ConditionalLaw<T>
    {
        public List<T> Values { get; } = [];

        public List<Ratio> Probabilities { get; } = [];

        public List<Cost[]?> Costs { get; } = [];

        public Cost[]? Rejected { get; private set; }

        public void Add(T value, Ratio probability, Cost[]? cost)
        {
            if (Values.Count == MaximumOutcomes)
            {
                throw new NotFiniteException($"a conditional draw has more than {MaximumOutcomes:N0} outcomes");
            }

            Values.Add(value);
            Probabilities.Add(probability);
            Costs.Add(cost);
        }

        public ConditionalLaw<T> WithRejected(Cost[]? rejected)
        {
            Rejected = rejected;
            return this;
        }
    }
}
