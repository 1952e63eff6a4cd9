using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>What the façade does to whole matrices: columns, bytes, and least squares.</summary>
internal static class MatrixTests
{
    public static Test All => Suite.Group(
        "tensors",
        Suite.Test("a matrix with other columns in some places is a copy, and costs bytes only", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            Tensor matrix = Entries(4, 3);
            double[] before = Host(matrix);
            double[] replaced = Host(new TensorMath(tape).WithColumns(matrix, [(tensor(new long[] { 2 }), ones(4, 1, float64)), (tensor(new long[] { 0 }), zeros(4, 1, float64))]));
            for (int i = 0; i < 4; i++)
            {
                Assert.True(replaced.AsSpan(i * 3, 3).SequenceEqual([0, before[(i * 3) + 1], 1]), $"row {i}");
            }

            Assert.True(Host(matrix).SequenceEqual(before), "the matrix itself");
            Assert.Equal(new Cost(BytesRead: 96 + 64, BytesWritten: 96 + 64), Spent(tape), "cost");
        }),
        Suite.Test("a matrix of bytes, and the product with it, over several parts of a cache", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            foreach ((int n, int k) in new[] { (4, 3), (700, 97) })
            {
                SeededTape tape = new(1);
                TensorMath math = new(tape);
                (Tensor matrix, Tensor left) = (Entries(n, k), Entries(2, k));
                matrix.select(1, 1).zero_();
                Tensor greatest = math.GreatestMagnitude(matrix, 0);
                Tensor bytes = math.ToBytes(matrix, greatest);
                Tensor product = math.ProductOfBytes(left, bytes);
                (double[] p, double[] l, double[] g, double[] y) = (Host(matrix), Host(left), Host(greatest), Host(product));
                sbyte[] b = [.. bytes.data<sbyte>()];
                for (int at = 0; at < b.Length; at++)
                {
                    double expected = g[at % k] == 0 ? 0 : Math.Round(p[at] / g[at % k] * 127, MidpointRounding.ToEven);
                    Assert.Equal(expected, (double)b[at], $"entry {at}");
                }

                for (int at = 0; at < y.Length; at++)
                {
                    (int row, int column) = (at / n, at % n);
                    Assert.Near(Enumerable.Range(0, k).Sum(j => l[(row * k) + j] * b[(column * k) + j]), y[at], 1e-10, $"product {at}");
                }

                Assert.Equal(
                    new Cost(2.0 * n * k, (2 + 3 + 1) * n * k, 0, (8.0 * n * k) + (8 * n * k) + (8 * k) + (16 * k) + (n * k), (8.0 * k) + (n * k) + (16 * n)), Spent(tape), "cost");
            }
        }),
        Suite.Test("least squares are the pseudo-inverse's, with the rank of tall, wide and deficient matrices, and meet the normal equations", () =>
        {
            foreach ((int m, int k, int n, int rank) in new[] { (7, 4, 2, 4), (4, 4, 1, 4), (3, 5, 2, 3), (1, 6, 3, 1), (8, 5, 2, 3), (4, 6, 1, 2), (5, 1, 1, 1), (4, 3, 2, 0) })
            {
                using DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(1);
                Tensor a = rank == Math.Min(m, k) ? Entries(m, k) : Entries(1, m, rank).squeeze(0).matmul(Entries(rank, k));
                Tensor y = Entries(m, 1, n).squeeze(1);
                LeastSquaresSolution solution = new TensorMath(tape).LeastSquares(a, y);
                string what = $"[{m}, {k}] of rank {rank}";
                Assert.Equal(rank, solution.Rank, what);
                Assert.Equal(Math.Max(m, k) * Math.ScaleB(1, -52), solution.Tolerance, what);
                var plain = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(m, k, (i, j) => a[i, j].item<double>());
                var expected = plain.PseudoInverse() * MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(m, n, (i, j) => y[i, j].item<double>());
                double[] singular = [.. plain.Svd(computeVectors: false).S.OrderDescending()];
                Assert.Near(1, rank == 0 ? 1 : solution.Condition * singular[rank - 1] / singular[0], 1e-9, $"{what}: condition {solution.Condition}");
                double[] x = Host(solution.X);
                for (int j = 0; j < k; j++)
                {
                    for (int column = 0; column < n; column++)
                    {
                        Assert.Near(rank == 0 ? 0 : expected[j, column], x[(j * n) + column], 1e-10 * Math.Min(solution.Condition, 1e6), $"{what}, entry [{j}, {column}]");
                        double gradient = 0;
                        for (int i = 0; i < m; i++)
                        {
                            double residual = -y[i, column].item<double>();
                            for (int l = 0; l < k; l++)
                            {
                                residual += plain[i, l] * x[(l * n) + column];
                            }

                            gradient += plain[i, j] * residual;
                        }

                        Assert.Near(0, gradient, 1e-12, $"{what}: the normal equation [{j}, {column}]");
                    }
                }

                int p = Math.Min(m, k);
                Assert.Equal(
                    new Cost(
                        MultiplyAdds: (m * (k + n) * Math.Min(m, k + n)) + (7 * k * p * p) + (4 * p * p * p) + (p * (p + k) * n),
                        Elementwise: p * n, BytesRead: 8L * m * (k + n), BytesWritten: 8L * k * n),
                    Spent(tape), $"cost of {what}");
            }
        }),
        Suite.Test("the norm is the root of the sum of squares", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            Tensor matrix = Entries(4, 3);
            Assert.Near(Math.Sqrt(Host(matrix).Sum(entry => entry * entry)), new TensorMath(tape).Norm(matrix), 1e-15, "norm");
            Assert.Equal(new Cost(MultiplyAdds: 12, BytesRead: 96), Spent(tape), "cost");
        }));

    private static Tensor Entries(params long[] shape) => TensorCoins.Uniform(new SeededTape((ulong)shape.Length), 1, CPU, shape);

    private static double[] Host(Tensor tensor) => [.. tensor.contiguous().data<double>()];

    private static Cost Spent(SeededTape tape) => tape.Spent(Procedure.Game);
}
