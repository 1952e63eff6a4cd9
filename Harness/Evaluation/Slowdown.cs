using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Evaluation;

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

    /// <summary>The exponent of Cost(Run′), of Cost(Run), and of their ratio.</summary>
    /// <param name="level">The level of the intervals.</param>
    public (Line RunReleased, Line Run, Line Ratio) Exponents(double level) => (
        Line.Exponent(Points.Select(p => ((double)p.Value, p.RunReleased)), level)!,
        Line.Exponent(Points.Select(p => ((double)p.Value, p.Run)), level)!,
        Line.Exponent(Points.Select(p => ((double)p.Value, p.RunReleased / p.Run)), level)!);

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
