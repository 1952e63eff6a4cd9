using System.Text.Json.Nodes;
using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary><c>reproduce effinf</c>, and what it stands on.</summary>
internal static class EffInfTests
{
    public static Test All => Suite.Group(
        "effinf",
        Suite.Test("reproduce effinf: what wins for one input, what only over many, and what never pays", () =>
        {
            JsonNode json = Figures.Reproduce("effinf", "--dims", "8,32", "--trials", "20");
            JsonNode[] sizes = [.. json["sizes"]!.AsArray().Select(size => size!)];
            Assert.Equal("8 32", string.Join(' ', sizes.Select(size => (int)size["d"]!)), "sizes");
            foreach (JsonNode size in sizes)
            {
                Dictionary<string, JsonNode> rows = size["adversaries"]!.AsArray().ToDictionary(row => (string)row!["adversary"]!, row => row!);
                Assert.Equal(
                    "collapse collapse(16) collapse(all) truncate(2) truncate(4) truncate(7) quantise(int8) eq8(recovery) eq8(recovery(one)) eq8(pairwise)", string.Join(' ', rows.Keys), "adversaries");
                Assert.Equal((1.0, 1.0), ((double)rows["collapse"]["advantage"]!, (double)rows["collapse"]["withinBudget"]!), "collapse: wins, within the budget");
                Assert.True((double)rows["collapse"]["cost"]! < 0.4, "collapse: cost");
                Assert.True((double)rows["eq8(recovery)"]["cost"]! > 10 && (double)rows["eq8(recovery)"]["breakEven"]! is > 10 and < 1000, "eq8(recovery): cost and m*");
                Assert.True((double)rows["eq8(recovery(one))"]["cost"]! < (double)rows["eq8(recovery)"]["cost"]!, "from one order it costs less");
                Assert.Equal(16, (int)size["mlps"]!, "MLPs");
                Assert.True(rows["quantise(int8)"]["breakEven"] is null && (double)rows["quantise(int8)"]["bytesOfInference"]! < 0.8, "quantise(int8) never pays, but in bytes");
                Assert.Equal((double)rows["truncate(7)"]["cost"]!, (double)rows["truncate(7)"]["costOfInference"]!, "truncate(7) prepares nothing");
            }

            string conclusions = string.Join('\n', json["conclusions"]!.AsArray().Select(line => (string)line!));
            foreach (string part in new[]
            {
                "by the collapse: it wins EffInf for one input at d = 8, 32", "by eq8(recovery): it costs less than Run′ only over many inputs at d = 8 (", "by eq8(recovery(one)): it costs less than Run′ only over",
                "quantise(int8): it pays for no number of inputs at d = 8, 32",
            })
            {
                Assert.Contains(part, conclusions, "conclusions");
            }
        }),
        Suite.Test("wrong sizes are refused in one line", () =>
        {
            foreach (string dims in new[] { "8,", "32,8", "0", "8,8", "5000", "x" })
            {
                CommandLine.Outcome outcome = CommandLine.Run(["reproduce", "effinf", "--dims", dims]);
                Assert.Equal(2, outcome.Code, $"exit code of --dims {dims}");
                Assert.Contains($"--dims {dims}: must be ascending whole numbers from 1 to 4096", outcome.Error, "the line");
            }
        }),
        Suite.Test("MLPs released once are released as the scheme releases them, and no other is", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            using ReleasedMlps mlps = new(6, 5, seed: 3);
            (MlpWeights weights, TaylorRelease released) = mlps.First;
            TaylorRelease again = TaylorRelease.Of(weights, new GivenMlps("the same", weights.Shape, 1, _ => weights).Calibration(CPU), 5, Activation.Gelu, new SeededTape(1));
            Assert.True(TaylorMlpScheme.Identical(released, again).Lanes[0], "the release");
            Assert.True(ReferenceEquals(released, mlps.Release(default, weights, new SeededTape(1))), "handed out");
            Assert.Throws<ArgumentException>(() => mlps.Release(default, weights with { C = weights.B }, new SeededTape(1)), "another MLP");
            MlpWeights[] drawn = [.. Enumerable.Range(0, 400).Select(i => mlps.Train(new SeededTape((ulong)i)))];
            Assert.Equal(16, drawn.Distinct(ReferenceEqualityComparer.Instance).Count(), "all of sixteen are drawn (false alarm 1e-10)");
        }),
        Suite.Test("exponents of costs that are powers are those powers, and each is its own procedure's", () =>
        {
            (double released, double run, double ratio) = new Slowdown("N", [.. new[] { 1, 2, 4, 8 }.Select(n => (n, 5.0 * n, 2.0 * n * n * n))]).Exponents;
            foreach ((double expected, double exponent, string what) in new[] { (3, released, "Run′"), (1, run, "Run"), (2, ratio, "their ratio") })
            {
                Assert.Near(expected, exponent, 1e-12, what);
            }
        }),
        Suite.Test("Run and Run′ cost what is counted by hand, whatever N, d and h are", () =>
        {
            foreach (Slowdown slowdown in Slowdown.All())
            {
                foreach ((int value, double run, double released) in slowdown.Points)
                {
                    (int d, int h, int n) = slowdown.Parameter switch { "N" => (64, 256, value), "d" => (value, 256, 8), _ => (64, value, 8) };
                    // Run: Vx, b, GELU (x·Φ(x): a scale, a sum, two products and an erf), W and c; Run′: Vx, z₀, the powers, N products and sums.
                    Assert.Equal((4.0 * d * h) + h + ((4 + 10) * h) + d, run, $"{slowdown.Parameter} = {value}: Run");
                    Assert.Equal((2.0 * d * h) + h + ((n - 1) * h) + (n * ((2.0 * d * h) + d)), released, $"{slowdown.Parameter} = {value}: Run′");
                }
            }
        }));
}
