using MathNet.Numerics;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>How Cost(Run′) / Cost(Run) grows with one parameter of TaylorMLP, in counted operations: what Wang et al. 2024, §4.2, promise.</summary>
/// <param name="Parameter">N, d or h.</param>
/// <param name="Points">Its values, and what the two procedures cost there.</param>
public sealed record Slowdown(string Parameter, IReadOnlyList<(int Value, double Run, double RunReleased)> Points)
{
    private const int Width = 64;
    private const int Order = 8;

    /// <summary>Over N = 1 … 32, over d = D = 8 … 512 and over h = 8 … 2048; what is not swept is d = D = 64, h = 256, N = 8.</summary>
    public static IReadOnlyList<Slowdown> All() =>
    [
        Over("N", [1, 2, 4, 8, 16, 32], n => (Width, 4 * Width, n)),
        Over("d", [8, 16, 32, 64, 128, 256, 512], d => (d, 4 * Width, Order)),
        Over("h", [8, 32, 128, 512, 2048], h => (Width, h, Order)),
    ];

    /// <summary>The exponents of the powers of the parameter that are nearest to Cost(Run′), to Cost(Run), and to their ratio: slopes of least squares between logarithms.</summary>
    public (double RunReleased, double Run, double Ratio) Exponents => (Exponent(point => point.RunReleased), Exponent(point => point.Run), Exponent(point => point.RunReleased / point.Run));

    /// <summary>Cost(Run′) / Cost(Run), point by point.</summary>
    public IReadOnlyList<(int Value, double Ratio)> Ratios => [.. Points.Select(point => (point.Value, point.RunReleased / point.Run))];

    /// <summary>What the multiply-adds alone make of the ratio, since V is multiplied once in both: (d + N·D)/(d + D), which is (1 + N)/2 where D = d.</summary>
    public static double Law(int order) => (1 + order) / 2.0;

    private double Exponent(Func<(int Value, double Run, double RunReleased), double> cost) =>
        Fit.Line([.. Points.Select(point => Math.Log(point.Value))], [.. Points.Select(point => Math.Log(cost(point)))]).B;

    private static Slowdown Over(string parameter, int[] values, Func<int, (int Width, int Hidden, int Order)> at) =>
        new(parameter, [.. values.Select(value =>
        {
            (int width, int hidden, int order) = at(value);
            (double run, double runReleased) = Spent(width, hidden, order);
            return (value, run, runReleased);
        })]);

    /// <summary>What they cost on zeros: a count does not depend on entries.</summary>
    private static (double Run, double RunReleased) Spent(int width, int hidden, int order)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Zeros(params long[] sides) => zeros(sides, dtype: float64);
        MlpWeights weights = new(Zeros(hidden, width), Zeros(hidden), Zeros(width, hidden), Zeros(width));
        TaylorRelease released = TaylorRelease.Of(weights, Zeros(1, width), order, Activation.Gelu, new SeededTape(1));
        SeededTape run = new(1);
        SeededTape runReleased = new(1);
        weights.Forward(Zeros(1, width), Activation.Gelu, new TensorMath(run));
        released.Infer(Zeros(1, width), new TensorMath(runReleased));
        return (CostUnit.Operations.Count(run.Spent(Procedure.Game)), CostUnit.Operations.Count(runReleased.Spent(Procedure.Game)));
    }
}
