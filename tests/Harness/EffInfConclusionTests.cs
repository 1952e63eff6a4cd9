using Expecto;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>What <c>reproduce effinf</c> says, of results made up so that each sentence comes out either way.</summary>
internal static class EffInfConclusionTests
{
    private const long Trials = 100;

    /// <summary>Cost(Run′), in operations and in bytes.</summary>
    private const double OfRunReleased = 100, BytesOfRunReleased = 1000;

    private static readonly Game _game = SchemeCatalog.Find("clear").Game(Notion.EffInf, "constant");

    private static readonly (string Name, double Seconds)[] _seconds = [("Run", 1), ("Run′", 4), ("collapse", 2)];

    public static Test All => Suite.Group(
        "conclusions of effinf",
        Suite.Test("what an adversary costs is its preparation and its inference, in operations and in bytes, read and written", () =>
        {
            EffInfAttack attack = Made("a", wins: 100, within: 0, preparation: 250, inference: 50);
            Assert.Equal((3.0, 0.5), (attack.Cost, attack.CostOfInference), "operations");
            Assert.Equal((0.75, 0.125), (attack.Bytes, attack.BytesOfInference), "bytes");
            Assert.Equal(6.0, attack.BreakEven, "m*: 250 + 50·m < 100·m");
        }),
        Suite.Test("it wins, or answers, where the whole interval is above 0.05, the ε of a card", () =>
        {
            // Of 100 trials 10 have the interval [0.0490, 0.1763], 11 [0.0562, 0.1884], 1 [0.0002, 0.0545] and 0 [0, 0.0363].
            foreach ((long wins, bool answers, Verdict verdict) in new[]
            {
                (0L, false, Verdict.Supported), (1, false, Verdict.Inconclusive), (10, false, Verdict.Inconclusive), (11, true, Verdict.Refuted), (59, true, Verdict.Refuted),
            })
            {
                EffInfAttack attack = Made("a", wins, wins, 0, 50);
                Assert.Equal((answers, verdict), (attack.Answers, attack.Verdict), $"{wins} of {Trials}");
            }

            Assert.Equal((true, Verdict.Supported), (Made("a", 100, 0, 0, 50).Answers, Made("a", 100, 0, 0, 50).Verdict), "the mean cost decides nothing: nothing was won within the budget");
        }),
        Suite.Test("the slowdown holds of Run′ or does not, grows with N or does not, and other parameters change it or hardly do", () =>
        {
            foreach ((double here, double atMost, double ofD, string[] parts) in new[]
            {
                (4.5, 16.5, 4.4, new[] { "holds of Run′ as it is published: it costs 4.50 times Run at N = 8 and 16.5 times at N = 32, at most 0 % off (1 + N)/2", "d hardly changes that (4.40 to 4.50 over d = 8 … 64)" }),
                (4.5, 4.5, 1.5, ["holds without growing with N of Run′", "at most 72.7 % off", "d changes that (1.50 to 4.50"]),
                (0.9, 16.5, 4.5, ["does not hold of Run′", "d hardly changes that (4.50 to 4.50"]),
            })
            {
                string sentence = EffInfConclusions.Of([Study(8, 1, Made("collapse", 100, 100, 0, 22))], Slowdowns(here, atMost, ofD), _seconds, order: 8).First();
                foreach (string part in parts)
                {
                    Assert.Contains(part, sentence, "the sentence");
                }

                Assert.Contains("h hardly changes that (4.50 to 4.50 over h = 8 … 64)", sentence, "h");
            }
        }),
        Suite.Test("the collapse undoes it everywhere, somewhere, or nowhere", () =>
        {
            EffInfAttack wins = Made("collapse", 59, 59, 0, 22);
            EffInfAttack loses = Made("collapse", 0, 0, 0, 22);
            foreach ((EffInfAttack small, EffInfAttack large, string said) in new[]
            {
                (wins, wins, "Of the release it does not hold, by the collapse: it wins EffInf for one input at d = 8 (right in 59 of 100 trials), 64 (right in 59 of 100 trials), at 0.22 of Cost(Run′) or less"),
                (wins, loses, "Of the release it does not hold at every size, by the collapse: it wins EffInf for one input at d = 8 (right in 59 of 100 trials); not at d = 64 (right in 0 of 100 trials)"),
                (loses, loses, "Of the release it holds as far as played, by the collapse: it does not win EffInf for one input at d = 8 (right in 0"),
            })
            {
                Assert.Contains(said, Text(Study(8, 1, small), Study(64, 1, large)), "the sentence");
            }
        }),
        Suite.Test("an adversary wins for one input, pays over many, pays never, loses, or is not decided; and saves operations, or none", () =>
        {
            foreach ((EffInfAttack attack, string said) in new[]
            {
                (Made("eq8(a)", 100, 100, 30, 40), "by eq8(a): it wins EffInf for one input at d = 8."),
                (Made("eq8(a)", 100, 99, 30, 40), "by eq8(a): it wins EffInf for one input at d = 8 (within the budget in 99)."),
                (Made("eq8(a)", 90, 0, 250, 50), "by eq8(a): it costs less than Run′ only over many inputs at d = 8 (3.00 times Cost(Run′), m* = 6, right in 90 of 100 trials)."),
                (Made("eq8(a)", 100, 0, 0, 144), "by eq8(a): it pays for no number of inputs at d = 8."),
                (Made("eq8(a)", 0, 0, 30, 40), "by eq8(a): it does not win EffInf for one input at d = 8 (right in 0 of 100 trials)."),
                (Made("eq8(a)", 10, 10, 30, 40), "by eq8(a): whether it wins EffInf for one input is not decided at d = 8 (right in 10 of 100 trials)."),
                (Made("eq8(a)", 100, 1, 90, 40), "by eq8(a): whether it wins EffInf for one input is not decided at d = 8 (within the budget in 1)."),
                (Made("quantise(a)", 100, 0, 0, 144), "By counted operations it saves nothing (1.44 of Cost(Run′) for each input at d = 8"),
                (Made("quantise(a)", 100, 100, 0, 60), "By counted operations it saves 0.40 (0.60 of Cost(Run′) for each input at d = 8"),
            })
            {
                Assert.Contains(said, Text(Study(8, 1, Made("collapse", 100, 100, 0, 22), attack)), "the sentence");
            }
        }),
        Suite.Test("the notes say ε, the level, and of how many MLPs and trials the intervals are", () =>
        {
            EffInfAttack attack = Made("collapse", 100, 100, 0, 22);
            string notes = string.Join('\n', EffInfConclusions.Notes([Study(8, 16, attack), Study(32, 16, attack), Study(512, 3, attack)], level: 0.99));
            foreach (string part in new[] { "above ε = 0.05, at 99 % each", "MLPs: 16 at d = 8, 32, 3 at d = 512; trials: 100 at d = 8, 32, 512.", "over inputs of these MLPs, and not over MLPs" })
            {
                Assert.Contains(part, notes, "notes");
            }
        }));

