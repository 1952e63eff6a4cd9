namespace Wager.Games;

/// <summary>The current path of a game as a stack of draws, each with the probability of the path up to and with it.</summary>
/// <param name="game">The tape of the game.</param>
internal sealed class PathTree(Tape game)
{
    private Node[] _nodes = new Node[16];
    private int _length;
    private int _depth;
    private int _aside;

    /// <summary>How many more paths of conditional draws may be searched for their laws.</summary>
    public long LawPathsLeft { get; set; } = long.MaxValue;

    /// <summary>Whether the next draw is on the part of the path that is replayed.</summary>
    public bool Known => _depth < _length;

    public Ratio Probability => _length == 0 ? Ratio.One : _nodes[_length - 1].Reached;

    /// <summary>Paths done before the current one.</summary>
    public long Paths { get; private set; }

    public void Begin()
    {
        _depth = 0;
        game.Failure = null;
        game.Refusal = null;
    }

    /// <summary>Keeps in mind that the play has failed.</summary>
    public Exception Failed(Exception e) => game.Failure = e;

    /// <summary>The law that the next draw was made from, if it is replayed; null where it is new, or was made after a law that is undefined.</summary>
    public T? LawHere<T>()
        where T : class => Known ? _nodes[_depth].Law as T : null;

    /// <summary>Works something out on another tree, while this one must not grow.</summary>
    public T Aside<T>(Func<T> work)
    {
        _aside++;
        try
        {
            return work();
        }
        catch (Exception e) when (e is NotFiniteException or ImpureProcedureException or OperationCanceledException)
        {
            throw Failed(e);
        }
        finally
        {
            _aside--;
        }
    }

    /// <summary>The outcome of the next draw among equally likely ones: where replayed the recorded one, else the first.</summary>
    public int Take(int outcomes) => Known
        ? Replay(outcomes)
        : Push(new Node { Outcomes = outcomes, Total = (ulong)outcomes, Outcome = -1 });

    /// <summary>The outcome of the next draw by odds.</summary>
    public int TakeByOdds(ReadOnlySpan<int> odds, ulong total)
    {
        if (Known)
        {
            return Replay(odds.Length);
        }

        ulong[] weights = new ulong[odds.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (ulong)odds[i];
        }

        return Push(new Node { Outcomes = weights.Length, Weights = weights, Total = total, Outcome = -1 });
    }

    /// <summary>The outcome of a draw from probabilities, renormalised. The law is kept for the paths below.</summary>
    public int TakeFrom(object law, List<Ratio> probabilities)
    {
        if (Known)
        {
            return Replay(probabilities.Count);
        }

        ulong[]? weights = Ratio.OverOneDenominator(probabilities, out ulong total);
        if (weights is not null)
        {
            bool uniform = !weights.AsSpan().ContainsAnyExcept(weights[0]);
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
        Paths++;
        if (_depth != _length)
        {
            throw Impure();
        }

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

    private Exception Impure() =>
        Failed(new ImpureProcedureException("the same coins led to another draw: a procedure or the adversary uses coins, or a memory, besides its tape"));

    private int Replay(int outcomes)
    {
        ref Node node = ref _nodes[_depth++];
        return node.Outcomes == outcomes ? node.Outcome : throw Impure();
    }

    private int Push(Node node)
    {
        if (_aside > 0)
        {
            throw Failed(new NotFiniteException("a conditional draw asks an oracle, so its law cannot be enumerated by itself"));
        }

        if (_length == _nodes.Length)
        {
            Array.Resize(ref _nodes, 2 * _length);
        }

        _nodes[_length++] = node;
        _depth = _length;
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
