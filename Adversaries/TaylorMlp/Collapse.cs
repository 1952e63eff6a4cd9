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
/// with the sum over n by Horner's rule on the first row: one product of a matrix and a vector instead of N, no root and no activation.
/// With a gate the sum begins at n = 0, and Ux multiplies s: one product instead of N + 1. For a single input it stays within the budget
/// from N = 3 with two outputs or more, and from N = 5 with one; with a gate from N = 2 and N = 4.
/// </summary>
/// <remarks>
/// In float64; a release in a narrower type has columns that are parallel only up to its roundings, and so far the collapse answers. A unit for which the first row of Θ₁ says nothing is expressed by its largest entry in any row of any order instead.
/// </remarks>
public sealed record Collapse : Accelerator<TaylorRelease, Tensor, Tensor, NoKey>
{
    /// <summary>Below it a quotient of float64 numbers may lose digits: the least normal number over the precision.</summary>
    private const double Smallest = 1e-292;

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape)
    {
        TensorMath math = new(tape);
        if (released.Order == 0)
        {
            return released.Infer(input, math); // there is nothing to collapse
        }

        Tensor theta = released.Theta;
        (Tensor step, Tensor? up, Tensor? rest) = released.Hidden(input, math);
        int least = up is null ? 1 : 0;
        Tensor lowest = up ?? step; // what all terms have in common: without a gate the first is that of n = 1
        Tensor first = theta.select(0, 0).select(0, 0);
        Tensor row0 = up is null ? theta.select(1, 0) : math.Join(released.Theta0.narrow(0, 0, 1), theta.select(1, 0));
        Tensor share = math.DivideOrZero(math.Multiply(released.Variant.Series(row0, least, step, math), lowest), first, Smallest);
        Tensor y = math.Product(share, theta.select(0, 0).transpose(-1, -2));
        y = up is null ? math.Add(y, released.Theta0.unsqueeze(-2)) : y;
        y = rest is null ? y : math.Add(y, rest);
        foreach (long unit in math.Small(first, Smallest))
        {
            Tensor column = theta.select(2, unit);
            column = up is null ? column : math.Join(released.Theta0.select(1, unit).unsqueeze(0), column);
            long greatest = math.Greatest(column.reshape(-1));
            (long order, long row) = (greatest / column.shape[1], greatest % column.shape[1]);
            Tensor sum = math.Multiply(
                released.Variant.Series(column.narrow(1, row, 1), least, step.narrow(-1, unit, 1), math), lowest.narrow(-1, unit, 1));
            Tensor ofUnit = math.DivideOrZero(sum, column[order, row], double.Epsilon);
            y = math.MultiplyAdd(ofUnit, column.select(0, order).unsqueeze(0), y);
        }

        return y;
    }
}
