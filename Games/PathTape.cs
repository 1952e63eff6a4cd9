namespace Wager.Games;

/// <summary>
/// The tape that replays a game once per outcome of its coins, depth first, with the exact probability of each path.
/// Memory grows with the number of coins on one path, not with the number of paths.
/// </summary>
/// <example><code>
/// do { tape.Begin(); bits = game.Play(tape); … tape.Probability … } while (tape.Advance());
/// </code></example>
public sealed class PathTape : Tape
{
    private readonly Tree _tree;
    private readonly Cost[] _meter;
    private readonly Procedure _procedure;
    private readonly PathTape?[] _streams;

    /// <summary>A tape before its first path.</summary>
    public PathTape()
    {
        _tree = new Tree();
        _meter = new Cost[Procedures];
        _streams = new PathTape?[Procedures];
    }

    private PathTape(PathTape root, Procedure procedure)
    {
        _tree = root._tree;
        _meter = root._meter;
        _streams = root._streams;
        _procedure = procedure;
    }

    /// <summary>The probability of the path just played. It is exact.</summary>
    public Ratio Probability => _tree.Probability;

    /// <summary>The outcomes on the path just played: what replays it by hand.</summary>
    public IReadOnlyList<int> Path => _tree.Path;

    /// <summary>How many charges the meters took so far: where it did not move, nothing was spent.</summary>
    public long Charges => _tree.Charges;

    /// <summary>Starts the current path.</summary>
    public void Begin() => _tree.Depth = 0;

    /// <summary>Goes to the next path; false when there is none.</summary>
    public bool Advance() => _tree.Advance();

    /// <inheritdoc/>
    public override Bits Coin() => new(_tree.Take(2, default, 2) == 1);

    /// <inheritdoc/>
    public override int Draw(int outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outcomes);
        return _tree.Take(outcomes, default, (ulong)outcomes);
    }

    /// <inheritdoc/>
    public override int DrawByOdds(params ReadOnlySpan<int> odds)
    {
        if (_tree.Known)
        {
            return _tree.Take(odds.Length, default, 0);
        }

        ulong total = (ulong)Total(odds);
        ulong[] weights = new ulong[odds.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (ulong)odds[i];
        }

        return _tree.Take(weights.Length, weights, total);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<ulong> Keys() =>
        throw new NotFiniteException($"{_procedure} draws a 64-bit key, so its coins cannot be enumerated");

    /// <inheritdoc/>
    public override Tape For(Procedure procedure) => _streams[(int)procedure] ??= new PathTape(this, procedure);

    /// <inheritdoc/>
    public override void Charge(in Cost cost)
    {
        _meter[(int)_procedure] += cost;
        _tree.Charges++;
    }

    /// <inheritdoc/>
    public override Cost Spent(Procedure procedure) => _meter[(int)procedure];

    /// <inheritdoc/>
    /// <remarks>The law is found once per path to the draw, and what it takes to find it is not charged.</remarks>
    public override T Given<T>(Func<Tape, T> draw, Func<T, Bits> accept, Func<Bits, T, T, T> choose)
    {
        if (_tree.Known)
        {
            List<T> known = (List<T>)_tree.Law!;
            return known[_tree.Take(known.Count, default, 0)];
        }

        List<T> values = [];
        List<Ratio> weights = [];
        PathTape inner = new();
        do
        {
            inner.Begin();
            T value = draw(inner);
            if (accept(value).Lanes[0])
            {
                values.Add(value);
                weights.Add(inner.Probability);
            }
        }
        while (inner.Advance());
        return values.Count == 0
            ? throw new UndefinedConditionException("a conditional draw has a condition that nothing meets")
            : values[_tree.TakeGiven(weights, values)];
    }

    /// <summary>The current path as a stack of draws, each with the probability of the path up to and with it.</summary>
    private sealed class Tree
    {
        private Node[] _nodes = new Node[16];
        private int _length;

        public int Depth { get; set; }

        public long Charges { get; set; }

        public bool Known => Depth < _length;

        public object? Law => _nodes[Depth].Law;

        public Ratio Probability => _length == 0 ? Ratio.One : _nodes[_length - 1].Reached;

        public int[] Path => [.. _nodes.Take(_length).Select(node => node.Outcome)];

        /// <summary>The outcome of the next draw: on a known part of the path the recorded one, beyond it the first.</summary>
        public int Take(int outcomes, ulong[]? weights, ulong total)
        {
            if (Depth < _length)
            {
                ref Node node = ref _nodes[Depth++];
                return node.Outcomes == outcomes
                    ? node.Outcome
                    : throw new InvalidOperationException(
                        "the same coins led to another draw: a procedure of this game uses something besides its tape");
            }

            return Push(new Node { Outcomes = outcomes, Weights = weights, Total = total, Outcome = -1 });
        }

        /// <summary>The outcome of a draw from the accepted values, renormalised; the values are kept for the paths below.</summary>
        public int TakeGiven(List<Ratio> probabilities, object law)
        {
            ulong[]? weights = Ratio.OverOneDenominator(probabilities, out ulong total);
            if (weights is not null)
            {
                bool uniform = total == weights[0] * (ulong)weights.Length && !weights.AsSpan().ContainsAnyExcept(weights[0]);
                return Push(new Node
                {
                    Outcomes = weights.Length,
                    Weights = uniform ? null : weights,
                    Total = uniform ? (ulong)weights.Length : total,
                    Law = law,
                    Outcome = -1,
                });
            }

            Ratio mass = Ratio.Zero;
            foreach (Ratio probability in probabilities)
            {
                mass += probability;
            }

            Ratio[] shares = [.. probabilities.Select(probability => probability / mass)];
            return Push(new Node { Outcomes = shares.Length, Shares = shares, Law = law, Outcome = -1 });
        }

        public bool Advance()
        {
            while (_length > 0)
            {
                if (Step(_length - 1))
                {
                    return true;
                }

                _nodes[--_length] = default;
            }

            return false;
        }

        private int Push(Node node)
        {
            if (_length == _nodes.Length)
            {
                Array.Resize(ref _nodes, 2 * _length);
            }

            _nodes[_length++] = node;
            Depth = _length;
            Step(_length - 1);
            return _nodes[_length - 1].Outcome;
        }

        /// <summary>Moves a draw to its next outcome of positive probability; false when there is none.</summary>
        private bool Step(int at)
        {
            ref Node node = ref _nodes[at];
            Ratio before = at == 0 ? Ratio.One : _nodes[at - 1].Reached;
            while (++node.Outcome < node.Outcomes)
            {
                if (node.Shares is not null)
                {
                    node.Reached = before * node.Shares[node.Outcome];
                    return true;
                }

                if (node.Weights is null)
                {
                    if (node.Outcome == 0)
                    {
                        node.Reached = before * new Ratio(1, node.Total);
                    }

                    return true; // all outcomes are as likely as the first
                }

                if (node.Weights[node.Outcome] != 0)
                {
                    node.Reached = before * new Ratio(node.Weights[node.Outcome], node.Total);
                    return true;
                }
            }

            return false;
        }

        private struct Node
        {
            public int Outcome;
            public int Outcomes;
            public ulong[]? Weights;
            public ulong Total;
            public Ratio[]? Shares;
            public object? Law;
            public Ratio Reached;
        }
    }
}
