using Expecto;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes.Tables;

namespace Wager.Tests;

/// <summary>What every claim is made of, written out: its relations, their premises, what it needs and costs, and which game each symbol stands for.</summary>
internal static class ClaimTextTests
{
    private static readonly TableScheme _scheme = SmallTables.Scheme([1, 1], [[1, 0], [0, 1]], 0, outputDelta: 3);

    private static readonly (string Name, Func<Claim> Claim, string Text)[] _claims =
    [
        ("eq8", () => Eq8.AsStated(), """
            Adv^WRec(A) ≤ Adv^EffInf(B_A); if Dist_Y is a metric; if Correctness is 1 [Correctness]; if B_A costs less than Run′ [EffInf]
            needs η(δ − ω)
            needs κ(ω)
            with ω = 0
            with δ = 3
            Cost(B_A) = Cost(A) + Cost(Run): Preparation of EffInf + Adversary of EffInf = Adversary of WRec + Run of Correctness
            Adv^WRec(A) is WRec of table against table
            Adv^EffInf(B_A) is EffInf of table against eq8(table)
            η(δ − ω) is Dist(Run′, Run) > 3 of table
            κ(ω) is WRec won, and Dist(Run(W*), Run(W)) > 0 of table against table
            """),
        ("eq8 of two releases and three inputs, ω = 1", () => Eq8.AsStated(2, 3, 1), """
            Adv^WRec(A) ≤ Adv^EffInf(B_A); if Dist_Y is a metric; if Correctness is 1 [Correctness]; if B_A costs less than Run′ [EffInf]
            needs η(δ − ω)
            needs κ(ω)
            with ω = 1
            with δ = 3
            Cost(B_A) = Cost(A) + 3·Cost(Run): Preparation of EffInf, q = 2, m = 3 + Adversary of EffInf, q = 2, m = 3 = Adversary of WRec, q = 2 + Run of Correctness + Run of Correctness + Run of Correctness
            Adv^WRec(A) is WRec of table against table, q = 2
            Adv^EffInf(B_A) is EffInf of table against eq8(table), q = 2, m = 3
            η(δ − ω) is Dist(Run′, Run) > 2 of table
            κ(ω) is WRec won, and Dist(Run(W*), Run(W)) > 1 of table against table, q = 2
            """),
        ("eq8-repaired", () => Eq8.Repaired(1), """
            Adv^WRec(A) ≤ Adv^EffInf(B_A) + η(δ − ω) + κ(ω); if Dist_Y is a metric
            step Adv^WRec(A) ≤ Adv^EffInf(B_A) + η(δ − ω) + κ(ω), trial by trial; if Dist_Y is a metric; if Run has no coins [Run gives the same twice]; if Run has no coins on W* [Run gives the same twice on W*]
            with ω = 1
            with δ = 3
            Cost(B_A) = Cost(A) + Cost(Run): Preparation of EffInf + Adversary of EffInf = Adversary of WRec + Run of Correctness
            Adv^WRec(A) is WRec of table against table
            Adv^EffInf(B_A) is EffInf of table against eq8(table)
            η(δ − ω) is Dist(Run′, Run) > 2 of table
            κ(ω) is WRec won, and Dist(Run(W*), Run(W)) > 1 of table against table
            """),
        ("eq8-repaired of two releases and three inputs", () => Eq8.Repaired(1, 2, 3), """
            Adv^WRec(A) ≤ Adv^EffInf(B_A) + 3·(η(δ − ω) + κ(ω)); if Dist_Y is a metric
            with ω = 1
            with δ = 3
            Cost(B_A) = Cost(A) + 3·Cost(Run): Preparation of EffInf, q = 2, m = 3 + Adversary of EffInf, q = 2, m = 3 = Adversary of WRec, q = 2 + Run of Correctness + Run of Correctness + Run of Correctness
            Adv^WRec(A) is WRec of table against table, q = 2
            Adv^EffInf(B_A) is EffInf of table against eq8(table), q = 2, m = 3
            η(δ − ω) is Dist(Run′, Run) > 2 of table
            κ(ω) is WRec won, and Dist(Run(W*), Run(W)) > 1 of table against table, q = 2
            """),
        ("eq9", () => Eq9.AsStated(), """
            Adv^WRec(A) ≤ Adv^W-IND(B_A)
            needs q
            Cost(B_A) = Cost(A): Adversary of answers 0 in W-IND given b = 0 = Adversary of WRec
            Adv^WRec(A) is WRec of table against table
            Adv^W-IND(B_A) is W-IND of table against eq9(table)
            q is answers 0 in W-IND given b = 1 of table against eq9(table)
            """),
        ("eq9 by rejection", () => Eq9.AsStated(Line4.Reject), """
            Adv^WRec(A) ≤ Adv^W-IND(B_A)
            needs q
            needs Z
            Adv^WRec(A) is WRec of table against table
            Adv^W-IND(B_A) is W-IND by rejection of table against eq9(table)
            q is answers 0 in W-IND by rejection given b = 1 of table against eq9(table)
            Z is W₀ and W₁, drawn independently, differ of table
            """),
        ("eq9-repaired", () => Eq9.Repaired(), """
            Adv^WRec(A) ≤ Adv^W-IND(B_A) + q
            step Adv^W-IND(B_A) = |p − q|
            step Adv^WRec(A) = p, trial by trial
            Cost(B_A) = Cost(A): Adversary of answers 0 in W-IND given b = 0 = Adversary of WRec
            Adv^WRec(A) is WRec of table against table
            Adv^W-IND(B_A) is W-IND of table against eq9(table)
            q is answers 0 in W-IND given b = 1 of table against eq9(table)
            p is answers 0 in W-IND given b = 0 of table against eq9(table)
            """),
        ("eq9-repaired by rejection", () => Eq9.Repaired(Line4.Reject), """
            Adv^WRec(A) ≤ Z·(Adv^W-IND(B_A) + q) + 1 − Z
            step Adv^W-IND(B_A) = |p − q|
            step Adv^WRec(A) ≤ Z·p + 1 − Z
            Adv^WRec(A) is WRec of table against table
            Z is W₀ and W₁, drawn independently, differ of table
            Adv^W-IND(B_A) is W-IND by rejection of table against eq9(table)
            q is answers 0 in W-IND by rejection given b = 1 of table against eq9(table)
            p is answers 0 in W-IND by rejection given b = 0 of table against eq9(table)
            """),
        ("two-sided", () => TwoSided.Advantage(Line4.Reject), """
            2·Adv^W-IND(B′_A) = |p₀ − r₀ + p₁ − r₁|
            Adv^W-IND(B′_A) is W-IND by rejection of table against two-sided(table)
            p₀ is answers 0 in W-IND by rejection given b = 0 of table against close-to-0(table)
            r₀ is answers 0 in W-IND by rejection given b = 0 of table against close-to-1(table)
            p₁ is answers 0 in W-IND by rejection given b = 1 of table against close-to-1(table)
            r₁ is answers 0 in W-IND by rejection given b = 1 of table against close-to-0(table)
            """),
        ("function-compare", () => FunctionCompare.UnderTheGamesLaw(), """
            1 − η₀ − η₁ − s ≤ Adv^W-IND(F); if Dist_Y is a metric
            step 1 ≤ Pr[F ⇒ 0 | b = 0] + η₀ + s, trial by trial; if Dist_Y is a metric
            step Pr[F ⇒ 0 | b = 1] ≤ η₁ + s₁, trial by trial; if Dist_Y is a metric
            Cost(F) = Cost(Run′) + 2·Cost(Run) and the draw of x: Adversary of answers 0 in W-IND given b = 0 = RunReleased of Correctness + Input of Correctness + Run of Correctness + Run of Correctness
            η₀ is answers 0 in W-IND given b = 0 of table against function-compare, off from W₀
            η₁ is answers 0 in W-IND given b = 1 of table against function-compare, off from W₁
            s is answers 0 in W-IND given b = 0 of table against function-compare, both agree
            Adv^W-IND(F) is W-IND of table against function-compare
            Pr[F ⇒ 0 | b = 0] is answers 0 in W-IND given b = 0 of table against function-compare
            Pr[F ⇒ 0 | b = 1] is answers 0 in W-IND given b = 1 of table against function-compare
            s₁ is answers 0 in W-IND given b = 1 of table against function-compare, both agree
            """),
        ("function-compare of two inputs", () => (FunctionCompare with { Inputs = [0, 0] }).UnderTheGamesLaw(), """
            1 − η₀ − η₁ − s ≤ Adv^W-IND(F); if Dist_Y is a metric
            step 1 ≤ Pr[F ⇒ 0 | b = 0] + η₀ + s, trial by trial; if Dist_Y is a metric
            step Pr[F ⇒ 0 | b = 1] ≤ η₁ + s₁, trial by trial; if Dist_Y is a metric
            Cost(F) = Cost(Run′) + 2·|X|·Cost(Run): Adversary of answers 0 in W-IND given b = 0 = RunReleased of Correctness + Run of Correctness + Run of Correctness + Run of Correctness + Run of Correctness
            η₀ is answers 0 in W-IND given b = 0 of table against function-compare(farthest), off from W₀
            η₁ is answers 0 in W-IND given b = 1 of table against function-compare(farthest), off from W₁
            s is answers 0 in W-IND given b = 0 of table against function-compare(farthest), both agree
            Adv^W-IND(F) is W-IND of table against function-compare(farthest)
            Pr[F ⇒ 0 | b = 0] is answers 0 in W-IND given b = 0 of table against function-compare(farthest)
            Pr[F ⇒ 0 | b = 1] is answers 0 in W-IND given b = 1 of table against function-compare(farthest)
            s₁ is answers 0 in W-IND given b = 1 of table against function-compare(farthest), both agree
            """),
        ("function-compare-mu", () => FunctionCompare.UnderTrainsLaw(), """
            1 − 2·η(δ) − s ≤ Adv^W-IND(F); if Dist_Y is a metric; if Dist_W is a metric
            needs η₀
            needs η₁
            η(δ) is Dist(Run′, Run) > 3 of table
            s is answers 0 in W-IND given b = 0 of table against function-compare, both agree
            Adv^W-IND(F) is W-IND of table against function-compare
            η₀ is answers 0 in W-IND given b = 0 of table against function-compare, off from W₀
            η₁ is answers 0 in W-IND given b = 1 of table against function-compare, off from W₁
            """),
        ("output-compare", () => OutputCompare.UnderTheGamesLaw(), """
            Adv^EffInf(A) ≤ Adv^W-IND(G_A) + q + η(δ); if Dist_Y is a metric
            step Adv^W-IND(G_A) = |p − q|
            step Adv^EffInf(A) ≤ p + η(δ); if Dist_Y is a metric
            Cost(G_A) = Cost(A) + Cost(Run) and the draw of x: Adversary of answers 0 in W-IND given b = 0 = Preparation of EffInf + Adversary of EffInf + Input of EffInf + Run of Correctness
            Adv^EffInf(A) is EffInf of table against table
            Adv^W-IND(G_A) is W-IND of table against output-compare(table)
            q is answers 0 in W-IND given b = 1 of table against output-compare(table)
            η(δ) is Dist(Run′, Run) > 3 of table
            p is answers 0 in W-IND given b = 0 of table against output-compare(table)
            """),
        ("output-compare by rejection", () => OutputCompare.UnderTheGamesLaw(Line4.Reject), """
            Adv^EffInf(A) ≤ Z·(Adv^W-IND(G_A) + q) + 1 − Z + η(δ); if Dist_Y is a metric
            step Adv^W-IND(G_A) = |p − q|
            step Adv^EffInf(A) ≤ Z·p + 1 − Z + η(δ); if Dist_Y is a metric
            Adv^EffInf(A) is EffInf of table against table
            Z is W₀ and W₁, drawn independently, differ of table
            Adv^W-IND(G_A) is W-IND by rejection of table against output-compare(table)
            q is answers 0 in W-IND by rejection given b = 1 of table against output-compare(table)
            η(δ) is Dist(Run′, Run) > 3 of table
            p is answers 0 in W-IND by rejection given b = 0 of table against output-compare(table)
            """),
        ("output-compare-mu", () => OutputCompare.UnderTrainsLaw(Line4.Reject), """
            Adv^EffInf(A) ≤ Adv^W-IND(G_A) + q_μ + η(δ); if Dist_Y is a metric; if Dist_W is a metric
            needs q
            Adv^EffInf(A) is EffInf of table against table
            Adv^W-IND(G_A) is W-IND by rejection of table against output-compare(table)
            q_μ is Dist(y*, Run(other weights)) ≤ 6 of table against table
            η(δ) is Dist(Run′, Run) > 3 of table
            q is answers 0 in W-IND by rejection given b = 1 of table against output-compare(table)
            """),
        ("hybrid by rejection", () => Hybrid(Line4.Reject).FreshKeys(), """
            Adv^q-W-IND(A) = 3·Adv^W-IND(H_A)
            Adv^q-W-IND(A) is W-IND by rejection of table against table-pair, q = 3, signed
            Adv^W-IND(H_A) is W-IND by rejection of table against hybrid(table-pair), signed
            """),
        ("hybrid-shared-key", () => Hybrid(Line4.Resample).SharedKey(), """
            Adv^q-W-IND(A) = 3·Adv^W-IND(H_A)
            Adv^q-W-IND(A) is W-IND with one key of table against table-pair, q = 3, signed
            Adv^W-IND(H_A) is W-IND of table against hybrid(table-pair), signed
            """),
        ("re-release", () => ReRelease.Advantage(), """
            Adv^W-IND(A) = Pr[Release(W₀) ≠ Release(W₁)]; if Release has no coins [Release gives the same twice]
            Cost(A) = Cost(Release): Adversary of answers 0 in W-IND given b = 0 = Release of Correctness
            Adv^W-IND(A) is W-IND of table against re-release
            Pr[Release(W₀) ≠ Release(W₁)] is Release(W₀) ≠ Release(W₁) of table
            """),
    ];

