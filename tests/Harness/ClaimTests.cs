using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes;
using Wager.Schemes.Tables;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>How claims are evaluated, and what belongs to them beside what they say.</summary>
internal static class ClaimTests
{
    public static Test All => Suite.Group(
        "claims",
        Suite.Test("a formula is printed as it is evaluated", () =>
        {
            Term a = new("a", Game.WRec(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0)));
            Term b = new("b", Game.Differing(new Uniform(3)));
            Formula formula = (b * (a + b)) + (1 - b) - (a - (2 * b));
            Assert.Equal("b·(a + b) + 1 − b − (a − 2·b)", formula.ToString(), "the text");
            Assert.Equal("2·|a − b|", (2 * Formula.Magnitude(a - b)).ToString(), "a magnitude");
            Fraction third = new(1, 3);
            ClaimResult result = Assert.Judged(new("", "", "", Relation.Equal(formula, formula)));
            Assert.Equal((2 * third * (third + (2 * third))) + 1 - (2 * third) - (third - (4 * third)), result.Conclusion.Left!.Exact!.Value, "with a = 1/3 and b = 2/3");
            Assert.Equal("a b", string.Join(' ', formula.Terms.Select(term => term.Symbol).Distinct().Order()), "the terms");
        }),
        Suite.Test("a pointwise relation is refuted by the trials that break it, each of which replays", () =>
        {
            Game game = Game.WRec(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0));
            Relation always = Relation.AtMost(1, new Term("Adv", game)) with { IsPointwise = true };
            RelationResult result = Sampled(always, trials: 100, level: 0.95);
            Assert.Equal(Verdict.Refuted, result.Verdict, "one trial suffices");
            long[] lost = [.. Enumerable.Range(0, 100).Select(trial => (long)trial).Where(trial => !SampledEvaluator.Replay(game, 1, trial).Won)];
            Assert.Equal(lost.Length, (int)result.Breaks, "the number of trials that break it");
            Assert.Equal(string.Join(' ', lost.Take(16)), string.Join(' ', result.Breaking), "the first ones, replayed");
            Assert.Equal(Verdict.Supported, Sampled(always with { Left = 0 }, 100, 0.95).Verdict, "what nothing breaks");
            Assert.Equal(Verdict.Inconclusive, Sampled(always with { Left = 0 }, 70, 0.95).Verdict, "so few trials may be 1 − 0.025^(1/70) = 0.051 off");
            Assert.Equal(Verdict.Supported, Sampled(Relation.AtMost(0, always.Right), 100, 0.95).Verdict, "in the mean, likewise");
        }),
        Suite.Test("the interval of a difference misses the mean in at most 5 % of 400 repetitions, but for a chance of 1e-4", () =>
        {
            Term recovered = new("a", Game.WRec(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0)));
            Term differ = new("b", Game.Differing(new Uniform(3)));
            int outside = Enumerable.Range(1, 400).Count(seed =>
            {
                Interval slack = Sampled(Relation.AtMost(differ, 2 * recovered), 60, 0.95, (ulong)seed).Slack!.Value;
                return slack.Low > 0 || slack.High < 0; // 2·1/3 − 2/3, of two terms that share W₀
            });
            Assert.True(outside <= 38, $"{outside} of 400 intervals miss the mean");
        }),
        Suite.Test("sampled sides of a claim that is false by far refute it, and one that is true is not refuted", () =>
        {
            Uniform uniform = new(3);
            Claim stated = new Eq9<int, int, int, int, NoKey, NoKey>(uniform, new ConstantRecoverer<int, int, NoKey>(0)).AsStated();
            Claim repaired = new Eq9<int, int, int, int, NoKey, NoKey>(uniform, new ConstantRecoverer<int, int, NoKey>(0)).Repaired();
            Assert.Equal(Verdict.Refuted, Sampled(stated.Conclusion, 20_000, 0.999).Verdict, "1/3 ≤ 0");
            Assert.True(Sampled(repaired.Conclusion, 20_000, 0.999).Verdict != Verdict.Refuted, "1/3 ≤ 0 + 1/3");
            Assert.Equal(Verdict.Supported, Sampled(repaired.Steps.First(step => step.IsPointwise), 500, 0.999).Verdict, "Adv^WRec(A) = p trial by trial");
        }),
        Suite.Test("an unmet premise says nothing, and one that is only sampled leaves a refutation open", () =>
        {
            Game never = Game.WRec(new Uniform(3), new ConstantRecoverer<int, int, NoKey>(0));
            Relation refuted = Relation.AtMost(1, new Term("a", never));
            Assert.Equal(Verdict.PremiseUnmet, Sampled(refuted with { Premises = [Premise.Certain("won", never)] }, 50, 0.95).Verdict, "a lost trial shows it");
            Relation held = Relation.AtMost(1, 0) with { Premises = [Premise.Certain("correct", Game.Correctness(new Clear()))] };
            Assert.Equal(Verdict.Inconclusive, Sampled(held, 50, 0.95).Verdict, "50 won trials are no certainty");
            Assert.Equal(Verdict.Refuted, Assert.Judged(new("", "", "", held)).Conclusion.Verdict, "exactly, they are");
            Assert.Equal(Verdict.PremiseUnmet, Assert.Judged(new("", "", "", held with { Premises = [Premise.Metric("Dist", Tolerance.Equality<int>() with { ObeysTriangle = false })] })).Verdict, "no metric");
        }),
        Suite.Test("of an adversary that does not always answer no claim says anything", () =>
        {
            TableScheme scheme = SmallTables.Scheme([1, 1], [[1, 0], [0, 1]], 0);
            Eq9<int, int, int, int, int, int> silent = new(scheme, new Silent());
            ClaimResult result = Assert.Judged(silent.Repaired());
            Assert.Equal((Verdict.PremiseUnmet, "A and B_A always give a valid answer"), (result.Conclusion.Verdict, result.Conclusion.Because), "W-IND, where a coin answers");
            Assert.Equal(Verdict.PremiseUnmet, Assert.Judged(new Eq8<int, int, int, int, int, int>(scheme, new Silent()).Repaired(0)).Conclusion.Verdict, "EffInf, where it is a loss");
        }),
        Suite.Test("costs are held against what a reduction says, in every unit", () =>
        {
            Pad pad = new(3, published: true);
            Eq8<int, int, int, int, int, int> reduction = new(pad, new Inversion<int, int, int>(pad.Unpad));
            CostResult cost = Assert.Single(Assert.Judged(reduction.Repaired(0)).Costs, "costs");
            Assert.True(cost.Agrees, $"{cost.Left} against {cost.Right}");
            Assert.Near(2, cost.Left.Elementwise, 1e-12, "A and Run, one operation each");
            Assert.True(!new CostResult(cost.Relation, new(BytesRead: 1), new(BytesRead: 2)).Agrees, "another number of bytes");
        }),
        Suite.Test("a Run with coins, released in clear, has correctness 1/2; Eq. 8 repaired holds for it all the same, with no premise on Run", () =>
        {
            SchemeTables tables = SmallTables.Instance([1, 1], [[1, 0], [0, 1]], 0).Tables;
            tables = tables with { Run = [[[1, 1]], [[1, 1]]], RunReleased = [[[[1, 1]], [[1, 1]]]] };
            TableScheme scheme = new(tables);
            Assert.Equal(new Fraction(1, 2), Assert.Exact(Game.Correctness(scheme)), "two runs of one coin");
            ClaimResult result = Assert.Judged(new Eq8<int, int, int, int, int, int>(scheme, new TableRecoverer([[0, 1]])).Repaired(Continuity.Of(scheme)!.Value));
            Assert.Equal(Verdict.Proved, result.Conclusion.Verdict, "the conclusion");
            Assert.Equal(Verdict.PremiseUnmet, result.Relations[1].Verdict, "trial by trial it says nothing, for Run has coins");
        }),
        Suite.Test("ω is the largest distance that Run makes of weights that are the same", () =>
        {
            Assert.Equal<double?>(0, Continuity.Of(new Clear()), "equality");
            Assert.Equal<double?>(1, Continuity.Of(SmallTables.Scheme([1, 1, 1], [[1], [1], [1]], 1)), "|a − b| ≤ 1 and Run(W) = W");
            Assert.Equal<double?>(2, Continuity.Of(SmallTables.Scheme([1, 1, 1], [[1], [1], [1]], 2)), "|a − b| ≤ 2");
        }),
        Suite.Test("relative error is no metric: 1.5 is within 50 % of 1 and of 3, which differ by more than twice that of 1", () =>
        {
            Tolerance<double> relative = new("relative", (a, b) => Math.Abs(a - b) / Math.Abs(b), 0.5, ToleranceUnit.RelativePerEntry);
            Assert.True(relative.Same(1.5, 1).Lanes[0] && relative.Same(1.5, 3).Lanes[0], "close to both");
            Assert.True(!relative.Times(2).Same(3, 1).Lanes[0], "which are not within 2δ");
            Assert.True(!relative.IsMetric, "and so it is none");
        }),
        Suite.Test("a metric that breaks a law is named, with the law and the values", () =>
        {
            string? Broken(Func<int, int, double> distance) => MetricLaws.Broken("Dist_W", new Tolerance<int>("own", (a, b) => distance(a, b), 0), [0, 1, 2]);
            Assert.Equal<string?>(null, Broken((a, b) => Math.Abs(a - b)), "|a − b|");
            Assert.Contains("Dist_W(0, 0) = 1, and must be 0", Broken((_, _) => 1)!, "reflexivity");
            Assert.Contains("Dist_W(0, 1) = 1 and Dist_W(1, 0) = 2 break symmetry", Broken((a, b) => a == b ? 0 : a < b ? 1 : 2)!, "symmetry");
            Assert.Contains("Dist_W(0, 2) = 4 is more than 2 by way of 1, which breaks the triangle inequality", Broken((a, b) => (a - b) * (a - b))!, "the triangle");
            Assert.Contains("breaks d ≥ 0", Broken((a, b) => -Math.Abs(a - b))!, "positivity");
        }),
        TheoryTests);

    /// <summary>What is said about the terms beside the claims, on random schemes and by sums that use no tape.</summary>
    private static Test TheoryTests => Suite.Group(
        "terms",
        Suite.Property("q is at most the luck of guessing fresh weights: max over w*, w₁ of Pr[Same(w*, W₀) | W₁ = w₁]", RandomInstances.Arbitrary, c =>
        {
            if (Assert.Judged(new Eq9<int, int, int, int, int, int>(c.Scheme(), c.Recoverer).Repaired()) is not { Verdict: Verdict.Proved } result)
            {
                return; // undefined
            }

            Fraction q = result.Terms.First(term => term.Term.Symbol == "q").Quantity.Exact!.Value;
            Fraction[,] joint = Joint(c);
            Fraction luck = (from w1 in Reference.Weights(c)
                             let total = Reference.Sum(Reference.Weights(c), w0 => joint[w0, w1])
                             where total.IsPositive
                             from guess in Reference.Weights(c)
                             select Reference.Sum(Reference.Weights(c), w0 => joint[w0, w1] * Reference.If(c.Tables.Weights.Same(guess, w0))) / total).Max();
            Assert.True(q <= luck, $"{q} against {luck}");
        }),
        Suite.Property("given b = 1, Run′ is off at most 1/κ times as often as in the law of Train, κ = min over w₀ of Pr[¬Same(W, w₀)]", RandomInstances.Arbitrary, c =>
        {
            ClaimResult result = Assert.Judged(new FunctionCompare<int, int, int, int, int, int>(c.Scheme()).UnderTheGamesLaw());
            if (result.Verdict != Verdict.Proved)
            {
                return;
            }

            Fraction kappa = Reference.Weights(c).Where(w0 => Reference.Mu(c, w0).IsPositive)
                .Min(w0 => Reference.Sum(Reference.Weights(c), w => Reference.Mu(c, w) * Reference.If(!c.Tables.Weights.Same(w, w0))));
            Fraction eta = Assert.Exact(Game.Deviation(c.Scheme(), c.Tables.Outputs.Threshold));
            Fraction eta1 = result.Terms.First(term => term.Term.Symbol == "η₁").Quantity.Exact!.Value;
            Assert.True(eta1 * kappa <= eta, $"{eta1}·{kappa} against {eta}");
        }),
        Suite.Test("choosing the input on which two weights differ most, a correct scheme is told apart but where they agree on all", () =>
        {
            // W ∈ {0, 1, 2}; on input 0 weights 0 and 1 agree, on input 1 weights 1 and 2: no two agree on both.
            SchemeTables tables = SmallTables.Instance([1, 1, 1], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 0).Tables;
            int[][][] run = [[[1, 0, 0], [1, 0, 0]], [[1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 1, 0]]];
            TableScheme scheme = new(tables with { Inputs = [1, 1], Run = run, RunReleased = [run] });
            FunctionCompare<int, int, int, int, int, int> drawn = new(scheme);
            Assert.Equal(new Fraction(2, 3), Assert.Exact(Game.WInd(scheme, drawn)), "a drawn input: (1/2 + 1/2 + 1)/3");
            ClaimResult farthest = Assert.Judged((drawn with { Inputs = scheme.AllInputs }).UnderTheGamesLaw());
            Assert.Equal("1 1", $"{farthest.Conclusion.Left!.Exact} {farthest.Conclusion.Right!.Exact}", "the farthest input");
            Assert.True(farthest.Costs.All(cost => cost.Agrees), "costs");
        }));

    /// <summary>Pr[W₀ = w₀ and W₁ = w₁], resampled.</summary>
    private static Fraction[,] Joint(TableInstance c)
    {
        Fraction[,] joint = new Fraction[c.Tables.WeightCount, c.Tables.WeightCount];
        foreach (int w0 in Reference.Weights(c).Where(w0 => Reference.Mu(c, w0).IsPositive))
        {
            Fraction differs = Reference.Sum(Reference.Weights(c), w => Reference.Mu(c, w) * Reference.If(!c.Tables.Weights.Same(w, w0)));
            foreach (int w1 in Reference.Weights(c).Where(w1 => !c.Tables.Weights.Same(w1, w0)))
            {
                joint[w0, w1] = Reference.Mu(c, w0) * Reference.Mu(c, w1) / differs;
            }
        }

        return joint;
    }

    /// <summary>Right on W′ = 0, and silent on W′ = 1.</summary>
    private sealed record Silent : Recoverer<int, int, int>
    {
        public override int Recover(int publicKey, int released, Tape tape) => released == 0 ? 0 : throw new InvalidOperationException("nothing to say");
    }

    private static RelationResult Sampled(Relation relation, long trials, double level, ulong seed = 1)
    {
        Plays plays = new(game =>
        {
            bool[] won = new bool[trials];
            Result result = SampledEvaluator.Evaluate(game, new() { Trials = trials, Seed = seed, Level = level }, observe: (trial, isWon) => won[trial] = isWon);
            return new(result, won);
        });
        return new ClaimEvaluator(plays, level, epsilon: 0.05).Of(new Claim("", "", "", relation))!.Conclusion;
    }
}
