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

internal static class ReductionTests
{
    public static Test All => Suite.Group(
        "reductions",
        Suite.Test("eq8 as stated fails where Run is not continuous where Same says \"same\"", () =>
        {
            // W ∈ {0, 1}, δ_W = 1, Run(W, ·) = W, outputs the same when equal, and the adversary answers 1 − W.
            // Both premises hold: the scheme is correct, and Run′ costs more than A and Run.
            TableScheme scheme = SmallTables.Scheme([1, 1], [[1, 0], [0, 1]], 1, runReleasedCost: 9);
            Claim claim = new Eq8<int, int, int, int, int, int>(scheme, new TableRecoverer([[1, 0]])).AsStated();
            ClaimResult result = Assert.Judged(claim);
            Assert.Equal("1 ≤ 0", $"{result.Conclusion.Left!.Exact} ≤ {result.Conclusion.Right!.Exact}", "Adv^WRec(A) ≤ Adv^EffInf(B_A)");
            Assert.Equal(Verdict.Refuted, result.Verdict, "the verdict");
        }),
        Suite.Test("eq8 says nothing where the scheme is incorrect, or where B_A costs as much as Run′", () =>
        {
            Verdict Judge(TableScheme scheme) => Assert.Judged(new Eq8<int, int, int, int, int, int>(scheme, new TableRecoverer([[1, 0]])).AsStated()).Verdict;

            Assert.Equal(Verdict.PremiseUnmet, Judge(SmallTables.Scheme([1, 1], [[1, 1], [0, 1]], 1, runReleasedCost: 9)), "incorrect in a quarter of trials");
            Assert.Equal(Verdict.PremiseUnmet, Judge(SmallTables.Scheme([1, 1], [[1, 0], [0, 1]], 1, runReleasedCost: 0)), "nothing is cheaper than a Run′ for nothing");
        }),
        Suite.Test("eq9 as stated fails with two weights already", () =>
        {
            ClaimResult result = Assert.Judged(new Eq9<int, int, int, int, NoKey, NoKey>(new Uniform(2), new ConstantRecoverer<int, int, NoKey>(0)).AsStated());
            Assert.Equal("1/2 ≤ 0", $"{result.Conclusion.Left!.Exact} ≤ {result.Conclusion.Right!.Exact}", "Adv^WRec(A) ≤ Adv^W-IND(B_A)");
        }),
        Suite.Test("inside a reduction everything is charged to the adversary", () =>
        {
            Pad pad = new(3, published: true);
            Inversion<int, int, int> recovery = new(pad.Unpad);
            Result accelerated = Assert.Exactly(Game.EffInf(pad, new Eq8<int, int, int, int, int, int>(pad, recovery)));
            Assert.Near(1, accelerated.Cost[Procedure.Preparation].Elementwise, 1e-12, "one operation to recover, once for a release");
            Assert.Near(1, accelerated.Cost[Procedure.Adversary].Elementwise, 1e-12, "one to run");
            Assert.Near(1, accelerated.Cost[Procedure.RunReleased].Elementwise, 1e-12, "Run′ is the challenger's");
        }),
        Suite.Property("a recoverer draws the same coins in WRec and, inside eq9, in W-IND", RandomInstances.Arbitrary, c =>
        {
            // Where b = 0 the two games agree on W₀ = W, W′ and the adversary's coins, trial by trial.
            if (Reference.WInd(c, reject: false, (_, _, _, _) => Fraction.Zero) is null)
            {
                return;
            }

            Echo echo = new();
            TableScheme scheme = c.Scheme();
            Game left = Game.WRec(scheme, echo);
            Game right = Game.WInd(scheme, new Eq9<int, int, int, int, int, int>(scheme, echo));
            for (int trial = 0; trial < 20; trial++)
            {
                SeededTape tape = new(1);
                tape.Rewind(trial);
                bool released0 = !tape.Coin().Lanes[0];
                if (released0)
                {
                    Assert.Equal(
                        SampledEvaluator.Replay(left, 1, trial).Won,
                        SampledEvaluator.Replay(right, 1, trial).Won,
                        $"trial {trial} of seed 1");
                }
            }
        }, count: 50));

    /// <summary>Answers a random weight, so that its coins matter.</summary>
    private sealed record Echo : Recoverer<int, int, int>
    {
        public override int Recover(int publicKey, int released, Tape tape) => tape.Draw(2);
    }
}
