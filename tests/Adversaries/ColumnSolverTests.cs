using System.Runtime.Intrinsics;
using Expecto;
using FsCheck.Fluent;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>What the joint attack finds x₀ with, and the rows that it reads. Nothing here is a matter of chance but what FsCheck draws.</summary>
internal static class ColumnSolverTests
{
    private static readonly double[] _places = [.. Enumerable.Range(-1100, 2201).Select(k => k / 100.0 * 1.0009765625)];

    public static Test All => Suite.Group(
        "the solver of a column",
        Suite.Property(
            "a series gives g_n and its slope as the activation does, to 13 digits of an order or a tenth of its neighbours",
            Gen.Elements(Activation.Smooth.ToArray()).SelectMany(activation => Gen.Choose(0, 1).SelectMany(least => Gen.Choose(2, 20).SelectMany(
                order => Gen.Choose(-9_000_000, 9_000_000).Select(x => (activation, least, order, X: x / 1e6))))).ToArbitrary(),
            drawn => SeriesAgrees(drawn.activation, drawn.least, drawn.order, drawn.X),
            count: 400),
        Suite.Test("x₀ is found from orders without noise, wherever they tell it, on either side of every cell's edge", () =>
        {
            foreach (Activation activation in Activation.Smooth)
            {
                ColumnSolver solver = ColumnSolver.For(activation, least: 1, order: 8);
                foreach (double x in _places)
                {
                    Solution solution = Solve(solver, activation, x);
                    string which = $"{activation} at {x:R}: {solution}";
                    Assert.True(solution.IsExplained, which);
                    Assert.True(Math.Abs(solution.X0 - x) <= Math.Max(3 * solution.Deviation, 1e-9 * Math.Max(1, Math.Abs(x))), which);
                    Assert.True(solution.Deviation > 0, which);
                }
            }
        }),
        Suite.Test("orders of no x₀ are not explained, and where two x₀ give nearly the same orders neither is sure", () =>
        {
            ColumnSolver solver = ColumnSolver.For(Activation.Gelu, least: 1, order: 8);
            Cost work = default;
            double[] y = [0, 1, -0.9, 0.8, -0.7, 0.6, -0.5, 0.4, -0.3];
            Solution none = solver.Solve(y, new(1, 1, 3.0 / 64, 64), StorageType.BF16, [], 0, ref work);
            Assert.True(!none.IsExplained, $"{none}");
            ColumnSolver two = ColumnSolver.For(Activation.Gelu, least: 1, order: 2);
            double[] g = new double[3];
            Activation.Gelu.TaylorCoefficients(0.3, g); // one ratio has several preimages
            Solution either = two.Solve([0, 1, g[2] / g[1]], new(1, 1, 3.0 / 64, 64), StorageType.BF16, [], 5, ref work);
            Assert.True(either.IsExplained && either.Confidence < 0.9, $"{either}");
        }),
        Suite.Test("widths that are no whole vectors, or several blocks, are read and written to their last entry and no further", () =>
        {
            foreach (OrdersRead orders in Enum.GetValues<OrdersRead>())
            {
                foreach ((StorageType storage, StorageType weights) in StorageType.All.SelectMany(storage => StorageType.All.Select(weights => (storage, weights))))
                {
                    foreach (int h in Enumerable.Range(1, 35).Append(70))
                    {
                        Divides(outputs: 40, h, orders, storage, weights, isGated: h % 2 == 0);
                    }
                }

                Divides(outputs: 40, (1 << 12) + 21, orders, StorageType.BF16, StorageType.BF16, isGated: false);
                Divides(outputs: 2, (1 << 16) + 37, orders, StorageType.BF16, StorageType.BF16, isGated: true);
            }
        }));

    private static unsafe void SeriesAgrees(Activation activation, int least, int order, double x)
    {
        SeriesTable table = new(activation, least, order);
        Vector512<double>[] g = new Vector512<double>[table.Vectors];
        Vector512<double>[] slope = new Vector512<double>[table.Vectors];
        bool isBySeries;
        fixed (Vector512<double>* ofG = g, ofSlope = slope)
        {
            isBySeries = table.Evaluate(x, ofG, ofSlope);
        }

        double[] exact = new double[order + 2];
        activation.TaylorCoefficients(x, exact);
        Assert.True(isBySeries || order > 8 || Math.Abs(x) > 3, $"{activation} has a series at {x:R}");
        for (int n = least; n <= order; n++)
        {
            double scale = Math.Max(Math.Abs(exact[n]), 0.1 * Math.Max(n > least ? Math.Abs(exact[n - 1]) : 0, Math.Abs(exact[n + 1]))) + 1e-300;
            double found = g[(n - least) / SeriesTable.Lanes][(n - least) % SeriesTable.Lanes];
            double rise = slope[(n - least) / SeriesTable.Lanes][(n - least) % SeriesTable.Lanes];
            Assert.True(Math.Abs(found - exact[n]) <= 2e-13 * scale, $"{activation}, order {n} of {order} at {x:R}: {found:R} for {exact[n]:R}");
            Assert.True(Math.Abs(rise - ((n + 1) * exact[n + 1])) <= 1e-10 * (n + 1) * scale, $"{activation}, slope {n} of {order} at {x:R}: {rise:R} for {(n + 1) * exact[n + 1]:R}");
        }

        Assert.True(((ReadOnlySpan<Vector512<double>>)g)[^1][SeriesTable.Lanes - 1] == 0 || (order + 1 - least) % SeriesTable.Lanes == 0, "lanes left over are 0");
    }

    private static Solution Solve(ColumnSolver solver, Activation activation, double x)
    {
        double[] g = new double[9];
        activation.TaylorCoefficients(x, g);
        int m = Enumerable.Range(1, 8).MaxBy(n => Math.Abs(g[n]));
        double[] y = [.. g.Select((each, n) => n == 0 ? 0 : each / g[m])];
        Cost work = default;
        return solver.Solve(y, new(m, 1, 3.0 / 64, 64), StorageType.F64, [], 0, ref work);
    }

    /// <summary>Attacks a layer into memory with guards around it, and holds W against the truth.</summary>
    private static unsafe void Divides(int outputs, int h, OrdersRead orders, StorageType storage, StorageType weights, bool isGated)
    {
        const int Guard = 128;
        const byte Untouched = 0xA5;
        using SyntheticLayer made = new(outputs, h, Activation.Gelu, storage, 0.5, isGated, order: 5, weights: weights);
        byte[] memory = new byte[made.W.Length + (2 * Guard)];
        Array.Fill(memory, Untouched);
        fixed (byte* at = memory)
        {
            Cost work = default;
            RecoveredLayer recovered = new LayerAttack(orders).Jointly(made.Layer, made.WeightStorage, (nint)(at + Guard), ref work);
            RecoveryScore score = RecoveryScore.Of(made.Layer, recovered, (nint)(at + Guard), made.WeightStorage, made.Weights, threads: 1);
            string which = $"{outputs} × {h} of {weights} in {storage}, {orders}";
            Assert.Equal(0L, score.Misread, $"{which}: misread of {score.Parameters}");
        }

        Assert.True(memory[..Guard].Concat(memory[^Guard..]).All(each => each == Untouched), $"{outputs} × {h} of {weights} in {storage}, {orders}: written beyond its end");
    }
}
