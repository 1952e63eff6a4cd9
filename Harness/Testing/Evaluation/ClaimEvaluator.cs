using Fractions;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>
/// Evaluates claims: exactly where every game of a relation is known exactly; else, where its trials were played on the same coins, trial by
/// trial; else from the intervals of its terms.
/// </summary>
/// <param name="plays">The games.</param>
/// <param name="level">The level at which all intervals of one relation hold together.</param>
/// <param name="epsilon">
/// What sampling may leave open where it supports something: how far apart the sides of an equation are, and in what part of the trials a relation
/// that no trial broke may be broken.
/// </param>
public sealed class ClaimEvaluator(Plays plays, double level, double epsilon)
{
    /// <summary>So many of the trials that break a relation are named.</summary>
    private const int NamedTrials = 16;

    /// <summary>
    /// One for several claims, all of whose intervals hold together at the level of the sampling: half of what may go wrong is for the intervals of terms, half for
    /// those of differences trial by trial.
    /// </summary>
    /// <param name="claims">The claims.</param>
    /// <param name="sampling">The level of all together, and how to sample.</param>
    /// <param name="epsilon">What sampling may leave open.</param>
    /// <param name="play">Plays a game with a share of the level; null where that is not to be had.</param>
    public static ClaimEvaluator Of(IReadOnlyCollection<Claim> claims, Sampling sampling, double epsilon, Func<Game, Sampling, Play?> play)
    {
        Game[] games = [.. claims.SelectMany(claim => claim.Games).DistinctBy(game => game.ToString())];
        int relations = Math.Max(1, claims.Sum(claim => claim.Relations.Count()));
        Sampling half = sampling with { Level = Sampling.Share(sampling.Level, 2) };
        Sampling each = (games.Length == 0 ? half : half.ForEach(games)).Alike(games);
        return new(new Plays(game => play(game, each)), Sampling.Share(half.Level, relations), epsilon);
    }

    /// <summary>Evaluates a claim; null where a game of its conclusion is not to be had.</summary>
    public ClaimResult? Of(Claim claim)
    {
        if (Of(claim.Conclusion) is not { } conclusion)
        {
            return null;
        }

        RelationResult[] relations = [conclusion, .. claim.Steps.Select(Of).OfType<RelationResult>()];
        Dictionary<string, (Term, Quantity)> terms = [];
        foreach (Term term in claim.Relations.SelectMany(relation => relation.Terms).Concat(claim.Needed))
        {
            if (Known(term.Game) is { } play)
            {
                terms.TryAdd(term.Game.ToString(), (term, term.IsSigned ? Signed(play.Result) : play.Result.Advantage));
            }
        }

        return new ClaimResult(claim, relations) { Terms = [.. terms.Values], Costs = [.. claim.Costs.Select(Of).OfType<CostResult>()] };
    }

    private static Quantity Signed(Result result) => result.Probability.Exact is { } p
        ? Exactly(p + p - Fraction.One)
        : new((2 * result.Probability.Value) - 1, new((2 * result.Probability.Interval.Low) - 1, (2 * result.Probability.Interval.High) - 1));

    private static Quantity Exactly(Fraction value) => new(value.ToDouble(), new(value.ToDouble(), value.ToDouble()), value);

    private Play? Known(Game game)
    {
        try
        {
            return plays.Of(game);
        }
        catch (UndefinedConditionException)
        {
            return null;
        }
    }

    private CostResult? Of(CostRelation relation)
    {
        Cost? Sum(IReadOnlyList<(Game Game, Procedure Procedure)> side)
        {
            Cost sum = default;
            foreach ((Game game, Procedure procedure) in side)
            {
                if (Known(game) is not { Result: { Broken: 0 } result })
                {
                    return null; // a trial that was cut short has no cost of its own
                }

                sum += result.Cost.GetValueOrDefault(procedure);
            }

            return sum;
        }

        return Sum(relation.Left) is { } left && Sum(relation.Right) is { } right ? new(relation, left, right) : null;
    }

    private RelationResult? Of(Relation relation)
    {
        bool premisesKnown = true;
        Dictionary<string, Play> known = [];
        try
        {
            foreach (Premise premise in relation.Premises)
            {
                if (!premise.Holds)
                {
                    return new(relation, Verdict.PremiseUnmet) { Because = premise.Words };
                }

                if (premise.Game is null)
                {
                    continue;
                }

                if (plays.Of(premise.Game)?.Result is not { } result)
                {
                    return null;
                }

                if (IsUnmet(premise, result))
                {
                    return new(relation, Verdict.PremiseUnmet) { Because = premise.Words };
                }

                premisesKnown &= result.IsExact && (!premise.IsBudget || result.OverBudget is not null);
            }

            foreach (Term term in relation.Terms)
            {
                if (plays.Of(term.Game) is not { } play)
                {
                    return null;
                }

                known[term.Game.ToString()] = play;
            }
        }
        catch (UndefinedConditionException e)
        {
            return new(relation, Verdict.Undefined) { Because = e.Message };
        }

        // A claim is about adversaries that answer: a missing answer is a loss in one game, a coin in another, and limits that A keeps B_A may break.
        if (known.Values.Any(play => play.Result.Broken > 0))
        {
            return new(relation, Verdict.PremiseUnmet) { Because = "A and B_A always give a valid answer" };
        }

        RelationResult found = Evaluate(relation, known) with { IsVacuous = IsVacuous(relation, known) };
        return found.Verdict == Verdict.Refuted && !premisesKnown ? found with { Verdict = Verdict.Inconclusive, Because = "whether its premises hold is not known exactly" } : found;
    }

