namespace Wager.Games;

/// <summary>A conditional draw whose condition nothing meets: the game is undefined. The message says so: "undefined: …".</summary>
public sealed class UndefinedConditionException(string message) : Exception(message);

/// <summary>A tape that enumerates paths was asked for what cannot be enumerated.</summary>
public sealed class NotFiniteException(string message) : Exception(message);

/// <summary>
/// The adversary gave no valid answer: it threw, or what it returned is no element of the set it must answer from. The
/// evaluators count this apart from a loss.
/// </summary>
public sealed class BrokenAdversaryException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The same coins led somewhere else: a procedure or an adversary has coins, or a memory, besides its tape. Nothing that was
/// evaluated of its game holds.
/// </summary>
public sealed class ImpureProcedureException(string message) : Exception(message);