    public static Test All => Suite.Group(
        "claims as text",
        Suite.Group("each part of", [.. _claims.Select(row => Suite.Test(row.Name, () => Assert.Equal(row.Text, Text(row.Claim()), "the claim")))]),
        Suite.Test("the games of a claim are all that it is evaluated by, each once: of its terms, premises, costs and what it needs", () =>
        {
            string Games(Claim claim) => string.Join(", ", claim.Games.Select(game => game.Name));
            Assert.Equal("WRec, EffInf, Correctness, Dist(Run′, Run) > 3, WRec won, and Dist(Run(W*), Run(W)) > 0", Games(Eq8.AsStated()), "premises");
            Assert.Equal("WRec, EffInf, Dist(Run′, Run) > 3, WRec won, and Dist(Run(W*), Run(W)) > 0, Run gives the same twice, Run gives the same twice on W*, Correctness", Games(Eq8.Repaired(0)), "steps, and the right side of costs");
            Assert.Equal("WRec, W-IND, answers 0 in W-IND given b = 1, answers 0 in W-IND given b = 0", Games(Eq9.AsStated()), "what it needs, and the left side of costs");
        }));

    private static Eq8<int, int, int, int, int, int> Eq8 => new(_scheme, new TableRecoverer([[0, 1]]));

