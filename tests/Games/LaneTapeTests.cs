using Expecto;
using FsCheck.Fluent;
using Wager.Adversaries;
using Wager.Games;
using Wager.Reductions;

namespace Wager.Tests;

/// <summary>Lanes against the same trials, each alone.</summary>
internal static class LaneTapeTests
{
    private const int Count = 3;

    private static readonly LaneScheme _scheme = new(Count);
    private static readonly LaneRecoverer _recoverer = new(_scheme, Count);
    private static readonly LaneAccelerator _accelerator = new(_scheme, Count);

    /// <summary>The four games, both readings of line 4, the reductions, function comparison, and the events that claims speak of.</summary>
    private static readonly Game[] _games =
    [
        Game.Correctness(_scheme),
        Game.WRec(_scheme, _recoverer),
        Game.WRec(_scheme, new GuessRecoverer<Each, Each, Each, Each, Each, Each>(_scheme)),
        Game.WRec(_scheme, new ConstantRecoverer<Each, Each, Each>(new Each(1))),
        Game.EffInf(_scheme, _accelerator),
        Game.EffInf(_scheme, new Eq8<Each, Each, Each, Each, Each, Each>(_scheme, _recoverer)),
        Game.EffInf(_scheme, _accelerator, queries: 2, inputs: 3),
        Game.WRec(_scheme, _recoverer, queries: 2),
        .. new[] { Line4.Resample, Line4.Reject }.SelectMany(line4 => new[]
        {
            Game.WInd(_scheme, new Eq9<Each, Each, Each, Each, Each, Each>(_scheme, _recoverer), line4),
            Game.WInd(_scheme, new TwoSided<Each, Each, Each, Each, Each, Each>(_scheme, _recoverer), line4),
            Game.WInd(_scheme, new OutputCompare<Each, Each, Each, Each, Each, Each>(_scheme, _accelerator), line4),
            Game.WInd(_scheme, new FunctionCompare<Each, Each, Each, Each, Each, Each>(_scheme), line4),
            Game.WInd(_scheme, new GuessDistinguisher<Each, Each, Each>(), line4, queries: 2),
            Game.World(_scheme, new Eq9<Each, Each, Each, Each, Each, Each>(_scheme, _recoverer), 1, line4),
        }),
        Game.Deviation(_scheme, 0),
        Game.Discontinuity(_scheme, _recoverer, 0),
        Game.Differing(_scheme),
        Game.Coincidence(_scheme, _accelerator, 0),
    ];

