using BenchmarkDotNet.Attributes;
using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Benchmarks;

/// <summary>
/// What holding an adversary to its limits costs, per trial on one core: the same game without anything to enforce, with the watchdog
/// that is there unless switched off, and with a budget too. Where an adversary always breaks, the exception is the price.
/// </summary>
public class EnforcementBenchmarks
{
    private const int Trials = 2_000_000, BrokenTrials = 20_000;

    private readonly Game _wRec = SchemeCatalog.Find("clear").Game(Notion.WRec, "recovery");
    private readonly Game _wInd = SchemeCatalog.Find("clear").Game(Notion.WInd, "eq9(recovery)");
    private readonly Limits _budget = new(Operations: 1e6);

    /// <summary>WRec of <c>clear</c>, nothing enforced.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Trials)]
    public long? WRec() => Wins(_wRec, Trials, Limits.None, null);

    /// <summary>With the watchdog.</summary>
    [Benchmark(OperationsPerInvoke = Trials)]
    public long? WRecWatched() => Wins(_wRec, Trials, Limits.None, Sampling.DefaultTimeout);

    /// <summary>With the watchdog and a budget of operations.</summary>
    [Benchmark(OperationsPerInvoke = Trials)]
    public long? WRecWatchedWithBudget() => Wins(_wRec, Trials, _budget, Sampling.DefaultTimeout);

    /// <summary>W-IND of <c>clear</c>, nothing enforced.</summary>
    [Benchmark(OperationsPerInvoke = Trials)]
    public long? WInd() => Wins(_wInd, Trials, Limits.None, null);

    /// <summary>W-IND with the watchdog and a budget of operations.</summary>
    [Benchmark(OperationsPerInvoke = Trials)]
    public long? WIndWatchedWithBudget() => Wins(_wInd, Trials, _budget, Sampling.DefaultTimeout);

    /// <summary>An adversary that breaks its budget in every trial.</summary>
    [Benchmark(OperationsPerInvoke = BrokenTrials)]
    public long? WRecAlwaysBroken() => Wins(_wRec, BrokenTrials, new Limits(Operations: 0), Sampling.DefaultTimeout);

    private static long? Wins(Game game, long trials, Limits limits, TimeSpan? timeout) =>
        SampledEvaluator.Evaluate(game, new() { Trials = trials, Threads = 1, Limits = limits, Timeout = timeout }).Wins;
}
