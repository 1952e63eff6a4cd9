using System.Diagnostics;
using System.Numerics;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>
/// The best of all adversaries in a game of a finite scheme: no adversary whatever has a greater advantage, and one has this. The game's
/// own text is played over all paths by an adversary that only looks; for each view the best answer is then a maximum over all answers,
/// which may be any element of 𝒲, 𝒴 or {0, 1}. Where a release has <see cref="Scheme{W,R,X,Y,Sk,Pk}.Cells"/> it is read cell by cell,
/// a read for one operation.
/// </summary>
public abstract class OptimalAdversary
{
    /// <summary>The adversary's name in reports.</summary>
    public const string Name = "optimal";

    /// <summary>The most comparisons of an answer with a truth.</summary>
    private const long MostComparisons = 1L << 26;

    private protected OptimalAdversary(Game game) => Game = game;

    /// <summary>The game.</summary>
    public Game Game { get; }

    /// <summary>Σ over views of max over w* ∈ 𝒲 of Pr[view, Same(w*, W)].</summary>
    /// <param name="scheme">A scheme that lists 𝒲.</param>
    /// <param name="queries">q, releases of one W under one key.</param>
    /// <exception cref="UsageException">It does not, or what is seen has no equality by value.</exception>
    public static OptimalAdversary WRec<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, int queries = 1)
    {
        IReadOnlyList<W> answers = Listed(scheme, Notion.WRec, scheme.AllWeights, "its weights (AllWeights)", scheme.FlawInWeights);
        RequireEquality(scheme, typeof(Pk), typeof(W));
        OnlookingRecoverer<W, R, Pk> onlooker = new(answers[0]);
        Probe<W, R, X, Y, Sk, Pk> probe = new(scheme);
        return new Typed<(Pk, Several<R>), Several<W>>(Game.WRec(scheme, onlooker, queries), (_, last) =>
        {
            (int[]? cells, R[] whole) = probe.Read(onlooker.Releases);
            return new((onlooker.PublicKey, new(whole)), cells ?? [], new([last.Of<W>(Procedure.Train)]));
        })
        {
            IsProbed = () => probe.HasCells,
            Winners = truths => Winners(scheme, answers, truths, "AllWeights", (answer, truth) => scheme.SameWeights(answer, truth)),
            Answers = answers.Count,
        };
    }

    /// <summary>
    /// In the probe model: the best that reading cells adaptively achieves, with all reads and within the budget t &lt; Cost(Run′).
    /// </summary>
    /// <param name="scheme">A scheme that lists 𝒴 and whose releases have cells.</param>
    /// <param name="queries">q, releases of one W under one key, of which Run′ runs the first.</param>
    /// <exception cref="UsageException">It does not, or they have not, or what is seen has no equality by value.</exception>
    public static OptimalAdversary EffInf<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, int queries = 1)
    {
        IReadOnlyList<Y> answers = Listed(scheme, Notion.EffInf, scheme.AllOutputs, "its outputs (AllOutputs)", scheme.FlawInOutput);
        RequireEquality(scheme, typeof(Pk), typeof(X), typeof(Y));
        OnlookingAccelerator<R, X, Y, Pk> onlooker = new(answers[0]);
        Probe<W, R, X, Y, Sk, Pk> probe = new(scheme);
        return new Typed<(Pk, Several<X>), Several<Y>>(Game.EffInf(scheme, onlooker, queries, 1), (_, last) =>
        {
            int[] cells = probe.Read(onlooker.Releases).Cells ?? throw new UsageException(
                $"EffInf --optimal needs the probe model, since Run′ itself is free to everyone else: the scheme {scheme.Name} has no cells to read (Cells)");
            return new((onlooker.PublicKey, new([onlooker.Input])), cells, new([last.Of<Y>(Procedure.RunReleased)]));
        })
        {
            IsProbed = () => true,
            Winners = truths => Winners(scheme, answers, truths, "AllOutputs", (answer, truth) => scheme.SameOutputs(answer, truth)),
            Answers = answers.Count,
        };
    }

    /// <summary>The total variation distance between the two joint laws of (pk, W₀, W₁, W′).</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="line4">How W₁ is drawn.</param>
    /// <param name="queries">q, challenges of one bit.</param>
    /// <exception cref="UsageException">What is seen has no equality by value.</exception>
    public static OptimalAdversary WInd<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Line4 line4 = Line4.Resample, int queries = 1)
    {
        RequireEquality(scheme, typeof(Pk), typeof(W));
        OnlookingDistinguisher<W, R, Pk> onlooker = new();
        Probe<W, R, X, Y, Sk, Pk> probe = new(scheme);
        return new Typed<Several<Challenge<W, R, Pk>>, Several<int>>(Game.WInd(scheme, onlooker, line4, queries), (won, last) =>
        {
            Challenge<W, R, Pk>[] challenges = onlooker.Challenges;
            int[]? cells = probe.Read([.. challenges.Select(challenge => challenge.Released)]).Cells;
            IEnumerable<Challenge<W, R, Pk>> seen = cells is null ? challenges : challenges.Select(challenge => challenge with { Released = default! });
            return new(new([.. seen]), cells ?? [], new([won.Lanes[0] ? 0 : 1])); // 0 was answered
        })
        {
            IsProbed = () => probe.HasCells,
            Winners = truths => [.. truths.Select(truth => new[] { truth[0] })],
            Answers = 2,
        };
    }

    /// <summary>Works it out.</summary>
    /// <param name="reads">The most reads in the probe model; null for as many as there are cells.</param>
    /// <param name="progress">Told now and then what part of the probability is covered.</param>
    /// <param name="cancellation">Stops it; what is known by then is nothing.</param>
    /// <exception cref="NotFiniteException">The coins cannot be enumerated.</exception>
    /// <exception cref="UndefinedConditionException">The game is undefined.</exception>
    /// <exception cref="UsageException">The scheme's types or lists do not allow it, or it is too large.</exception>
    public abstract Optimum Evaluate(int? reads = null, Action<double>? progress = null, CancellationToken cancellation = default);

    private static IReadOnlyList<T> Listed<T>(Scheme scheme, Notion notion, IReadOnlyList<T>? all, string what, Func<T, string?> flaw)
    {
        if (all is null or [])
        {
            throw new UsageException($"{notion.Name} --optimal: the scheme {scheme.Name} does not list {what}, among which the best answer is looked for");
        }

        return all.Select(flaw).FirstOrDefault(why => why is not null) is { } wrong
            ? throw new UsageException($"{notion.Name} --optimal: the scheme {scheme.Name} lists among {what} what is none: {wrong}")
            : all;
    }

    /// <summary>For each truth the answers that are Same to it.</summary>
    private static int[][] Winners<T>(Scheme scheme, IReadOnlyList<T> answers, IReadOnlyList<Several<T>> truths, string list, Func<T, T, Bits> same)
    {
        if ((long)answers.Count * truths.Count > MostComparisons)
        {
            throw new UsageException($"--optimal: {answers.Count:N0} answers against {truths.Count:N0} truths are more than {MostComparisons:N0} comparisons; give a smaller scheme");
        }

        HashSet<Several<T>> listed = [.. answers.Select(answer => new Several<T>([answer]))];
        return truths.Any(truth => !listed.Contains(truth))
            ? throw new UsageException($"--optimal: {list} of the scheme {scheme.Name} leaves out {truths.First(truth => !listed.Contains(truth))[0]}")
            : [.. truths.Select(truth => Enumerable.Range(0, answers.Count).Where(answer => same(answers[answer], truth[0]).Lanes[0]).ToArray())];
    }

    private static void RequireEquality(Scheme scheme, params ReadOnlySpan<Type> types)
    {
        foreach (Type type in types)
        {
            if (!type.IsInterface && type.GetMethod(nameof(Equals), [typeof(object)])?.DeclaringType == typeof(object))
            {
                throw new UsageException(
                    $"--optimal: {type.Name}, a type of the scheme {scheme.Name}, has no equality by value, so views cannot be told apart; use a record, or override Equals");
            }
        }
    }

    /// <summary>Releases as one adversary reads them: by cells where the scheme has them, else whole.</summary>
    private sealed class Probe<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme)
    {
        private readonly Dictionary<Several<int>, R> _wholes = [];
        private int _count = -1;
        private bool _isWhole;

        public bool HasCells => _count >= 0;

        public (int[]? Cells, R[] Whole) Read(R[] releases)
        {
            int[]?[] cells = [.. releases.Select(released => scheme.Cells(released)?.ToArray())];
            if (cells.Any(each => each is null))
            {
                if (!_isWhole)
                {
                    RequireEquality(scheme, typeof(R));
                    _isWhole = true;
                }

                return (null, releases);
            }

            foreach ((int[]? each, R released) in cells.Zip(releases))
            {
                _count = _count < 0 ? each!.Length : _count;
                if (each!.Length != _count)
                {
                    throw new UsageException($"--optimal: releases of the scheme {scheme.Name} have {_count} cells and {each.Length}; how many there are may not depend on W′");
                }

                if (typeof(R).IsValueType && typeof(R).IsAssignableTo(typeof(IEquatable<R>)) // equal by value
                    && !_wholes.TryAdd(new(each), released) && !EqualityComparer<R>.Default.Equals(_wholes[new(each)], released))
                {
                    throw new UsageException($"--optimal: the cells of the scheme {scheme.Name} do not say all of W′: {released} and {_wholes[new(each)]} have the same");
                }
            }

            return ([.. cells.SelectMany(each => each!)], []);
        }
    }

    /// <summary>With the types of what is seen.</summary>
    private sealed class Typed<TView, TTruth>(Game game, Func<Bits, LastReturned, Sight<TView, TTruth>> look) : OptimalAdversary(game)
        where TView : notnull
        where TTruth : notnull
    {
        /// <summary>For each truth the indices of the answers that win.</summary>
        public required Func<IReadOnlyList<TTruth>, int[][]> Winners { get; init; }

        public required int Answers { get; init; }

        /// <summary>Whether releases are read cell by cell, once one was seen.</summary>
        public required Func<bool> IsProbed { get; init; }

        public override Optimum Evaluate(int? reads, Action<double>? progress, CancellationToken cancellation)
        {
            long started = Stopwatch.GetTimestamp();
            LastReturned last = new();
            PathTape tape = new(cancellation: cancellation) { Transcript = last };
            JointLaw<TView, TTruth> law = new(Game, tape, bits => look(bits, last), progress);
            if (reads is not null && !IsProbed())
            {
                throw new UsageException($"--reads {reads}: a release of the scheme {Game.Scheme} is read as a whole, it has no cells (Cells); leave it out");
            }

            int[][] winners = Winners([.. law.Truths]);
            IReadOnlyCollection<Outcome<Ratio>>[] views = [.. law.Views];
            Quantity[] advantages = Advantages(views, winners, withinBudget: false, reads ?? int.MaxValue, cancellation);
            Quantity[]? within = Game.Notion.Budget is null ? null
                : views.SelectMany(view => view).Select(outcome => outcome.MostReads).Distinct().ToArray() is [>= 0 and var most] // one budget for all
                    ? [.. advantages.Select((_, t) => advantages[Math.Min(t, most)])]
                : Advantages(views, winners, withinBudget: true, reads ?? int.MaxValue, cancellation);
            return new(
                new Result
                {
                    Game = Game,
                    IsOptimal = true,
                    Probability = Probability(advantages[^1]),
                    Advantage = advantages[^1],
                    WithinBudget = within?[^1],
                    Level = 1,
                    Paths = law.Paths,
                    Limits = new(reads),
                    Faults = new Dictionary<Fault, double>(),
                    Cost = new Dictionary<Procedure, Cost>(),
                    Unit = CostUnit.Operations,
                    Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
                },
                IsProbed() ? [.. advantages.Select((advantage, t) => new ReadsValue(t, advantage, within?[t]))] : null);
        }

        /// <summary>Pr[win], which the best adversary of a decision game has at ½ or above.</summary>
        private Quantity Probability(Quantity advantage) => Game.Notion.Kind != Kind.Decision ? advantage
            : new((1 + advantage.Value) / 2, new((1 + advantage.Value) / 2, (1 + advantage.Value) / 2), (1 + advantage.Exact!.Value) / 2);

        private Quantity[] Advantages(IReadOnlyCollection<Outcome<Ratio>>[] views, int[][] winners, bool withinBudget, int reads, CancellationToken cancellation)
        {
            BigInteger denominator = BigInteger.One;
            foreach (Outcome<Ratio> outcome in views.SelectMany(view => view))
            {
                BigInteger each = outcome.Mass.Denominator;
                denominator *= each / BigInteger.GreatestCommonDivisor(denominator, each);
            }

            BigInteger[] won = denominator <= long.MaxValue
                ? [.. Won<long>(views, winners, (long)denominator, withinBudget, reads, cancellation).Select(mass => (BigInteger)mass)]
                : Won(views, winners, denominator, withinBudget, reads, cancellation);
            return [.. won.Select(mass => Quantity.Of(Game.Notion.Advantage(Whole(mass) / Whole(denominator))))];
        }

        /// <summary>Σ over views, in units of 1 / denominator.</summary>
        private T[] Won<T>(IReadOnlyCollection<Outcome<Ratio>>[] views, int[][] winners, T denominator, bool withinBudget, int reads, CancellationToken cancellation)
            where T : struct, IBinaryInteger<T>
        {
            Expectimax<T> best = new(winners, Answers, cancellation);
            BigInteger whole = BigInteger.CreateChecked(denominator);
            return views
                .Select(view => best.Values(
                    [.. view.Select(outcome => new Outcome<T>(
                        outcome.Cells, outcome.Truth, withinBudget ? outcome.MostReads : int.MaxValue, T.CreateChecked(whole / outcome.Mass.Denominator * outcome.Mass.Numerator)))],
                    reads))
                .Aggregate((sum, values) => [.. sum.Zip(values, (left, right) => left + right)]);
        }

        /// <summary>A whole number as a ratio.</summary>
        private static Ratio Whole(BigInteger number)
        {
            const ulong Base = 1UL << 32;
            return number < Base ? new((ulong)number, 1) : (Whole(number / Base) * new Ratio(Base, 1)) + new Ratio((ulong)(number % Base), 1);
        }
    }
}