    public static Test All => Suite.Group(
        "lanes",
        Suite.Property(
            "in every game a lane wins, and every procedure spends in it, as its trial does alone, whoever its neighbours are",
            Gen.Elements(_games).SelectMany(game => Gen.Choose(0, 1000).SelectMany(
                seed => Gen.Choose(0, 500).NonEmptyListOf().Select(trials => new Drawn(game, (ulong)seed, [.. trials.Select(trial => (long)trial)])))).ToArbitrary(),
            drawn =>
            {
                LaneTape lanes = new(drawn.Seed, drawn.Trials);
                Bits won = drawn.Game.Play(lanes);
                SeededTape alone = new(drawn.Seed);
                foreach ((int lane, long trial) in drawn.Trials.Index())
                {
                    alone.Rewind(trial);
                    Assert.Equal(drawn.Game.Play(alone).Lanes[0], won.Lanes[won.Lanes.Length == 1 ? 0 : lane], $"{drawn.Game}: trial {trial} of seed {drawn.Seed}, lane {lane} of {drawn.Trials.Length}");
                    foreach (Procedure procedure in Enum.GetValues<Procedure>())
                    {
                        Assert.Equal(alone.Spent(procedure), lanes.Lane(lane).Spent(procedure), $"{drawn.Game}: what {procedure} spent in trial {trial}");
                    }

                    if (drawn.Game.Notion.Budget is not null)
                    {
                        Assert.Equal(drawn.Game.KeptBudget(alone, CostUnit.Operations), drawn.Game.KeptBudget(lanes.Lane(lane), CostUnit.Operations), $"{drawn.Game}: within the budget in trial {trial}");
                    }
                }

                Cost[] all = new Cost[Enum.GetValues<Procedure>().Length];
                Cost[] each = new Cost[all.Length];
                lanes.AddSpent(all);
                for (int lane = 0; lane < drawn.Trials.Length; lane++)
                {
                    lanes.Lane(lane).AddSpent(each);
                }

                Assert.True(all.SequenceEqual(each), $"{drawn.Game}: the whole spends what its lanes spend");
            }),
        Suite.Test("a masked redraw gives the law of W₁ given ¬Same(W₁, W₀), in all lanes at once (false alarm 1e-6)", () =>
        {
            const int Lanes = 60_000;
            PlayedScheme<Each, Each, Each, Each, Each, Each> sigma = new(_scheme);
            foreach (Line4 line4 in new[] { Line4.Resample, Line4.Reject })
            {
                (Each w0, Each w1) = sigma.TwoWeights(line4, new LaneTape(5, [.. Enumerable.Range(0, Lanes).Select(lane => (long)lane)]));
                int[] seen = new int[Count * Count];
                for (int lane = 0; lane < Lanes; lane++)
                {
                    seen[(w0[lane] * Count) + w1[lane]]++;
                }

                double expected = Lanes / 6.0;
                double chiSquare = seen.Index().Where(pair => pair.Index / Count != pair.Index % Count).Sum(pair => (pair.Item - expected) * (pair.Item - expected) / expected);
                Assert.Equal(0, seen[0] + seen[4] + seen[8], $"{line4}: pairs that are the same");
                Assert.True(chiSquare < 36.3, FormattableString.Invariant($"{line4}: χ² = {chiSquare} of 5 degrees of freedom, which is below 36.3 but once in a million, seed 5"));
            }
        }),
        Suite.Test("a condition that one lane never meets is undefined", () =>
        {
            LaneTape tape = new(1, [0, 1, 2]);
            string message = Assert.Throws<UndefinedConditionException>(
                () => tape.Given(t => t.Coin(), coin => new Bits([true, coin.Lanes[1], false]), (_, zero, _) => zero), "never met").Message;
            Assert.Contains("a condition was not met in 1,000,000 attempts", message, "the message");
        }),
        Suite.Test("lanes refuse what is of one trial", () =>
        {
            LaneTape tape = new(1, [0, 1]);
            Assert.Throws<NotSupportedException>(() => tape.Draw(3), "a number that is one for all");
            Assert.Throws<NotSupportedException>(() => tape.DrawByOdds(1, 2), "likewise");
            Assert.Throws<InvalidOperationException>(() => tape.Spent(Procedure.Train), "what several lanes spent");
            Assert.Throws<ArgumentOutOfRangeException>(() => tape.Lane(2), "a lane that is not there");
            Assert.Throws<ArgumentException>(() => GC.KeepAlive(new LaneTape(1, [])), "no lane");
            Assert.Throws<ArgumentException>(() => GC.KeepAlive(new LaneTape(1, [0], guard: new Guard(new Limits(Operations: 9)))), "limits");
            string flaw = Assert.Throws<NotSupportedException>(() => Game.WRec(new MadeScheme(3), new Guess3()).Play(tape), "a scheme of one trial at a time").Message;
            Assert.Equal("made: it plays one trial at a time", flaw, "why");
        }));

    private sealed record Drawn(Game Game, ulong Seed, long[] Trials)
    {
        public override string ToString() => $"{Game}, seed {Seed}, trials {string.Join(' ', Trials)}";
    }

    private sealed record Guess3 : Recoverer<int, int, NoKey>
    {
        public override int Recover(NoKey publicKey, int released, Tape tape) => 0;
    }
}
