using Expecto;
using Fractions;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes.Tables;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>What is false is found false from any seed, what is proved survives, and what is proved does not survive being broken.</summary>
internal static class ClaimSearchTests
{
    private const int Survived = 1000;

    private const int Wanted = 40_000;

    private static readonly ulong[] _seeds = [1, 2, 3, 2026];

    /// <summary>Proved claims, each with one thing left out. Every one must be refuted, or the search would not see a mistake in a proof.</summary>
    private static readonly (string Name, Func<TableInstance, TableScheme, Claim?> Claim)[] _broken =
    [
        ("eq8-repaired without η", (c, s) => Changed(Eq8(c, s).Repaired(Omega(s)), claim => Relation.AtMost(claim.Left, claim.Right.Without("η(δ − ω)")))),
        ("eq8-repaired with ω of 0 and without κ", (c, s) => Changed(Eq8(c, s).Repaired(0), claim => Relation.AtMost(claim.Left, claim.Right.Without("κ(ω)")))),
        ("eq8-repaired with η(δ) for η(δ − ω)", (c, s) => Changed(Eq8(c, s).Repaired(Omega(s)), claim => Relation.AtMost(
            claim.Left, claim.Right.Without("η(δ − ω)") + new Term("η(δ)", Game.Deviation(s, s.OutputTolerance.Threshold))))),
        ("eq8-repaired of a distance that is no metric", (c, s) => Changed(Eq8(c, s).Repaired(Omega(s)), claim => claim with { Premises = [] })),
        ("eq9-repaired without q", (c, s) => Changed(Eq9(c, s).Repaired(), claim => Relation.AtMost(claim.Left, claim.Right.Without("q")))),
        ("eq9-repaired by rejection without Z", (c, s) => Changed(
            Eq9(c, s).Repaired(Line4.Reject), claim => Relation.AtMost(claim.Left, claim.Right.Of("Adv^W-IND(B_A)") + claim.Right.Of("q")))),
        ("two-sided with one side", (c, s) => Changed(
            new TwoSided<int, int, int, int, int, int>(s, c.Recoverer).Advantage(), claim => Relation.Equal(claim.Left, Formula.Magnitude(claim.Right.Of("p₀") - claim.Right.Of("r₀"))))),
        ("function-compare without s", (c, s) => Changed(Compare(s).UnderTheGamesLaw(), claim => Relation.AtMost(1 - claim.Left.Of("η₀") - claim.Left.Of("η₁"), claim.Right))),
        ("function-compare without η₀", (c, s) => Changed(Compare(s).UnderTheGamesLaw(), claim => Relation.AtMost(1 - claim.Left.Of("η₁") - claim.Left.Of("s"), claim.Right))),
        ("output-compare by rejection without Z", (c, s) => Changed(
            Output(c, s).UnderTheGamesLaw(Line4.Reject), claim => Relation.AtMost(claim.Left, claim.Right.Of("Adv^W-IND(G_A)") + claim.Right.Of("q") + claim.Right.Of("η(δ)")))),
        ("output-compare of a distance that is no metric", (c, s) => Changed(Output(c, s).UnderTheGamesLaw(), claim => claim with { Premises = [] })),
        ("hybrid by rejection without the factor q", (c, s) => Changed(
            new Hybrid<int, int, int, int, int, int>(s, c.PairDistinguisher, 2, Line4.Reject).FreshKeys(), claim => Relation.Equal(claim.Left, claim.Right.Of("Adv^W-IND(H_A)")))),
        ("function-compare without η₁", (c, s) => Changed(Compare(s).UnderTheGamesLaw(), claim => Relation.AtMost(1 - claim.Left.Of("η₀") - claim.Left.Of("s"), claim.Right))),
        ("function-compare of a distance that is no metric", (c, s) => Changed(Compare(s).UnderTheGamesLaw(), claim => claim with { Premises = [] })),
        ("output-compare without η", (c, s) => Changed(Output(c, s).UnderTheGamesLaw(), claim => Relation.AtMost(claim.Left, claim.Right.Of("Adv^W-IND(G_A)") + claim.Right.Of("q")))),
        ("output-compare without q", (c, s) => Changed(Output(c, s).UnderTheGamesLaw(), claim => Relation.AtMost(claim.Left, claim.Right.Of("Adv^W-IND(G_A)") + claim.Right.Of("η(δ)")))),
        ("hybrid without the factor q", (c, s) => Changed(
            new Hybrid<int, int, int, int, int, int>(s, c.PairDistinguisher, 2).FreshKeys(), claim => Relation.Equal(claim.Left, claim.Right.Of("Adv^W-IND(H_A)")))),
        ("re-release with coins in Release", (c, s) => s.Tables.KeyCount > 1 ? null
            : Changed(new Adversaries.ReRelease<int, int, int, int>(new Unkeyed(s), Tolerance.Equality<int>().Same).Advantage(), claim => claim with { Premises = [] })),
        ("eq8 with a cost of Run left out", (c, s) => Eq8(c, s).Repaired(Omega(s)) is var claim ? claim with { Costs = [claim.Costs[0] with { Right = [claim.Costs[0].Right[0]] }] } : null),
    ];

