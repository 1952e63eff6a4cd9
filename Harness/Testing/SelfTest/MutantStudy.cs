using Fractions;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Testing.SelfTest;

/// <summary>A game, or a mutant of it, held against every known answer of that game.</summary>
/// <param name="Notion">Whose game.</param>
/// <param name="Wrong">What is wrong, in words.</param>
/// <param name="IsHonest">Whether nothing is, so that it must give every known answer; else it must miss one.</param>
/// <param name="Missed">The known answers that it misses, with the probability that it gives instead, farthest first.</param>
/// <param name="Answers">How many it was held against.</param>
/// <param name="Noticed">In how many of these the interval of its trials lies beside the known answer.</param>
/// <param name="Trials">How many trials those were.</param>
internal sealed record MutantResult(
    Notion Notion, string Wrong, bool IsHonest, IReadOnlyList<(KnownAnswer Answer, Fraction Winning)> Missed, int Answers, int Noticed, long Trials)
{
    /// <summary>Whether what is wrong shows, exactly and in trials, and nothing else does.</summary>
    public bool IsAsItShouldBe => IsHonest ? Missed.Count == 0 && Noticed == 0 : Missed.Count > 0 && Noticed > 0;
}

/// <summary>
/// Holds the games and their mutants against the known answers: exactly, by Pr[win], since an advantage 2·|Pr[win] − ½| is blind to a
/// bit that is swapped; and by sampling. Guarantee: where nothing is wrong, sampling says otherwise with probability
/// <paramref name="alarm"/> at most, of all intervals together.
/// </summary>
/// <param name="sampling">Trials of each game, seed and threads. The level is the study's own.</param>
/// <param name="alarm">The probability of a false alarm.</param>
/// <param name="answers">The known answers, if not all.</param>
internal sealed class MutantStudy(Sampling sampling, double alarm, IReadOnlyList<KnownAnswer>? answers = null)
{
    private static readonly (Notion Notion, Mutation? Mutation, bool IsText)[] _rows = [.. Notion.All.SelectMany(Rows)];

    /// <summary>The number of rows of a whole run.</summary>
    public static int Count => _rows.Length;

    /// <summary>One row after the other, until it is to stop.</summary>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public IEnumerable<MutantResult> Run(CancellationToken stop)
    {
        int intervals = _rows.Sum(row => Answers(row.Notion).Length);
        Sampling each = sampling with { Level = 1 - (alarm / intervals), Until = null, Timeout = null, Metered = false };
        ulong seed = 0;
        foreach ((Notion notion, Mutation? mutation, bool isText) in _rows)
        {
            List<(KnownAnswer Answer, Fraction Winning)> missed = [];
            int noticed = 0;
            foreach (KnownAnswer answer in Answers(notion))
            {
                Game game = isText ? answer.Mutant(mutation) : answer.Game;
                Fraction winning = ExactEvaluator.Evaluate(game, cancellation: stop)!.Probability.Exact ?? throw new OperationCanceledException(stop);
                if (winning != answer.Winning)
                {
                    missed.Add((answer, winning));
                }

                Result sampled = SampledEvaluator.Evaluate(game, each with { Seed = Coins.Word(sampling.Seed, seed++) }, cancellation: stop);
                stop.ThrowIfCancellationRequested();
                Interval interval = sampled.Probability.Interval;
                noticed += answer.Winning.ToDouble() < interval.Low || answer.Winning.ToDouble() > interval.High ? 1 : 0;
            }

            yield return new(
                notion,
                mutation?.Words ?? (isText ? "nothing, in the mutants' text" : "nothing: the game itself"),
                mutation is null,
                [.. missed.OrderByDescending(miss => (miss.Winning - miss.Answer.Winning).Abs())],
                Answers(notion).Length,
                noticed,
                each.Trials);
        }
    }

    private static IEnumerable<(Notion Notion, Mutation? Mutation, bool IsText)> Rows(Notion notion) =>
        [(notion, null, false), (notion, null, true), .. Mutation.Of(notion).Select(wrong => (notion, (Mutation?)wrong, true))];

    private KnownAnswer[] Answers(Notion notion) => [.. (answers ?? KnownAnswers.All).Where(answer => answer.Game.Notion == notion)];
}
