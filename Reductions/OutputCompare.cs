using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// W-IND ⇒ EffInf (not in the paper, which hints at it: "by adding conditions on t"): from an accelerator 𝒜 a distinguisher 𝒢_𝒜.
/// <code>
/// 1: x ← 𝒳
/// 2: y* ← 𝒜(pk, W′, x)
/// 3: if Dist_Y(y*, Run(W₀, x)) ≤ 2δ then return 0
/// 4: else return 1
/// </code>
/// Cost: 𝒢_𝒜 = 𝒜 + Run, and the draw of x.
/// </summary>
public sealed record OutputCompare<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Accelerator<R, X, Y, Pk> Accelerator) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"output-compare({Accelerator.Name})";

    /// <inheritdoc/>
    public override string? FlawInLanes => Accelerator.FlawInLanes;

    /// <summary>
    /// Where 𝒜 wins and Run′ is within δ of Run(W₀), line 3 holds. η is how often Run′ is not, in the law of Correctness, which given b = 0 is
    /// that of W-IND resampled; q is how often line 3 holds by luck, given b = 1. Where line 4 of W-IND rejects, Z as in Eq. 9.
    /// </summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim UnderTheGamesLaw(Line4 line4 = Line4.Resample)
    {
        Term p = new("p", Game.World(Scheme, this, 0, line4));
        Term q = Q(line4);
        Term z = new("Z", Game.Differing(Scheme));
        Formula lucky = line4 == Line4.Resample ? WInd(line4) + q : (z * (WInd(line4) + q)) + (1 - z);
        Formula given0 = line4 == Line4.Resample ? p : (z * p) + (1 - z);
        return Stated("output-compare", Relation.AtMost(EffInf, lucky + Eta)) with
        {
            Steps = [Relation.Equal(WInd(line4), Formula.Magnitude(p - q)), Relation.AtMost(EffInf, given0 + Eta) with { Premises = [Metric] }],
            Costs = line4 == Line4.Reject ? [] : [new(
                "Cost(G_A) = Cost(A) + Cost(Run) and the draw of x",
                [(p.Game, Procedure.Adversary)],
                [(EffInf.Game, Procedure.Preparation), (EffInf.Game, Procedure.Adversary), (EffInf.Game, Procedure.Input), (Game.Correctness(Scheme), Procedure.Run)])],
        };
    }

    /// <summary>The same with the luck q taken under the law of Train, for weights drawn independently. It is false, for metrics too.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim UnderTrainsLaw(Line4 line4 = Line4.Resample) => Stated(
        "output-compare-mu",
        Relation.AtMost(EffInf, WInd(line4) + new Term("q_μ", Game.Coincidence(Scheme, Accelerator, 2 * Scheme.OutputTolerance.Threshold)) + Eta),
        Premise.Metric("Dist_W", Scheme.WeightTolerance)) with
    {
        Needed = [Q(line4)],
    };

    private Term EffInf => new("Adv^EffInf(A)", Game.EffInf(Scheme, Accelerator));

    private Term Q(Line4 line4) => new("q", Game.World(Scheme, this, 1, line4));

    private Term Eta => new("η(δ)", Game.Deviation(Scheme, Scheme.OutputTolerance.Threshold));

    private Premise Metric => Premise.Metric("Dist_Y", Scheme.OutputTolerance);

    private Term WInd(Line4 line4) => new("Adv^W-IND(G_A)", Game.WInd(Scheme, this, line4));

    private Claim Stated(string name, Relation conclusion, params Premise[] premises) =>
        new(name, "Yang et al. 2025, §3.2, where it is hinted at", Accelerator.Name, conclusion with { Premises = [Metric, .. premises] });

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        X x = Scheme.Input(tape);
        Y yStar = Accelerator.Prepare(publicKey, new Oracle<R>(1, () => released), tape)(x, tape);
        return !Scheme.OutputTolerance.Times(2).Same(yStar, Scheme.Run(w0, x, tape));
    }
}