    private static bool IsUnmet(Premise premise, Result result) => premise.IsBudget
        ? result.OverBudget > 0
        : result.Probability.Exact is { } p ? p != Fraction.One : result.Wins < result.Trials;

    /// <summary>Whether an inequality holds whatever the advantages in it are, for the probabilities that were found.</summary>
    private static bool IsVacuous(Relation relation, Dictionary<string, Play> known)
    {
        IntervalArithmetic any = new(game => game.Notion.Kind == Kind.Property ? known[game.ToString()].Result.Probability.Interval : new(0, 1));
        return !relation.IsEquation && relation.Left.In(any).High <= relation.Right.In(any).Low;
    }

    private RelationResult Evaluate(Relation relation, Dictionary<string, Play> known)
    {
        if (known.Values.All(play => play.Result.IsExact))
        {
            ExactArithmetic exact = new(game => known[game.ToString()].Result.Probability.Exact!.Value);
            Fraction l = relation.Left.In(exact);
            Fraction r = relation.Right.In(exact);
            return new(relation, (relation.IsEquation ? l == r : l <= r) ? Verdict.Proved : Verdict.Refuted) { Left = Exactly(l), Right = Exactly(r) };
        }

        IntervalArithmetic intervals = new(game => known[game.ToString()].Result.Probability.Interval);
        ExactArithmetic estimates = new(game => known[game.ToString()].Result is { Probability: { Exact: { } p } } ? p : new Fraction(known[game.ToString()].Result.Wins ?? 0, Math.Max(1, known[game.ToString()].Result.Trials ?? 1)));
        RelationResult found = new(relation, Verdict.Inconclusive)
        {
            Left = new(relation.Left.In(estimates).ToDouble(), relation.Left.In(intervals)),
            Right = new(relation.Right.In(estimates).ToDouble(), relation.Right.In(intervals)),
        };
        Play[] sampled = [.. known.Values];
        if (sampled.All(play => play.Won is not null) && sampled.Select(play => play.Won!.Length).Distinct().Count() == 1
            && TrialArithmetic.IsLinear(relation.Left) && TrialArithmetic.IsLinear(relation.Right))
        {
            return TrialByTrial(found, known, sampled[0].Won!.Length);
        }

        Interval difference = intervals.Subtract(found.Right!.Interval, found.Left!.Interval);
        return found with { Verdict = OfSlack(relation, difference) };
    }

    private Verdict OfSlack(Relation relation, Interval slack) => relation.IsEquation
        ? slack.Low > 0 || slack.High < 0 ? Verdict.Refuted
            : slack.Low >= -epsilon && slack.High <= epsilon ? Verdict.Supported
            : Verdict.Inconclusive
        : slack.High < 0 ? Verdict.Refuted
        : slack.Low >= 0 ? Verdict.Supported
        : Verdict.Inconclusive;

    /// <summary>
    /// right − left in each trial. One trial that breaks a pointwise relation refutes it; of the others the mean counts, which lies between the
    /// sums of what its values contribute at the ends of the intervals of their frequencies.
    /// </summary>
    private RelationResult TrialByTrial(RelationResult found, Dictionary<string, Play> known, int trials)
    {
        Relation relation = found.Relation;
        Dictionary<string, bool[]> won = known.ToDictionary(play => play.Key, play => play.Value.Won!);
        Dictionary<Game, bool[]> ofGame = relation.Terms.ToDictionary(term => term.Game, term => won[term.Game.ToString()]);
        int trial = 0;
        TrialArithmetic here = new(game => (ofGame.TryGetValue(game, out bool[]? bits) ? bits : ofGame[game] = won[game.ToString()])[trial]);
        SortedDictionary<int, long> counts = [];
        List<long> breaking = [];
        long breaks = 0;
        for (; trial < trials; trial++)
        {
            int slack = relation.Right.In(here) - relation.Left.In(here);
            counts[slack] = counts.GetValueOrDefault(slack) + 1;
            if (relation.IsEquation ? slack != 0 : slack < 0)
            {
                breaks++;
                if (breaking.Count < NamedTrials)
                {
                    breaking.Add(trial);
                }
            }
        }

        int[] values = Range(relation);
        double each = 1 - ((1 - level) / values.Length);
        Interval mean = new(0, 0);
        foreach (int value in values)
        {
            Interval frequency = Interval.ClopperPearson(counts.GetValueOrDefault(value), trials, each);
            mean = new(mean.Low + Math.Min(value * frequency.Low, value * frequency.High), mean.High + Math.Max(value * frequency.Low, value * frequency.High));
        }

        bool isNearlyNeverBroken = breaks == 0 && Interval.ClopperPearson(0, trials, level).High <= epsilon;
        Verdict verdict = relation.IsPointwise && breaks > 0 ? Verdict.Refuted
            : isNearlyNeverBroken ? Verdict.Supported
            : relation.IsPointwise ? Verdict.Inconclusive
            : OfSlack(relation, mean);
        return found with { Verdict = verdict, Slack = mean, Trials = trials, Breaking = breaking, Breaks = breaks };
    }

    /// <summary>Every value other than 0 that right − left can take, which is fixed before anything is played.</summary>
    private static int[] Range(Relation relation)
    {
        IntervalArithmetic all = new(_ => new(0, 1));
        Interval range = all.Subtract(relation.Right.In(all), relation.Left.In(all));
        return [.. Enumerable.Range((int)range.Low, (int)(range.High - range.Low) + 1).Where(value => value != 0)];
    }
}
