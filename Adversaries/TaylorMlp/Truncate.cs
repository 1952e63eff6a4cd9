using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Run′ without the orders above N′: cheaper by a product of a matrix and a vector for each, and off by what these add.</summary>
/// <param name="Order">N′; where it is N or more, Run′ itself.</param>
public sealed record Truncate(int Order) : Accelerator<TaylorRelease, Tensor, Tensor, NoKey>
{
    /// <inheritdoc/>
    public override string Name => $"truncate({Order})";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <summary>A few orders below N: a quarter, half and all but one of it.</summary>
    public static IEnumerable<Truncate> Of(int order) =>
        new[] { order / 4, order / 2, order - 1 }.Distinct().Where(shorter => shorter >= 0 && shorter < order).Select(shorter => new Truncate(shorter));

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) =>
        (released with { Theta = released.Theta.narrow(-3, 0, Math.Min(Order, released.Order)) }).Infer(input, new TensorMath(tape));
}
