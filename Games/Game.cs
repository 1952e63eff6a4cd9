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

    /// <summary>Game, scheme and adversary.</summary>
    public override string ToString() => Adversary is null ? $"{Name} of {Scheme}" : $"{Name} of {Scheme} against {Adversary}";
}
