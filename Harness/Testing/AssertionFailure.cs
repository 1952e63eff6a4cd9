using Expecto;

namespace Wager.Testing;

/// <summary>
/// An assertion that does not hold, or is not decided. The message tells what was asserted, what was found, and what replays it. Any test framework takes it for a
/// failure, and Expecto for one of its own.
/// </summary>
/// <param name="message">The message.</param>
public sealed class AssertionFailure(string message) : AssertException(message);
