using Wager.Adversaries;
using Wager.Games;
using Wager.Reductions;

namespace Wager.Testing.Catalog;

/// <summary>A claim before it is about a scheme.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Summary">What it relates, in words.</param>
/// <param name="IsTrue">Whether it has a proof; else it has a counterexample.</param>
public sealed record ClaimKind(string Name, string Summary, bool IsTrue)
{
    /// <summary>All claims: those of the paper, repaired where they are false, and what belongs to the diagram of notions beside them.</summary>
    public static IReadOnlyList<ClaimKind> All { get; } =
    [
        new("eq8", "EffInf ⇒ WRec, as stated", false),
        new("eq8-repaired", "EffInf ⇒ WRec, less what Run carries apart and what Run′ is off", true),
        new("eq9", "W-IND ⇒ WRec, as stated", false),
        new("eq9-repaired", "W-IND ⇒ WRec, less luck", true),
        new("two-sided", "W-IND ⇒ WRec, with both weights compared: its advantage", true),
        new("function-compare", "Correctness breaks W-IND, in the law of W-IND", true),
        new("function-compare-mu", "Correctness breaks W-IND, with the deviation taken in the law of Train", false),
        new("output-compare", "W-IND ⇒ EffInf, less deviation and luck in the law of W-IND", true),
        new("output-compare-mu", "W-IND ⇒ EffInf, with the luck taken in the law of Train", false),
        new("hybrid", "W-IND ⇒ q-W-IND, with fresh keys: a factor q", true),
        new("hybrid-shared-key", "W-IND ⇒ q-W-IND, with one key", false),
        new("re-release", "a Release without coins and keys: its W-IND advantage", true),
    ];

    /// <summary>The claims that the paper states, and these repaired.</summary>
    public static IReadOnlyList<string> OfThePaper { get; } = ["eq8", "eq8-repaired", "eq9", "eq9-repaired"];

    /// <summary>Finds one.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static ClaimKind Find(string name) =>
        All.FirstOrDefault(kind => kind.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException(Nearest.Unknown("claim", name, All.Select(kind => kind.Name)));
}

/// <summary>Makes the claims about a scheme and its adversaries.</summary>
/// <param name="scheme">Σ.</param>
/// <param name="form">In which form games are played. Claims about one query say nothing of several, and are left out there.</param>
/// <param name="omega">ω.</param>
internal sealed class ClaimMaker<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Form form, Func<double> omega)
{
    /// <summary>q of the hybrid argument where none is asked for.</summary>
    private const int FewestQueries = 2;

    /// <summary>Adversaries in WRec.</summary>
    public IEnumerable<Recoverer<W, R, Pk>> Recoverers { get; init; } = [];

    /// <summary>Adversaries in EffInf.</summary>
    public IEnumerable<Accelerator<R, X, Y, Pk>> Accelerators { get; init; } = [];

    /// <summary>Adversaries in W-IND with several challenges.</summary>
    public IEnumerable<Distinguisher<W, R, Pk>> OfSeveralChallenges { get; init; } = [];

    /// <summary>The claims of one kind, one for each adversary that it is about.</summary>
    public IEnumerable<Claim> Of(ClaimKind kind)
    {
        int hybrids = Math.Max(FewestQueries, form.Queries);
        bool one = form.Queries == 1;
        FunctionCompare<W, R, X, Y, Sk, Pk>[] compares = scheme.AllInputs is { Count: > 1 } inputs ? [new(scheme), new(scheme, inputs)] : [new(scheme)];
        return kind.Name switch
        {
            "eq8" => Recoverers.Select(a => Eq8(a).AsStated(form.Queries, form.Inputs, omega())),
            "eq8-repaired" => Recoverers.Select(a => Eq8(a).Repaired(omega(), form.Queries, form.Inputs)),
            "hybrid" => OfSeveralChallenges.Select(a => Hybrid(a, hybrids).FreshKeys()),
            "hybrid-shared-key" => OfSeveralChallenges.Select(a => Hybrid(a, hybrids).SharedKey()),
            _ when !one => [],
            "eq9" => Recoverers.Select(a => Eq9(a).AsStated(form.Line4)),
            "eq9-repaired" => Recoverers.Select(a => Eq9(a).Repaired(form.Line4)),
            "two-sided" => Recoverers.Select(a => new TwoSided<W, R, X, Y, Sk, Pk>(scheme, a).Advantage(form.Line4)),
            "function-compare" => compares.Select(f => f.UnderTheGamesLaw(form.Line4)),
            "function-compare-mu" => [compares[0].UnderTrainsLaw(form.Line4)],
            "output-compare" => Accelerators.Select(a => new OutputCompare<W, R, X, Y, Sk, Pk>(scheme, a).UnderTheGamesLaw(form.Line4)),
            "output-compare-mu" => Accelerators.Select(a => new OutputCompare<W, R, X, Y, Sk, Pk>(scheme, a).UnderTrainsLaw(form.Line4)),
            _ => ReReleases.Select(a => a.Advantage(form.Line4)),
        };
    }

    /// <summary>Re-release, where the scheme has it.</summary>
    public IEnumerable<ReRelease<W, R, X, Y>> ReReleases { get; init; } = [];

    private Eq8<W, R, X, Y, Sk, Pk> Eq8(Recoverer<W, R, Pk> a) => new(scheme, a);

    private Eq9<W, R, X, Y, Sk, Pk> Eq9(Recoverer<W, R, Pk> a) => new(scheme, a);

    private Hybrid<W, R, X, Y, Sk, Pk> Hybrid(Distinguisher<W, R, Pk> a, int queries) => new(scheme, a, queries, form.Line4);
}
