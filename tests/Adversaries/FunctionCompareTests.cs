using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Games;

namespace Wager.Tests;

internal static class FunctionCompareTests
{
    public static Test All => Suite.Group(
        "function-compare",
        Suite.Test("tosses a coin where the two functions agree within 2δ, and knows where they do not", () =>
        {
            Assert.Equal(Fraction.Zero, Advantage([1, 0, 1]), "outputs 0 and 2 with δ = 1");
            Assert.Equal(Fraction.One, Advantage([1, 0, 0, 1]), "outputs 0 and 3 with δ = 1");
            Assert.Equal(new Fraction(1, 3), Advantage([1, 0, 1, 0, 1]), "outputs 0, 2 and 4 with δ = 1: two of the six pairs are 0 and 4");
        }),
        Suite.Test("costs one Run′ and two Runs", () =>
        {
            Schemes.Clear clear = new();
            Result result = Assert.Exactly(Game.WInd(clear, new FunctionCompare<int, int, int, int, NoKey, NoKey>(clear)));
            Assert.Near(3, result.Cost[Procedure.Adversary].Elementwise, 1e-12, "elementwise operations");
        }));

    /// <summary>Its W-IND advantage where W is released in clear and Run(W, x) = W.</summary>
    private static Fraction Advantage(int[] odds)
    {
        int[][] clear = [.. odds.Select((_, w) => Enumerable.Range(0, odds.Length).Select(r => r == w ? 1 : 0).ToArray())];
        Schemes.Tables.TableScheme scheme = SmallTables.Scheme(odds, clear, delta: 0, outputDelta: 1);
        return Assert.Exact(Game.WInd(scheme, new FunctionCompare<int, int, int, int, int, int>(scheme)));
    }
}
