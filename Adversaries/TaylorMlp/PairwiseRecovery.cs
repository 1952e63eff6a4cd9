using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>The weight recovery attack as published (Yang et al. 2025, §4.2): each x₀ from the ratio of two orders of one entry. See <see cref="LayerAttack.Pairwise"/>.</summary>
public sealed record PairwiseRecovery : Recoverer<MlpWeights, TaylorRelease, NoKey>
{
    /// <inheritdoc/>
    public override string Name => "pairwise";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override MlpWeights Recover(NoKey publicKey, TaylorRelease released, Tape tape) =>
        LayerInTensors.Attack(released, tape, static (ReleasedLayer layer, nint w, ref Cost work) => new LayerAttack(OrdersRead.One).Pairwise(layer, StorageType.F64, w, ref work));
}
