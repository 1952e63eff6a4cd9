using System.Runtime.Intrinsics;
using Expecto;
using FsCheck;
using FsCheck.Fluent;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

internal static unsafe class StorageFormatTests
{
    /// <summary>Floats of every kind, many of them halfway between two 16-bit numbers.</summary>
    private static readonly Arbitrary<float[]> _floats = Arb.From(
        from bits in Gen.ArrayOf(
            from high in Gen.Choose(0, 0xFFFF)
            from low in Gen.Elements(0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x0FFF, 0x1000, 0x1001)
            select ((uint)high << 16) | (uint)low,
            64)
        select bits.Select(BitConverter.UInt32BitsToSingle).Select(value => float.IsFinite(value) ? value : 1).ToArray());

    public static Test All => Suite.Group(
        "storage formats",
        Suite.Test("all 65,536 numbers of 16 bits are read as StorageType reads them, as float32 and as float64", () =>
        {
            Reads<StorageFormats.BF16>();
            Reads<StorageFormats.F16>();
        }),
        Suite.Property("floats are rounded as StorageType rounds them, in every vector form", _floats, values =>
        {
            Writes<StorageFormats.BF16>(values);
            Writes<StorageFormats.F16>(values);
            Writes<StorageFormats.F32>(values);
            Writes<StorageFormats.F64>(values);
        }),
        Suite.Test("the end of a row is read as if zeros followed, and nothing is written beyond it", () =>
        {
            byte[] bytes = Enumerable.Repeat((byte)0xAB, 64).ToArray();
            fixed (byte* row = bytes)
            {
                Vector512<float> values = Vector512.Create(1.5f);
                StorageLanes<float>.Store<StorageFormats.BF16>(values, row, 16, 21);
                Assert.Equal(0xAB, bytes[31], "the byte before");
                Assert.Equal(0xAB, bytes[42], "the byte behind");
                Vector512<float> read = StorageLanes<float>.Load<StorageFormats.BF16>(row, 16, 21);
                Assert.Equal("1.5 1.5 1.5 1.5 1.5 0", string.Join(' ', Enumerable.Range(0, 6).Select(lane => read[lane])), "five entries and what follows");
            }
        }),
        Suite.Test("2^−e by the exponent, at least that of the least normal number", () =>
        {
            foreach ((float value, int least, float expected) in new[] { (5f, -126, 0.25f), (-0.75f, -126, 2f), (0f, -14, 16384f), (1e-6f, -14, 16384f), (1e-6f, -126, 1 << 20) })
            {
                Assert.Equal(expected, StorageLanes<float>.InversePowerOfTwo(Vector512.Create(value), least)[0], $"{value}, {least}");
                Assert.Equal((double)expected, StorageLanes<double>.InversePowerOfTwo(Vector512.Create((double)value), least)[0], $"{value}, {least} in float64");
            }
        }),
        Suite.Test("a released layer is W·Act⁽ⁿ⁾(x₀)/n! around the rounded z₀, entry by entry, in every storage type", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                foreach (StorageType weights in StorageType.All)
                {
                    foreach (bool gated in new[] { false, true })
                    {
                        using SyntheticLayer made = new(5, 37, Activation.Gelu, storage, 1.5, gated, order: 6, weights: weights);
                        Holds(made, $"{weights} to {storage}{(gated ? ", gated" : "")}");
                    }
                }
            }
        }),
        Suite.Test("a layer's release is that of tensors", () =>
        {
            using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
            using SyntheticLayer made = new(6, 20, Activation.Silu, StorageType.F64, 1, order: 5);
            TorchSharp.torch.Tensor Tensor(double[] values, params long[] shape) => TorchSharp.torch.tensor(values, shape);
            double[] w = [.. Enumerable.Range(0, 120).Select(k => made.Weights.Entry(k / 20, k % 20))];
            double[] v = new double[20 * 20];
            for (int j = 0; j < 20; j++)
            {
                v[(j * 20) + j] = 1; // so that z = x, and one input is z₀
            }

            MlpWeights weights = new(Tensor(v, 20, 20), Tensor(made.Weights.B, 20), Tensor(w, 6, 20), Tensor(made.Weights.C!, 6));
            TaylorRelease released = TaylorRelease.Of(weights, Tensor(made.Z0, 1, 20), 5, Activation.Silu, new Games.SeededTape(1));
            double[] theta = RandomMlp.Host(released.Theta);
            for (int k = 0; k < theta.Length; k++)
            {
                Assert.Near(theta[k], made.Layer.Entry(1 + (k / 120), k % 120 / 20, k % 20), 1e-15, $"Θ[{k}]");
            }

            Assert.Near(0, released.Theta0.sub(Tensor(made.Layer.Theta0, 6)).abs().max().item<double>(), 1e-14, "θ₀");
        }));

    private static void Holds(SyntheticLayer made, string which)
    {
        ReleasedLayer layer = made.Layer;
        double[] g = new double[layer.Order + 1];
        double[] theta0 = new double[layer.Outputs];
        double[] greatest = new double[layer.Outputs];
        for (int j = 0; j < layer.Hidden; j++)
        {
            Assert.Equal(layer.Storage.Round(made.Z0[j]), layer.Z0[j], $"{which}: z₀[{j}]");
            layer.Activation.TaylorCoefficients(made.X0(j), g);
            for (int i = 0; i < layer.Outputs; i++)
            {
                double w = made.Weights.Entry(i, j);
                theta0[i] += w * g[0];
                for (int n = layer.LeastOrder; n <= layer.Order; n++)
                {
                    double exact = w * g[n];
                    double room = (1.001 * Math.Abs(exact) * layer.Storage.Roundoff) + (layer.Storage.LeastSubnormal / 2) + (layer.Storage.Size >= 4 ? 1e-15 * Math.Abs(exact) : 0);
                    Assert.Near(exact, layer.Entry(n, i, j), room, $"{which}: Θ_{n}[{i}, {j}]");
                    greatest[i] = Math.Max(greatest[i], Math.Abs(exact));
                }
            }
        }

        for (int i = 0; i < layer.Outputs; i++)
        {
            Assert.Near(greatest[i], made.Greatest[i], 1e-6 * greatest[i], $"{which}: the greatest in row {i}");
            if (!layer.IsGated)
            {
                double exact = theta0[i] + made.Weights.C![i];
                Assert.Near(exact, layer.Theta0[i], (Math.Abs(exact) * layer.Storage.Roundoff) + 1e-7, $"{which}: θ₀[{i}]");
            }
        }
    }

    private static void Reads<TFormat>()
        where TFormat : struct, IStorageFormat
    {
        ushort[] entries = new ushort[16];
        for (int first = 0; first <= ushort.MaxValue; first += 16)
        {
            for (int lane = 0; lane < 16; lane++)
            {
                entries[lane] = (ushort)(first + lane);
            }

            fixed (ushort* at = entries)
            {
                Vector512<float> singles = TFormat.LoadSingle((byte*)at);
                Vector512<double> doubles = TFormat.LoadDouble((byte*)at);
                for (int lane = 0; lane < 16; lane++)
                {
                    double expected = TFormat.Type.Read(BitConverter.GetBytes(entries[lane]));
                    Assert.True(expected.Equals((double)singles[lane]), $"{TFormat.Type} {entries[lane]:X4} as float32: {expected}, {singles[lane]}");
                    Assert.True(lane >= 8 || expected.Equals(doubles[lane]), $"{TFormat.Type} {entries[lane]:X4} as float64");
                }
            }
        }
    }

    private static void Writes<TFormat>(float[] values)
        where TFormat : struct, IStorageFormat
    {
        byte[] expected = new byte[TFormat.Size];
        byte[] written = new byte[16 * sizeof(double)];
        fixed (byte* at = written)
        {
            for (int first = 0; first < values.Length; first += 16)
            {
                TFormat.Store(Vector512.Create<float>(values.AsSpan(first, 16)), at);
                Check(first, 16);
                TFormat.Store(Vector512.Create<double>(values.AsSpan(first, 8).ToArray().Select(value => (double)value).ToArray()), at);
                Check(first, 8);
            }
        }

        void Check(int first, int count)
        {
            for (int lane = 0; lane < count; lane++)
            {
                TFormat.Type.Write(values[first + lane], expected);
                Assert.True(
                    expected.AsSpan().SequenceEqual(written.AsSpan(lane * TFormat.Size, TFormat.Size)),
                    $"{TFormat.Type} of {values[first + lane]:R}: {Convert.ToHexString(written.AsSpan(lane * TFormat.Size, TFormat.Size))}, expected {Convert.ToHexString(expected)}");
            }
        }
    }
}
