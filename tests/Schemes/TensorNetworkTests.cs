using Expecto;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>What the façade has for transformers, against plain loops, and its charge against its shape.</summary>
internal static class TensorNetworkTests
{
    private const double Within = 1e-12;

    public static Test All => Suite.Group(
        "tensors of transformers",
        Suite.Test("layer norm, and the norm by the root mean square", () =>
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            const int Rows = 3, Width = 7;
            const double Epsilon = 0.01;
            SeededTape layer = new(1), root = new(1);
            (Tensor x, Tensor weight, Tensor bias) = (Made(1, Rows, Width), Made(2, Width), Made(3, Width));
            double[] normed = Host(new TensorMath(layer).LayerNorm(x, weight, bias, Epsilon));
            double[] scaled = Host(new TensorMath(root).RootMeanSquareNorm(x, weight, Epsilon));
            (double[] entries, double[] w, double[] b) = (Host(x), Host(weight), Host(bias));
            for (int row = 0; row < Rows; row++)
            {
                double[] here = entries[(row * Width)..((row + 1) * Width)];
                double mean = here.Average(), variance = here.Average(e => (e - mean) * (e - mean)), square = here.Average(e => e * e);
                for (int j = 0; j < Width; j++)
                {
                    Near((((here[j] - mean) / Math.Sqrt(variance + Epsilon)) * w[j]) + b[j], normed[(row * Width) + j], "layer norm");
                    Near(here[j] / Math.Sqrt(square + Epsilon) * w[j], scaled[(row * Width) + j], "root mean square");
                }
            }

            Charged(layer, new(MultiplyAdds: 2 * 21, Elementwise: 3 * 21, Transcendental: 3, BytesRead: 8 * (21 + 14), BytesWritten: 8 * 21));
            Charged(root, new(MultiplyAdds: 21, Elementwise: 2 * 21, Transcendental: 3, BytesRead: 8 * (21 + 7), BytesWritten: 8 * 21));
        }),
        Suite.Test("pairs of entries are turned, the first half with the second, and the rest stays", () =>
        {
            foreach ((int half, int width) in new[] { (2, 4), (2, 6), (1, 5) })
            {
                using TorchSharp.DisposeScope scope = NewDisposeScope();
                const int Batch = 2, Heads = 3, Count = 2;
                SeededTape tape = new(1);
                (Tensor x, Tensor angles) = (Made(1, Batch, Heads, Count, width), Made(2, Batch, 1, Count, half));
                double[] turned = Host(new TensorMath(tape).Turned(x, angles.cos(), angles.sin()));
                (double[] before, double[] by) = (Host(x), Host(angles));
                for (int i = 0; i < before.Length; i += width)
                {
                    int angle = (((i / width / Heads / Count * Count) + (i / width % Count)) * half);
                    for (int j = 0; j < width; j++)
                    {
                        (double cos, double sin) = j < 2 * half ? (Math.Cos(by[angle + (j % half)]), Math.Sin(by[angle + (j % half)])) : (1, 0);
                        double other = j < half ? -before[i + j + half] : j < 2 * half ? before[i + j - half] : 0;
                        Near((before[i + j] * cos) + (other * sin), turned[i + j], $"entry {j} of {width}");
                    }
                }

                long entries = Batch * Heads * Count * 2 * half;
                Charged(tape, new(MultiplyAdds: entries, Elementwise: entries, BytesRead: 8 * (x.numel() + (2 * angles.numel())), BytesWritten: 8 * x.numel()));
            }
        }),
        Suite.Test("attention, with heads that share keys and values, and with a mask", () =>
        {
            foreach ((int heads, int groups, int count, bool isMasked) in new[] { (4, 4, 3, true), (4, 2, 3, true), (6, 2, 1, false), (4, 1, 2, false), (4, 2, 1, true) })
            {
                using TorchSharp.DisposeScope scope = NewDisposeScope();
                const int Batch = 2, Length = 5, Width = 3;
                SeededTape tape = new(1);
                (Tensor q, Tensor k, Tensor v) = (Made(1, Batch, heads, count, Width), Made(2, Batch, groups, Length, Width), Made(3, Batch, groups, Length, Width));
                Tensor? mask = isMasked ? Made(4, Batch, 1, count, Length) : null;
                double[] found = Host(new TensorMath(tape).Attention(q, k, v, mask));
                int place = 0;
                for (int text = 0; text < Batch; text++)
                {
                    for (int head = 0; head < heads; head++)
                    {
                        int group = head / (heads / groups);
                        for (int t = 0; t < count; t++)
                        {
                            double[] weights = [.. Enumerable.Range(0, Length).Select(s => Math.Exp(
                                (Enumerable.Range(0, Width).Sum(j => At(q, text, head, t, j) * At(k, text, group, s, j)) / Math.Sqrt(Width)) + (mask is null ? 0 : At(mask, text, 0, t, s))))];
                            for (int j = 0; j < Width; j++)
                            {
                                Near(Enumerable.Range(0, Length).Sum(s => weights[s] * At(v, text, group, s, j)) / weights.Sum(), found[place++], $"{heads} heads, {groups} groups");
                            }
                        }
                    }
                }

                long pairs = Batch * heads * count * Length;
                Charged(tape, new(
                    MultiplyAdds: 2 * Width * pairs, Elementwise: 3 * pairs, Transcendental: pairs,
                    BytesRead: 8 * (q.numel() + k.numel() + v.numel() + (mask?.numel() ?? 0)), BytesWritten: 8 * q.numel()));
            }
        }),
        Suite.Test("what is widened or rounded to another type costs bytes alone, and nothing where it is of that type", () =>
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            SeededTape tape = new(1);
            TensorMath math = new(tape);
            Tensor wide = Made(1, 5);
            Tensor narrow = math.As(wide, ScalarType.BFloat16);
            Charged(tape, new(BytesRead: 40, BytesWritten: 10));
            Assert.Equal(ScalarType.Float32, math.Widened(narrow).dtype, "16 bits are widened");
            Charged(tape, new(BytesRead: 50, BytesWritten: 30));
            Assert.Equal(ScalarType.Float64, math.Widened(wide).dtype, "64 bits are not");
            math.As(wide, ScalarType.Float64);
            Charged(tape, new(BytesRead: 50, BytesWritten: 30));
        }));

    private static Tensor Made(ulong key, params long[] shape) => TensorCoins.Normal(key, CPU, shape);

    private static double[] Host(Tensor tensor) => tensor.contiguous().data<double>().ToArray();

    private static double At(Tensor tensor, params long[] place) => tensor[place[0], place[1], place[2], place[3]].item<double>();

    private static void Near(double expected, double found, string what) =>
        Assert.True(Math.Abs(expected - found) <= Within * Math.Max(1, Math.Abs(expected)), $"{what}: {found:R} instead of {expected:R}");

    private static void Charged(SeededTape tape, Cost expected) => Assert.Equal(expected, tape.Spent(Procedure.Game), "the charge");
}
