using Expecto;
using FsCheck;
using FsCheck.Fluent;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>The signs of V's rows in files of the public code's releases: how they are drawn, and how rows are flipped piece by piece.</summary>
internal static class RowSignsTests
{
    private static readonly Arbitrary<(int Seed, int Rows, int Width, StorageType Storage)> _matrices = Arb.From(
        from seed in Gen.Choose(0, 1_000_000)
        from rows in Gen.Choose(1, 6)
        from width in Gen.Choose(1, 7)
        from storage in Gen.Elements<StorageType>([.. StorageType.All])
        select (seed, rows, width, storage));

    public static Test All => Suite.Group(
        "row signs",
        Suite.Property("rows of sign −1 are negated and no others, whole, cut in two between any two entries, or entry by entry", _matrices, shape =>
        {
            (int seed, int rows, int width, StorageType storage) = shape;
            int size = storage.Size;
            double[] signs = RowSigns.Draw((ulong)seed, "signs", rows);
            byte[] matrix = new byte[rows * width * size];
            SyntheticModel.Fill((ulong)seed, "V", 1, storage, matrix);
            TensorEntry entry = new("V", storage.Code, [rows, width], 0, matrix.Length);
            byte[] Flipped(params int[] cuts)
            {
                byte[] flipped = [.. matrix];
                foreach ((int from, int to) in cuts.Prepend(0).Zip(cuts.Append(rows * width)))
                {
                    RowSigns.Flip(entry, (long)from * size, flipped.AsSpan(from * size, (to - from) * size), signs);
                }

                return flipped;
            }

            byte[] whole = Flipped();
            for (int at = 0; at < rows * width; at++)
            {
                double expected = signs[at / width] * storage.Read(matrix.AsSpan(at * size, size));
                Assert.Equal(expected, storage.Read(whole.AsSpan(at * size, size)), $"entry {at}");
                Assert.True(whole.AsSpan().SequenceEqual(Flipped(at)), $"cut before entry {at}");
            }

            Assert.True(whole.AsSpan().SequenceEqual(Flipped([.. Enumerable.Range(1, (rows * width) - 1)])), "entry by entry");
        }),
        Suite.Test("signs are a function of the seed and the path, both of them, fair, and the same however many are drawn", () =>
        {
            const int Count = 1000;
            double[] signs = RowSigns.Draw(1, "model.layers.0.mlp", Count);
            Assert.True(signs.All(sign => sign is 1 or -1), "1 or −1");
            Assert.True(signs.AsSpan().SequenceEqual(RowSigns.Draw(1, "model.layers.0.mlp", Count)), "drawn again");
            Assert.True(signs.AsSpan(0, 10).SequenceEqual(RowSigns.Draw(1, "model.layers.0.mlp", 10)), "ten of them");
            double[] ofSeed = RowSigns.Draw(2, "model.layers.0.mlp", Count);
            double[] ofPath = RowSigns.Draw(1, "model.layers.1.mlp", Count);
            // Seeded, so that it fails always or never: sums and products of a thousand fair signs are within five deviations, 5·√1000.
            foreach ((string name, double sum) in new[]
            {
                ("as many of both", signs.Sum()), ("another seed, independent", signs.Zip(ofSeed, (a, b) => a * b).Sum()), ("another path, independent", signs.Zip(ofPath, (a, b) => a * b).Sum()),
            })
            {
                Assert.Near(0, sum, 5 * Math.Sqrt(Count), name);
            }
        }));
}
