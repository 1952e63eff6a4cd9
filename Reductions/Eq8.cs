using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// EffInf ⇒ WRec (Yang et al. 2025, §3.3, before Eq. 8): from a recoverer 𝒜 an accelerator ℬ_𝒜.
/// <code>
/// 1: W* ← 𝒜(pk, W′)
/// 2: return Run(W*, x)
/// </code>
/// Cost: ℬ_𝒜 = 𝒜 + Run, so it is admissible only where Cost(𝒜) + Cost(Run) &lt; Cost(Run′). Over m inputs line 1 is done once, and it
/// is admissible from m* = Cost(𝒜) / (Cost(Run′) − Cost(Run)) on. With q releases 𝒜 asks what ℬ_𝒜 may ask.
/// </summary>
public sealed record Eq8<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Recoverer<W, R, Pk> Recoverer) : Accelerator<R, X, Y, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"eq8({Recoverer.Name})";

    /// <inheritdoc/>
    public override string? FlawInLanes => Recoverer.FlawInLanes;

    /// <summary>
    /// Eq. 8 as stated, with its two premises, correctness and Cost(𝒜) + Cost(Run) below Cost(Run′), and with "distance" read as metric. They do
    /// not suffice: it also needs Run continuous where Same says "same".
    /// </summary>
    /// <param name="queries">q, the same on both sides; 1 is the paper's.</param>
    /// <param name="inputs">m, on the right side; 1 is the paper's.</param>
    /// <param name="omega">ω of the repaired form, whose terms say what is lacking.</param>
    public Claim AsStated(int queries = 1, int inputs = 1, double omega = 0) => new("eq8", "Yang et al. 2025, Eq. 8", Recoverer.Name, Relation.AtMost(WRec(queries), EffInf(queries, inputs)) with
    {
        Premises =
        [
            Premise.Metric("Dist_Y", Scheme.OutputTolerance),
            Premise.Certain("Correctness is 1", Game.Correctness(Scheme)), Premise.WithinBudget("B_A costs less than Run′", EffInf(queries, inputs).Game),
        ],
    })
    {
        Needed = [Eta(omega), Kappa(omega, queries)],
        Parameters = [("ω", omega), ("δ", Scheme.OutputTolerance.Threshold)],
        Costs = [Cost(queries, inputs)],
    };

    /// <summary>
    /// Eq. 8 repaired, for any Run and any correctness. Where 𝒜 wins, Run(W*, x) is within ω of Run(W, x) but with probability κ(ω), and
    /// that within δ − ω of Run′ but with probability η(δ − ω); the triangle inequality does the rest, trial by trial where Run has no coins.
    /// Over m inputs, a union bound. It is about adversaries of any cost: for a budget t it says EffInf(t) ⇒ WRec(t − m·Cost(Run)).
    /// </summary>
    /// <param name="omega">ω, in [0, δ]: how far Run may carry apart what Same calls the same.</param>
    /// <param name="queries">q.</param>
    /// <param name="inputs">m.</param>
    public Claim Repaired(double omega, int queries = 1, int inputs = 1)
    {
        Term eta = Eta(omega);
        Term kappa = Kappa(omega, queries);
        Relation repaired = Relation.AtMost(WRec(queries), EffInf(queries, inputs) + (inputs == 1 ? eta + kappa : inputs * (eta + kappa))) with
        {
            Premises = [Premise.Metric("Dist_Y", Scheme.OutputTolerance)],
        };
        return new("eq8-repaired", "Yang et al. 2025, Eq. 8, repaired", Recoverer.Name, repaired)
        {
            Steps = inputs > 1 ? [] : [repaired with { IsPointwise = true, Premises = [.. repaired.Premises, Premise.Certain("Run has no coins", Game.RepeatedRun(Scheme)), Premise.Certain("Run has no coins on W*", Game.RepeatedRunOfRecovered(Scheme, Recoverer))] }],
            Parameters = [("ω", omega), ("δ", Scheme.OutputTolerance.Threshold)],
            Costs = [Cost(queries, inputs)],
        };
    }

    private Term Eta(double omega) => new("η(δ − ω)", Game.Deviation(Scheme, Scheme.OutputTolerance.Threshold - omega));

    private Term Kappa(double omega, int queries) => new("κ(ω)", Game.Discontinuity(Scheme, Recoverer, omega, queries));

    private Term WRec(int queries) =>
        new("Adv^WRec(A)", queries == 1 ? Game.WRec(Scheme, Recoverer) : Game.WRec(Scheme, Recoverer, queries));

    private Term EffInf(int queries, int inputs) =>
        new("Adv^EffInf(B_A)", queries == 1 && inputs == 1 ? Game.EffInf(Scheme, this) : Game.EffInf(Scheme, this, queries, inputs));

    private CostRelation Cost(int queries, int inputs) => new(
        $"Cost(B_A) = Cost(A) + {(inputs == 1 ? "" : $"{inputs}·")}Cost(Run)",
        [(EffInf(queries, inputs).Game, Procedure.Preparation), (EffInf(queries, inputs).Game, Procedure.Adversary)],
        [(WRec(queries).Game, Procedure.Adversary), .. Enumerable.Repeat((Game.Correctness(Scheme), Procedure.Run), inputs)]);

    /// <inheritdoc/>
    public override Y Infer(Pk publicKey, R released, X input, Tape tape) =>
        Prepare(publicKey, new Oracle<R>(1, () => released), tape)(input, tape);

    /// <summary>Line 1, which many inputs share, returning line 2.</summary>
    public override Func<X, Tape, Y> Prepare(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        W wStar = Recoverer.Recover(publicKey, releases, tape);
        return (input, own) => Scheme.Run(wStar, input, own);
    }
}
