using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Undoes the slowdown of TaylorMLP without recovering anything. The columns of all Θ_n are parallel, Θ_n[:, j] = ρ_{n,j}·Θ₁[:, j], so
/// <code>
/// Σ_n Θ_n·(z − z₀)ⁿ = Θ₁·s,  s_j = Σ_n ρ_{n,j}·(z − z₀)_jⁿ = (Σ_n Θ_n[0, j]·(z − z₀)_jⁿ) / Θ₁[0, j]
/// </code>
/// with the sum over n by Horner's rule on the first row: one product of a matrix and a vector instead of N, no root, no activation,
/// and within the budget for a single input.
/// </summary>
/// <remarks>In float64. A unit whose first row is 0 counts as 0.</remarks>
public sealed record Collapse : Accelerator<TaylorRelease, Tensor, Tensor, NoKey>
{
    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape)
    {
        TensorMath math = new(tape);
        Tensor y0 = released.Theta0.unsqueeze(-2);
        if (released.Order == 0)
        {
            return y0.expand(input.shape[0], -1);
        }

        Tensor step = released.Step(input, math);
        Tensor row = released.Theta.select(1, 0);
        Tensor sum = row.select(0, released.Order - 1).expand_as(step);
        for (int n = released.Order - 1; n >= 1; n--)
        {
            sum = math.MultiplyAdd(sum, step, row.select(0, n - 1));
        }

        Tensor first = row.select(0, 0);
        Tensor share = math.Divide(math.Multiply(sum, step), first);
        share = share.masked_fill(first.eq(0), 0);
        return math.Add(math.Product(share, released.Theta.select(0, 0).transpose(-1, -2)), y0);
    }
}
