using Expecto;
using Fractions;
using Wager.Games;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>What holds apart the notions of Yang et al. 2025: finite schemes whose optimal adversaries are known.</summary>
internal static class SeparationTests
{
    public static Test All => Suite.Group(
        "separations",
        Suite.Test("S1: dropped bits have WRec 2^−n, and EffInf 1 at one read", () =>
        {
            for (int n = 1; n <= 8; n++)
            {
                Optimum recovery = Of($"dropped-bits-{n}", Notion.WRec);
                Assert.Equal(new Fraction(1, 1 << n), Exact(recovery), $"WRec, n = {n}");
                Optimum inference = Of($"dropped-bits-{n}", Notion.EffInf);
                Assert.Equal("1/2, 1", Within(inference), $"EffInf within the budget by reads, n = {n}");
                Assert.Equal(Fraction.One, Correctness($"dropped-bits-{n}"), "Correctness");
            }
        }),
        Suite.Test("S2: a leaked bit has WRec 2^(1−n), and W-IND 2^(n−1)/(2^n − 1)", () =>
        {
            for (int n = 2; n <= 8; n++)
            {
                Assert.Equal(new Fraction(1, 1 << (n - 1)), Exact(Of($"leaked-bit-{n}", Notion.WRec)), $"WRec, n = {n}");
                foreach (Line4 line4 in new[] { Line4.Resample, Line4.Reject })
                {
                    Assert.Equal(new Fraction(1 << (n - 1), (1 << n) - 1), Exact(Of($"leaked-bit-{n}", Notion.WInd, new(line4))), $"W-IND, n = {n}, {line4}");
                }
            }
        }),
        Suite.Test("S3: marked shares have EffInf 1/2 below n reads, and W-IND 2/3 at one", () =>
        {
            for (int n = 2; n <= 6; n++)
            {
                Optimum inference = Of($"marked-sharing-{n}", Notion.EffInf);
                Assert.Equal(Steps(n, n + 1, "1/2", "1"), Advantages(inference), $"EffInf by reads, n = {n}");
                Assert.Equal(new Fraction(1, 2), inference.Result.WithinBudget!.Exact!.Value, "within the budget");
                string[] reads = [.. Enumerable.Range(0, n + 2).Select(t => t == 0 ? "0" : t < n ? "2/3" : "1")];
                Assert.Equal(string.Join(", ", reads), Advantages(Of($"marked-sharing-{n}", Notion.WInd)), $"W-IND by reads, n = {n}");
                Assert.Equal(Fraction.One, Correctness($"marked-sharing-{n}"), "Correctness");
            }
        }),
        Suite.Test("S4: shares have EffInf 1/2 below n reads, which is all of the budget, and WRec = W-IND = 1 at n", () =>
        {
            for (int n = 1; n <= 8; n++)
            {
                Optimum inference = Of($"sharing-{n}", Notion.EffInf);
                Assert.Equal(Steps(n, n, "1/2", "1"), Advantages(inference), $"EffInf by reads, n = {n}");
                Assert.Equal(new Fraction(1, 2), inference.Result.WithinBudget!.Exact!.Value, "within the budget");
                Assert.Equal(Steps(n, n, "1/2", "1"), Advantages(Of($"sharing-{n}", Notion.WRec)), $"WRec by reads, n = {n}");
                Assert.Equal(Steps(n, n, "0", "1"), Advantages(Of($"sharing-{n}", Notion.WInd)), $"W-IND by reads, n = {n}");
                Assert.Equal(Fraction.One, Correctness($"sharing-{n}"), "Correctness");
            }
        }),
        Suite.Test("of leaky shares no adversary has more than WRec 1/2 + 2^(−n−1) and W-IND 2^−n", () =>
        {
            for (int n = 1; n <= 5; n++)
            {
                Assert.Equal(new Fraction(1, 2) + new Fraction(1, 2 << n), Exact(Of($"leaky-sharing-{n}", Notion.WRec)), $"WRec, n = {n}");
                Assert.Equal(new Fraction(1, 1 << n), Exact(Of($"leaky-sharing-{n}", Notion.WInd)), $"W-IND, n = {n}");
            }
        }),
        Suite.Test("the known answers are those of the best adversary too", () =>
        {
            (string Scheme, string Recovery, string Distinguishing)[] known =
            [
                ("one-bit-pad", "1/2", "0"), ("clear", "1", "1"), ("noisy-bit", "3/4", "1/2"), ("constant-release", "3/4", "0"), ("uniform-3", "1/3", "0"),
                ("pad-3", "1/3", "0"), ("published-pad-3", "1", "1"),
            ];
            foreach ((string scheme, string recovery, string distinguishing) in known)
            {
                Assert.Equal(Fraction.FromString(recovery), Exact(Of(scheme, Notion.WRec)), $"WRec of {scheme}");
                Assert.Equal(Fraction.FromString(distinguishing), Exact(Of(scheme, Notion.WInd)), $"W-IND of {scheme}");
            }
        }),
        Suite.Test("no listed adversary of a finite scheme beats the optimal one", () =>
        {
            int held = 0;
            foreach (Subject subject in SchemeCatalog.Listed.Where(name => SchemeCatalog.TaylorMlpVariant(name) is null && name != "gaussian-noise-1").Select(name => SchemeCatalog.Find(name)))
            {
                foreach (Notion notion in new[] { Notion.WRec, Notion.WInd })
                {
                    OptimalAdversary optimal = subject.Optimal(notion, new());
                    Fraction best = Exact(optimal.Evaluate());
                    foreach (string adversary in subject.Adversaries(notion))
                    {
                        Game game = subject.Game(notion, adversary);
                        Assert.True(Assert.Exact(game) <= best, $"{game} has more than {best}");
                        held++;
                    }
                }
            }

            Assert.True(held > 80, $"{held} were compared");
        }));

    private static Optimum Of(string scheme, Notion notion, Form? form = null) => SchemeCatalog.Find(scheme).Optimal(notion, form ?? new()).Evaluate();

    private static Fraction Exact(Optimum optimum) => optimum.Result.Advantage.Exact!.Value;

    private static Fraction Correctness(string scheme) => Assert.Exactly(SchemeCatalog.Find(scheme).Game(Notion.Correctness, null)).Probability.Exact!.Value;

    private static string Advantages(Optimum optimum) => string.Join(", ", optimum.ByReads!.Select(each => each.Advantage.Exact));

    private static string Within(Optimum optimum) => string.Join(", ", optimum.ByReads!.Select(each => each.WithinBudget!.Exact));

    /// <summary>One value below some number of reads, another from there on.</summary>
    private static string Steps(int from, int last, string below, string then) =>
        string.Join(", ", Enumerable.Range(0, last + 1).Select(reads => reads < from ? below : then));
}
