using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// W-IND ⇒ WRec (Yang et al. 2025, §3.3, before Eq. 9): from a recoverer 𝒜 a distinguisher ℬ_𝒜.
/// <code>
/// 1: W* ← 𝒜(pk, W′)
/// 2: if Same(W*, W₀) then return 0
/// 3: else return 1
/// </code>
/// Its advantage is exactly |p − q| with p = Pr[Same(W*, W₀) | b = 0] and q = Pr[Same(W*, W₀) | b = 1]: where 𝒜 is right by luck
/// alone, p = q, and Eq. 9 fails.
/// </summary>
public sealed record Eq9<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Recoverer<W, R, Pk> Recoverer) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"eq9({Recoverer.Name})";

    /// <inheritdoc/>
    public override string? FlawInLanes => Recoverer.FlawInLanes;

    /// <summary>Eq. 9 as stated. It is false: see <c>uniform-3</c> against <c>constant</c>, 1/3 against 0.</summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim AsStated(Line4 line4 = Line4.Resample) =>
        new("eq9", "Yang et al. 2025, Eq. 9", Recoverer.Name, Relation.AtMost(WRec, WInd(line4)))
        {
            Needed = line4 == Line4.Resample ? [Q(line4)] : [Q(line4), Z],
            Costs = Costs(line4),
        };

    /// <summary>
    /// Eq. 9 repaired: what 𝒜 owes to luck, q, is no advantage in W-IND. Where line 4 rejects pairs, the pairs that it rejects may all have
    /// been won: Z is how often two independent draws differ.
    /// </summary>
    /// <param name="line4">How W-IND is read.</param>
    public Claim Repaired(Line4 line4 = Line4.Resample)
    {
        Term p = new("p", Game.World(Scheme, this, 0, line4));
        Term q = Q(line4);
        Relation gap = Relation.Equal(WInd(line4), Formula.Magnitude(p - q));
        return line4 == Line4.Resample
            ? new("eq9-repaired", "Yang et al. 2025, Eq. 9, repaired", Recoverer.Name, Relation.AtMost(WRec, WInd(line4) + q))
            {
                Steps = [gap, Relation.Equal(WRec, p) with { IsPointwise = true }],
                Costs = Costs(line4),
            }
            : new("eq9-repaired", "Yang et al. 2025, Eq. 9, repaired", Recoverer.Name, Relation.AtMost(WRec, (Z * (WInd(line4) + q)) + (1 - Z)))
            {
                Steps = [gap, Relation.AtMost(WRec, (Z * p) + (1 - Z))],
            };
    }

    private Term Q(Line4 line4) => new("q", Game.World(Scheme, this, 1, line4));

    private Term Z => new("Z", Game.Differing(Scheme));

    private Term WRec => new("Adv^WRec(A)", Game.WRec(Scheme, Recoverer));

    private Term WInd(Line4 line4) => new("Adv^W-IND(B_A)", Game.WInd(Scheme, this, line4));

    /// <summary>Given b = 0, and resampled, what 𝒜 sees in W-IND has the law of WRec, and so has what it spends.</summary>
    private IReadOnlyList<CostRelation> Costs(Line4 line4) => line4 == Line4.Reject ? []
        : [new("Cost(B_A) = Cost(A)", [(Game.World(Scheme, this, 0, line4), Procedure.Adversary)], [(WRec.Game, Procedure.Adversary)])];

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        W wStar = Recoverer.Recover(publicKey, released, tape);
        return !Scheme.SameWeights(wStar, w0);
    }
}
