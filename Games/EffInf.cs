namespace Wager.Games;

/// <summary>An adversary in EffInf: it must infer on W′ for less than Run′ costs.</summary>
public abstract record Accelerator<R, X, Y, Pk> : Adversary
{
    /// <summary>y* ← 𝒜(pk, W′, x).</summary>
    public abstract Y Infer(Pk publicKey, R released, X input, Tape tape);

    /// <summary>
    /// Works once for a release, before it sees an input, and returns what then infers: where that is cheaper than Run′, the work pays
    /// after some inputs. Unless overridden, it asks for one release and prepares nothing. Of an adversary that overrides it, Def. 3.3
    /// plays both one after the other. What is charged to its tape counts as preparing, whenever it is.
    /// </summary>
    public virtual Func<X, Tape, Y> Prepare(Pk publicKey, Oracle<R> releases, Tape tape)
    {
        R released = releases.Query();
        return (input, own) => Infer(publicKey, released, input, own);
    }
}

public sealed partial class Game
{
    /// <summary>
    /// Efficient inference (Yang et al. 2025, Def. 3.3): Adv^EffInf(D, 𝒜) = Pr[Game_EffInf(D, 𝒜) ⇒ 1] (Eq. 4), over the 𝒜
    /// whose cost t is below Cost(Run′, (pk, W′, x)). The text scores y* alone; the evaluators read the meters of 𝒜 and of
    /// the same trial's Run′, so that winning and winning within the budget are two numbers.
    /// </summary>
    public static Game EffInf<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, Accelerator<R, X, Y, Pk> adversary)
    {
        var sigma = new PlayedScheme<W, R, X, Y, Sk, Pk>(scheme);
        var a = new PlayedAccelerator<R, X, Y, Pk>(adversary, scheme.FlawInOutput);
        return new(Notion.EffInf, Notion.EffInf.Name, scheme, adversary, tape =>
        {
            var w = sigma.Train(tape);
            var (sk, pk) = sigma.KGen(tape);
            var released = sigma.Release(sk, w, tape);
            var x = sigma.Input(tape);
            var yReleased = sigma.RunReleased(pk, released, x, tape);
            var yStar = a.Infer(pk, released, x, tape);
            return sigma.SameOutputs(yStar, yReleased);
        });
    }
}
