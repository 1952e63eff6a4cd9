using Expecto;
using Fractions;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>Every game and event held against its text, line by line: as a sum over random finite schemes, and as a list of who is called when.</summary>
internal static class SumTests
{
    private const int Cases = 100;

    private static readonly Tolerance<int> _identical = Tolerance.Equality<int>();

    private static readonly Metered _pad = new();

    /// <summary>Who is called in a play, in order, with one number below 1000 for W, so that line 4 hardly ever draws again.</summary>
    private static readonly (string Name, Func<Game> Game, string Calls)[] _calls =
    [
        ("Correctness", () => Game.Correctness(_pad), "KGen Train Release Input Run RunReleased"),
        ("WRec", () => Game.WRec(_pad, new SumRecoverer()), "Train KGen Release Adversary"),
        ("WRec of two releases", () => Game.WRec(_pad, new SumRecoverer(), 2), "Train KGen Release Release Adversary"),
        ("EffInf", () => Game.EffInf(_pad, new SumAccelerator()), "Train KGen Release Input RunReleased Preparation Adversary"),
        ("EffInf of two releases and inputs", () => Game.EffInf(_pad, new SumAccelerator(), 2, 2), "Train KGen Release Input RunReleased Input RunReleased Release Preparation Adversary Adversary"),
        ("W-IND", () => Game.WInd(_pad, new SumDistinguisher()), "Game KGen Train Train Release Adversary"),
        ("W-IND by rejection", () => Game.WInd(_pad, new SumDistinguisher(), Line4.Reject), "Game KGen Train Train Release Adversary"),
        ("W-IND of two challenges", () => Game.WInd(_pad, new SumDistinguisher(), Line4.Resample, 2), "Game KGen Train Train Release KGen Train Train Release Adversary"),
        ("W-IND of two challenges with one key", () => Game.WInd(_pad, new SumDistinguisher(), Line4.Resample, 2, Keys.Shared), "Game KGen Train Train Release Train Train Release Adversary"),
        ("η", () => Game.Deviation(_pad, 0), "KGen Train Release Input Run RunReleased"),
        ("κ", () => Game.Discontinuity(_pad, new SumRecoverer(), 0), "Train KGen Release Adversary Input Run Run"),
        ("κ of two releases", () => Game.Discontinuity(_pad, new SumRecoverer(), 0, 2), "Train KGen Release Release Adversary Input Run Run"),
        ("W-IND given b", () => Game.World(_pad, new SumDistinguisher(), 1, Line4.Resample), "KGen Train Train Release Adversary"),
        ("Z", () => Game.Differing(_pad), "Train Train"),
        ("Release(W₀) ≠ Release(W₁)", () => Game.DifferingReleases(_pad, _identical.Same, Line4.Resample), "KGen Train Train Release Release"),
        ("Release twice", () => Game.RepeatedRelease(_pad, _identical.Same), "Train KGen Release Release"),
        ("Run twice", () => Game.RepeatedRun(_pad), "Train Input Run Run"),
        ("q_μ", () => Game.Coincidence(_pad, new SumAccelerator(), 0), "Train KGen Release Input Preparation Adversary Train Run"),
    ];