    public static Test All => Suite.Group(
        "search for counterexamples",
        Suite.Group("refutes", [.. ClaimKind.All.Where(kind => !kind.IsTrue).Select(kind => Suite.Test($"{kind.Name}, with three weights at most, from any seed", () =>
        {
            foreach (ulong seed in _seeds)
            {
                SearchReport report = ClaimSearch.Of(kind, new()).Run(seed, Wanted, 2);
                Counterexample smallest = report.Smallest ?? throw new FailedException($"none in {report.Drawn} instances of seed {seed}");
                Assert.True(smallest.Instance.Tables.WeightCount <= 3, $"seed {seed}: {smallest.Instance.Tables.WeightCount} weights");
                Assert.Equal(Verdict.Refuted, smallest.Result.Conclusion.Verdict, $"seed {seed}: the verdict on what is left");
                Assert.True(!RandomInstances.Shrinks(smallest.Instance).Any(smaller => ClaimSearch.Of(kind, new()).Of(smaller) is { } result && ClaimSearch.IsRefuted(result)), $"seed {seed}: a smaller one refutes it too");
            }
        }))]),
        Suite.Test("the smallest counterexample to Eq. 9 is two weights and a release that says nothing, worked out as sums too", () =>
        {
            foreach (ulong seed in _seeds)
            {
                Counterexample found = ClaimSearch.Of(ClaimKind.Find("eq9"), new()).Run(seed, Wanted, 1).Smallest!;
                Assert.Equal("1/2 > 0", $"{found.Result.Conclusion.Left!.Exact} > {found.Result.Conclusion.Right!.Exact}", $"seed {seed}");
                Assert.Equal((2, 1), (found.Instance.Tables.WeightCount, found.Instance.Tables.ViewCount), $"seed {seed}: weights and views");
                Assert.Equal(new Fraction(1, 2), Reference.WRec(found.Instance), $"seed {seed}: Adv^WRec as a sum");
                Fraction? win = Reference.WInd(found.Instance, reject: false, (pk, w0, _, view) => Reference.If(!found.Instance.Tables.Weights.Same(found.Instance.Recoverer.Answers[pk][view], w0)));
                Assert.Equal<Fraction?>(new Fraction(1, 2), win, $"seed {seed}: Pr[win W-IND] as a sum");
            }
        }),
        Suite.Group("does not refute", [.. from kind in ClaimKind.All
                                           where kind.IsTrue
                                           from line4 in Enum.GetValues<Line4>()
                                           select Suite.Test($"{kind.Name}, line 4 by {line4}", () =>
        {
            SearchReport report = ClaimSearch.Of(kind, new(line4)).Run(7, Survived, 2);
            Assert.True(report.Found is null, $"instance {report.Index} of seed 7: {report.Smallest?.Result.Refuted?.Relation}");
            Assert.Equal((long)Survived, report.Instances, "instances that the claim says something about");
            Assert.True(report.Instances > report.Vacuous + 50, $"{report.Vacuous} of {report.Instances} are vacuous");
        })]),
        Suite.Group("refutes what is left of a proved claim:", [.. _broken.Select(row => Suite.Test(row.Name, () =>
        {
            SearchReport report = new ClaimSearch(instance => row.Claim(instance, instance.Scheme()) is { } claim ? [claim] : []).Run(1, Wanted, 2);
            Assert.True(report.Smallest is not null, $"none in {report.Drawn} instances");
        }))]),
        Suite.Test("what is found does not depend on the number of threads", () =>
        {
            (long?, string)[] found = [.. new[] { 1, 2, 5 }.Select(threads => ClaimSearch.Of(ClaimKind.Find("function-compare-mu"), new()).Run(3, Wanted, threads))
                .Select(report => (report.Index, report.Smallest!.Instance.ToString()))];
            Assert.Equal(1, found.Distinct().Count(), "reports");
        }));

    private static double Omega(TableScheme scheme) => Continuity.Of(scheme)!.Value;

    private static Eq8<int, int, int, int, int, int> Eq8(TableInstance c, TableScheme s) => new(s, c.Recoverer);

    private static Eq9<int, int, int, int, int, int> Eq9(TableInstance c, TableScheme s) => new(s, c.Recoverer);

    private static Adversaries.FunctionCompare<int, int, int, int, int, int> Compare(TableScheme s) => new(s);

    private static OutputCompare<int, int, int, int, int, int> Output(TableInstance c, TableScheme s) => new(s, c.Accelerator);

    /// <summary>The claim with another conclusion under the same premises, and nothing else.</summary>
    private static Claim Changed(Claim claim, Func<Relation, Relation> change)
    {
        Relation changed = change(claim.Conclusion);
        bool isOtherFormula = changed.Left != claim.Conclusion.Left || changed.Right != claim.Conclusion.Right;
        return new(claim.Name, claim.Source, claim.Adversary, isOtherFormula ? changed with { Premises = claim.Conclusion.Premises } : changed);
    }

    /// <summary>A term of a formula by its symbol.</summary>
    private static Term Of(this Formula formula, string symbol) => formula.Terms.First(term => term.Symbol == symbol);

    /// <summary>The sum of the other terms of a formula that is a sum.</summary>
    private static Formula Without(this Formula formula, string symbol) =>
        formula.Terms.Where(term => term.Symbol != symbol).Aggregate((Formula?)null, (sum, term) => sum is null ? term : sum + term)!;
}
