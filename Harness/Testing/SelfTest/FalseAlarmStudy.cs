using Fractions;
using MathNet.Numerics.Distributions;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Testing.SelfTest;

/// <summary>A bound that is asserted of a game whose advantage is planted, and which of its verdicts are wrong.</summary>
/// <param name="Game">The game.</param>
/// <param name="Advantage">The advantage that was planted.</param>
/// <param name="Bound">What is asserted of it.</param>
internal sealed record PlantedBound(Game Game, Fraction Advantage, Bound Bound)
{
    /// <summary>Whether the bound holds.</summary>
    public bool Holds => Bound.Of(Advantage);

    /// <summary>Whether it fails by so much that every run must decide it: an interval that contains everything misses nothing, and is of no use.</summary>
    public bool IsPlainlyFalse => !Holds && (Advantage - Bound.Epsilon).Abs() >= new Fraction(1, 4);
}

/// <summary>What many runs said of a bound, each on coins of its own.</summary>
/// <param name="Planted">The bound.</param>
/// <param name="Exact">The advantage by enumeration; it must be the planted one.</param>
/// <param name="IsSequence">Whether the runs ended once it was decided, with a confidence sequence; else all trials were played, with Clopper and Pearson's interval.</param>
/// <param name="Trials">The trials of a run, or the most of them.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Missed">Runs whose interval did not contain the advantage.</param>
/// <param name="FalseAlarms">Runs that refuted a bound that holds, or supported one that fails.</param>
/// <param name="MostFalse">More runs than this that missed, or alarmed falsely, and the level is not kept.</param>
/// <param name="Refuted">Runs that refuted the bound.</param>
/// <param name="Decided">Runs that refuted or supported it.</param>
/// <param name="MeanTrials">How many trials those took, in the mean.</param>
internal sealed record FalseAlarmResult(
    PlantedBound Planted, Fraction Exact, bool IsSequence, long Trials, int Runs, int Missed, int FalseAlarms, int MostFalse, int Refuted, int Decided, double MeanTrials)
{
    /// <summary>Whether the game has the advantage that was planted, the runs keep their level, and all of them decide what is plainly false.</summary>
    public bool IsAsItShouldBe => IsPlanted && IsKept && (Decided == Runs || !Planted.IsPlainlyFalse);

    /// <summary>Whether the game has the advantage that was planted.</summary>
    public bool IsPlanted => Exact == Planted.Advantage;

    /// <summary>Whether the runs keep their level.</summary>
    public bool IsKept => Missed <= MostFalse && FalseAlarms <= MostFalse;
}

/// <summary>What the runs of all rows with one kind of interval missed together, which shows less than a row alone can.</summary>
/// <param name="IsSequence">The kind.</param>
/// <param name="Missed">Runs whose interval did not contain the advantage.</param>
/// <param name="Runs">The runs.</param>
/// <param name="MostMissed">More than this, and the level is not kept.</param>
internal sealed record MissedTogether(bool IsSequence, int Missed, int Runs, int MostMissed)
{
    /// <summary>Whether the runs keep their level.</summary>
    public bool IsKept => Missed <= MostMissed;
}

/// <summary>
/// Plays games of known advantage again and again, and counts how often the harness is wrong. Guarantee: where every interval keeps its
/// level, the probability that some row does not keep it, or all together, is <paramref name="alarm"/> at most.
/// </summary>
/// <param name="sampling">The trials of a run, or the most of them; the level that is judged; seed and threads.</param>
/// <param name="runs">The runs of each row.</param>
/// <param name="alarm">The probability of a false alarm.</param>
/// <param name="playedLevel">The level that the intervals have in truth; other than that of <paramref name="sampling"/> only to see that this is noticed.</param>
/// <param name="bounds">What is asserted, if not <see cref="Bounds"/>.</param>
internal sealed class FalseAlarmStudy(Sampling sampling, int runs, double alarm, double? playedLevel = null, IReadOnlyList<PlantedBound>? bounds = null)
{
    private const int Kinds = 2;

    private const int TestsOfRow = 2; // of what missed, and of what alarmed falsely

