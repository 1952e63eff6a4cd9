using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>What an assertion came to.</summary>
/// <param name="statement">What was asserted.</param>
/// <param name="verdict">The verdict on it.</param>
/// <param name="evidence">What was found, a line or more; put into words only where it is asked for.</param>
/// <param name="replay">What shows it again; worked out only where it is asked for.</param>
internal sealed class Finding(string statement, Verdict verdict, Lazy<string> evidence, Lazy<string> replay)
{
    /// <summary>What was asserted.</summary>
    public string Statement => statement;

    /// <summary>The verdict on it.</summary>
    public Verdict Verdict => verdict;

    /// <summary>What was found, a line or more.</summary>
    public string Evidence => evidence.Value;

    /// <summary>What shows it again: a command, or a line of code where no command finds the scheme.</summary>
    public string Replay => replay.Value;

    /// <summary>Whether it holds, for this scheme or as far as the trials tell. A claim whose premises are not met says nothing, and does not.</summary>
    public bool Holds => Verdict is Verdict.Proved or Verdict.Supported;

    /// <summary>What was found of an advantage; null where it was not evaluated, or a claim was asserted.</summary>
    public Result? Result { get; init; }

    /// <summary>What was found of a claim; null where it was not evaluated, or a bound was asserted.</summary>
    public ClaimResult? Claim { get; init; }

    /// <summary>Whether it holds, or was not decided where that is allowed.</summary>
    public bool Passes(bool allowInconclusive) => Holds || (allowInconclusive && Verdict == Verdict.Inconclusive);

    /// <summary>Fails where it does not hold.</summary>
    /// <param name="allowInconclusive">Whether what was not decided passes.</param>
    /// <exception cref="AssertionFailure">It does not hold, or is not decided.</exception>
    public void Require(bool allowInconclusive)
    {
        if (!Passes(allowInconclusive))
        {
            throw new AssertionFailure(ToString(), Verdict);
        }
    }

    /// <summary>Statement, verdict, evidence and replay.</summary>
    public override string ToString() =>
        $"{Statement}: {Verdict.InWords()}\n  found:  {Evidence.Replace("\n", "\n          ", StringComparison.Ordinal)}\n  replay: {Replay}";
}
