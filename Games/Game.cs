namespace Wager.Games;

/// <summary>
/// A game of one scheme against one adversary, ready to be played: a function from a tape to bits, 1 where the adversary
/// wins. It is made by <c>Game.Correctness</c>, <c>Game.WRec</c>, <c>Game.EffInf</c> and <c>Game.WInd</c>.
/// </summary>
public sealed partial class Game
{
    private readonly Scheme _scheme;
    private readonly Adversary? _adversary;
    private readonly Func<Tape, Bits> _text;

    internal Game(Notion notion, string name, Scheme scheme, Adversary? adversary, Func<Tape, Bits> text)
    {
        Notion = notion;
        Name = name;
        Adversary = adversary?.Name;
        _scheme = scheme;
        _adversary = adversary;
        _text = text;
    }

    /// <summary>The notion that the game defines.</summary>
    public Notion Notion { get; }

    /// <summary>The notion's name, with the reading where there are several.</summary>
    public string Name { get; }

    /// <summary>The scheme's name.</summary>
    public string Scheme => _scheme.Name;

    /// <summary>D, in words.</summary>
    public string Dataset => _scheme.Dataset;

    /// <summary>The adversary's name; null where the game has none.</summary>
    public string? Adversary { get; }

    /// <summary>The types of the scheme and of the adversary, by which others may find them.</summary>
    public IEnumerable<Type> Parties => _adversary is null ? [_scheme.GetType()] : [_scheme.GetType(), _adversary.GetType()];

    /// <summary>q: releases of one W under one key (WRec, EffInf), or challenges with one bit (W-IND). 1 is the paper's game.</summary>
    public int Queries { get; private init; } = 1;

    /// <summary>m: inputs per release in EffInf. 1 is the paper's game.</summary>
    public int Inputs { get; private init; } = 1;

    /// <summary>How many queries and inputs, where that is not one of each; else nothing.</summary>
    public string Multiplicity => $"{(Queries == 1 ? "" : $", q = {Queries}")}{(Inputs == 1 ? "" : $", m = {Inputs}")}";

    /// <summary>Why trials cannot be played in lock-step, or null where they can.</summary>
    public string? FlawInLanes =>
        _scheme.FlawInLanes is { } ofScheme ? $"{_scheme.Name}: {ofScheme}"
        : _adversary?.FlawInLanes is { } ofAdversary ? $"{Adversary}: {ofAdversary}"
        : null;

    /// <inheritdoc cref="Games.Scheme.BestLanes"/>
    public int BestLanes(int threads) => _scheme.BestLanes(threads);

    /// <summary>Plays once.</summary>
    /// <exception cref="NotSupportedException">The tape plays lanes, which this game does not.</exception>
    /// <exception cref="BrokenAdversaryException">The adversary gave no valid answer.</exception>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    /// <exception cref="UndefinedConditionException">A conditional draw has a condition that nothing meets.</exception>
    /// <exception cref="NotFiniteException">The tape enumerates paths, and the coins cannot be enumerated.</exception>
    /// <exception cref="OperationCanceledException">The tape's cancellation was requested.</exception>
    public Bits Play(Tape tape)
    {
        if (tape.Lanes > 1 && FlawInLanes is { } flaw)
        {
            throw new NotSupportedException(flaw);
        }

        try
        {
            using IDisposable? trial = _scheme.OpenTrial();
            if (trial is not null && tape.Guard is { } guard)
            {
                guard.HoldsNatives = true;
            }

            Bits bits = _text(tape);
            if (tape.Failure is null)
            {
                return bits;
            }
        }
        catch (Exception e) when (tape.Failure is not null && e is not (TakenOverException or ThreadAbortException))
        {
            // Where an adversary answered an exception of an oracle or of its tape with another one, the first one counts.
            throw IsScheme(tape.Failure, tape) ? BrokenScheme(tape.Failure, tape) : tape.Failure;
        }
        catch (Exception e) when (IsScheme(e, tape))
        {
            throw BrokenScheme(e, tape);
        }

        throw tape.Failure; // whoever caught it on its way
    }

    /// <summary>
    /// Plays once, where a missing answer is scored too: in a search it is a loss; in a decision a fair coin from the harness's own
    /// stream answers, for otherwise a distinguisher that always throws would have advantage 1.
    /// </summary>
    /// <param name="tape">The tape.</param>
    /// <param name="fault">Why there was no valid answer, or null where there was one.</param>
    public Bits Play(Tape tape, out BrokenAdversaryException? fault)
    {
        try
        {
            fault = null;
            return Play(tape);
        }
        catch (BrokenAdversaryException e)
        {
            fault = e;
            return WithoutAnswer(tape);
        }
    }

    /// <summary>The bit of a play whose adversary gave no valid answer.</summary>
    /// <param name="tape">The tape of the trial, as far as it was played.</param>
    public Bits WithoutAnswer(Tape tape) => Notion.Kind == Kind.Decision ? tape.For(Procedure.Harness).Coin() : Bits.Zero;

    /// <summary>Whether the adversary spent less in the play just played than the procedure that its budget is measured by.</summary>
    public bool KeptBudget(Tape tape, CostUnit unit) =>
        Notion.Budget is not { } budget
        || unit.Count(tape.Spent(Procedure.Preparation)) + unit.Count(tape.Spent(Procedure.Adversary)) < unit.Count(tape.Spent(budget));

    /// <summary>Game, scheme and adversary, and how many queries and inputs where that is not one.</summary>
    public override string ToString() => $"{Name} of {Scheme}{(Adversary is null ? "" : $" against {Adversary}")}{Multiplicity}";

    /// <summary>Whether an exception that ends a play is the scheme's own doing.</summary>
    private static bool IsScheme(Exception e, Tape tape) => e is OperationCanceledException
        ? !tape.Cancellation.IsCancellationRequested
        : e is not (BrokenAdversaryException or UndefinedConditionException or TakenOverException or ThreadAbortException)
            && !(e == tape.Failure && e is NotFiniteException or ImpureProcedureException);

    private BrokenSchemeException BrokenScheme(Exception e, Tape tape) => new($"{this}: the scheme threw {e.GetType().Name} {tape.Position}: {e.Message}", e);
}
