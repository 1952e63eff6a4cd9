using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Adversaries.Transformers;

/// <summary>Recovers a model's MLPs one after the other, as a recoverer of MLPs does, whose name it has.</summary>
/// <param name="Inner">What recovers one.</param>
public sealed record RecoveryOfBlocks(Recoverer<MlpWeights, TaylorRelease, NoKey> Inner) : Recoverer<AllMlps<MlpWeights>, AllMlps<TaylorRelease>, NoKey>
{
    /// <inheritdoc/>
    public override string Name => Inner.Name;

    /// <inheritdoc/>
    public override AllMlps<MlpWeights> Recover(NoKey publicKey, AllMlps<TaylorRelease> released, Tape tape) =>
        new([.. released.Blocks.Select(mlp => Inner.Recover(publicKey, mlp, tape))]);
}

/// <summary>Runs a model with each MLP as an accelerator of MLPs does, whose name it has. What that prepares, it prepares for each block once.</summary>
/// <param name="Scheme">The scheme, for all of the model that is public.</param>
/// <param name="Inner">What infers by one MLP.</param>
public sealed record AccelerationOfBlocks(TransformerScheme Scheme, Accelerator<TaylorRelease, Tensor, Tensor, NoKey> Inner)
    : Accelerator<AllMlps<TaylorRelease>, Tensor, Tensor, NoKey>
{
    /// <inheritdoc/>
    public override string Name => Inner.Name;

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, AllMlps<TaylorRelease> released, Tensor input, Tape tape) =>
        Prepare(publicKey, new Oracle<AllMlps<TaylorRelease>>(1, () => released), tape)(input, tape);

    /// <inheritdoc/>
    public override Func<Tensor, Tape, Tensor> Prepare(NoKey publicKey, Oracle<AllMlps<TaylorRelease>> releases, Tape tape)
    {
        Func<Tensor, Tape, Tensor>[] blocks =
            [.. releases.Query().Blocks.Select(mlp => Inner.Prepare(publicKey, new Oracle<TaylorRelease>(1, () => mlp), tape))];
        return (prompt, own) => Scheme.AnswerOf([.. blocks.Select(infer => new PreparedMlp(infer, own))], prompt, own);
    }

    /// <summary>An MLP as the accelerator infers by it, which charges the tape and not whoever asks: the two are one.</summary>
    private sealed record PreparedMlp(Func<Tensor, Tape, Tensor> Prepared, Tape Tape) : IMlp
    {
        public Tensor Infer(Tensor x, TensorMath math) => Prepared(x, Tape);
    }
}
