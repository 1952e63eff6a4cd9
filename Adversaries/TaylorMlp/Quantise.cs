using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Run′ on Θ in 8 bits: every column of every Θ_n is rounded once to 255 multiples of a 127th of its greatest entry. A scale for each
/// column, and not for each row, because Act⁽ⁿ⁾(x₀)/n! spreads the columns over orders of magnitude, while all rows are alike.
/// </summary>
/// <remarks>
/// By counted operations it saves nothing: it has as many multiply-adds as Run′, and converts every entry besides. What it saves is seven eighths
/// of the bytes of float64, or half of those of a release in 16 bits. Off by at most Σ_{n,j} p_{n,j}·max_i |Θ_n[i, j]| / 254, where p_{n,j} is the size of
/// what Run′ multiplies Θ_n[:, j] by: |(z − z₀)_j|ⁿ; for the public code, whose Θ_n is not divided by n!, that over n!, or 0 where the order is dropped;
/// with a gate times |(Ux)_j|, and then also for n = 0.
/// </remarks>
public sealed record Quantise : Accelerator<TaylorRelease, Tensor, Tensor, NoKey>
{
    private const double Steps = sbyte.MaxValue;

    /// <inheritdoc/>
    public override string Name => "quantise(int8)";

    /// <inheritdoc/>
    public override string? FlawInLanes => null;

    /// <inheritdoc/>
    public override Tensor Infer(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) =>
        Prepare(publicKey, new Oracle<TaylorRelease>(1, () => released), tape)(input, tape);

    /// <summary>Rounds Θ, and with a gate Θ₀.</summary>
    public override Func<Tensor, Tape, Tensor> Prepare(NoKey publicKey, Oracle<TaylorRelease> releases, Tape tape) =>
        LaneByLane.Prepare(releases.Query(), tape, Rounded);

    private static Func<Tensor, Tape, Tensor> Rounded(TaylorRelease released, Tape tape)
    {
        TensorMath math = new(tape);
        Quantised? theta0 = released.IsGated ? Quantised.Of(released.Theta0, math) : null;
        Quantised[] theta = [.. Enumerable.Range(0, released.Order).Select(n => Quantised.Of(released.Theta.select(0, n), math))];
        return (input, own) => Infer(released, theta0, theta, input, new TensorMath(own));
    }

    private static Tensor Infer(TaylorRelease released, Quantised? theta0, Quantised[] theta, Tensor input, TensorMath math)
    {
        if (theta.Length == 0 && theta0 is null)
        {
            return released.Infer(input, math); // there is nothing to round
        }

        HiddenInput hidden = released.Hidden(input, math);
        Tensor? power = hidden.Up;
        Tensor y = theta0 is null ? released.Theta0.unsqueeze(-2) : theta0.Product(power!, math);
        y = hidden.Rest is null ? y : math.Add(hidden.Rest, y);
        foreach ((int n, Quantised order) in theta.Index())
        {
            power = released.Variant.Power(n + 1, power, hidden.Step, math);
            y = math.Add(order.Product(power, math), y);
        }

        return y;
    }

    /// <summary>A matrix in 8 bits.</summary>
    /// <param name="Bytes"><c>[D, K]</c>, int8</param>
    /// <param name="Scale">What 1 stands for in each column. <c>[K]</c></param>
    private sealed record Quantised(Tensor Bytes, Tensor Scale)
    {
        public static Quantised Of(Tensor matrix, TensorMath math)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor greatest = math.GreatestMagnitude(matrix, 0);
            return new(math.ToBytes(matrix, greatest).MoveToOuterDisposeScope(), math.Scale(greatest, 1 / Steps).MoveToOuterDisposeScope());
        }

        public Tensor Product(Tensor left, TensorMath math) => math.ProductOfBytes(math.Multiply(left, Scale), Bytes);
    }
}
