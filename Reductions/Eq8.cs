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

    /// <summary>
    /// Eq. 8 as stated, with its two premises: correctness, and Cost(𝒜) + Cost(Run) below Cost(Run′). They do not suffice: it also
    /// needs Run continuous where Same says "same", and a triangle inequality.
    /// </summary>
    /// <param name="queries">q, the same on both sides; 1 is the paper's.</param>
    /// <param name="inputs">m, on the right side; 1 is the paper's.</param>
    public Claim AsStated(int queries = 1, int inputs = 1) => new(
        "eq8",
        "Yang et al. 2025, Eq. 8",
        "Adv^WRec(A) ≤ Adv^EffInf(B_A)",
        queries == 1 ? Game.WRec(Scheme, Recoverer) : Game.WRec(Scheme, Recoverer, queries),
        queries == 1 && inputs == 1 ? Game.EffInf(Scheme, this) : Game.EffInf(Scheme, this, queries, inputs))
    {
        Correct = Game.Correctness(Scheme),
        NeedsBudget = true,
    };

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