    private static Eq9<int, int, int, int, int, int> Eq9 => new(_scheme, new TableRecoverer([[0, 1]]));

    private static TwoSided<int, int, int, int, int, int> TwoSided => new(_scheme, new TableRecoverer([[0, 1]]));

    private static OutputCompare<int, int, int, int, int, int> OutputCompare => new(_scheme, new TableAccelerator([[[0], [1]]]));

    private static FunctionCompare<int, int, int, int, int, int> FunctionCompare => new(_scheme);

    private static ReRelease<int, int, int, int> ReRelease => new(new Unkeyed(_scheme), Tolerance.Equality<int>().Same);

    private static Hybrid<int, int, int, int, int, int> Hybrid(Line4 line4) => new(_scheme, new TablePairDistinguisher(SmallTables.Zeros(2, 2), [[0]]), 3, line4);

    private static string Text(Claim claim)
    {
        string Premises(Relation relation) => string.Concat(relation.Premises.Select(premise => $"; if {premise.Words}{(premise.Game is null ? "" : $" [{premise.Game.Name}]")}"));
        string Spent(IEnumerable<(Game Game, Procedure Procedure)> side) => string.Join(" + ", side.Select(each => $"{each.Procedure} of {each.Game.Name}{each.Game.Multiplicity}"));
        IEnumerable<string> lines =
        [
            $"{claim.Conclusion}{Premises(claim.Conclusion)}",
            .. claim.Steps.Select(step => $"step {step}{(step.IsPointwise ? ", trial by trial" : "")}{Premises(step)}"),
            .. claim.Needed.Select(term => $"needs {term}"),
            .. claim.Parameters.Select(number => FormattableString.Invariant($"with {number.Symbol} = {number.Value}")),
            .. claim.Costs.Select(cost => $"{cost.Statement}: {Spent(cost.Left)} = {Spent(cost.Right)}"),
            .. claim.Relations.SelectMany(relation => relation.Left.Terms.Concat(relation.Right.Terms)).Concat(claim.Needed)
                .Select(term => $"{term} is {term.Game}{(term.IsSigned ? ", signed" : "")}").Distinct(),
        ];
        return string.Join('\n', lines);
    }
}
