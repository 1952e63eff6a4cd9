namespace Wager.Games;

/// <summary>What every scheme has, whatever its types.</summary>
public abstract class Scheme
{
    /// <summary>The name on the command line and in reports: by default the type's name, as in <c>one-bit-pad</c>.</summary>
    public virtual string Name => Names.Of(GetType());

    /// <summary>D, the dataset that Train trains on, in words; a finite scheme has Train's law instead.</summary>
    public virtual string Dataset => "none: W follows the law of Train";

    /// <summary>
    /// Why trials of this scheme cannot be played in lock-step on a <see cref="LaneTape"/>, or null where they can. There every value has a
    /// leading axis of trials, or is the same in all of them, each Same gives a bit for every lane, and
    /// <see cref="Scheme{W, R, X, Y, Sk, Pk}.Choose"/> chooses lane by lane.
    /// </summary>
    public virtual string? FlawInLanes => "it plays one trial at a time";

    /// <summary>How many lanes to play at once on each of some threads: what is fast, and fits a part of the memory that there is.</summary>
    /// <param name="threads">The threads, at least 1.</param>
    public virtual int BestLanes(int threads) => 1;

    /// <summary>Opens what lasts for one trial, such as a scope for tensors; the game disposes of it. Null where there is nothing.</summary>
    public virtual IDisposable? OpenTrial() => null;
}

/// <summary>
/// A weight release scheme Σ = (Train, Run, KGen, Release, Run′) on a fixed dataset D (Yang et al. 2025, §3.1, Syntax),
/// with what its games need beside it: how x is drawn, and when two weights or two outputs count as the same.
/// </summary>
/// <remarks>
/// All five algorithms are probabilistic: their only coins are those of the tape they are given, and they charge their work
/// to it. A scheme holds no state that a call changes; one instance serves trials on many threads.
/// </remarks>
/// <typeparam name="W">Weights, 𝒲.</typeparam>
/// <typeparam name="R">Released weights, 𝒲′.</typeparam>
/// <typeparam name="X">Inputs, 𝒳.</typeparam>
/// <typeparam name="Y">Outputs, 𝒴.</typeparam>
/// <typeparam name="Sk">Secret keys; <see cref="NoKey"/> where there are none.</typeparam>
/// <typeparam name="Pk">Public keys; <see cref="NoKey"/> where there are none.</typeparam>
public abstract class Scheme<W, R, X, Y, Sk, Pk> : Scheme
{
    /// <summary>Same on 𝒲: Dist_W and δ_W.</summary>
    public abstract Tolerance<W> WeightTolerance { get; }

    /// <summary>Same on 𝒴: Dist_Y and δ_Y.</summary>
    public abstract Tolerance<Y> OutputTolerance { get; }

    /// <summary>Train : 𝒟 → 𝒲. The dataset is the scheme's own.</summary>
    public abstract W Train(Tape tape);

    /// <summary>Run : 𝒲 × 𝒳 → 𝒴.</summary>
    public abstract Y Run(W weights, X input, Tape tape);

    /// <summary>KGen : ⊥ → 𝒦_sk × 𝒦_pk.</summary>
    public abstract (Sk Secret, Pk Public) KGen(Tape tape);

    /// <summary>Release : 𝒦_sk × 𝒲 → 𝒲′.</summary>
    public abstract R Release(Sk secret, W weights, Tape tape);

    /// <summary>Run′ : 𝒦_pk × 𝒲′ × 𝒳 → 𝒴.</summary>
    public abstract Y RunReleased(Pk publicKey, R released, X input, Tape tape);

    /// <summary>x ← 𝒳.</summary>
    public abstract X Input(Tape tape);

    /// <summary>𝒲 in full, each element once; null where it is not finite. What Train produces is among them.</summary>
    public virtual IReadOnlyList<W>? AllWeights => null;

    /// <summary>𝒳 in full, each element once; null where it is not finite.</summary>
    public virtual IReadOnlyList<X>? AllInputs => null;

    /// <summary>𝒴 in full, each element once; null where it is not finite. What Run and Run′ answer is among them.</summary>
    public virtual IReadOnlyList<Y>? AllOutputs => null;

    /// <summary>
    /// W′ as the cells of the probe model, of which each read costs one operation; null where W′ is read as a whole. How many there are
    /// does not depend on W′.
    /// </summary>
    public virtual IReadOnlyList<int>? Cells(R released) => null;

    /// <summary>
    /// What of the weights that the games protect stands in W′ as it is, in words, such as a tensor's name; null where nothing does. It is
    /// asked for a warning only. Unless overridden: W, where W′ is of the same type and equal by value.
    /// </summary>
    /// <param name="weights">W.</param>
    /// <param name="released">W′, a release of W.</param>
    public virtual string? VerbatimIn(W weights, R released) =>
        typeof(W) == typeof(R) && typeof(W).IsAssignableTo(typeof(IEquatable<W>)) && Equals(weights, released) ? "W" : null;

    /// <summary>Same(W*, W): the weights in question first, the true ones second.</summary>
    public Bits SameWeights(W weights, W truth) => WeightTolerance.Same(weights, truth);

    /// <summary>Same(y*, y): the output in question first, the true one second.</summary>
    public Bits SameOutputs(Y output, Y truth) => OutputTolerance.Same(output, truth);

    /// <summary>Where the bit is 0 the first weights, where it is 1 the second. Only schemes that play lanes override it.</summary>
    public virtual W Choose(Bits bits, W zero, W one) => bits.Lanes[0] ? one : zero;

    /// <summary>Why an adversary's answer is no element of 𝒲, or null where it is one.</summary>
    public virtual string? FlawInWeights(W weights) => weights is null ? "it is null" : null;

    /// <summary>Why an adversary's answer is no element of 𝒴, or null where it is one.</summary>
    public virtual string? FlawInOutput(Y output) => output is null ? "it is null" : null;

    /// <summary>The same of an answer for several trials, an element each or one for all. Only schemes that play lanes override it.</summary>
    public virtual string? FlawInWeights(W weights, int lanes) => FlawInWeights(weights);

    /// <inheritdoc cref="FlawInWeights(W, int)"/>
    public virtual string? FlawInOutput(Y output, int lanes) => FlawInOutput(output);
}

/// <summary>⊥: the only key of a scheme without keys.</summary>
public readonly record struct NoKey
{
    /// <summary>⊥.</summary>
    public override string ToString() => "⊥";
}
