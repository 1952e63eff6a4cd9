using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Undoes the slowdown of TaylorMLP without recovering anything. The columns of all Θ_n are parallel, Θ_n[:, j] = ρ_{n,j}·Θ₁[:, j], so
/// <code>
/// Σ_n Θ_n·(z − z₀)ⁿ = Θ₁·s,  s_j = Σ_n ρ_{n,j}·(z − z₀)_jⁿ
/// </code>
/// with the sum over n by Horner's rule: one product of a matrix and a vector instead of N, no root and no activation. With a gate the sum
/// begins at n = 0, and Ux multiplies s: one product instead of N + 1.
/// </summary>
/// <remarks>
/// From one row nothing is prepared: s_j = (Σ_n Θ_n[0, j]·(z − z₀)_jⁿ) / Θ₁[0, j], and a unit for which the first row of Θ₁ says nothing is
/// expressed by its largest entry in any row of any order. For a single input that stays within the budget from N = 3 with two outputs or
/// more, and from N = 5 with one; with a gate from N = 2 and N = 4. A release in a narrower type has columns that are parallel only up to its
/// roundings, and there one row has the error of one entry; from more rows ρ is worked out once for a release, see <see cref="ColumnRatios"/>.
/// </remarks>
/// <param name="Rows">How many rows ρ is taken from, the first ones; at most all D.</param>
public sealed record Collapse(int Rows = 1) : Accelerator<TaylorRelease, Tensor, Tensor, NoKey>
{
    /// <summary>All rows of any release.</summary>
    public const int AllRows = int.MaxValue;

    /// <summary>Below it a quotient of float64 numbers may lose digits: the least normal number over the precision.</summary>
    private const double Smallest = 1e-292;

    /// <inheritdoc/>
    public override string Name => Rows switch
    {
        1 => "collapse",
        AllRows => "collapse(all)",
        _ => $"collapse({Rows})",
    };

    /// <summary>Prepares ρ where it is taken from more rows than one.</summary>
    public override Func<Tensor, Tape, Tensor> Prepare(NoKey publicKey, Oracle<TaylorRelease> releases, Tape tape)
    {
        TaylorRelease released = releases.Query();
        if (released.Order == 0)
        {
            return (input, own) => released.Infer(input, new TensorMath(own)); // there is nothing to collapse
        }

        if (Rows == 1)
        {
            return (input, own) => FromOneRow(released, input, new TensorMath(own));
        }

        ColumnRatios ratios = ColumnRatios.Of(released, Rows, new TensorMath(tape));
        return (input, own) => ratios.Infer(input, new TensorMath(own));
    }

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) =>
        Prepare(publicKey, new Oracle<TaylorRelease>(1, () => released), tape)(input, tape);

    private static Tensor FromOneRow(TaylorRelease released, Tensor input, TensorMath math)
    {
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
