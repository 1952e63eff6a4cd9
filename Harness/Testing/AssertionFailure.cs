using Expecto;
using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>
/// An assertion that does not hold, or is not decided. The message tells what was asserted, what was found, and what replays it. Any test framework takes it for a
/// failure, and Expecto for one of its own.
/// </summary>
/// <param name="message">The message.</param>
/// <param name="verdict">The verdict.</param>
public sealed class AssertionFailure(string message, Verdict verdict) : AssertException(message)
{
    /// <summary>The verdict on what was asserted.</summary>
    public Verdict Verdict { get; } = verdict;
}
