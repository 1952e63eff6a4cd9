using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes.Tables;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Testing.Search;

/// <summary>A random finite scheme with adversaries that refutes a claim, and what that showed.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Result">The claim, evaluated exactly.</param>
public sealed record Counterexample(TableInstance Instance, ClaimResult Result);

/// <summary>How a search went.</summary>
public sealed record SearchReport
{
    /// <summary>Instances that were drawn.</summary>
    public long Drawn { get; init; }

    /// <summary>Instances in which a premise fails, or which the claim does not speak of.</summary>
    public long PremiseUnmet { get; init; }

    /// <summary>Instances in which a game is undefined.</summary>
    public long Undefined { get; init; }

    /// <summary>Instances in which the claim holds whatever the advantages are.</summary>
    public long Vacuous { get; init; }

    /// <summary>Instances in which both sides are the same number, other than in the vacuous ones.</summary>
    public long Tight { get; init; }

    /// <summary>The index of the first instance that refutes the claim; null where none does.</summary>
    public long? Index { get; init; }

    /// <summary>That instance, as it was drawn; null where there is none.</summary>
    public Counterexample? Found { get; init; }

    /// <summary>The smallest that it could be made; null where there is none.</summary>
    public Counterexample? Smallest { get; init; }

    /// <summary>Smaller instances that were tried.</summary>
    public long Shrinks { get; init; }

    /// <summary>Instances that the claim says something about.</summary>
    public long Instances => Drawn - PremiseUnmet - Undefined;
}

/// <summary>
/// Looks for a counterexample to a claim among random finite schemes and adversaries. Each is evaluated exactly, so that a refutation is a
/// proof; that none is found proves nothing.
/// </summary>
/// <param name="claims">Makes the claims about an instance, one for each adversary; none where it does not speak of it.</param>
public sealed class ClaimSearch(Func<TableInstance, IEnumerable<Claim>> claims)
{
    /// <summary>Instances are drawn and evaluated in such blocks, so that which one is found first does not depend on the threads.</summary>
    private const int Block = 512;

    /// <summary>The search gives up where fewer than one in so many instances are about the claim.</summary>
    public const int MostDraws = 50;

    /// <summary>The search for a counterexample to one of the known claims.</summary>
    /// <param name="kind">The claim.</param>
    /// <param name="form">In which form games are played.</param>
    public static ClaimSearch Of(ClaimKind kind, Form form) => new(instance =>
    {
        TableScheme scheme = instance.Scheme();
        double? omega = null;
        return new ClaimMaker<int, int, int, int, int, int>(scheme, form, () => omega ??= Math.Min(scheme.OutputTolerance.Threshold, Continuity.Of(scheme)!.Value))
        {
            Recoverers = [instance.Recoverer],
            Accelerators = [instance.Accelerator],
            OfSeveralChallenges = [instance.PairDistinguisher],
            ReReleases = scheme.Tables.KeyCount == 1 ? [new(new Unkeyed(scheme), Tolerance.Equality<int>().Same)] : [],
        }.Of(kind);
    });

    /// <summary>Searches.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="instances">How many instances that the claim says something about; it gives up after <see cref="MostDraws"/> times as many.</param>
    /// <param name="threads">Threads to search on. They change no result.</param>
    /// <param name="progress">Told now and then what part of the instances is done.</param>
    /// <param name="cancellation">Stops, with what is known.</param>
    public SearchReport Run(ulong seed, long instances, int threads, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        SearchReport report = new();
        for (long first = 0; report.Instances < instances && first < MostDraws * instances && !cancellation.IsCancellationRequested; first += Block)
        {
            ClaimResult?[] block = new ClaimResult?[Block];
            Parallel.For(0, block.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => block[i] = Of(RandomInstances.Draw(seed, first + i)));
            for (int i = 0; i < block.Length && report.Instances < instances; i++)
            {
                report = Counted(report, block[i]);
                if (block[i] is { } result && IsRefuted(result))
                {
                    report = report with { Index = first + i, Found = new(RandomInstances.Draw(seed, first + i), result) };
                    return Shrunk(report, cancellation);
                }
            }

            progress?.Invoke((double)report.Instances / instances);
        }

        return report;
    }

    /// <summary>The claim about an instance, evaluated exactly: of several adversaries, the first that refutes it. Null where it does not speak of it.</summary>
    public ClaimResult? Of(TableInstance instance)
    {
        ClaimResult? result = null;
        ClaimEvaluator evaluator = new(new Plays(game => new(ExactEvaluator.Sum(game))), level: 0.95, epsilon: 0);
        foreach (Claim claim in claims(instance))
        {
            result = evaluator.Of(claim);
            if (result is not null && IsRefuted(result))
            {
                break;
            }
        }

        return result;
    }

    /// <summary>Whether a relation of the claim fails, or a reduction costs other than it says.</summary>
    public static bool IsRefuted(ClaimResult result) =>
        result.Verdict == Verdict.Refuted || (result.Verdict == Verdict.Proved && result.Costs.Any(cost => !cost.Agrees));

    private static SearchReport Counted(SearchReport report, ClaimResult? result) => report with
    {
        Drawn = report.Drawn + 1,
        PremiseUnmet = report.PremiseUnmet + (result is null or { Verdict: Verdict.PremiseUnmet } ? 1 : 0),
        Undefined = report.Undefined + (result is { Verdict: Verdict.Undefined } ? 1 : 0),
        Vacuous = report.Vacuous + (result is { Conclusion.IsVacuous: true } ? 1 : 0),
        Tight = report.Tight + (result is { Conclusion: { IsVacuous: false, IsTight: true } } ? 1 : 0),
    };

    /// <summary>Goes from neighbour to smaller neighbour as long as one refutes the claim.</summary>
    private SearchReport Shrunk(SearchReport report, CancellationToken cancellation)
    {
        Counterexample smallest = report.Found!;
        long shrinks = 0;
        for (bool more = true; more && !cancellation.IsCancellationRequested;)
        {
            more = false;
            foreach (TableInstance smaller in RandomInstances.Shrinks(smallest.Instance))
            {
                shrinks++;
                if (Of(smaller) is { } result && IsRefuted(result))
                {
                    smallest = new(smaller, result);
                    more = true;
                    break;
                }
            }
        }

        return report with { Smallest = smallest, Shrinks = shrinks };
    }
}
