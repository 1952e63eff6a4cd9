namespace Wager.Games;

/// <summary>A conditional draw whose condition nothing meets: the game is undefined. The message says so: "undefined: …".</summary>
public sealed class UndefinedConditionException(string message) : Exception(message);

/// <summary>A tape that enumerates paths was asked for what cannot be enumerated.</summary>
/// <param name="message">Why not.</param>
/// <param name="inner">What stood in the way, such as a <see cref="TimeoutException"/>; null where it is the coins themselves.</param>
public sealed class NotFiniteException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Why an adversary gave no valid answer.</summary>
public enum Fault
{
    /// <summary>It threw.</summary>
    Threw,

    /// <summary>Its answer is no element of the set it must answer from: null, NaN, of a wrong shape.</summary>
    Invalid,

    /// <summary>It spent more than t.</summary>
    OverBudget,

    /// <summary>It asked more than q queries.</summary>
    OverQueries,

    /// <summary>It allocated more memory than it may, or than there is. That is no matter of coins, so the trial is not replayable.</summary>
    OverMemory,

    /// <summary>It was stopped by a watchdog. When that happens is a matter of seconds, so the trial is not replayable.</summary>
    Hung,
}

/// <summary>
/// The adversary gave no valid answer: it threw, broke a limit, or what it returned is no element of the set it must answer from. The
/// evaluators count this apart from a loss.
/// </summary>
public sealed class BrokenAdversaryException(Fault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>In which way.</summary>
    public Fault Fault { get; } = fault;

    /// <summary>Whether the same trial ends the same way again. Neither seconds nor memory do: a compiler may allocate less the next time.</summary>
    public bool IsReplayable => Fault is not (Fault.Hung or Fault.OverMemory);
}

/// <summary>
/// The same coins led somewhere else: a procedure or an adversary has coins, or a memory, besides its tape. Nothing that was
/// evaluated of its game holds.
/// </summary>
public sealed class ImpureProcedureException(string message) : Exception(message);

/// <summary>A procedure of the scheme threw. That is no adversary's fault, and nothing that was evaluated of the game holds.</summary>
public sealed class BrokenSchemeException(string message, Exception inner) : Exception(message, inner);

/// <summary>Carries what went wrong in an oracle past the adversary that asked, to the game.</summary>
internal sealed class BrokenOracleException(Exception inner) : Exception(inner.Message, inner);

/// <summary>Ends a thread whose adversary was taken from it: nothing that it does any more counts.</summary>
public sealed class TakenOverException : Exception
{
    internal TakenOverException()
        : base("a watchdog took this trial over")
    {
    }
}
