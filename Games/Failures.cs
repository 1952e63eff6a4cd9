namespace Wager.Games;

/// <summary>A conditional draw whose condition nothing meets: the game is undefined.</summary>
public sealed class UndefinedConditionException(string message) : Exception(message);

/// <summary>A tape that enumerates paths was asked for coins that cannot be enumerated.</summary>
public sealed class NotFiniteException(string message) : Exception(message);

/// <summary>
/// The adversary gave no valid answer: it threw, or what it returned is no element of the set it must answer from. The
/// evaluators count this apart from a loss.
/// </summary>
public sealed class BrokenAdversaryException(string message, Exception? inner = null) : Exception(message, inner);