    public static Test All => Suite.Group(
        "sums",
        Suite.Group("a play calls each procedure as often as its text, in its order:", [.. _calls.Select(row => Suite.Test(row.Name, () =>
        {
            SeededTape tape = new(1) { Transcript = new() };
            row.Game().Play(tape);
            Procedure[] calls = [.. tape.Transcript.Entries.Select(entry => entry.Procedure)];
            Assert.Equal(row.Calls, string.Join(' ', calls), "calls");
            foreach (Procedure procedure in new[] { Procedure.Train, Procedure.KGen, Procedure.Release, Procedure.Input, Procedure.Run, Procedure.RunReleased })
            {
                Assert.Equal(calls.Count(call => call == procedure), (int)tape.Spent(procedure).Elementwise, $"operations charged to {procedure}");
            }
        }))]),
        Suite.Property("Correctness and η are the sums that Def. 3.1 describes", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            Law<(int Released, int Truth)> answers = (from key in s.Key
                                                      from w in s.Train
                                                      from view in s.Release(key, w)
                                                      from x in s.Input
                                                      from y in s.Run(w, x)
                                                      from yReleased in s.RunReleased(key, view, x)
                                                      select (yReleased, y)).Merged();
            Holds(TableLaws.Pr(answers.Select(each => s.SameY(each.Released, each.Truth))), Game.Correctness(c.Scheme()));
            foreach (int within in new[] { 0, 1, 2 })
            {
                Holds(TableLaws.Pr(answers.Select(each => s.Off(each.Released, each.Truth, within))), Game.Deviation(c.Scheme(), within));
            }
        }, Cases),
        Suite.Property("EffInf is the sum that Def. 3.3 describes, and is won within the budget where A costs less than Run′", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            Fraction wins = TableLaws.Pr(from key in s.Key
                                         from w in s.Train
                                         from view in s.Release(key, w)
                                         from x in s.Input
                                         from yReleased in s.RunReleased(key, view, x)
                                         select s.SameY(c.Accelerator.Answers[s.Public(key)][view][x], yReleased));
            Result result = Assert.Exactly(Game.EffInf(c.Scheme(), c.Accelerator));
            Assert.Equal(wins, result.Advantage.Exact!.Value, "Adv");
            Assert.Equal(c.Accelerator.Operations < c.Tables.RunReleasedCost ? wins : Fraction.Zero, result.WithinBudget!.Exact!.Value, "within the budget");
            Assert.Near(c.Accelerator.Operations, result.Cost.GetValueOrDefault(Procedure.Adversary).Elementwise, 1e-12, "what A spends");
            Assert.Equal(0.0, result.Cost.GetValueOrDefault(Procedure.Adversary).Queries, "W′ is given, not asked for");
            Assert.Equal(default, result.Cost.GetValueOrDefault(Procedure.Preparation), "it prepares nothing");
        }, Cases),
        Suite.Property("WRec and κ of two releases, and κ of one, are sums", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            SumRecoverer a = new(c.Tables.WeightCount);
            foreach (int queries in new[] { 1, 2 })
            {
                Law<(int Guess, int W)> recovered = (from w in s.Train
                                                     from key in s.Key
                                                     from view in s.Release(key, w)
                                                     from second in s.Release(key, w)
                                                     select (a.Of(s.Public(key), queries == 1 ? [view] : [view, second]), w)).Merged();
                Holds(TableLaws.Pr(recovered.Select(each => s.SameW(each.Guess, each.W))), Game.WRec(c.Scheme(), a, queries));
                Holds(
                    TableLaws.Pr(from each in recovered
                                 from x in s.Input
                                 from yStar in s.Run(each.Guess, x)
                                 from y in s.Run(each.W, x)
                                 select s.SameW(each.Guess, each.W) && s.Off(yStar, y, within: 1)),
                    Game.Discontinuity(c.Scheme(), a, 1, queries));
            }
        }, Cases),
        Suite.Property("EffInf of two releases and two inputs is a sum: Run′ runs the first release, and both answers must be right", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            SumAccelerator a = new(c.Tables.OutputCount);
            Law<bool> Right(int key, int view, int second) => (from x in s.Input
                                                               from yReleased in s.RunReleased(key, view, x)
                                                               select s.SameY(a.Of(s.Public(key), [view, second], x), yReleased)).Merged();
            Fraction wins = TableLaws.Pr(from w in s.Train
                                         from key in s.Key
                                         from view in s.Release(key, w)
                                         from second in s.Release(key, w)
                                         from one in Right(key, view, second)
                                         from other in Right(key, view, second)
                                         select one && other);
            Holds(wins, Game.EffInf(c.Scheme(), a, 2, 2));
        }, Cases),
        Suite.Property("W-IND of two challenges is a sum, by either reading of line 4, with fresh keys and with one", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            TablePairDistinguisher a = c.PairDistinguisher;
            foreach (Line4 line4 in Enum.GetValues<Line4>().Where(s.IsDefined))
            {
                Law<int> Symbol(int b, int key) => (from pair in s.TwoWeights(line4)
                                                    from view in s.Release(key, b == 0 ? pair.W0 : pair.W1)
                                                    select a.Symbols[s.Public(key)][pair.W0][pair.W1][view]).Merged();
                Fraction shared = TableLaws.Pr(from b in TableLaws.Coin from key in s.Key from one in Symbol(b, key) from other in Symbol(b, key) select a.Answers[one][other] == b);
                Law<int> Fresh(int b) => (from key in s.Key from symbol in Symbol(b, key) select symbol).Merged();
                Fraction fresh = TableLaws.Pr(from b in TableLaws.Coin from one in Fresh(b) from other in Fresh(b) select a.Answers[one][other] == b);
                Holds(shared, Game.WInd(c.Scheme(), a, line4, 2, Keys.Shared));
                Holds(fresh, Game.WInd(c.Scheme(), a, line4, 2));
            }
        }, Cases),
        Suite.Property("W-IND given b, and the releases of its two weights, are sums by either reading of line 4, and Z is one", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            Holds(TableLaws.Pr(from w0 in s.Train from w1 in s.Train select !s.SameW(w1, w0)), Game.Differing(c.Scheme()));
            foreach (Line4 line4 in Enum.GetValues<Line4>().Where(s.IsDefined))
            {
                foreach (int b in new[] { 0, 1 })
                {
                    Fraction ones = Reference.Sum(
                        (from key in s.Key
                         from pair in s.TwoWeights(line4)
                         from view in s.Release(key, b == 0 ? pair.W0 : pair.W1)
                         select c.Distinguisher.Ones[s.Public(key)][pair.W0][pair.W1][view]).Outcomes,
                        each => each.Probability * new Fraction(each.Value, c.Distinguisher.Denominator));
                    Holds(1 - ones, Game.World(c.Scheme(), c.Distinguisher, b, line4));
                }

                Law<bool> below = from key in s.Key
                                  from pair in s.TwoWeights(line4)
                                  from view0 in s.Release(key, pair.W0)
                                  from view1 in s.Release(key, pair.W1)
                                  select view0 > view1;
                Holds(TableLaws.Pr(below), Game.DifferingReleases(c.Scheme(), (one, other) => new(one <= other), line4));
            }
        }, Cases),
        Suite.Property("a repeated Release, a repeated Run and q_μ are sums", RandomInstances.Arbitrary, c =>
        {
            TableLaws s = new(c);
            Holds(
                TableLaws.Pr(from w in s.Train from key in s.Key from one in s.Release(key, w) from other in s.Release(key, w) select one == other),
                Game.RepeatedRelease(c.Scheme(), _identical.Same));
            Holds(
                TableLaws.Pr(from w in s.Train from x in s.Input from one in s.Run(w, x) from other in s.Run(w, x) select !s.Off(one, other, within: 0)),
                Game.RepeatedRun(c.Scheme()));
            Law<(int Guess, int Truth)> guessed = from w in s.Train
                                                  from key in s.Key
                                                  from view in s.Release(key, w)
                                                  from x in s.Input
                                                  from unrelated in s.Train
                                                  from y in s.Run(unrelated, x)
                                                  select (c.Accelerator.Answers[s.Public(key)][view][x], y);
            Holds(TableLaws.Pr(guessed.Select(each => !s.Off(each.Guess, each.Truth, within: 1))), Game.Coincidence(c.Scheme(), c.Accelerator, 1));
        }, Cases),
        Suite.Test("of two pairs a bit chooses the first where it is 0, and the second where it is 1", () =>
        {
            PlayedScheme<int, int, int, int, int, int> played = new(_pad);
            Assert.Equal((1, 2), played.ChoosePair(Bits.Zero, (1, 2), (3, 4)), "0");
            Assert.Equal((3, 4), played.ChoosePair(Bits.One, (1, 2), (3, 4)), "1");
        }),
        Suite.Test("a distance that is not a number is within nothing", () =>
        {
            Undecided scheme = new();
            Assert.Equal(Fraction.One, Assert.Exact(Game.Deviation(scheme, 1)), "η");
            Assert.Equal(Fraction.One, Assert.Exact(Game.Discontinuity(scheme, new SumRecoverer(), 1)), "κ");
            Assert.Equal(Fraction.Zero, Assert.Exact(Game.RepeatedRun(scheme)), "Run twice");
            Assert.Equal(Fraction.Zero, Assert.Exact(Game.Coincidence(scheme, new SumAccelerator(), 1)), "q_μ");
        }));

    private static void Holds(Fraction expected, Game game) => Assert.Equal(expected, Assert.Exactly(game).Probability.Exact!.Value, game.ToString());

    /// <summary>Asks for every release that it may, and adds pk and them up.</summary>
    private sealed record SumRecoverer(int Count = 1000) : Recoverer<int, int, int>
    {
        public int Of(int publicKey, int[] views) => (publicKey + views.Sum()) % Count;

        public override int Recover(int publicKey, int released, Tape tape) => Of(publicKey, [released]);

        public override int Recover(int publicKey, Oracle<int> releases, Tape tape) => Of(publicKey, Asked(releases));
    }

    private sealed record SumAccelerator(int Count = 1000) : Accelerator<int, int, int, int>
    {
        public int Of(int publicKey, int[] views, int input) => (publicKey + views[0] + (2 * views[^1]) + input) % Count;

        public override int Infer(int publicKey, int released, int input, Tape tape) => Of(publicKey, [released], input);

        public override Func<int, Tape, int> Prepare(int publicKey, Oracle<int> releases, Tape tape)
        {
            int[] views = Asked(releases);
            return (input, _) => Of(publicKey, views, input);
        }
    }

    private sealed record SumDistinguisher : Distinguisher<int, int, int>
    {
        public override Bits Guess(int publicKey, int w0, int w1, int released, Tape tape) => Bits.Zero;

        public override Bits Guess(Oracle<Challenge<int, int, int>> challenges, Tape tape) => new(Asked(challenges).Length == 1);
    }

    /// <summary>A published pad on the numbers below 1000, whose procedures charge one operation each.</summary>
    private sealed class Metered : Scheme<int, int, int, int, int, int>
    {
        private const int Count = 1000;

        public override Tolerance<int> WeightTolerance { get; } = _identical;

        public override Tolerance<int> OutputTolerance { get; } = _identical;

        public override int Train(Tape tape) => Charged(tape).Draw(Count);

        public override int Run(int weights, int input, Tape tape) => Charged(tape).Draw(1) + weights;

        public override (int Secret, int Public) KGen(Tape tape) => Charged(tape).Draw(Count) is var pad ? (pad, pad) : default;

        public override int Release(int secret, int weights, Tape tape) => (Charged(tape).Draw(1) + weights + secret) % Count;

        public override int RunReleased(int publicKey, int released, int input, Tape tape) => (Charged(tape).Draw(1) + released + Count - publicKey) % Count;

        public override int Input(Tape tape) => Charged(tape).Draw(1);

        private static Tape Charged(Tape tape)
        {
            tape.Charge(new Cost(Elementwise: 1));
            return tape;
        }
    }

    /// <summary>One weight, whose outputs are at no distance.</summary>
    private sealed class Undecided : Scheme<int, int, int, int, int, int>
    {
        public override Tolerance<int> WeightTolerance { get; } = _identical;

        public override Tolerance<int> OutputTolerance { get; } = new("none", (_, _) => double.NaN, 0);

        public override int Train(Tape tape) => 0;

        public override int Run(int weights, int input, Tape tape) => 0;

        public override (int Secret, int Public) KGen(Tape tape) => default;

        public override int Release(int secret, int weights, Tape tape) => 0;

        public override int RunReleased(int publicKey, int released, int input, Tape tape) => 0;

        public override int Input(Tape tape) => 0;
    }

    private static T[] Asked<T>(Oracle<T> oracle) => [.. Enumerable.Range(0, oracle.Budget).Select(_ => oracle.Query())];
}
