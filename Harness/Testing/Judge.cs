using System.Globalization;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>Evaluates what is asserted: exactly where that is a matter of milliseconds, or where nothing else would do; else by trials.</summary>
/// <param name="sampling">The trials, the seed, the level and the limits.</param>
/// <param name="progress">Told now and then what part of a game is done, from any thread.</param>
/// <param name="cancellation">Stops.</param>
internal sealed class Judge(Sampling sampling, Action<double>? progress = null, CancellationToken cancellation = default)
{
    /// <summary>Up to so many paths a game is enumerated rather than sampled: they take a few milliseconds.</summary>
    public const long MaximumPaths = 1 << 14;

    /// <summary>Up to so many where only an exact value will do.</summary>
    private const long MaximumPathsOfExactly = 1 << 24;

    /// <summary>An interval that ends sampling is looked at after each of so many first trials anyway.</summary>
    private const long LookedAtEach = 64;

    private static readonly Lazy<string> _nothing = new("nothing was played");

    /// <summary>A bound in words.</summary>
    public static string Statement(Game game, Bound bound) => $"{game}: {bound.InWords(game.Notion)}";

    /// <summary>A claim in words.</summary>
    public static string Statement(Claim claim) => $"{claim.Name} for {claim.Adversary} on {claim.Scheme}: {claim.Conclusion}";

    /// <summary>A bound on an advantage.</summary>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    public Finding Of(Game game, Bound bound)
    {
        string statement = Statement(game, bound);
        try
        {
            if (Enumerated(game, bound.Side == Side.Exactly ? MaximumPathsOfExactly : MaximumPaths, out string? why) is { } exact)
            {
                return Found(statement, exact, bound);
            }

            if (bound.Side == Side.Exactly)
            {
                return new(statement, Verdict.Inconclusive, new($"it was not evaluated exactly: {why}; assert an interval by AtMost and AtLeast"), _nothing);
            }

            return Found(statement, Sampled(game, bound), bound);
        }
        catch (NotFiniteException e) when (e.InnerException is TimeoutException)
        {
            return new(statement, Verdict.Inconclusive, new($"{e.Message}, which shows nothing of adversaries that answer"), _nothing);
        }
        catch (UndefinedConditionException e)
        {
            return new(statement, Verdict.Undefined, new(e.Message), _nothing);
        }
    }

    /// <summary>A claim, about games that are enumerated where they can be, and else sampled on the same coins.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="epsilon">How far apart the sides of an equation may be, and how often a relation may be broken, where sampling supports it.</param>
    public Finding Of(Claim claim, double epsilon)
    {
        string statement = Statement(claim);
        ClaimResult result = Evaluated(claim, epsilon, sampling);
        string sides = result.Conclusion is { Left: { } left, Right: { } right } ? $"{InWords(left)} against {InWords(right)}" : "";
        string where = result.Refuted is { } refuted && refuted != result.Conclusion
            ? $"\na step fails: {refuted.Relation}, {InWords(refuted.Left!)} against {InWords(refuted.Right!)}{(refuted.Breaking.Count > 0 ? $", first in trial {refuted.Breaking[0]}" : "")}"
            : "";
        string because = result.Conclusion.Because is { } reason ? $"{(sides.Length > 0 ? "; " : "")}{reason}" : "";
        bool isSampled = result.Relations.Any(relation => relation.Left is { Exact: null } || relation.Right is { Exact: null });
        Sampling fewest = isSampled && result.Verdict == Verdict.Refuted ? Fewest(claim, epsilon) : sampling;
        string trials = isSampled ? FormattableString.Invariant($"\n{sampling.Trials} trials of each game, seed {sampling.Seed}, {100 * sampling.Level:G9} % together") : "";
        string still = fewest.Trials < sampling.Trials ? FormattableString.Invariant($"; {fewest.Trials} still show it") : "";
        bool isEmpty = result.Conclusion.IsVacuous && result.Verdict is Verdict.Proved or Verdict.Supported;
        string empty = isEmpty ? "\nit holds whatever its advantages are, for its other terms are as large, and so says nothing here" : "";
        return new(statement, isEmpty ? Verdict.Inconclusive : result.Verdict, new(sides + because + where + empty + trials + still), new(() => ReplayCommand.Of(claim, fewest, epsilon))) { Claim = result };
    }

