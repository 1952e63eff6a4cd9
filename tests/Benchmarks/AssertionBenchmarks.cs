using BenchmarkDotNet.Attributes;
using Wager.Adversaries;
using Wager.Games;
using Wager.Schemes;
using Wager.Testing;
using Wager.Testing.Evaluation;

namespace Wager.Benchmarks;

/// <summary>
/// What asserting costs beside evaluating: of a finite scheme, whose paths are enumerated either way, and of one with too many paths, which is first enumerated up to
/// where that is given up and then played. The floor is the evaluation alone.
/// </summary>
public class AssertionBenchmarks
{
    private const long Trials = 100_000;

    private readonly Game _finite = Game.WRec(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0));
    private readonly Game _large = Game.WRec(new Uniform(1_000_000), new ConstantRecoverer<int, int, NoKey>(0));

    /// <summary>A bound on a game of three paths.</summary>
    [Benchmark]
    public void FiniteAsserted() => Advantage.Of(_finite).AtMost(0.34);

    /// <summary>Its floor.</summary>
    [Benchmark]
    public Result FiniteEvaluated() => ExactEvaluator.Evaluate(_finite)!;

    /// <summary>A bound on a game of a million paths that 100,000 trials do not decide.</summary>
    [Benchmark]
    public void PlayedAsserted() => Advantage.Of(_large, Trials).AtMost(1e-6, allowInconclusive: true);

    /// <summary>Its floor: as many trials.</summary>
    [Benchmark]
    public Result PlayedEvaluated() => SampledEvaluator.Evaluate(_large, new() { Trials = Trials, Until = new(new Fractions.Fraction(1, 1_000_000), "1e-6") });
}
