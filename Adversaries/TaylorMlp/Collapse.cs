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
        Tensor step = released.Step(input, math);
        Tensor? up = released.Up(input, math);
        Tensor lowest = up ?? step; // what all terms have in common: without a gate the first is that of n = 1
        Tensor first = theta.select(0, 0).select(0, 0);
        Tensor row0 = up is null ? theta.select(1, 0) : math.Join(released.Theta0.narrow(0, 0, 1), theta.select(1, 0));
        Tensor share = math.DivideOrZero(math.Multiply(Polynomial(row0, step, math), lowest), first, Smallest);
        Tensor y = math.Product(share, theta.select(0, 0).transpose(-1, -2));
        y = up is null ? math.Add(y, released.Theta0.unsqueeze(-2)) : y;
        foreach (long unit in math.Small(first, Smallest))
        {
            Tensor column = theta.select(2, unit);
            column = up is null ? column : math.Join(released.Theta0.select(1, unit).unsqueeze(0), column);
            long greatest = math.Greatest(column.reshape(-1));
            (long order, long row) = (greatest / column.shape[1], greatest % column.shape[1]);
            Tensor sum = math.Multiply(
                Polynomial(column.narrow(1, row, 1), step.narrow(-1, unit, 1), math), lowest.narrow(-1, unit, 1));
            Tensor ofUnit = math.DivideOrZero(sum, column[order, row], double.Epsilon);
            y = math.MultiplyAdd(ofUnit, column.select(0, order).unsqueeze(0), y);
        }

        return y;
    }

    /// <summary>Σ_n coefficients[n]·uⁿ, n = 0 … K − 1. <c>[K, k]</c> and <c>[m, k]</c> to <c>[m, k]</c></summary>
    private static Tensor Polynomial(Tensor coefficients, Tensor u, TensorMath math)
    {
        int degree = (int)coefficients.shape[0] - 1;
        Tensor sum = coefficients.select(0, degree).expand_as(u);
        for (int n = degree - 1; n >= 0; n--)
        {
            sum = math.MultiplyAdd(sum, u, coefficients.select(0, n));
        }

        return sum;
    }
}
