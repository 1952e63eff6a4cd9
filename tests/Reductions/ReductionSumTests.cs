using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes.Tables;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>Every reduction, and every event of its claim, held against its pseudocode: as a sum in W-IND given b, on random finite schemes.</summary>
internal static class ReductionSumTests
{
    private const int Cases = 100;

    public static Test All => Suite.Group(
        "sums of reductions",
        Suite.Property("eq9 answers 0 where W* is the same as W₀", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            Eq9<int, int, int, int, int, int> reduction = new(c.Scheme(), c.Recoverer);
            Fraction Zero(int b) => TableLaws.Pr(world(b).Select(seen => c.Tables.Weights.Same(c.Recoverer.Answers[seen.Pk][seen.View], seen.W0)));
            Judged terms = new(reduction.Repaired(line4));
            terms.Is("p", Zero(0));
            terms.Is("q", Zero(1));
            new Judged(reduction.AsStated(line4)).Is("q", Zero(1));
            IsWon(reduction, line4, c, Zero);
        }), Cases),
        Suite.Property("two-sided answers b where W* is the same as W_b alone, else a coin", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            TwoSided<int, int, int, int, int, int> reduction = new(c.Scheme(), c.Recoverer);
            Law<(bool To0, bool To1)> Close(int b) => world(b).Select(seen => (Star: c.Recoverer.Answers[seen.Pk][seen.View], seen.W0, seen.W1))
                .Select(seen => (c.Tables.Weights.Same(seen.Star, seen.W0), c.Tables.Weights.Same(seen.Star, seen.W1)));
            Fraction Only0(int b) => TableLaws.Pr(Close(b).Select(to => to.To0 && !to.To1));
            Fraction Only1(int b) => TableLaws.Pr(Close(b).Select(to => to.To1 && !to.To0));
            Judged terms = new(reduction.Advantage(line4));
            terms.Is("p₀", Only0(0));
            terms.Is("r₀", Only1(0));
            terms.Is("p₁", Only1(1));
            terms.Is("r₁", Only0(1));
            IsWon(reduction, line4, c, b => (1 + Only0(b) - Only1(b)) / 2);
        }), Cases),
        Suite.Property("output-compare answers 0 where y* is within 2δ of Run(W₀, x)", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            TableLaws s = new(c);
            OutputCompare<int, int, int, int, int, int> reduction = new(c.Scheme(), c.Accelerator);
            Fraction Zero(int b) => TableLaws.Pr(
                from seen in world(b)
                from x in s.Input
                from y0 in s.Run(seen.W0, x)
                select !s.Off(c.Accelerator.Answers[seen.Pk][seen.View][x], y0, 2 * c.Tables.Outputs.Threshold));
            Judged terms = new(reduction.UnderTheGamesLaw(line4));
            terms.Is("p", Zero(0));
            terms.Is("q", Zero(1));
            IsWon(reduction, line4, c, Zero);
        }), Cases),
        Suite.Property("function-compare says whose answer Run′ is nearer to, and tosses a coin where both agree within 2δ", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            TableLaws s = new(c);
            FunctionCompare<int, int, int, int, int, int> drawn = new(c.Scheme());
            Compares(c, drawn, line4, b => from seen in world(b)
                                           from x in s.Input
                                           from answers in Answered(c, s, seen, x)
                                           select answers);
        }), Cases),
        Suite.Property("of all inputs it takes the first on which the two answers are farthest apart", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            TableLaws s = new(c);
            Law<(int X, int Y0, int Y1)> On(int x, Seen seen) => from y0 in s.Run(seen.W0, x) from y1 in s.Run(seen.W1, x) select (x, y0, y1);
            int[][] distance = c.Tables.Outputs.Distance;
            Law<(int X, int Y0, int Y1)> Farthest(Seen seen) => Enumerable.Range(1, c.Tables.InputCount - 1).Aggregate(On(0, seen), (best, x) =>
                from one in best from other in On(x, seen) select distance[other.Y0][other.Y1] > distance[one.Y0][one.Y1] ? other : one);
            FunctionCompare<int, int, int, int, int, int> farthest = new(c.Scheme(), c.Scheme().AllInputs);
            Compares(c, farthest, line4, b => from seen in world(b)
                                              from at in Farthest(seen)
                                              from yReleased in s.RunReleased(seen.Key, seen.View, at.X)
                                              select (yReleased, at.Y0, at.Y1));
        }), Cases),
        Suite.Property("re-release answers 0 where W₀ released again, first, is identical to W′, second", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            if (c.Tables.KeyCount > 1)
            {
                return;
            }

            TableLaws s = new(c);
            Unkeyed scheme = new(c.Scheme());
            ReRelease<int, int, int, int> adversary = new(scheme, (again, released) => new(again <= released));
            foreach (int b in new[] { 0, 1 })
            {
                Fraction zero = TableLaws.Pr(from seen in world(b) from again in s.Release(0, seen.W0) select again <= seen.View);
                Assert.Equal(zero, Probability(Game.World(scheme, adversary, b, line4)), $"given b = {b}");
            }
        }), Cases),
        Suite.Property("the hybrid plays its own challenge at a place by chance, after ones with b = 1 and before ones with b = 0", RandomInstances.Arbitrary, c => InWorlds(c, (world, line4) =>
        {
            TablePairDistinguisher a = c.PairDistinguisher;
            Hybrid<int, int, int, int, int, int> hybrid = new(c.Scheme(), a, 2, line4);
            Law<int> Symbol(int b) => world(b).Select(seen => a.Symbols[seen.Pk][seen.W0][seen.W1][seen.View]).Merged();
            IsWon(hybrid, line4, c, b => TableLaws.Pr(
                from place in TableLaws.Coin
                from first in Symbol(place == 0 ? b : 1)
                from second in Symbol(place == 0 ? 0 : b)
                select a.Answers[first][second] == 0));
        }), Cases),
        Suite.Property("eq8 answers Run(W*, x), prepared or at once, and the hybrid grants q challenges", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            Eq8<int, int, int, int, int, int> reduction = new(c.Scheme(), c.Recoverer);
            Fraction wins = TableLaws.Pr(from w in s.Train
                                         from key in s.Key
                                         from view in s.Release(key, w)
                                         from x in s.Input
                                         from yReleased in s.RunReleased(key, view, x)
                                         from yStar in s.Run(c.Recoverer.Answers[s.Public(key)][view], x)
                                         select s.SameY(yStar, yReleased));
            Assert.Equal(wins, Probability(Game.EffInf(c.Scheme(), reduction)), "prepared");
            Assert.Equal(wins, Probability(Game.EffInf(c.Scheme(), new AtOnce(reduction))), "at once");
            if (s.IsDefined(Line4.Resample))
            {
                Hybrid<int, int, int, int, int, int> hybrid = new(c.Scheme(), new Granted(3), 3);
                Assert.Equal(Fraction.One, Probability(Game.World(c.Scheme(), hybrid, 0, Line4.Resample)), "three challenges");
            }
        }, Cases));

    /// <summary>Infers without having prepared anything.</summary>
    private sealed record AtOnce(Accelerator<int, int, int, int> Of) : Accelerator<int, int, int, int>
    {
        public override int Infer(int publicKey, int released, int input, Tape tape) => Of.Infer(publicKey, released, input, tape);
    }

    /// <summary>Answers 0 where it may ask for just so many challenges.</summary>
    private sealed record Granted(int Challenges) : Distinguisher<int, int, int>
    {
        public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => Bits.One;

        public override Bits Guess(Oracle<Challenge<int, int, int>> challenges, Tape tape) => new(challenges.Budget != Challenges);
    }

    /// <summary>Checks something in W-IND given b, which is a law of what a distinguisher sees, by each reading of line 4 that is defined.</summary>
    private static void InWorlds(TableInstance c, Action<Func<int, Law<Seen>>, Line4> check)
    {
        TableLaws s = new(c);
        foreach (Line4 line4 in Enum.GetValues<Line4>().Where(s.IsDefined))
        {
            Law<Seen>[] worlds = [.. new[] { 0, 1 }.Select(b =>
                from key in s.Key
                from pair in s.TwoWeights(line4)
                from view in s.Release(key, b == 0 ? pair.W0 : pair.W1)
                select new Seen(key, s.Public(key), pair.W0, pair.W1, view))];
            check(b => worlds[b], line4);
        }
    }

    private static Law<(int Released, int Y0, int Y1)> Answered(TableInstance c, TableLaws s, Seen seen, int x) =>
        from yReleased in s.RunReleased(seen.Key, seen.View, x)
        from y0 in s.Run(seen.W0, x)
        from y1 in s.Run(seen.W1, x)
        select (yReleased, y0, y1);

    private static void Compares(
        TableInstance c, FunctionCompare<int, int, int, int, int, int> f, Line4 line4, Func<int, Law<(int Released, int Y0, int Y1)>> answers)
    {
        DistanceTable outputs = c.Tables.Outputs;
        Law<(int Released, int Y0, int Y1)>[] given = [answers(0).Merged(), answers(1).Merged()];
        bool Agree(int y0, int y1) => outputs.Distance[y0][y1] <= 2 * outputs.Threshold;
        Fraction Zero(int b) => Reference.Sum(given[b].Outcomes, each => each.Probability * (Agree(each.Value.Y0, each.Value.Y1)
            ? new Fraction(1, 2)
            : Reference.If(outputs.Distance[each.Value.Y1][each.Value.Released] >= outputs.Distance[each.Value.Y0][each.Value.Released])));
        Judged terms = new(f.UnderTheGamesLaw(line4));
        terms.Is("η₀", TableLaws.Pr(given[0].Select(each => !outputs.Same(each.Released, each.Y0))));
        terms.Is("η₁", TableLaws.Pr(given[1].Select(each => !outputs.Same(each.Released, each.Y1))));
        terms.Is("s", TableLaws.Pr(given[0].Select(each => Agree(each.Y0, each.Y1))));
        terms.Is("s₁", TableLaws.Pr(given[1].Select(each => Agree(each.Y0, each.Y1))));
        terms.Is("Pr[F ⇒ 0 | b = 0]", Zero(0));
        terms.Is("Pr[F ⇒ 0 | b = 1]", Zero(1));
        IsWon(f, line4, c, Zero);
    }

    /// <summary>It answers 0 as often as that in each world, and Pr[win] of W-IND is that of answering 0 given 0 and 1 given 1.</summary>
    private static void IsWon(Distinguisher<int, int, int> a, Line4 line4, TableInstance c, Func<int, Fraction> zero)
    {
        Assert.Equal(zero(0), Probability(Game.World(c.Scheme(), a, 0, line4)), $"Pr[{a.Name} answers 0 | b = 0], {line4}");
        Assert.Equal(zero(1), Probability(Game.World(c.Scheme(), a, 1, line4)), $"Pr[{a.Name} answers 0 | b = 1], {line4}");
        Assert.Equal((zero(0) + 1 - zero(1)) / 2, Probability(Game.WInd(c.Scheme(), a, line4)), $"Pr[{a.Name} wins W-IND], {line4}");
    }

    private static Fraction Probability(Game game) => Assert.Exactly(game).Probability.Exact!.Value;

    /// <summary>What a distinguisher sees, and the key that it does not.</summary>
    private sealed record Seen(int Key, int Pk, int W0, int W1, int View);

    /// <summary>A claim's terms, evaluated exactly.</summary>
    private sealed class Judged(Claim claim)
    {
        private readonly ClaimResult _result = Assert.Judged(claim);

        public void Is(string symbol, Fraction expected) =>
            Assert.Equal(expected, _result.Terms.First(term => term.Term.Symbol == symbol).Quantity.Exact!.Value, $"{symbol} of {claim.Name}");
    }
}
