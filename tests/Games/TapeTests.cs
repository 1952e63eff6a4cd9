using Expecto;
using Fractions;
using FsCheck.Fluent;
using Wager.Games;

namespace Wager.Tests;

internal static class TapeTests
{
    public static Test All => Suite.Group(
        "tapes",
        Suite.Test("a trial's coins do not depend on the trials before it", () =>
        {
            SeededTape inOrder = new(7);
            string[] expected = [.. Enumerable.Range(0, 50).Select(trial => Drawn(inOrder, trial))];
            SeededTape backwards = new(7);
            for (int trial = 49; trial >= 0; trial--)
            {
                Assert.Equal(expected[trial], Drawn(backwards, trial), $"trial {trial}");
            }

            Assert.Equal(50, expected.Distinct().Count(), "trials that differ");
            Assert.True(Drawn(new SeededTape(8), 0) != expected[0], "another seed draws other coins");
        }),
        Suite.Test("a procedure's n-th stream does not depend on what other procedures drew", () =>
        {
            SeededTape one = new(3);
            one.Rewind(5);
            one.For(Procedure.KGen).Draw(100);
            one.For(Procedure.KGen).Coin();
            int first = one.For(Procedure.Train).Draw(1_000_000);
            int second = one.For(Procedure.Train).Draw(1_000_000);
            SeededTape other = new(3);
            other.Rewind(5);
            Assert.Equal(first, other.For(Procedure.Train).Draw(1_000_000), "the first call of Train");
            other.For(Procedure.Release).Keys();
            Assert.Equal(second, other.For(Procedure.Train).Draw(1_000_000), "the second call of Train");
            Assert.True(first != second, "the two calls draw different coins");
            Assert.True(other.For(Procedure.Adversary).Draw(1_000_000) != first, "the adversary does not share Train's coins");
        }),
        Suite.Test("the coins of key 1 are what they were: results of old seeds stay valid", () =>
        {
            Assert.Equal(0x910A2DEC89025CC0UL, Coins.Word(1, 0), "word 0: the first number of SplitMix64 with seed 1, fed forward");
            Assert.Equal("5 7 1 2 5 1 6 6 7 5", string.Join(' ', Enumerable.Range(0, 10).Select(trial => Trial(1, trial).Draw(10))), "ten trials");
        }),
        Suite.Test("outcomes come with their odds (false alarm 1e-6 each)", () =>
        {
            int[] odds = [3, 0, 1, 6];
            long[] seen = new long[odds.Length];
            SeededTape tape = new(11);
            const int Draws = 200_000;
            for (int trial = 0; trial < Draws; trial++)
            {
                tape.Rewind(trial);
                seen[tape.DrawByOdds(odds)]++;
            }

            for (int i = 0; i < odds.Length; i++)
            {
                Interval interval = Interval.ClopperPearson(seen[i], Draws, 1 - 1e-6);
                Assert.True(interval.Low <= odds[i] / 10.0 && odds[i] / 10.0 <= interval.High, $"outcome {i}: {seen[i]} of {Draws}, seed 11");
            }

            Assert.Equal(0L, seen[1], "an outcome without odds");
        }),
        Suite.Test("odds that are none are refused, by every tape", () =>
        {
            foreach (Tape tape in new Tape[] { new SeededTape(1), new PathTape() })
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => tape.Draw(0), "no outcome");
                Assert.Throws<ArgumentOutOfRangeException>(() => tape.DrawByOdds(1, -1), "negative odds");
                Assert.Throws<ArgumentOutOfRangeException>(() => tape.DrawByOdds(0, 0), "no odds");
                Assert.Throws<ArgumentOutOfRangeException>(() => tape.DrawByOdds(int.MaxValue, 1), "odds beyond 2³¹");
                Assert.Throws<ArgumentOutOfRangeException>(() => tape.DrawBiased(3, 2), "a probability above 1");
                Assert.Throws<ArgumentOutOfRangeException>(() => tape.DrawBiased(-1, 2), "a probability below 0");
            }
        }),
        Suite.Property(
            "paths cover every outcome once, and their probabilities sum to exactly 1",
            Arb.From(Gen.Choose(1, 6).ArrayOf(4)),
            sides =>
            {
                PathTape tape = new();
                HashSet<string> seen = [];
                Ratio sum = Ratio.Zero;
                do
                {
                    tape.Begin();
                    int first = tape.Draw(sides[0]);
                    int second = tape.DrawByOdds([sides[1], 0, sides[2]]);
                    int third = first == 0 ? tape.Draw(sides[3]) : -1; // paths of different lengths
                    Assert.True(seen.Add($"{first} {second} {third}"), $"{first} {second} {third} came twice");
                    Assert.True(second != 1, "an outcome without odds came");
                    sum += tape.Probability;
                }
                while (tape.Advance());
                Assert.Equal(Ratio.One, sum, "the sum");
                Assert.Equal(2 * (sides[3] + sides[0] - 1), seen.Count, "paths");
            }),
        Suite.Property(
            "exact sums stay exact beyond 128 bits",
            Arb.From(Gen.Choose(1, int.MaxValue - 1).ArrayOf(12)),
            numerators =>
            {
                Ratio product = Ratio.One;
                Ratio sum = Ratio.Zero;
                Fraction expectedProduct = Fraction.One;
                Fraction expectedSum = Fraction.Zero;
                foreach (int n in numerators)
                {
                    product *= new Ratio((ulong)n, int.MaxValue);
                    sum += product / new Ratio(3, (ulong)n);
                    expectedProduct *= new Fraction(n, int.MaxValue);
                    expectedSum += expectedProduct * n / 3;
                }

                Assert.Equal(expectedProduct, new Fraction(product.Numerator, product.Denominator), "product");
                Assert.Equal(expectedSum, new Fraction(sum.Numerator, sum.Denominator), "sum");
                Assert.Near(expectedSum.ToDouble() / sum.ToDouble(), 1, 1e-9, "as a double");
            },
            count: 50),
        Suite.Test("a procedure with coins of its own is caught when paths are replayed", () =>
        {
            int hidden = 0;
            PathTape tape = new();
            Assert.Throws<ImpureProcedureException>(
                () =>
                {
                    do
                    {
                        tape.Begin();
                        tape.Draw(2 + hidden++);
                        tape.Draw(2);
                    }
                    while (tape.Advance());
                },
                "a draw that changes");
            PathTape other = new();
            other.Begin();
            other.Draw(2);
            other.Advance();
            other.Begin();
            Assert.Throws<ImpureProcedureException>(() => other.Advance(), "a draw that is left out");
            Game remembers = Game.WRec(new Schemes.Uniform(2), new DrawsOnce());
            Assert.Throws<ImpureProcedureException>(() => Assert.Exactly(remembers), "an adversary with a memory is not just broken");
        }),
        Suite.Test("a conditional draw charges what it spends, rejected attempts included, and by paths their mean", () =>
        {
            static int Charging(Tape tape)
            {
                tape.For(Procedure.Train).Charge(new Cost(Elementwise: 3));
                return tape.Draw(4);
            }

            static int Draw(Tape tape) => tape.Given(Charging, v => new Bits(v == 0), (_, _, one) => one);
            PathTape paths = new();
            paths.Begin();
            Draw(paths);
            Assert.Near(12, paths.Spent(Procedure.Train).Elementwise, 1e-12, "by paths: four attempts in the mean");
            SeededTape seeded = new(1);
            const int Draws = 20_000;
            double spent = 0;
            for (int trial = 0; trial < Draws; trial++)
            {
                seeded.Rewind(trial);
                Draw(seeded);
                spent += seeded.Spent(Procedure.Train).Elementwise;
            }

            // The number of attempts has mean 4 and variance 12.
            Assert.Near(12, spent / Draws, 4.9 * 3 * Math.Sqrt(12.0 / Draws), "by seed 1 (false alarm 1e-6)");
        }),
        Suite.Test("an adversary whose conditional draws cost something cannot be enumerated", () =>
        {
            PathTape paths = new();
            paths.Begin();
            Tape adversary = paths.For(Procedure.Adversary);
            static int Charging(Tape tape)
            {
                tape.Charge(new Cost(Elementwise: 100));
                return tape.Draw(4);
            }

            Assert.Throws<NotFiniteException>(() => adversary.Given(Charging, v => new Bits(v == 0), (_, _, one) => one), "its cost has no bound");
            Assert.Equal(2, adversary.Given(t => t.Draw(4), v => new Bits(v == 2), (_, _, one) => one), "without cost it is");
            Assert.Throws<NotFiniteException>(() => paths.Given(t => t.Draw(1 << 21), _ => Bits.One, (_, _, one) => one), "2²¹ outcomes");
        }),
        Suite.Test("no formula leads from a procedure's coins to the trial's key", () =>
        {
            // Undoing SplitMix64 on a word used to give its key; fed forward, it gives something else.
            static ulong Unmix(ulong z)
            {
                z = (z ^ (z >> 31) ^ (z >> 62)) * 0x319642B2D24D8EC3;
                z = (z ^ (z >> 27) ^ (z >> 54)) * 0x96DE1B173F119089;
                z = z ^ (z >> 30) ^ (z >> 60);
                return z - 0x9E3779B97F4A7C15;
            }

            Assert.Equal(42UL, Unmix(Coins.Mix(42)), "SplitMix64 alone can be undone");
            Assert.True(Unmix(Coins.Word(42, 0)) != 42, "a word cannot, like that");
        }),
        Suite.Test("a condition that nothing meets is an error on every tape", () =>
        {
            foreach (Tape tape in new Tape[] { new SeededTape(1), new PathTape() })
            {
                Assert.Throws<UndefinedConditionException>(
                    () => tape.Given(t => t.Draw(3), _ => Bits.Zero, (_, zero, _) => zero), "an impossible condition");
            }
        }),
        Suite.Test("the conditional draw is the renormalised law on both tapes (false alarm 1e-6 each)", () =>
        {
            int[] odds = [1, 2, 3, 4];
            static int Draw(Tape tape, int[] odds) => tape.Given(t => t.DrawByOdds(odds), v => new Bits(v % 2 == 1), (_, _, one) => one);
            PathTape paths = new();
            Ratio[] law = new Ratio[4];
            do
            {
                paths.Begin();
                int v = Draw(paths, odds);
                law[v] += paths.Probability;
            }
            while (paths.Advance());
            Assert.Equal("0 2/6 0 4/6", string.Join(' ', law.Select(p => p == Ratio.Zero ? "0" : p.ToString())), "by paths");

            SeededTape seeded = new(5);
            const int Draws = 100_000;
            long threes = 0;
            for (int trial = 0; trial < Draws; trial++)
            {
                seeded.Rewind(trial);
                threes += Draw(seeded, odds) == 3 ? 1 : 0;
            }

            Interval interval = Interval.ClopperPearson(threes, Draws, 1 - 1e-6);
            Assert.True(interval.Low <= 2.0 / 3 && 2.0 / 3 <= interval.High, $"{threes} of {Draws}, seed 5");
        }),
        Suite.Test("what is charged is what the meter says, procedure by procedure, and not at all when it is off", () =>
        {
            foreach (Tape tape in new Tape[] { new SeededTape(1), new PathTape() })
            {
                tape.For(Procedure.Run).Charge(new Cost(1, 2, 3, 4, 5, 6));
                tape.For(Procedure.Run).Charge(new Cost(10, 20, 30, 40, 50, 60));
                tape.For(Procedure.Adversary).Charge(new Cost(MultiplyAdds: 7));
                Assert.Equal(new Cost(11, 22, 33, 44, 55, 66), tape.Spent(Procedure.Run), "Run");
                Assert.Equal(new Cost(MultiplyAdds: 7), tape.Spent(Procedure.Adversary), "the adversary");
                Assert.Equal(default, tape.Spent(Procedure.Train), "Train");
            }

            foreach (Tape tape in new Tape[] { new SeededTape(1), new PathTape() })
            {
                Tape adversary = tape.For(Procedure.Adversary);
                adversary.For(Procedure.RunReleased).Charge(new Cost(5));
                Assert.Equal((new Cost(5), default(Cost)), (tape.Spent(Procedure.Adversary), tape.Spent(Procedure.RunReleased)), "what the adversary calls, it pays");
                Assert.Throws<ArgumentOutOfRangeException>(() => adversary.Charge(new Cost(Elementwise: -1)), "a charge below 0");
                Assert.Throws<ArgumentOutOfRangeException>(() => adversary.Charge(new Cost(Elementwise: double.NaN)), "a charge that is no number");
                Assert.Throws<ArgumentOutOfRangeException>(() => adversary.Charge(new Cost(Elementwise: 1e300)), "a charge that would swallow others");
                Assert.Throws<InvalidOperationException>(() => adversary.Spent(Procedure.Release), "what the challenger spent");
                Assert.Throws<InvalidOperationException>(() => adversary.AddSpent(new Cost[20]), "what everybody spent");
                Assert.Throws<InvalidOperationException>(
                    () =>
                    {
                        (adversary as PathTape)?.Begin();
                        (adversary as SeededTape)?.Rewind(0);
                    },
                    "the coins of the game over again");
                Assert.True(adversary.Transcript is null, "a procedure does not see what others returned");
            }

            SeededTape off = new(1, metered: false);
            off.For(Procedure.Run).Charge(new Cost(1));
            Assert.Equal(default, off.Spent(Procedure.Run), "off");
            Assert.Equal((2 * 11.0) + 22 + 330, CostUnit.Operations.Count(new Cost(11, 22, 33, 44, 55, 66)), "the default unit");
        }));

    /// <summary>Draws a coin on its first call, and answers it ever after.</summary>
    private sealed record DrawsOnce : Recoverer<int, int, NoKey>
    {
        private int? _answer;

        public override int Recover(NoKey publicKey, int released, Tape tape) => _answer ??= tape.Draw(2);
    }

    private static string Drawn(SeededTape tape, long trial)
    {
        tape.Rewind(trial);
        Tape train = tape.For(Procedure.Train);
        return $"{tape.Draw(1000)} {train.Draw(1000)} {train.Coin()} {train.Keys()[0]} {tape.DrawByOdds(1, 2, 3)}";
    }

    private static SeededTape Trial(ulong seed, long trial)
    {
        SeededTape tape = new(seed);
        tape.Rewind(trial);
        return tape;
    }
}
