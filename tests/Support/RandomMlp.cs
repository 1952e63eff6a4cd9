using FsCheck;
using FsCheck.Fluent;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Random multilayer perceptrons with smooth activations, with and without a gate, with random inputs, small enough to work out by hand.</summary>
internal static class RandomMlp
{
    public static Arbitrary<(int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated)> Shapes { get; } = Arb.From(
        from seed in Gen.Choose(0, 1_000_000)
        from d in Gen.Choose(1, 6)
        from h in Gen.Choose(1, 12)
        from outputs in Gen.Choose(1, 5)
        from order in Gen.Choose(0, 12)
        from activation in Gen.Elements<Activation>([.. Activation.Smooth])
        from gated in Gen.Elements(false, true)
        select (seed, d, h, outputs, order, activation, gated));

    public static (MlpWeights Weights, Tensor Inputs, Activation Activation) Of(
        (int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) shape)
    {
        SeededTape tape = new((ulong)shape.Seed);
        Tensor Uniform(double bound, params long[] sides) => TensorCoins.Uniform(tape, bound, CPU, sides);
        MlpWeights weights = new(
            Uniform(1, shape.Hidden, shape.Inputs),
            Uniform(1, shape.Hidden),
            Uniform(1, shape.Outputs, shape.Hidden),
            shape.Gated ? zeros(shape.Outputs, dtype: float64) : Uniform(1, shape.Outputs),
            shape.Gated ? Uniform(1, shape.Hidden, shape.Inputs) : null);
        return (weights, Uniform(1, 20, shape.Inputs), shape.Activation);
    }

    public static double[] Host(Tensor tensor) => [.. tensor.contiguous().data<double>()];
}
