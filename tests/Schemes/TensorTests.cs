using System.Diagnostics;
using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Every operation of the façade against plain loops, and its charge against its shape.</summary>
internal static class TensorTests
{
    public static Test All => Suite.Group(
        "tensors",
        Suite.Test("a number that is computed with is not collected before libtorch has read it", () =>
        {
            TimeSpan time = TimeSpan.FromSeconds(2);
            TensorMath math = new(new SeededTape(1));
            using CancellationTokenSource end = new();
            Thread collector = new(() =>
            {
                while (!end.IsCancellationRequested)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            });
            collector.Start();
            try
            {
                // Small ones first, until the calls are compiled for speed: before, arguments live as long as their call.
                foreach (long entries in new long[] { 100, 1_000_000 })
                {
                    using Tensor three = Numbers.Filled(3, entries);
                    MlpWeights weights = new(ones(1, 1, float64), ones(1, float64), three.view(1, -1), ones(1, float64));
                    for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < time;)
                    {
                        using DisposeScope scope = NewDisposeScope();
                        Assert.Equal(0.0, math.DivideOrZero(three, three, 4).mean().item<double>(), "3 is below 4");
                        Assert.Equal(0.0, MlpWeights.LargestRelativeError(weights, weights).Lanes[0], "the same weights");
                        Assert.Equal(3.0, math.Round(three, StorageType.BF16).mean().item<double>(), "3 in bf16");
                        Assert.Equal(12.0, math.ScaleAdd(math.Scale(three, 2), 2, math.Add(three, three)).mean().item<double>() - 6, "3 · 2 · 2 + 3 + 3");
                    }
                }
            }
            finally
            {
                end.Cancel();
                collector.Join();
            }
        }),
        Suite.Test("the matrix product, with and without a leading axis of trials", () =>
        {
            foreach ((int b, int m, int k, int n) in new[] { (1, 3, 3, 3), (1, 2, 5, 4), (3, 4, 4, 4), (2, 1, 6, 3) })
            {
                using DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(1);
                Tensor left = Entries(b, m, k);
                Tensor right = Entries(b, k, n);
                double[] product = Host(new TensorMath(tape).Product(left, right));
                double[] p = Host(left);
                double[] q = Host(right);
                for (int i = 0; i < product.Length; i++)
                {
                    (int trial, int row, int column) = (i / (m * n), i / n % m, i % n);
                    double sum = 0;
                    for (int j = 0; j < k; j++)
                    {
                        sum += p[(((trial * m) + row) * k) + j] * q[(((trial * k) + j) * n) + column];
                    }

                    Assert.Near(sum, product[i], 1e-14, $"[{b}, {m}, {k}]·[{b}, {k}, {n}], entry {i}");
                }

                Assert.Equal(
                    new Cost(MultiplyAdds: b * m * k * n, BytesRead: 8L * b * ((m * k) + (k * n)), BytesWritten: 8L * b * m * n), Spent(tape), "cost");
            }
        }),
        Binary("add", (math, a, b) => math.Add(a, b), (a, b) => a + b),
        Binary("subtract", (math, a, b) => math.Subtract(a, b), (a, b) => a - b),
        Binary("multiply", (math, a, b) => math.Multiply(a, b), (a, b) => a * b),
        Binary("divide", (math, a, b) => math.DivideOrZero(a, b, 1e-300), (a, b) => a / b, new Cost(Elementwise: 24)),
        Binary("scale and add", (math, a, b) => math.ScaleAdd(a, -0.25, b), (a, b) => (-0.25 * a) + b, new Cost(MultiplyAdds: 12)),
        Binary("multiply and add", (math, a, b) => math.MultiplyAdd(a, b, a), (a, b) => (a * b) + a, new Cost(MultiplyAdds: 12), operands: 3),
        Unary("scale", (math, a) => math.Scale(a, 3), a => 3 * a, new Cost(Elementwise: 12)),
        Unary("exp", (math, a) => math.Exp(a), Math.Exp, new Cost(Transcendental: 12)),
        Unary("erf", (math, a) => math.Erf(a), MathNet.Numerics.SpecialFunctions.Erf, new Cost(Transcendental: 12)),
        Unary("sigmoid", (math, a) => math.Sigmoid(a), a => 1 / (1 + Math.Exp(-a)), new Cost(Transcendental: 12)),
        Unary("positive", (math, a) => math.Positive(a), a => Math.Max(a, 0), new Cost(Elementwise: 12)),
        Unary("is positive", (math, a) => math.IsPositive(a), a => a > 0 ? 1 : 0, new Cost(Elementwise: 12)),
        Unary("clamp", (math, a) => math.Clamp(a, -0.25, 0.5), a => Math.Clamp(a, -0.25, 0.5), new Cost(Elementwise: 24)),
        Suite.Test("sums, least and greatest entries along an axis", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor tensor = Entries(4, 3);
            double[] entries = Host(tensor);
            double[] Column(int j) => [.. Enumerable.Range(0, 4).Select(i => entries[(i * 3) + j])];
            SeededTape tape = new(1);
            TensorMath math = new(tape);
            for (int j = 0; j < 3; j++)
            {
                Assert.Near(Column(j).Sum(), Host(math.Sum(tensor, -2))[j], 1e-15, "sum");
                Assert.Equal(Column(j).Min(), Host(math.Minimum(tensor, -2))[j], "least");
                Assert.Equal(Column(j).Max(), Host(math.Maximum(tensor, -2))[j], "greatest");
            }

            Assert.Equal(9 * 12.0, tape.Spent(Procedure.Game).Elementwise, "cost");
        }),
        Suite.Test("greatest magnitudes along an axis, and products of columns", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor left, Tensor right) = (Entries(4, 3), Entries(4, 3).Plus(3));
            (double[] p, double[] q) = (Host(left), Host(right));
            SeededTape tape = new(1);
            TensorMath math = new(tape);
            (double[] greatest, double[] products) = (Host(math.GreatestMagnitude(left, 0)), Host(math.ColumnProducts(left, right)));
            for (int j = 0; j < 3; j++)
            {
                int[] column = [.. Enumerable.Range(0, 4).Select(i => (i * 3) + j)];
                Assert.Equal(column.Max(at => Math.Abs(p[at])), greatest[j], "greatest magnitude");
                Assert.Near(column.Sum(at => p[at] * q[at]), products[j], 1e-14, "product");
            }

            math.ChargeOnHost(5);
            Assert.Equal(new Cost(MultiplyAdds: 12, Elementwise: 24 + 5, BytesRead: 96 + 192, BytesWritten: 24 + 24), Spent(tape), "cost");
        }),
        Suite.Test("guarded division, small entries and the greatest one", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            TensorMath math = new(tape);
            Tensor right = tensor(new double[] { 2, 0, -4, 1e-300 });
            Assert.True(Host(math.DivideOrZero(ones(4, float64), right, 1e-200)).SequenceEqual([0.5, 0, -0.25, 0]), "1/x, and 0 for what is small");
            Assert.True(math.Small(right, 1e-200).SequenceEqual([1L, 3L]), "the small ones");
            Assert.Equal(0, math.Small(right, 1e-320).Length - 1, "only 0 is smaller than 1e-320");
            Assert.Equal(2L, math.Greatest(right), "the greatest");
            Assert.Equal(8 + 4 + 4 + 4.0, tape.Spent(Procedure.Game).Elementwise, "cost");
        }),
        Suite.Test("rounding to a storage type is that of StorageType.Round, bit by bit", () =>
        {
            // Every scale with random digits, and near ties: a digit far below one is lost where rounding goes by way of another type.
            double[] values =
            [
                0, -0.0, 1 + Math.ScaleB(1, -8) + Math.ScaleB(1, -40), 1 + Math.ScaleB(1, -11) + Math.ScaleB(1, -40), 65519.99, 65520, -65520, 1e39,
                double.Epsilon, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
                .. Enumerable.Range(0, 20_000).Select(i => BitConverter.UInt64BitsToDouble(Coins.Word(5, (ulong)i))),
                .. from exponent in Enumerable.Range(-160, 300)
                   from i in Enumerable.Range(0, 200)
                   let digits = 1 + (Coins.Below(6, (ulong)((exponent + 160) * 200) + (ulong)i, 1 << 13) / 4096.0)
                   select Math.ScaleB(i % 2 == 0 ? digits : -digits, exponent) * (i % 3 == 0 ? 1 + Math.ScaleB(1, -45) : 1),
            ];
            foreach (StorageType storage in StorageType.All)
            {
                using DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(1);
                Tensor unrounded = tensor(values);
                double[] rounded = Host(new TensorMath(tape).Round(unrounded, storage));
                Assert.True(Host(unrounded).SequenceEqual(values), "the tensor itself"); // NaN equals NaN here
                for (int i = 0; i < values.Length; i++)
                {
                    double expected = storage.Round(values[i]);
                    Assert.True(
                        BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(rounded[i]) || (double.IsNaN(expected) && double.IsNaN(rounded[i])),
                        $"{values[i]:R} in {storage} is {expected:R}, not {rounded[i]:R}");
                }

                long bytes = 8L * values.Length;
                Assert.Equal(
                    storage == StorageType.F64 ? default : new Cost(Elementwise: values.Length, BytesRead: bytes, BytesWritten: bytes), Spent(tape), "cost");
            }
        }),
        Suite.Test("rows cost bytes and no operation", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            Tensor matrix = Entries(4, 3);
            double[] rows = Host(new TensorMath(tape).Rows(matrix, tensor(new long[] { 2, 0, 2 })));
            double[] entries = Host(matrix);
            Assert.True(rows.SequenceEqual([.. entries[6..9], .. entries[0..3], .. entries[6..9]]), "rows 2, 0, 2");
            Assert.Equal(new Cost(BytesRead: 72, BytesWritten: 72), Spent(tape), "cost");
        }),
        Suite.Test("joined rows cost bytes and no operation", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            Tensor above = Entries(1, 3);
            Tensor below = Entries(4, 3);
            Assert.True(Host(new TensorMath(tape).Join(above, below)).SequenceEqual([.. Host(above), .. Host(below)]), "five rows");
            Assert.Equal(new Cost(BytesRead: 120, BytesWritten: 120), Spent(tape), "cost");
        }),
        Suite.Test("random tensors are a function of the tape, within their bound, and centred (false alarm 1e-6)", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            double[] one = Host(TensorCoins.Uniform(new SeededTape(3), 0.5, CPU, 100, 100));
            double[] again = Host(TensorCoins.Uniform(new SeededTape(3), 0.5, CPU, 100, 100));
            Assert.True(one.SequenceEqual(again), "the same tape, the same tensor");
            Assert.True(one.All(x => x is >= -0.5 and < 0.5), "within the bound");
            Assert.Near(0, one.Average(), 4.9 * 0.5 / Math.Sqrt(3 * 10_000), "mean, seed 3");
            Assert.Near(1.0 / 12, one.Average(x => x * x), 4.9 * 0.25 * Math.Sqrt(4.0 / 45) / 100, "variance, seed 3");
            long[] indices = [.. TensorCoins.Indices(new SeededTape(3), 7, 1000, CPU).data<long>()];
            Assert.True(indices.All(i => i is >= 0 and < 7) && indices.Distinct().Count() == 7, "indices below 7, each of them");
        }),
        Suite.Test("normal tensors are a function of the tape, and standard normal (false alarm 1e-6)", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            double[] one = Host(TensorCoins.Normal(new SeededTape(3), CPU, 99, 101));
            Assert.True(one.SequenceEqual(Host(TensorCoins.Normal(new SeededTape(3), CPU, 99, 101))), "the same tape, the same tensor");
            Assert.True(!one.SequenceEqual(Host(TensorCoins.Normal(new SeededTape(4), CPU, 99, 101))), "another tape, another one");
            Assert.Equal(9999, one.Distinct().Count(), "an odd number of entries, none of them twice");
            Assert.Near(0, one.Average(), 4.9 / 100, "mean, seed 3");
            Assert.Near(1, one.Average(x => x * x), 4.9 * Math.Sqrt(2) / 100, "variance, seed 3");
            Assert.Near(0, one.Chunk(2).Where(pair => pair.Length == 2).Average(pair => pair[0] * pair[1]), 4.9 / Math.Sqrt(5000), "covariance of a pair, seed 3");
            double[] sorted = [.. one.Order()];
            double farthest = sorted.Index().Max(x =>
                Math.Max(Math.Abs(Normal(x.Item) - (x.Index / 9999.0)), Math.Abs(Normal(x.Item) - ((x.Index + 1) / 9999.0))));
            Assert.True(farthest < 2.7 / 100, $"Kolmogorov's distance {farthest}, seed 3");

            static double Normal(double x) => MathNet.Numerics.SpecialFunctions.Erfc(-x / Math.Sqrt(2)) / 2;
        }),
        Suite.Test("the loader leaves a library alone that does not ask for the missing symbol", () =>
        {
            Assert.True(TorchLoader.Relaxed([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0]) is null, "an ELF file without it");
            Assert.True(TorchLoader.Relaxed(System.Text.Encoding.ASCII.GetBytes("_ZSt21ios_base_library_initv\0")) is null, "no ELF file");
        }));

    private static Test Binary(string name, Func<TensorMath, Tensor, Tensor, Tensor> run, Func<double, double, double> expected, Cost? cost = null, int operands = 2) =>
        Suite.Test($"{name}, entry by entry and by row", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor a = Entries(4, 3);
            foreach (Tensor b in new[] { Entries(4, 3).Plus(3), Entries(3).Plus(3) }) // the second stands for each row
            {
                SeededTape tape = new(1);
                double[] result = Host(run(new TensorMath(tape), a, b));
                double[] p = Host(a);
                double[] q = Host(b);
                for (int i = 0; i < result.Length; i++)
                {
                    Assert.Near(expected(p[i], q[i % q.Length]), result[i], 1e-15, $"entry {i}");
                }

                Assert.Equal(
                    (cost ?? new Cost(Elementwise: 12)) with { BytesRead = 8L * ((p.Length * (operands - 1)) + q.Length), BytesWritten = 96 }, Spent(tape), "cost");
            }
        });

    private static Test Unary(string name, Func<TensorMath, Tensor, Tensor> run, Func<double, double> expected, Cost cost) =>
        Suite.Test($"{name}, entry by entry", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            Tensor a = Entries(4, 3);
            double[] result = Host(run(new TensorMath(tape), a));
            double[] p = Host(a);
            for (int i = 0; i < result.Length; i++)
            {
                Assert.Near(expected(p[i]), result[i], 1e-15, $"entry {i}");
            }

            Assert.Equal(cost with { BytesRead = 96, BytesWritten = 96 }, Spent(tape), "cost");
        });

    private static Tensor Entries(params long[] shape) => TensorCoins.Uniform(new SeededTape((ulong)shape.Length), 1, CPU, shape);

    private static double[] Host(Tensor tensor) => [.. tensor.contiguous().data<double>()];

    private static Cost Spent(SeededTape tape) => tape.Spent(Procedure.Game);
}
