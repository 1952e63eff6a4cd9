using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Recovers W, b and c of a released MLP, each column once, from all its orders and all its rows together: x₀ by likelihood, W[:, j] by
/// weighted least squares over the orders, b = x₀ − z₀ and c = θ₀ − W·Act(x₀). See <see cref="LayerAttack.Jointly"/>.
/// </summary>
/// <remarks>
/// With x₀ within ±11, and further out as far as the release still tells it; where W does not depend on x₀ any more, as beyond 40 with GELU, it is
/// found without. It needs N ≥ 3: two orders leave one ratio, with several preimages and nothing to choose between them.
/// </remarks>
public sealed record JointRecovery : Recoverer<MlpWeights, TaylorRelease, NoKey>
{
    /// <inheritdoc/>
    public override string Name => "recovery";

    /// <inheritdoc/>
    public override MlpWeights Recover(NoKey publicKey, TaylorRelease released, Tape tape) =>
        LayerInTensors.Attack(released, tape, static (LayerAttack attack, ReleasedLayer layer, nint w, ref Cost work) => attack.Jointly(layer, StorageType.F64, w, ref work));
}
