using Wager.Games;

namespace Wager.Reductions;

/// <summary>
/// W-IND ⇒ q-W-IND by a hybrid argument: from a distinguisher 𝒜 of q challenges a distinguisher ℋ_𝒜 of one.
/// <code>
/// 1: j ← {1 … q}
/// 2: b′ ← 𝒜, where challenge j is ℋ's own, those before it are simulated with b = 1, and those after it with b = 0
/// 3: return b′
/// </code>
/// Neighbouring hybrids differ in one challenge, and their differences add up. Cost: 𝒜, and (q − 1) times KGen, Release and what line 4 draws, which has a mean and no bound.
/// </summary>
/// <param name="Scheme">Σ.</param>
/// <param name="Distinguisher">𝒜.</param>
/// <param name="Queries">q, at least 1.</param>
/// <param name="Line4">How challenges are simulated.</param>
public sealed record Hybrid<W, R, X, Y, Sk, Pk>(
    Scheme<W, R, X, Y, Sk, Pk> Scheme, Distinguisher<W, R, Pk> Distinguisher, int Queries, Line4 Line4 = Line4.Resample) : Distinguisher<W, R, Pk>
{
    /// <inheritdoc/>
    public override string Name => $"hybrid({Distinguisher.Name})";

    /// <summary>With fresh keys for each challenge: an equation between signed advantages.</summary>
    public Claim FreshKeys() => Stated("hybrid", "the hybrid argument, of signed advantages", Keys.Fresh);

    /// <summary>With one key for all challenges, which nobody without that key can simulate. It is false: see <c>pad-3</c>.</summary>
    public Claim SharedKey() => Stated("hybrid-shared-key", "the hybrid argument, of signed advantages, with one key", Keys.Shared);

    private Claim Stated(string name, string source, Keys keys) => new(name, source, Distinguisher.Name, Relation.Equal(
        new Term("Adv^q-W-IND(A)", Game.WInd(Scheme, Distinguisher, Line4, Queries, keys), IsSigned: true),
        Queries * (Formula)new Term("Adv^W-IND(H_A)", Game.WInd(Scheme, this, Line4), IsSigned: true)));

    /// <inheritdoc/>
    public override Bits Guess(Pk publicKey, W w0, W w1, R released, Tape tape)
    {
        int own = tape.Draw(Queries);
        int next = 0;
        return Distinguisher.Guess(new Oracle<Challenge<W, R, Pk>>(Queries, () => next++ == own ? new(publicKey, w0, w1, released) : Simulated(next <= own, tape)), tape);
    }

    /// <summary>Lines 2 to 5 of Def. 3.4 with fresh keys and a bit that is known.</summary>
    private Challenge<W, R, Pk> Simulated(bool one, Tape tape)
    {
        (Sk secret, Pk publicKey) = Scheme.KGen(tape);
        (W w0, W w1) = Line4 == Line4.Resample
            ? Resampled(tape)
            : tape.Given(t => (Scheme.Train(t), Scheme.Train(t)), pair => !Scheme.SameWeights(pair.Item2, pair.Item1), static (bits, zero, one) => bits.Lanes[0] ? one : zero);
        return new(publicKey, w0, w1, Scheme.Release(secret, one ? w1 : w0, tape));
    }

    private (W W0, W W1) Resampled(Tape tape)
    {
        W w0 = Scheme.Train(tape);
        return (w0, tape.Given(Scheme.Train, w => !Scheme.SameWeights(w, w0), Scheme.Choose));
    }
}