    private ClaimResult Evaluated(Claim claim, double epsilon, Sampling by) => ClaimEvaluator.Of([claim], by, epsilon, Played).Of(claim)!; // every game is to be had

    /// <summary>Halves the trials while those that are left still refute. It changes no verdict: it is what is replayed.</summary>
    private Sampling Fewest(Claim claim, double epsilon)
    {
        Sampling fewest = sampling;
        while (fewest.Trials > 1 && Evaluated(claim, epsilon, fewest with { Trials = fewest.Trials / 2 }).Verdict == Verdict.Refuted)
        {
            fewest = fewest with { Trials = fewest.Trials / 2 };
        }

        return fewest;
    }

    private Finding Found(string statement, Result result, Bound bound)
    {
        bool isBroken = result.Faults.Keys.Any(fault => !IsLimit(fault)) && bound.Side != Side.AtLeast;
        Verdict verdict = bound.Of(result) is var found && isBroken && found != Verdict.Refuted ? Verdict.Inconclusive : found;
        string fault = result.FirstFault is { } first ? $"\nwithout a valid answer first: {first}{(isBroken ? ", which shows nothing of adversaries that answer" : "")}" : "";
        return new(statement, verdict, new(() => new Sentence(result, verdict, bound, result.Level).Text + fault), new(() => ReplayCommand.Of(result, bound, sampling))) { Result = result };
    }

    /// <summary>Plays until the bound is decided; and where it is refuted, tells of the fewest trials that refute it.</summary>
    private Result Sampled(Game game, Bound bound)
    {
        Sampling until = sampling with { Until = bound };
        Result result = SampledEvaluator.Evaluate(game, until, progress, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (result.Trials <= LookedAtEach || bound.Of(result) != Verdict.Refuted)
        {
            return result;
        }

        // Where a clock or a lack of memory had ended trials, they need not end so again.
        Result fewest = SampledEvaluator.Evaluate(game, until with { LooksAtEach = true, Trials = result.Trials!.Value }, cancellation: cancellation);
        return bound.Of(fewest) == Verdict.Refuted ? fewest : result;
    }

    /// <summary>Whether it is a limit of the caller's that ended a trial, and no fault of the adversary.</summary>
    private bool IsLimit(Fault fault) => (fault == Fault.OverBudget && sampling.Limits.Operations is not null) || (fault == Fault.OverMemory && sampling.Limits.Bytes is not null);

    private Play Played(Game game, Sampling each)
    {
        try
        {
            if (Enumerated(game, MaximumPaths, out _) is { } exact)
            {
                return new(exact);
            }
        }
        catch (NotFiniteException)
        {
            // it hangs on some path: the trials tell how often
        }

        bool[] won = new bool[each.Trials];
        Result result = SampledEvaluator.Evaluate(game, each, observe: (trial, isWon) => won[trial] = isWon, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new(result, won);
    }

    private Result? Enumerated(Game game, long maximumPaths, out string? why)
    {
        try
        {
            Result? result = ExactEvaluator.Evaluate(game, maximumPaths, limits: sampling.Limits, timeout: sampling.Timeout, cancellation: cancellation);
            why = result is null ? FormattableString.Invariant($"it has more than {maximumPaths:N0} paths") : null;
            return result is { Stopped: true } ? throw new OperationCanceledException(cancellation) : result;
        }
        catch (NotFiniteException e) when (e.InnerException is not TimeoutException)
        {
            why = e.Message;
            return null;
        }
    }

    private static string InWords(Quantity quantity) => quantity.Exact?.ToString("G", CultureInfo.InvariantCulture)
        ?? FormattableString.Invariant($"[{quantity.Interval.Low:0.####}, {quantity.Interval.High:0.####}]");
}
