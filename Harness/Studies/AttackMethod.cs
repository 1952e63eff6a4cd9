using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;

namespace Wager.Harness.Studies;

/// <summary>How the layers of a release are attacked.</summary>
public abstract record AttackMethod
{
    /// <summary>Its name in tables.</summary>
    public abstract string Name { get; }

    /// <summary>How many orders it has to read.</summary>
    public abstract OrdersRead Orders { get; }

    /// <summary>Whether it computes on tensors with V and U. Else the runtime compiles what it runs for each entry, which is to happen before it is timed.</summary>
    public virtual bool NeedsTensors => false;

    /// <summary>Refuses a release that it cannot attack, before anything is written.</summary>
    /// <exception cref="UsageException">It is one, or the method was asked for what it cannot do to it.</exception>
    public virtual void Require(ReleaseFile release)
    {
    }

    /// <summary>Attacks a layer.</summary>
    /// <param name="layer">The release, in memory.</param>
    /// <param name="tensors">The same release with V and U, where it <see cref="NeedsTensors"/>; else null.</param>
    /// <param name="weights">What W is written in.</param>
    /// <param name="w">Where W is written, row by row. <c>[D, h]</c></param>
    /// <param name="threads">How many threads share the work.</param>
    /// <param name="work">Grows by what was done.</param>
    public abstract RecoveredLayer Attack(ReleasedLayer layer, TaylorRelease? tensors, StorageType weights, nint w, int threads, ref Cost work);
}

/// <summary>The joint attack, <see cref="LayerAttack.Jointly"/>.</summary>
/// <param name="Orders">How many orders W is read from.</param>
public sealed record JointMethod(OrdersRead Orders) : AttackMethod
{
    /// <inheritdoc/>
    public override string Name => Orders == OrdersRead.One ? "joint, one" : "joint, all";

    /// <inheritdoc/>
    public override OrdersRead Orders { get; } = Orders;

    /// <inheritdoc/>
    public override RecoveredLayer Attack(ReleasedLayer layer, TaylorRelease? tensors, StorageType weights, nint w, int threads, ref Cost work) =>
        new LayerAttack(Orders, threads).Jointly(layer, weights, w, ref work);
}

/// <summary>The pairwise attack as published, <see cref="LayerAttack.Pairwise"/>.</summary>
public sealed record PairwiseMethod : AttackMethod
{
    /// <inheritdoc/>
    public override string Name => "pairwise";

    /// <inheritdoc/>
    public override OrdersRead Orders => OrdersRead.One;

    /// <inheritdoc/>
    public override RecoveredLayer Attack(ReleasedLayer layer, TaylorRelease? tensors, StorageType weights, nint w, int threads, ref Cost work) =>
        new LayerAttack(OrdersRead.One, threads).Pairwise(layer, weights, w, ref work);
}
