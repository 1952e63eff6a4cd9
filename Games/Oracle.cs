namespace Wager.Games;

/// <summary>
/// An oracle that a game hands to its adversary. It answers at most q queries; each is metered as one query of the adversary, and what
/// the answer costs is the challenger's.
/// </summary>
/// <remarks>By paths, it cannot be asked from within a conditional draw of the adversary's own.</remarks>
public sealed class Oracle<T>
{
    private readonly Func<T> _answer;
    private readonly Tape? _payer;
    private readonly Tape? _game;

    /// <summary>An oracle.</summary>
    /// <param name="budget">q, at least 0.</param>
    /// <param name="answer">Gives the next answer.</param>
    public Oracle(int budget, Func<T> answer)
        : this(budget, answer, null, null)
    {
    }

    private Oracle(int budget, Func<T> answer, Tape? payer, Tape? game)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        Budget = budget;
        _answer = answer;
        _payer = payer;
        _game = game;
    }

    /// <summary>q.</summary>
    public int Budget { get; }

    /// <summary>The queries asked so far.</summary>
    public int Asked { get; private set; }

    /// <summary>Asks once.</summary>
    /// <exception cref="BrokenAdversaryException">The budget is spent.</exception>
    public T Query()
    {
        if (Asked == Budget)
        {
            BrokenAdversaryException refusal = new(Fault.OverQueries, $"asked more than q = {Budget} queries");
            if (_game is not null)
            {
                _game.Refusal = refusal;
            }

            throw refusal;
        }

        Asked++;
        _payer?.Charge(new Cost(Queries: 1));
        return _answer();
    }

    /// <summary>
    /// The same oracle for at most so many further queries. A reduction that runs an adversary hands it such a one, so that what it may
    /// ask is bounded where it is called.
    /// </summary>
    public Oracle<T> Limited(int budget) => new(budget, Query);

    /// <summary>
    /// The same oracle as its adversary sees it: its queries are the adversary's, on a tape of its own, and what an answer takes and what
    /// goes wrong in it the challenger's.
    /// </summary>
    internal Oracle<T> For(Tape game, Tape own) => new(Budget, () => Answer(game), own, game);

    private T Answer(Tape game)
    {
        game.Guard?.Leave();
        try
        {
            return _answer();
        }
        catch (Exception e) when (e is not (TakenOverException or ThreadAbortException))
        {
            game.Failure = e;
            throw new BrokenOracleException(e);
        }
        finally
        {
            game.Guard?.Enter();
        }
    }
}
