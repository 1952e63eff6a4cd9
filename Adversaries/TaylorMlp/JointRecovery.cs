using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Recovers W, b and c of a released MLP, each column once: x₀ by likelihood from all orders of many rows together, W[:, j] from all orders by
/// weighted least squares or by dividing a single one, b = x₀ − z₀ and c = θ₀ − W·Act(x₀). See <see cref="LayerAttack.Jointly"/>.
/// </summary>
/// <remarks>
/// With x₀ within ±11, and further out as far as the release still tells it; where W does not depend on x₀ any more, as beyond 40 with GELU, it is
/// found without. It needs N ≥ 3: two orders leave one ratio, with several preimages and nothing to choose between them. From one order an
/// entry of W takes one operation, and from all about ten for each order: on wide MLPs recovering W from one and running it is cheaper than one Run′.
/// Of a release in fewer digits than float64 fewer entries are then right to the last bit. Where the tensors of one release are not on the CPU they
/// stay there, see <see cref="TensorAttack"/>; what is charged is counted alike. Those of many lanes are copied to the host.
/// </remarks>
/// <param name="Orders">How many orders W is read from; x₀ is found from all of them in either case.</param>
public sealed record JointRecovery(OrdersRead Orders = OrdersRead.All) : Recoverer<MlpWeights, TaylorRelease, NoKey>
{
    /// <inheritdoc/>
    public override string Name => Orders == OrdersRead.All ? "recovery" : "recovery(one)";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override MlpWeights Recover(NoKey publicKey, TaylorRelease released, Tape tape) =>
        released.Theta.device_type != TorchSharp.DeviceType.CPU && released.Lanes == 0
        ? new TensorAttack(Orders, Environment.ProcessorCount).Recover(released, tape)
        : LayerInTensors.Attack(released, tape, (ReleasedLayer layer, nint w, ref Cost work) => new LayerAttack(Orders).Jointly(layer, StorageType.F64, w, ref work));
}
