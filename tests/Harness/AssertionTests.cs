using System.Globalization;
using Expecto;
using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Adversaries;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes;
using Wager.Testing;
using Wager.Testing.Evaluation;
using Game = Wager.Games.Game;

namespace Wager.Tests;

/// <summary>Bounds and claims as assertions: what passes, what fails and with which words, what is refused.</summary>
internal static class AssertionTests
{
    private static readonly ConstantRecoverer<int, int, NoKey> _constant = new(0);

    public static Test All => Suite.Group(
        "assertions",
        Suite.Test("of a finite scheme they are decided exactly, at the bound itself", () =>
        {
            Game game = Game.WRec(new Uniform(3), _constant);
            Advantage.Of(game).AtMost(new Fraction(1, 3));
            Advantage.Of(game).AtLeast(new Fraction(1, 3));
            Advantage.Of(game).Exactly(1, 3);
            Fails(() => Advantage.Of(game).AtMost(0.333333), "Adv ≤ 0.333333: refuted", "Adv^WRec = 1/3, exactly", "replay: wager exact WRec --scheme uniform-3 --adversary constant --at-most 0.333333");
            Fails(() => Advantage.Of(game).AtLeast(0.333334), "Adv ≥ 0.333334: refuted");
            Fails(() => Advantage.Of(game).Exactly(1, 4), "Adv = 1/4: refuted");
            Advantage.Of(Game.WRec(new Uniform(10), _constant)).AtMost(0.1); // a tenth, and not the double above it
            Advantage.Of(Game.WRec(new Uniform(10), _constant)).AtLeast(0.1);
            Advantage.Of(Game.WRec(new Uniform(20_000), _constant)).Exactly(1, 20_000); // more paths than are enumerated where trials would do
        }),
        Suite.Test("in EffInf only what is won within the budget counts", () =>
        {
            Game game = Game.EffInf(new Clear(), new Eq8<int, int, int, int, NoKey, NoKey>(new Clear(), new Inversion<int, int, NoKey>((_, released) => released)));
            Assert.Equal(Fraction.One, ExactEvaluator.Evaluate(game)!.Advantage.Exact!.Value, "it always wins");
            Advantage.Of(game).Exactly(ExactEvaluator.Evaluate(game)!.WithinBudget!.Exact!.Value);
            Advantage.Of(game).AtMost(0);
        }),
        Suite.Test("of a property its probability is asserted, and nothing from above", () =>
        {
            Advantage.Of(Game.Correctness(new OneBitPad())).AtLeast(0.5);
            Fails(() => Advantage.Of(Game.Correctness(new Uniform(3))).Exactly(1), "Correctness of uniform-3: Pr = 1: refuted", "wager exact Correctness --scheme uniform-3");
            Refused(() => Advantage.Of(Game.Correctness(new Uniform(3))).AtMost(0.5), "Correctness of uniform-3 has no adversary, and so no advantage: assert AtLeast or Exactly, of its probability");
            Advantage.Of(Game.Correctness(Sampled(4))).AtLeast(0.99);
        }),
        Suite.Test("what is played ends when the bound is decided, and fails with trials that replay", () =>
        {
            Game game = Game.WRec(Sampled(4), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(Sampled(4)));
            Advantage.Of(game).AtMost(0.3);
            Advantage.Of(game).AtLeast(0.2);
            string message = Fails(() => Advantage.Of(game, seed: 5).AtMost(0.2), "Adv ≤ 0.2: refuted", "at level 95 % (a confidence sequence, ", "seed 5", "in code, SampledEvaluator.Replay(game, seed: 5, trial: 0 … ");
            Assert.Equal(message, Fails(() => Advantage.Of(game, seed: 5).AtMost(0.2)), "the same seed, the same failure");
            Fails(() => Advantage.Of(game).Exactly(1, 4), "Adv = 1/4: inconclusive", "it was not evaluated exactly", "nothing was played");
        }),
        Suite.Test("a failure is told with the fewest trials that show it", () =>
        {
            Game game = Game.WRec(Sampled(4), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(Sampled(4)));
            Bound bound = new(new Fraction(22, 100), "0.22");
            int earlier = 0;
            for (ulong seed = 1; seed <= 6; seed++)
            {
                Sampling sampling = new() { Trials = 1_000_000, Seed = seed };
                Result found = new Judge(sampling).Of(game, bound).Result!;
                earlier += found.Trials < SampledEvaluator.Evaluate(game, sampling with { Until = bound }).Trials ? 1 : 0;
                long wins = 0;
                SampledEvaluator.Evaluate(game, sampling with { Trials = found.Trials!.Value, Threads = 1 }, observe: (trial, isWon) =>
                {
                    wins += isWon ? 1 : 0;
                    Assert.Equal(trial + 1 == found.Trials, Interval.Anytime(wins, trial + 1, 0.95).Low > 0.22, $"refuted after trial {trial} of seed {seed}");
                });
                Assert.Equal(found.Wins, wins, "wins");
            }

            Assert.True(earlier > 0, "where the trials ended was looked at in blocks");
        }),
        Suite.Test("what is not decided fails, unless that is allowed by name", () =>
        {
            Game game = Game.WRec(Sampled(4), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(Sampled(4)));
            Fails(() => Advantage.Of(game, trials: 20).AtMost(0.25), "Adv ≤ 0.25: inconclusive", "20 trials, 5 won, seed 1");
            Advantage.Of(game, trials: 20).AtMost(0.25, allowInconclusive: true);
            Fails(() => Advantage.Of(game).AtMost(0.2, allowInconclusive: true), "refuted");
        }),
        Suite.Test("an adversary that gives no valid answer keeps no bound, unless a limit ended it", () =>
        {
            FunctionRecoverer<int, int, NoKey> throws = new("throws", (_, _, _) => throw new InvalidDataException("broken"));
            Fails(() => Advantage.Of(Game.WRec(new Clear(), throws)).AtMost(0.5), "inconclusive", "without a valid answer first: throws threw InvalidDataException: broken, which shows nothing of adversaries that answer");
            Fails(() => Advantage.Of(Game.WRec(new Clear(), throws)).Exactly(0), "inconclusive");
            Fails(() => Advantage.Of(Game.WRec(Sampled(4), throws), trials: 100).AtMost(0.5), "inconclusive");
            Advantage.Of(Game.WRec(new Clear(), throws)).AtMost(0.5, allowInconclusive: true);
            FunctionRecoverer<int, int, NoKey> hangs = new("hangs", (_, _, tape) =>
            {
                tape.Cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
                return 0;
            });
            Fails(() => Advantage.Of(Game.WRec(new Clear(), hangs), timeout: TimeSpan.FromMilliseconds(20)).AtMost(0.5), "inconclusive", "hangs had not answered on some path after 0.02 s");
            Advantage.Of(Game.WRec(new Clear(), new Inversion<int, int, NoKey>((_, released) => released) { Operations = 9 }), limits: new(5)).AtMost(0.1);
        }),
        Suite.Test("a claim that holds whatever its advantages are is not decided", () =>
        {
            Eq8<int, int, int, int, NoKey, NoKey> useless = new(new MadeScheme(3) { Releases = (w, _) => (w + 1) % 3 }, _constant); // Run′ never answers as Run does
            ClaimResult exact = Assert.Judged(useless.Repaired(0));
            Assert.Equal((Verdict.Proved, true), (exact.Verdict, exact.Conclusion.IsVacuous), "it is vacuous");
            Fails(() => Claim.Holds(useless.Repaired(0)), "inconclusive", "it holds whatever its advantages are");
            Claim.Holds(useless.Repaired(0), allowInconclusive: true);
        }),
        Suite.Test("a conditional draw with more paths than are enumerated is played", () =>
        {
            MadeScheme large = new(1 << 12) { Weights = new("all but one", (a, b) => (a ^ b) == 1 ? 1 : 0, 0) };
            Advantage.Of(Game.WInd(large, new GuessDistinguisher<int, int, NoKey>()), trials: 100).AtMost(0.01, allowInconclusive: true);
            Finding finding = new Judge(new() { Trials = 100 }).Of(Game.WInd(large, new GuessDistinguisher<int, int, NoKey>(), Line4.Reject), new Bound(0, "0"));
            Assert.Equal(100L, finding.Result!.Trials!.Value, "trials, and no paths");
        }),
        Suite.Test("an undefined game fails, whatever is allowed", () =>
            Fails(() => Advantage.Of(Game.WInd(new ConstantRelease(1, 1), new ConstantDistinguisher<int, int, NoKey>())).AtMost(0.5, allowInconclusive: true), "undefined")),
        Suite.Test("of several games the first that fails is told, and they share the level", () =>
        {
            Game[] games = [.. Enumerable.Range(1, 9).Select(n => Game.WRec(new Uniform(n), _constant))];
            Fails(() => Advantage.OfEach(games).AtLeast(0.2), "WRec of uniform-6 against constant");
            Advantage.OfEach(games).AtLeast(0.1);
            Game sampled = Game.WRec(Sampled(4), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(Sampled(4)));
            Fails(() => Advantage.OfEach([games[0], sampled], level: 0.9).AtMost(1.0 / 1024, allowInconclusive: true), "Adv^WRec = 1, exactly");
            Fails(() => Advantage.OfEach([games[8], sampled], level: 0.9).AtMost(0.12), "at level 95 %");
            Refused(() => Advantage.OfEach([]), "no games: an assertion about none could not fail, give at least one");
        }),
        Suite.Test("a family shares its level, among as many as were told", () =>
        {
            Game game = Game.WRec(Sampled(4), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(Sampled(4)));
            Family family = new(count: 2, level: 0.9);
            Fails(() => Advantage.Of(game, family: family).AtMost(0.1), "at level 95 %");
            Claim.Holds(new Eq9<int, int, int, int, NoKey, NoKey>(new Uniform(3), _constant).Repaired(), family: family);
            Refused(() => Advantage.Of(game, family: family), "a family of 2 assertions has no share of its level left: one more was made, so give it their number");
            Refused(() => _ = new Family(0), "a family of 0 assertions: it must have at least 1");
            Refused(() => _ = new Family(3, level: 1), "level 1: must be above 0 and at most 0.999999, such as 0.95");
        }),
        Suite.Test("claims hold, fail with both sides, and say nothing where a premise is unmet", () =>
        {
            Eq9<int, int, int, int, NoKey, NoKey> eq9 = new(new Uniform(3), _constant);
            Claim.Holds(eq9.Repaired());
            Fails(() => Claim.Holds(eq9.AsStated()), "eq9 for constant on uniform-3", ": refuted", "1/3 against 0", "replay: wager claims eq9 --scheme uniform-3 --adversary constant --assert");
            Fails(() => Claim.Holds(new Eq8<int, int, int, int, NoKey, NoKey>(new Uniform(3), _constant).AsStated(), allowInconclusive: true), "premise unmet");
            GuessRecoverer<int, int, int, int, NoKey, NoKey> guess = new(Sampled(4));
            Claim.Holds(new Eq8<int, int, int, int, NoKey, NoKey>(Sampled(4), guess).Repaired(omega: 0), trials: 300);
            Fails(() => Claim.Holds(new Eq9<int, int, int, int, NoKey, NoKey>(Sampled(4), guess).Repaired(), trials: 50), "inconclusive", "50 trials of each game, seed 1, 95 % together");
            Claim.Holds(new Eq9<int, int, int, int, NoKey, NoKey>(Sampled(4), guess).Repaired(), trials: 50, allowInconclusive: true);
        }),
        Suite.Test("a claim that trials refute is told with as few, by halves, as still refute it", () =>
        {
            GuessRecoverer<int, int, int, int, NoKey, NoKey> guess = new(Sampled(4));
            Claim stated = new Eq9<int, int, int, int, NoKey, NoKey>(Sampled(4), guess).AsStated();
            string message = Fails(() => Claim.Holds(stated, trials: 16_000), "refuted", "16000 trials of each game", " still show it");
            long fewest = long.Parse(message.Split("together; ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
            Verdict Of(long trials) => new Judge(new() { Trials = trials }).Of(stated, 0.05).Verdict;
            Assert.Equal((Verdict.Refuted, Verdict.Inconclusive), (Of(fewest), Of(fewest / 2)), $"with {fewest} trials, and with half of them");
        }),
        Suite.Test("as Expecto tests they are named after what they say, and fail as its own do", () =>
        {
            Game game = Game.WRec(new Uniform(3), _constant);
            Test[] tests = [Advantage.Of(game).Test(a => a.AtMost(0.4)), Advantage.Of(game).Test(a => a.AtLeast(0.4)), Claim.Test(new Eq9<int, int, int, int, NoKey, NoKey>(new Uniform(3), _constant).Repaired())];
            Assert.Equal("WRec of uniform-3 against constant: Adv ≤ 0.4|WRec of uniform-3 against constant: Adv ≥ 0.4|eq9-repaired for constant on uniform-3", string.Join('|', tests.SelectMany(test => Expecto.TestModule.toTestCodeList(test)).Select(test => test.name.Single())), "names");
            Assert.Equal("other coins", Expecto.TestModule.toTestCodeList(Advantage.Of(game, seed: 2).Test(a => a.AtMost(0.4), "other coins")).Single().name.Single(), "a name of one's own");
            Assert.Throws<AssertException>(() => Advantage.Of(game).AtLeast(0.4), "Expecto's own failure");
            Advantage of = Advantage.Of(game);
            Refused(() => of.Test(a => a.AtMost(2)), "bound 2: must be a probability in [0, 1], such as 0.05");
            Fails(() => of.AtMost(0.1), "refuted"); // to name a test leaves what it names as it is
            Refused(() => of.Test(_ => { }), "WRec of uniform-3 against constant: a test that asserts nothing could not fail; assert a bound, as in a => a.AtMost(0.01)");
        }),
        Suite.Test("as FsCheck properties they shrink to a small game that fails, and share the level among the cases", () =>
        {
            Arbitrary<int> sizes = Arb.From(Gen.Choose(1, 60), n => Enumerable.Range(1, n - 1));
            PropertyRunner.Check(Advantage.Property(sizes, n => Game.WRec(new Uniform(n), _constant), a => a.AtLeast(1.0 / 60), cases: 50), 50);
            FailedException failed = Assert.Throws<FailedException>(() => PropertyRunner.Check(Advantage.Property(sizes, n => Game.WRec(new Uniform(n), _constant), a => a.AtLeast(0.1)), 100), "it fails");
            Assert.Contains("smallest: 11", failed.Message, "the smallest");
            Assert.Contains("replay: wager exact WRec --scheme uniform-11", failed.Message, "its command");
            Cases cases = new(3, 0.94);
            cases.Assert(share => Assert.Near(0.98, share, 1e-12, "a third of what may go wrong"));
            Assert.Contains("a test that asserts nothing could not fail", Assert.Throws<FailedException>(() => PropertyRunner.Check(Advantage.Property(sizes, n => Game.WRec(new Uniform(n), _constant), _ => { }), 3), "nothing").Message, "why");
            UsageException more = Assert.Throws<UsageException>(() => RunCases(cases, 3), "one more than told");
            Cases shrinking = new(1, 0.95);
            Assert.Throws<AssertionFailure>(() => shrinking.Assert(_ => Advantage.Of(Game.WRec(new Uniform(3), _constant)).AtMost(0)), "the one case");
            RunCases(shrinking, 5); // what makes it smaller is no further case
            Game open = Game.WRec(Sampled(4), new GuessRecoverer<int, int, int, int, NoKey, NoKey>(Sampled(4)));
            shrinking.Assert(_ => Advantage.Of(open, trials: 20).AtMost(0.25)); // what is refuted does not shrink to what is not decided
            Cases throwing = new(1, 0.95);
            Assert.Throws<InvalidDataException>(() => throwing.Assert(_ => throw new InvalidDataException()), "the one case");
            RunCases(throwing, 5);
            PropertyRunner.Check(Advantage.Property(sizes, n => Game.WRec(new Uniform(n), _constant), a => a.AtLeast(1.0 / 60), cases: 200, level: 0.9999), 10); // a share beyond what a level may be
            Assert.Equal("more than the 3 cases among which the level was shared: give their number as cases, and check a property once", more.Message, "why");
            PropertyRunner.Check(Claim.Property(sizes, n => new Eq9<int, int, int, int, NoKey, NoKey>(new Uniform(n + 1), _constant).Repaired()), 20);
        }),
        Suite.Test("what is no bound, level or number is one line", () =>
        {
            Game game = Game.WRec(new Uniform(3), _constant);
            Refused(() => Advantage.Of(game).AtMost(1.5), "bound 1.5: must be a probability in [0, 1], such as 0.05");
            Refused(() => Advantage.Of(game).AtLeast(-0.1), "bound -0.1: must be a probability in [0, 1], such as 0.05");
            Refused(() => Advantage.Of(game).AtMost(double.NaN), "bound NaN: must be a probability in [0, 1], such as 0.05");
            Refused(() => Advantage.Of(game).Exactly(4, 3), "bound 4/3: must be a probability in [0, 1], such as 1/20");
            Refused(() => Advantage.Of(game).Exactly(1, 0), "bound NaN: must be a probability in [0, 1], such as 1/20");
            Refused(() => Advantage.Of(game).AtLeast(1 / 3), "Adv ≥ 0 cannot fail: every advantage is in [0, 1] (of whole numbers 1 / 3 is 0: write 1.0 / 3)");
            Refused(() => Advantage.Of(game).AtMost(1), "Adv ≤ 1 cannot fail: every advantage is in [0, 1] (of whole numbers 1 / 3 is 0: write 1.0 / 3)");
            Refused(() => Advantage.Of(game, level: 0), "level 0: must be above 0 and at most 0.999999, such as 0.95");
            Refused(() => Advantage.Of(game, level: 1), "level 1: must be above 0 and at most 0.999999, such as 0.95");
            Refused(() => Claim.Holds(new Eq9<int, int, int, int, NoKey, NoKey>(new Uniform(3), _constant).Repaired(), trials: 3_000_000_000), "trials 3000000000: must be at most 1000000000 for a claim, of whose trials each is kept");
            Refused(() => Advantage.Of(game, limits: new(-1)), "limits of -1 operations: must be a number from 0 to 9007199254740992");
            Refused(() => Advantage.Of(game, limits: new(double.NaN)), "limits of NaN operations: must be a number from 0 to 9007199254740992");
            Refused(() => Advantage.Of(game, limits: new(Bytes: -1)), "limits of -1 bytes: must be at least 0");
            Refused(() => Advantage.Of(game, timeout: TimeSpan.Zero), "timeout 00:00:00: must be above 0");
            Refused(() => Advantage.Of(game, trials: 0), "trials 0: must be at least 1");
            Refused(() => Claim.Holds(new Eq9<int, int, int, int, NoKey, NoKey>(new Uniform(3), _constant).Repaired(), level: 1), "level 1: must be above 0 and at most 0.999999, such as 0.95");
        }));

    /// <summary>A scheme that cannot be enumerated, and that no command finds.</summary>
    private static MadeScheme Sampled(int count) => new(count) { IsKeyed = true };

    private static void RunCases(Cases cases, int count)
    {
        for (int i = 0; i < count; i++)
        {
            cases.Assert(_ => { });
        }
    }

    private static string Fails(Action assert, params string[] says)
    {
        string message = Assert.Throws<AssertionFailure>(assert, "it fails").Message;
        foreach (string part in says)
        {
            Assert.Contains(part, message, "the failure");
        }

        return message;
    }

    private static void Refused(Action assert, string why) => Assert.Equal(why, Assert.Throws<UsageException>(assert, why).Message, "the line");
}
