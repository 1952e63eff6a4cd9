namespace Wager.Games;

/// <summary>
/// A game of one scheme against one adversary, ready to be played: a function from a tape to bits, 1 where the adversary
/// wins. It is made by <c>Game.Correctness</c>, <c>Game.WRec</c>, <c>Game.EffInf</c> and <c>Game.WInd</c>.
/// </summary>
public sealed partial class Game
{
    private readonly Func<Tape, Bits> _text;
    private readonly Func<IDisposable?> _openTrial;

    private Game(Notion notion, string name, string scheme, string? adversary, Func<IDisposable?> openTrial, Func<Tape, Bits> text)
    {
        Notion = notion;
        Name = name;
        Scheme = scheme;
        Adversary = adversary;
        _openTrial = openTrial;
        _text = text;
    }

    /// <summary>The notion that the game defines.</summary>
    public Notion Notion { get; }

    /// <summary>The notion's name, with the reading where there are several.</summary>
    public string Name { get; }

    /// <summary>The scheme's name.</summary>
    public string Scheme { get; }

    /// <summary>The adversary's name; null where the game has none.</summary>
    public string? Adversary { get; }

    /// <summary>Plays once.</summary>
    /// <exception cref="BrokenAdversaryException">The adversary gave no valid answer.</exception>
    /// <exception cref="UndefinedConditionException">A conditional draw has a condition that nothing meets.</exception>
    /// <exception cref="NotFiniteException">The tape enumerates paths, and the coins cannot be enumerated.</exception>
    public Bits Play(Tape tape)
    {
        using IDisposable? trial = _openTrial();
        return _text(tape);
    }

    /// <summary>
    /// Plays once, where a missing answer is scored too: in a search it is a loss; in a decision a fair coin from the harness's own
    /// stream answers, for otherwise a distinguisher that always throws would have advantage 1.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="fault">Why there was no valid answer, or null where there was one.</param>
    public Bits Play(Tape tape, out string? fault)
    {
        try
        {
            fault = null;
            return Play(tape);
        }
        catch (BrokenAdversaryException e)
        {
            fault = e.Message;
            return Notion.Kind == Kind.Decision ? tape.For(Procedure.Harness).Coin() : Bits.Zero;
        }
    }

    /// <summary>Whether the adversary spent less in the play just played than the procedure that its budget is measured by.</summary>
    public bool KeptBudget(Tape tape, CostUnit unit) =>
        Notion.Budget is not { } budget || unit.Count(tape.Spent(Procedure.Adversary)) < unit.Count(tape.Spent(budget));

    /// <summary>Game, scheme and adversary.</summary>
    public override string ToString() => Adversary is null ? $"{Name} of {Scheme}" : $"{Name} of {Scheme} against {Adversary}";
}