    /// <summary>Advantages of 0, 1/100, 1/10 and 1/2, against a bound that just holds and one that fails.</summary>
    public static IReadOnlyList<PlantedBound> Bounds { get; } =
    [
        .. Games((n, d) => Planted.WRec(n, d)),
        .. Games((n, d) => Planted.EffInf(n, d)),
        .. Games((n, d) => Planted.WInd(n + d, 2 * d)), // Pr[win] = (1 + Adv)/2
    ];

    private readonly IReadOnlyList<PlantedBound> _bounds = bounds ?? Bounds;

    /// <summary>The number of rows of a whole run.</summary>
    public int Count => Kinds * _bounds.Count;

    /// <summary>One row after the other, until it is to stop.</summary>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public IEnumerable<FalseAlarmResult> Run(CancellationToken stop)
    {
        int most = Most(runs);
        ulong seed = 0;
        foreach (PlantedBound bound in _bounds)
        {
            Fraction exact = ExactEvaluator.Evaluate(bound.Game, cancellation: stop)!.Judged!.Exact ?? throw new OperationCanceledException(stop);
            foreach (bool isSequence in new[] { false, true })
            {
                yield return Row(bound, exact, isSequence, most, Coins.Word(sampling.Seed, seed++), stop);
            }
        }
    }

    /// <summary>All rows of each kind at once: as each run is on coins of its own, what they miss is a binomial number's at most.</summary>
    public IReadOnlyList<MissedTogether> Together(IEnumerable<FalseAlarmResult> rows) =>
    [
        .. rows.GroupBy(row => row.IsSequence).Select(kind =>
        {
            int all = kind.Sum(row => row.Runs);
            return new MissedTogether(kind.Key, kind.Sum(row => row.Missed), all, Most(all));
        }),
    ];

    /// <summary>More misses than this are less likely than one test's share of the false alarms, where each is as likely as the level allows.</summary>
    private int Most(int ofRuns)
    {
        double share = alarm / ((Count * TestsOfRow) + Kinds);
        int most = (int)((1 - sampling.Level) * ofRuns);
        while (1 - Binomial.CDF(1 - sampling.Level, ofRuns, most) > share)
        {
            most++;
        }

        return most;
    }

    private FalseAlarmResult Row(PlantedBound planted, Fraction exact, bool isSequence, int most, ulong seed, CancellationToken stop)
    {
        (Verdict Verdict, bool Missed, long Trials)[] ends = new (Verdict, bool, long)[runs];
        Parallel.For(0, runs, new() { MaxDegreeOfParallelism = sampling.Threads, CancellationToken = stop }, run =>
        {
            Result result = SampledEvaluator.Evaluate(
                planted.Game,
                sampling with
                {
                    Seed = Coins.Word(seed, (ulong)run),
                    Level = playedLevel ?? sampling.Level,
                    Threads = 1,
                    Until = isSequence ? planted.Bound : null,
                    Timeout = null,
                },
                cancellation: stop);
            stop.ThrowIfCancellationRequested();
            double advantage = planted.Advantage.ToDouble();
            Interval interval = result.Judged!.Interval;
            ends[run] = (planted.Bound.Of(result), advantage < interval.Low || advantage > interval.High, result.Trials!.Value);
        });
        long[] decided = [.. ends.Where(end => end.Verdict != Verdict.Inconclusive).Select(end => end.Trials)];
        return new(
            planted,
            exact,
            isSequence,
            sampling.Trials,
            runs,
            ends.Count(end => end.Missed),
            ends.Count(end => end.Verdict == (planted.Holds ? Verdict.Refuted : Verdict.Supported)),
            most,
            ends.Count(end => end.Verdict == Verdict.Refuted),
            decided.Length,
            decided.Length == 0 ? double.NaN : decided.Average());
    }

    private static IEnumerable<PlantedBound> Games(Func<int, int, Game> won) =>
    [
        new(won(0, 1), 0, new(0, "0")),
        new(won(0, 1), 0, new(new(1, 10), "0.1", Side.AtLeast)),
        .. new[] { (1, 100, "0.01", "0.005"), (1, 10, "0.1", "0.05"), (1, 2, "0.5", "0.25") }.SelectMany(each =>
        {
            (int numerator, int denominator, string whole, string half) = each;
            Game game = won(numerator, denominator);
            Fraction advantage = new(numerator, denominator);
            return new PlantedBound[] { new(game, advantage, new(advantage, whole)), new(game, advantage, new(advantage / 2, half)) };
        }),
    ];
}
