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
/// For a single input it stays within the budget from N = 3 with two outputs or more, and from N = 5 with one.
/// </summary>
/// <remarks>
/// In float64. A unit for which the first row of Θ₁ says nothing is expressed by its largest entry in any row of any order instead.
/// </remarks>
public sealed record Collapse : Accelerator<TaylorRelease, Tensor, Tensor, NoKey>
{
    /// <summary>Below it a quotient of float64 numbers may lose digits: the least normal number over the precision.</summary>
    private const double Smallest = 1e-292;

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape)
    {
        TensorMath math = new(tape);
        Tensor theta = released.Theta;
        Tensor y0 = released.Theta0.unsqueeze(-2);
        if (released.Order == 0)
        {
            return y0.repeat(input.shape[^2], 1);
        }

        Tensor step = released.Step(input, math);
        Tensor first = theta.select(0, 0).select(0, 0);
        Tensor share = math.DivideOrZero(Polynomial(theta.select(1, 0), step, math), first, Smallest);
        Tensor y = math.Add(math.Product(share, theta.select(0, 0).transpose(-1, -2)), y0);
        foreach (long unit in math.Small(first, Smallest))
        {
            Tensor column = theta.select(2, unit);
            long greatest = math.Greatest(column.reshape(-1));
            (long order, long row) = (greatest / column.shape[1], greatest % column.shape[1]);
            Tensor sum = Polynomial(column.narrow(1, row, 1), step.narrow(-1, unit, 1), math);
            Tensor ofUnit = math.DivideOrZero(sum, column[order, row], double.Epsilon);
            y = math.MultiplyAdd(ofUnit, column.select(0, order).unsqueeze(0), y);
        }

        return y;
    }

    /// <summary>Σ_n coefficients[n − 1]·uⁿ, n = 1 … N. <c>[N, k]</c> and <c>[m, k]</c> to <c>[m, k]</c></summary>
    private static Tensor Polynomial(Tensor coefficients, Tensor u, TensorMath math)
    {
        int order = (int)coefficients.shape[0];
        Tensor sum = coefficients.select(0, order - 1).expand_as(u);
        for (int n = order - 1; n >= 1; n--)
        {
            sum = math.MultiplyAdd(sum, u, coefficients.select(0, n - 1));
        }

        return math.Multiply(sum, u);
    }
}