    private static string Text(params EffInfStudy[] studies) => string.Join('\n', EffInfConclusions.Of(studies, Slowdowns(4.5, 16.5, 4.5), _seconds, order: 8));

    private static EffInfStudy Study(int width, int mlps, params EffInfAttack[] attacks) => new(width, mlps, Played(Trials, Trials, []), attacks);

    /// <summary>Over N with these ratios at 8 and 32, over d from this ratio to 4.5, and over h at 4.5.</summary>
    private static Slowdown[] Slowdowns(double here, double atMost, double ofD) =>
    [
        new("N", [(8, 2, 2 * here), (32, 2, 2 * atMost)]),
        new("d", [(8, 2, 2 * ofD), (64, 2, 9)]),
        new("h", [(8, 2, 9), (64, 2, 9)]),
    ];

    /// <summary>An adversary that reads two bytes for an operation and writes half of one.</summary>
    private static EffInfAttack Made(string name, long wins, long within, double preparation, double inference) => new(name, Played(wins, within, new()
    {
        [Procedure.Preparation] = Work(preparation),
        [Procedure.Adversary] = Work(inference),
        [Procedure.RunReleased] = new(Elementwise: OfRunReleased, BytesRead: BytesOfRunReleased),
    }));

    private static Cost Work(double operations) => new(Elementwise: operations, BytesRead: 2 * operations, BytesWritten: operations / 2);

    private static Result Played(long wins, long within, Dictionary<Procedure, Cost> cost) => new()
    {
        Game = _game,
        Probability = Share(wins),
        Advantage = Share(wins),
        WithinBudget = Share(within),
        Limits = new(),
        Level = 0.95,
        Trials = Trials,
        Wins = wins,
        WinsWithin = within,
        Faults = new Dictionary<Fault, double>(),
        Cost = cost,
        Unit = CostUnit.Operations,
        Seconds = 0,
    };

    private static Quantity Share(long wins) => new((double)wins / Trials, Interval.ClopperPearson(wins, Trials, 0.95));
}
