using Expecto;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;

namespace Wager.Tests;

internal static class BitsTests
{
    private static readonly Arbitrary<(bool[] P, bool[] Q)> _pairs = Arb.From(
        from lanes in Gen.Choose(1, 9)
        from alone in Gen.Elements(false, true)
        from p in Gen.Elements(false, true).ArrayOf(lanes)
        from q in Gen.Elements(false, true).ArrayOf(alone ? 1 : lanes)
        select (p, q));

    public static Test All => Suite.Group(
        "Bits",
        Suite.Property("each gate is the gate of bool in every lane, one bit standing for all lanes", _pairs, pair =>
        {
            bool Q(int lane) => pair.Q[pair.Q.Length == 1 ? 0 : lane];
            Bits p = new(pair.P);
            Bits q = pair.Q.Length == 1 ? new(pair.Q[0]) : new(pair.Q);
            Holds(p ^ q, lane => pair.P[lane] ^ Q(lane));
            Holds(p & q, lane => pair.P[lane] & Q(lane));
            Holds(p | q, lane => pair.P[lane] | Q(lane));
            Holds(p == q, lane => pair.P[lane] == Q(lane));
            Holds(q != p, lane => pair.P[lane] != Q(lane));
            Holds(!p, lane => !pair.P[lane]);
        }),
        Suite.Test("lanes of different numbers do not meet", () =>
            Assert.Throws<ArgumentException>(() => _ = new Bits([true, false]) ^ new Bits([true, false, true]), "2 lanes and 3")),
        Suite.Test("bits need a lane", () => Assert.Throws<ArgumentException>(() => _ = new Bits([]), "no lanes")),
        Suite.Test("distances compare in every lane, and NaN is within nothing", () =>
        {
            Distances d = new([0, 1, 2, double.NaN]);
            Assert.Equal("1100", (d <= 1).ToString(), "≤ 1");
            Assert.Equal("1000", (d < 1).ToString(), "< 1");
            Assert.Equal("0010", (d > 1).ToString(), "> 1");
            Assert.Equal("0110", (d >= 1).ToString(), "≥ 1");
            Assert.Equal("0", (new Distances(double.NaN) <= double.PositiveInfinity).ToString(), "NaN ≤ ∞");
        }),
        Suite.Test("a tolerance is a threshold on a distance, and only an absolute one is a metric", () =>
        {
            Tolerance<double> near = new("difference", (a, b) => Math.Abs(a - b), 0.5);
            Assert.Equal(Bits.One, near.Same(1, 1.5), "within δ, δ included");
            Assert.Equal(Bits.Zero, near.Same(1, 1.6), "beyond δ");
            Assert.Equal(Bits.One, near.Times(2).Same(1, 2), "within 2δ");
            Assert.True(near.IsMetric, "an absolute difference is a metric");
            Tolerance<double> relative = new("relative error", (a, b) => Math.Abs(a - b) / Math.Abs(b), 0.5, ToleranceUnit.RelativePerEntry);
            Assert.True(!relative.IsMetric, "relative error per entry is none");
            Assert.Equal(Bits.One, relative.Same(1.5, 1), "1.5 is within 50 % of 1"); // W₀ = 1, W₁ = 3, W* = 1.5 is close to both
            Assert.Equal(Bits.One, relative.Same(1.5, 3), "1.5 is within 50 % of 3");
            Assert.Equal(Bits.Zero, relative.Same(1, 3), "1 is not within 50 % of 3");
        }));

    private static void Holds(Bits bits, Func<int, bool> expected)
    {
        for (int lane = 0; lane < bits.Lanes.Length; lane++)
        {
            Assert.Equal(expected(lane), bits.Lanes[lane], $"lane {lane} of {bits}");
        }
    }
}
