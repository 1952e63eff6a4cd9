using TorchSharp;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>
/// Tensors and numbers: TorchSharp leaves a number that it converts to the garbage collector, which may free it before libtorch has read it.
/// Here each outlives its call, also the 1 of a sum.
/// </summary>
internal static class Numbers
{
    private static readonly Scalar _one = 1.ToScalar();

    public static Tensor Times(this Tensor tensor, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return tensor.mul(scalar);
    }

    public static Tensor Plus(this Tensor tensor, double addend)
    {
        using Scalar scalar = addend.ToScalar();
        return tensor.add(scalar);
    }

    public static Tensor Plus(this Tensor tensor, Tensor addend) => tensor.add(addend, _one);

    public static Tensor ToThe(this Tensor tensor, int power)
    {
        using Scalar scalar = power.ToScalar();
        return tensor.pow(scalar);
    }

    /// <summary>One number everywhere, in float64.</summary>
    public static Tensor Filled(double entry, params long[] shape)
    {
        using Scalar scalar = entry.ToScalar();
        return full(shape, scalar, dtype: float64);
    }
}
