using Expecto;
using Fractions;
using Wager.Games;
using Wager.Schemes.Tables;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;
using Wager.Testing.SelfTest;

namespace Wager.Tests;

/// <summary>The mutants of the four games, the known answers that kill them, and that the killing is not for nothing.</summary>
internal static class MutantTests
{
    private const double Alarm = 1e-6;

    private static readonly Sampling _sampling = new() { Trials = 20_000, Threads = 2 };

    public static Test All => Suite.Group(
        "mutants",
        Suite.Test("the four games give every known answer, and so does the mutants' text with nothing wrong", () =>
        {
            foreach (KnownAnswer answer in KnownAnswers.All)
            {
                Assert.Equal(answer.Winning, Winning(answer.Game), $"{answer.Game}: {answer.Why}");
                Assert.Equal(answer.Winning, Winning(answer.Mutant(null)), $"{answer.Game}, in the mutants' text");
                Assert.Equal(answer.Game.ToString(), answer.Mutant(null).ToString(), "what it is called");
            }
        }),
        Suite.Property("with nothing wrong the mutants' text is the game's on random finite schemes too", RandomInstances.Arbitrary, c =>
        {
            TableScheme scheme = c.Scheme();
            Same(Game.Correctness(scheme), Mutants.Correctness(scheme, null));
            Same(Game.WRec(scheme, c.Recoverer), Mutants.WRec(scheme, c.Recoverer, null));
            Same(Game.EffInf(scheme, c.Accelerator), Mutants.EffInf(scheme, c.Accelerator, null));
            Same(Game.WInd(scheme, c.Distinguisher), Mutants.WInd(scheme, c.Distinguisher, null));
        }),
        Suite.Group("are killed, exactly and by sampling", [.. Notion.All.Select(notion => Suite.Test(notion.Name, () =>
        {
            MutantResult[] rows = [.. new MutantStudy(_sampling, Alarm, [.. KnownAnswers.All.Where(answer => answer.Game.Notion == notion)])
                .Run(CancellationToken.None).Where(row => row.Notion == notion)];
            Assert.Equal(2 + Mutation.Of(notion).Count, rows.Length, "mutants and honest texts");
            Assert.Equal("", string.Join(", ", rows.Where(row => !row.IsAsItShouldBe).Select(row => row.Wrong)), "not as they should be");
        }))]),
        Suite.Test("a swapped bit has the game's advantage, and another Pr[win]", () =>
        {
            KnownAnswer clear = KnownAnswers.All.First(answer => answer.Game.Notion == Notion.WInd && answer.Game.Scheme == "clear");
            Game swapped = clear.Mutant(Mutation.Swapped);
            Assert.Equal(Assert.Exact(clear.Game), Assert.Exact(swapped), "Adv");
            Assert.Equal((Fraction.One, Fraction.Zero), (Winning(clear.Game), Winning(swapped)), "Pr[win]");
        }),
        Suite.Test("a known answer that is none is noticed, of the games themselves", () =>
        {
            KnownAnswer wrong = KnownAnswers.All[0] with { Winning = new(1, 2) };
            MutantResult[] rows = [.. new MutantStudy(_sampling, Alarm, [wrong]).Run(CancellationToken.None).Where(row => row.IsHonest && row.Notion == wrong.Game.Notion)];
            Assert.Equal(2, rows.Length, "the game, and the mutants' text");
            Assert.True(rows.All(row => !row.IsAsItShouldBe && row.Missed.Count == 1 && row.Noticed == 1), "both give another, exactly and by sampling");
        }),
        Suite.Test("a table that is too small lets mutants survive, and that is noticed", () =>
        {
            KnownAnswer luck = KnownAnswers.All.First(answer => answer.Game.Notion == Notion.WRec);
            MutantResult[] rows = [.. new MutantStudy(_sampling, Alarm, [luck]).Run(CancellationToken.None).Where(row => row.Notion == Notion.WRec)];
            Assert.Equal("the win is inverted, it is always won", string.Join(", ", rows.Where(row => !row.IsHonest && row.IsAsItShouldBe).Select(row => row.Wrong)), "killed by luck alone");
        }),
        Suite.Test("an overheard tape repeats one procedure's coins, by paths and by seed, and gives its own after them", () =>
        {
            SeededTape seeded = new(3);
            foreach (Tape tape in new Tape[] { seeded, Begun(new()) })
            {
                OverheardTape overheard = new(tape, Procedure.Train);
                Tape train = overheard.For(Procedure.Train);
                int[] heard = [train.Draw(6), train.DrawByOdds(1, 2, 3), train.DrawBiased(1, 4)];
                _ = overheard.For(Procedure.Release).Draw(6);
                Tape adversary = overheard.For(Procedure.Adversary);
                Assert.Equal(string.Join(' ', heard), $"{adversary.Draw(6)} {adversary.DrawByOdds(1, 2, 3)} {adversary.DrawBiased(1, 4)}", "the coins of Train");
                _ = adversary.Draw(1000);
            }

            seeded.Rewind(0);
            int own = new OverheardTape(seeded, Procedure.Train).For(Procedure.Adversary).Draw(1000);
            seeded.Rewind(0);
            Assert.Equal(seeded.For(Procedure.Adversary).Draw(1000), own, "where nothing was heard, its own coins");
        }));

    private static Fraction Winning(Game game) => Assert.Exactly(game).Probability.Exact!.Value;

    /// <summary>Compares Pr[win], and what is won within the budget, where the games are defined.</summary>
    private static void Same(Game game, Game mutant)
    {
        static string Told(Game game)
        {
            try
            {
                Result result = Assert.Exactly(game);
                return $"{result.Probability.Exact} {result.WithinBudget?.Exact}";
            }
            catch (UndefinedConditionException)
            {
                return "undefined";
            }
        }

        Assert.Equal(Told(game), Told(mutant), game.ToString());
    }

    private static PathTape Begun(PathTape tape)
    {
        tape.Begin();
        return tape;
    }
}
