using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// EffInf ⇒ WRec (Yang et al. 2025, §3.3, before Eq. 8): from a recoverer 𝒜 an accelerator ℬ_𝒜.
/// <code>
/// 1: W* ← 𝒜(pk, W′)
/// 2: return Run(W*, x)
/// </code>
/// Cost: ℬ_𝒜 = 𝒜 + Run, so it is admissible only where Cost(𝒜) + Cost(Run) &lt; Cost(Run′).
/// </summary>
public sealed record Eq8<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> Scheme, Recoverer<W, R, Pk> Recoverer) : Accelerator<R, X, Y, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"eq8({Recoverer.Name})";

    /// <summary>
    /// Eq. 8 as stated, with its two premises: correctness, and Cost(𝒜) + Cost(Run) below Cost(Run′). They do not suffice: it also
    /// needs Run continuous where Same says "same", and a triangle inequality.
    /// </summary>
    public Claim AsStated() => new(
        "eq8",
        "Yang et al. 2025, Eq. 8",
        "Adv^WRec(A) ≤ Adv^EffInf(B_A)",
        Game.WRec(Scheme, Recoverer),
        Game.EffInf(Scheme, this))
    {
        Correct = Game.Correctness(Scheme),
        NeedsBudget = true,
    };

    /// <inheritdoc/>
    public override Y Infer(Pk publicKey, R released, X input, Tape tape)
    {
        W wStar = Recoverer.Recover(publicKey, released, tape);
        return Scheme.Run(wStar, input, tape);
    }
}
