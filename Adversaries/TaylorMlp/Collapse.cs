using TorchSharp;
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

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

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
            return (input, own) => FromOneRow(released, input, own);
        }

        ColumnRatios ratios = ColumnRatios.Of(released, Rows, tape);
        return (input, own) => ratios.Infer(input, new TensorMath(own));
    }

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) =>
        Prepare(publicKey, new Oracle<TaylorRelease>(1, () => released), tape)(input, tape);

    /// <summary>A released MLP as one that is collapsed, in the types in which it is stored; of order 0, where there is nothing to collapse, as it is.</summary>
    /// <param name="stored">The release in these types, which it goes on reading: Θ₁ is not copied, unless a unit is expressed by another order.</param>
    /// <param name="tape">Pays for ρ, which is taken from all rows.</param>
    /// <returns>It outlives all scopes, until what of it can be disposed of is.</returns>
    /// <exception cref="InvalidDataException">An entry of Θ is not a finite number.</exception>
    public static IMlp Of(TaylorRelease stored, Tape tape)
    {
        if (stored.Order == 0)
        {
            return stored;
        }

        using DisposeScope scope = NewDisposeScope();
        ColumnRatios ratios = ColumnRatios.Of(stored, AllRows, tape);
        return ratios.AreFinite ? ratios.Kept() : throw new InvalidDataException("Θ has an entry that is not a finite number");
    }

    private static Tensor FromOneRow(TaylorRelease released, Tensor input, Tape tape)
    {
        TensorMath math = new(tape);
        Tensor theta = released.Theta;
        HiddenInput hidden = released.Hidden(input, math);
        Tensor first = theta.select(-3, 0).narrow(-2, 0, 1);
        Tensor row0 = hidden.Up is null ? theta.select(-2, 0) : math.Join(released.Theta0.narrow(-2, 0, 1), theta.select(-2, 0));
        Tensor share = math.DivideOrZero(Terms(released, row0, hidden, math), first, Smallest);
        Tensor y = math.Product(share, theta.select(-3, 0).transpose(-1, -2));
        y = hidden.Up is null ? math.Add(y, released.Theta0.unsqueeze(-2)) : y;
        y = hidden.Rest is null ? y : math.Add(y, hidden.Rest);
        long[] silent = math.Small(first, Smallest);
        if (released.Lanes == 0)
        {
            return WithUnits(silent, y, released, hidden, math);
        }

        foreach (IGrouping<long, long> units in silent.GroupBy(place => place / released.Protected)) // few, and not the same in each lane
        {
            int lane = (int)units.Key;
            HiddenInput alone = new(hidden.Step[lane], hidden.Up?[lane], null);
            Tensor ofLane = y[lane];
            ofLane.copy_(WithUnits(units.Select(place => place % released.Protected), ofLane, released.Lane(lane), alone, new TensorMath(tape.Lane(lane))));
        }

        return y;
    }

    /// <summary>Adds units for which the first row of Θ₁ says nothing, each expressed by its largest entry.</summary>
    private static Tensor WithUnits(IEnumerable<long> units, Tensor y, TaylorRelease released, HiddenInput hidden, TensorMath math)
    {
        foreach (long unit in units)
        {
            Tensor column = released.Theta.select(2, unit);
            column = hidden.Up is null ? column : math.Join(released.Theta0.select(1, unit).unsqueeze(0), column);
            long greatest = math.Greatest(column.reshape(-1));
            (long order, long row) = (greatest / column.shape[1], greatest % column.shape[1]);
            HiddenInput ofUnit = new(hidden.Step.narrow(-1, unit, 1), hidden.Up?.narrow(-1, unit, 1), null);
            Tensor share = math.DivideOrZero(Terms(released, column.narrow(1, row, 1), ofUnit, math), column[order, row], double.Epsilon);
            y = math.MultiplyAdd(share, column.select(0, order).unsqueeze(0), y);
        }

        return y;
    }

    /// <summary>The sum over the orders, of one row of each. <c>[N, K]</c> or with a gate <c>[N + 1, K]</c> to <c>[m, K]</c></summary>
    private static Tensor Terms(TaylorRelease released, Tensor row, HiddenInput hidden, TensorMath math) =>
        math.Multiply(released.Variant.Series(row, hidden.Up is null ? 1 : 0, hidden.Step, math), hidden.Up ?? hidden.Step); // without a gate the first is that of n = 1
}
