using BenchmarkDotNet.Attributes;
using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Benchmarks;

/// <summary>
/// Trials and paths of finite games on one core, metering on; times are per trial or path. The floor draws the same number of
/// coins and tallies them, without a game: what is above it is the price of playing from the paper's text.
/// </summary>
[MemoryDiagnoser]
public class GameBenchmarks
{
    private const int Trials = 1_000_000;

    private readonly ulong _seed = 1;
    private readonly Game _wRec = SchemeCatalog.Find("clear").Game(Notion.WRec, "recovery");
    private readonly Game _wInd = SchemeCatalog.Find("clear").Game(Notion.WInd, "eq9(recovery)");
    private readonly Game _wRecByPaths = SchemeCatalog.Find("uniform-1000").Game(Notion.WRec, "guess");
    private readonly Game _wIndByPaths = SchemeCatalog.Find("uniform-500").Game(Notion.WInd, "guess");

    /// <summary>One coin and its tally.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Trials)]
    public long Floor() => Tally(_seed);

    /// <summary>WRec of <c>clear</c>: one coin, and a recoverer that charges its work.</summary>
    [Benchmark(OperationsPerInvoke = Trials)]
    public long? WRecSampled() => SampledEvaluator.Evaluate(_wRec, new() { Trials = Trials, Threads = 1 }).Wins;

    /// <summary>W-IND of <c>clear</c> against eq9(recovery): 2 coins and a conditional draw of 4/3 attempts on average.</summary>
    [Benchmark(OperationsPerInvoke = Trials)]
    public long? WIndSampled() => SampledEvaluator.Evaluate(_wInd, new() { Trials = Trials, Threads = 1 }).Wins;

    /// <summary>WRec of uniform-1000 against guess: 1,000,000 paths of 2 coins.</summary>
    [Benchmark(OperationsPerInvoke = 1_000_000)]
    public long? WRecExact() => ExactEvaluator.Evaluate(_wRecByPaths)!.Paths;

    /// <summary>W-IND of uniform-500 against guess: 998,000 paths of 4 coins, one of them a law found anew 1,000 times.</summary>
    [Benchmark(OperationsPerInvoke = 998_000)]
    public long? WIndExact() => ExactEvaluator.Evaluate(_wIndByPaths)!.Paths;

    private static long Tally(ulong seed)
    {
        long wins = 0;
        for (ulong trial = 0; trial < Trials; trial++)
        {
            wins += Coins.Below(Coins.Word(seed, trial), 1, 4) == 0 ? 1 : 0;
        }

        return wins;
    }
}
