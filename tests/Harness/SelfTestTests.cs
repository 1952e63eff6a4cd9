using System.Diagnostics;
using System.Text.Json.Nodes;
using Expecto;
using Fractions;
using Wager.Games;
using Wager.Testing.Evaluation;
using Wager.Testing.SelfTest;

namespace Wager.Tests;

/// <summary>The self-test, and that it is not blind itself. What is sampled is seeded, and fails an honest harness with probability 1e-6.</summary>
internal static class SelfTestTests
{
    private const double Alarm = 1e-6;

    private static readonly Sampling _sampling = new() { Trials = 2000, Threads = 2 };

    public static Test All => Suite.Group(
        "self-test",
        Suite.Test("every planted advantage is there, exactly, and each bound on it holds or fails as it is to", () =>
        {
            foreach (PlantedBound planted in FalseAlarmStudy.Bounds)
            {
                Result exact = Assert.Exactly(planted.Game);
                Assert.Equal(planted.Advantage, exact.Judged!.Exact!.Value, planted.Game.ToString());
                Assert.Equal(planted.Holds ? Verdict.Proved : Verdict.Refuted, planted.Bound.Of(exact), $"{planted.Bound} of {planted.Game}");
            }

            Game cheap = Planted.EffInf(1, 10);
            Assert.Equal(Fraction.One, Assert.Exact(cheap), "EffInf is won always, and within the budget in one of ten");
        }),
        Suite.Test("honest intervals keep their level, with any number of threads alike", () =>
        {
            FalseAlarmResult[] rows = Played(new(_sampling, 20, Alarm));
            Assert.Equal("", Wrong(rows), "rows that are not as they should be");
            Assert.Equal(48, rows.Length, "rows");
            Assert.True(rows.Any(row => row.FalseAlarms > 0), "some alarms are false, as the level allows");
            string[] ends = [.. new[] { 1, 3 }.Select(threads => string.Join(' ', Played(new(_sampling with { Threads = threads }, 10, Alarm, bounds: [FalseAlarmStudy.Bounds[^2]]))))];
            Assert.Equal(ends[0], ends[1], "1 and 3 threads");
        }),
        Suite.Test("an interval of level 1/2 that is sold as one of 95 % is noticed, of both kinds and in each game", () =>
        {
            FalseAlarmResult[] rows = Played(new(_sampling with { Trials = 500 }, 60, Alarm, playedLevel: 0.5));
            foreach (Notion notion in new[] { Notion.WRec, Notion.EffInf, Notion.WInd })
            {
                foreach (bool isSequence in new[] { false, true })
                {
                    Assert.True(
                        rows.Any(row => row.Planted.Game.Notion == notion && row.IsSequence == isSequence && !row.IsKept),
                        $"{notion.Name}, {(isSequence ? "sequence" : "Clopper–Pearson")}");
                }
            }
        }),
        Suite.Test("an interval of 90 % that is sold as one of 95 % is noticed where all rows are taken together", () =>
        {
            PlantedBound[] bounds = [.. FalseAlarmStudy.Bounds.Where(planted => planted.Advantage == new Fraction(1, 2))];
            FalseAlarmStudy narrow = new(_sampling with { Trials = 400 }, 400, Alarm, playedLevel: 0.9, bounds: bounds);
            FalseAlarmStudy honest = new(_sampling with { Trials = 400 }, 400, Alarm, bounds: bounds);
            Assert.True(!narrow.Together(Played(narrow)).Single(kind => !kind.IsSequence).IsKept, "of 90 %");
            Assert.True(honest.Together(Played(honest)).All(kind => kind.IsKept), "of 95 %");
        }),
        Suite.Test("an interval that says nothing is noticed too: what is plainly false must be decided", () =>
        {
            FalseAlarmResult[] rows = Played(new(_sampling with { Trials = 10 }, 20, Alarm, playedLevel: 1 - 1e-9));
            Assert.True(rows.All(row => row.IsKept), "it misses nothing");
            FalseAlarmResult[] plain = [.. rows.Where(row => row.Planted.IsPlainlyFalse)];
            Assert.Equal(6, plain.Length, "three games, two kinds");
            Assert.True(plain.All(row => !row.IsAsItShouldBe), "and decides nothing");
        }),
        Suite.Test("a game that has another advantage than was planted is noticed", () =>
        {
            PlantedBound other = new(Planted.WRec(1, 10), new(1, 100), new(new(1, 2), "0.5"));
            Assert.True(Played(new(_sampling, 20, Alarm, bounds: [other])).All(row => !row.IsPlanted && !row.IsAsItShouldBe), "1/10 sold as 1/100");
        }),
        Suite.Test("selftest prints both tables, writes both as JSON, and exits with 0", () =>
        {
            using TemporaryFolder folder = new();
            CommandLine.Outcome outcome = CommandLine.Run("selftest", "--runs", "20", "--json", folder.File("json"));
            Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Output} {outcome.Error}");
            foreach (string part in new[] { "line 4 without ¬Same", "killed", "survives", "Clopper–Pearson", "confidence sequence", "as it should be: 40 of 40 mutants killed", "8 of 8 honest texts", "48 of 48 bounds" })
            {
                Assert.Contains(part, outcome.Output, "the tables");
            }

            JsonNode json = JsonNode.Parse(File.ReadAllText(folder.File("json")))!;
            Assert.True(json["passed"]!.GetValue<bool>(), "passed");
            Assert.Equal(48, json["mutants"]!.AsArray().Count, "mutants, and the honest texts of four games");
            JsonNode bound = json["bounds"]!.AsArray().First(row => row!["game"]!.GetValue<string>() == "EffInf" && row["planted"]!.GetValue<string>() == "1/10")!;
            Assert.Equal("1/10 Adv ≤ 0.1 Clopper–Pearson 20", $"{bound["advantage"]} {bound["bound"]} {bound["method"]} {bound["runs"]}", "a row");
            Assert.True(bound["power"] is null && bound["falseAlarms"] is not null && bound["allowed"] is not null, "a bound that holds has false alarms and no power");
        }),
        Suite.Test("wrong arguments are one line and exit code 2", () =>
        {
            foreach (string[] arguments in new string[][] { ["--runs", "19"], ["--level", "2"], ["--seed", "x"], ["--threads", "0"], ["clear"], ["--trials", "3"], ["--json", ""] })
            {
                CommandLine.Outcome outcome = CommandLine.Run(["selftest", .. arguments]);
                Assert.Equal((2, ""), (outcome.Code, outcome.Output), $"exit code and output of {string.Join(' ', arguments)}");
                Assert.Equal(1, outcome.Error.Trim().Split('\n').Length, outcome.Error);
            }
        }),
        Suite.Test("stopped, it tells what it knew by then, with exit code 130", () =>
        {
            (int code, string output) = (0, "");
            for (int seconds = 2; seconds <= 32 && output.Length == 0; seconds *= 2)
            {
                using Process process = CommandLine.Start("selftest", "--runs", "1000000"); // which takes hours
                Task<string> text = process.StandardOutput.ReadToEndAsync();
                Thread.Sleep(TimeSpan.FromSeconds(seconds)); // by then it plays; nothing is said before the end
                CommandLine.Interrupt(process);
                process.WaitForExit();
                (code, output) = (process.ExitCode, text.Result);
            }

            Assert.Equal(130, code, "exit code");
            Assert.Contains("nothing: the game itself", output, "the tables so far");
            Assert.Contains("stopped, and so far as it should be", output, "the last line");
        }));

    private static FalseAlarmResult[] Played(FalseAlarmStudy study) => [.. study.Run(CancellationToken.None)];

    private static string Wrong(IEnumerable<FalseAlarmResult> rows) => string.Join('\n', rows.Where(row => !row.IsAsItShouldBe));
}
