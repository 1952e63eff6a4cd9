using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Expecto;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>Costs, families, asserted bounds and sentences, as the command line gives them.</summary>
internal static partial class ReportTests
{
    public static Test All => Suite.Sequenced(Suite.Group(
        "reports",
        Suite.Test("the cost table of a scheme has every procedure and every adversary with all that it calls", () =>
        {
            CostRow[] rows = [.. CostTable.Of(SchemeCatalog.Find("clear"), new(), new() { Trials = 50 }, TimeSpan.Zero)];
            double Operations(string name, string? game) => Assert.Single([.. rows.Where(row => row.Name == name && row.Game == game)], name).Operations;
            Assert.Equal("Train KGen Release Input Run Run′", string.Join(' ', rows.Where(row => row.Game is null).Select(row => row.Name)), "procedures");
            Assert.Equal((0.0, 1.0, 1.0), (Operations("Release", null), Operations("Run", null), Operations("Run′", null)), "Release, Run, Run′");
            Assert.Equal((1.0, 2.0), (Operations("recovery", "WRec"), Operations("eq8(recovery)", "EffInf")), "the recovery, and with a Run behind it");
            Assert.Equal(3.0, Operations("function-compare", "W-IND"), "one Run′ and two Runs");
            Assert.True(rows.All(row => row.Trials == 50 && row.Seconds >= 0), "each from 50 trials");
            Assert.True(rows.Sum(row => row.Seconds) > 0, "and something took time");
        }),
        Suite.Test("the table of what is recovered explains the columns that it shows", () =>
        {
            foreach (int width in new[] { 80, 140 })
            {
                using StringWriter text = new();
                IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(text) });
                console.Profile.Width = width;
                new RecoveryTable(console).Write();
                Assert.Equal(width == 140 ? 2 : 0, Regex.Count(text.ToString(), "M/s"), $"M/s, at {width} columns");
                Assert.Equal(2, Regex.Count(text.ToString(), "× copy"), $"× copy, at {width} columns");
            }
        }),
        Suite.Test("seconds are measured procedure by procedure", () =>
        {
            CostRow[] rows = [.. CostTable.Of(new Subject<int, int, int, int, NoKey, NoKey>(new Sleepy(), [], [], []) { Summary = "" }, new(), new() { Trials = 3 }, TimeSpan.Zero)];
            double release = rows.First(row => row.Name == "Release").Seconds;
            Assert.True(release >= 0.02, $"Release sleeps for 20 ms, and took {release} s");
            Assert.True(rows.First(row => row.Name == "Run").Seconds < release, "Run does not");
            Assert.True(rows.First(row => row is { Name: "guess", Game: "WRec" }).Seconds < release, "nor does who guesses");
        }),
        Suite.Test("cost --sweep finds the exponents: Run′ of TaylorMLP is linear in h, Train is, and Run does not know N", () =>
        {
            JsonNode overH = JsonOf("cost", "--scheme", "taylor-mlp", "--sweep", "h=64..512*2", "--trials", "1", "--json", "-");
            Assert.Near(1, Exponent(overH, "Run′"), 0.02, "Run′ over h");
            Assert.Near(1, Exponent(overH, "Train"), 0.02, "Train over h");
            JsonNode overN = JsonOf("cost", "--scheme", "taylor-mlp", "--sweep", "N=4..6", "--trials", "1", "--json", "-");
            Assert.Near(0, Exponent(overN, "Run"), 1e-9, "Run over N");
            JsonNode[] points = [.. Row(overN, "Run′")["points"]!.AsArray()!];
            double[] operations = [.. points.Select(point => point["operations"]!.GetValue<double>())];
            Assert.Near(operations[2] - operations[1], operations[1] - operations[0], 1e-9, "an order of Run′ costs as much as the next");
            Assert.True(Row(overN, "Run′")["interval"]![0]!.GetValue<double>() > 0, "Run′ grows with N");
        }),
        Suite.Test("cost --sweep d and D change the data", () =>
        {
            double At(string sweep, int index) => Row(JsonOf("cost", "--scheme", "taylor-mlp", "--hidden", "5", "--sweep", sweep, "--trials", "1", "--json", "-"), "Run")["points"]![index]!["cost"]!["multiplyAdds"]!.GetValue<double>();
            Assert.Equal((5.0 * 2) + (5 * 4), At("d=2..3", 0), "d·h + h·D at d = 2");
            Assert.Equal((5.0 * 8) + (5 * 3), At("D=2..3", 1), "d·h + h·D at D = 3");
        }),
        Suite.Test("a family's exact advantage against n", () =>
        {
            JsonArray uniform = JsonOf("exact", "WRec", "--scheme", "uniform-n", "--adversary", "constant", "--sweep", "n=1..12", "--json", "-").AsArray();
            Assert.Equal(string.Join(' ', Enumerable.Range(1, 12).Select(n => n == 1 ? "1" : $"1/{n}")), string.Join(' ', uniform.Select(row => (string?)row!["advantage"])), "1/n");
            Assert.Equal("1 2 3", string.Join(' ', uniform.Take(3).Select(row => row!["n"]!.GetValue<int>())), "n");
            JsonArray leaky = JsonOf("exact", "W-IND", "--scheme", "leaky-sharing-n", "--adversary", "function-compare", "--sweep", "n=1..7", "--json", "-").AsArray();
            Assert.Equal("1/2 1/4 1/8 1/16 1/32 1/64 1/128", string.Join(' ', leaky.Select(row => (string?)row!["advantage"])), "2^(−n)");
            JsonArray sharing = JsonOf("exact", "EffInf", "--scheme", "sharing-n", "--adversary", "constant", "--sweep", "n=1..5", "--json", "-").AsArray();
            Assert.Equal("1/2 1/2 1/2 1/2 1/2", string.Join(' ', sharing.Select(row => (string?)row!["withinBudget"]!["advantage"])), "below n reads: a guess");
            JsonArray queries = JsonOf("exact", "WRec", "--scheme", "noisy-bit", "--adversary", "majority(recovery)", "--sweep", "q=1..5*2", "--json", "-").AsArray();
            Assert.Equal("3/4 3/4 27/32", string.Join(' ', queries.Select(row => (string?)row!["advantage"])), "over q = 1, 2, 4: a tie is the first");
            CommandLine.Outcome table = CommandLine.Run("exact", "W-IND", "--scheme", "uniform-n", "--adversary", "guess", "--sweep", "n=1..3");
            Assert.Equal(0, table.Code, "exit code");
            Assert.Contains("│ 1 │     │       │", table.Output, "n = 1 is undefined, and the table goes on");
        }),
        Suite.Test("known answers of the sharings", () =>
        {
            Assert.Equal("1", Assert.Exact(SchemeCatalog.Find("sharing-4").Game(Notion.Correctness, null)).ToString(), "all shares: correct");
            Assert.Equal("17/32", Assert.Exact(SchemeCatalog.Find("leaky-sharing-4").Game(Notion.Correctness, null)).ToString(), "leaky: ½ + 2^(−5)");
            Assert.Equal("17/32", Assert.Exact(SchemeCatalog.Find("leaky-sharing-4").Game(Notion.WRec, "recovery")).ToString(), "and so is WRec");
            Assert.Equal("1", Assert.Exact(SchemeCatalog.Find("sharing-4").Game(Notion.WRec, "recovery")).ToString(), "whoever reads all, knows");
            Assert.Equal("0", Assert.Exactly(SchemeCatalog.Find("sharing-4").Game(Notion.EffInf, "eq8(recovery)")).WithinBudget!.Exact.ToString()!, "but not for less than Run′");
        }),
        Suite.Test("an asserted bound decides the exit code", () =>
        {
            void Exits(int code, params string[] arguments) => Assert.Equal(code, CommandLine.Run(arguments).Code, string.Join(' ', arguments));
            string[] play = ["play", "WRec", "--scheme", "uniform-4", "--adversary", "constant"];
            Exits(0, [.. play, "--at-most", "0.5"]);
            Exits(1, [.. play, "--at-most", "0.1"]);
            Exits(0, [.. play, "--at-least", "0.1"]);
            Exits(1, [.. play, "--at-least", "0.5"]);
            Exits(1, [.. play, "--at-most", "1/4", "--trials", "500"]); // inconclusive
            Exits(0, [.. play, "--epsilon", "0.1"]); // refuted, but not asserted
            Exits(0, "exact", "WRec", "--scheme", "uniform-4", "--adversary", "constant", "--at-most", "1/4");
            Exits(1, "exact", "WRec", "--scheme", "uniform-4", "--adversary", "constant", "--at-most", "0.2499");
            Exits(0, "exact", "WRec", "--scheme", "uniform-4", "--adversary", "constant", "--at-least", "1/4");
            Exits(1, "exact", "WRec", "--scheme", "uniform-n", "--adversary", "constant", "--sweep", "n=3..5", "--at-most", "1/4");
            Exits(1, "check", "uniform-4", "--at-most", "0.1");
            Exits(0, "check", "uniform-4", "--at-most", "1");
        }),
        Suite.Test("play --adversary best names the best and confirms it on other coins", () =>
        {
            JsonNode json = JsonOf("play", "WRec", "--scheme", "constant-release", "--adversary", "best", "--trials", "400", "--json", "-");
            Assert.Equal("constant", (string?)json["adversary"], "the best of constant (3/4) and guess (5/8)");
            Assert.True(json["search"]!["seed"]!.GetValue<ulong>() != json["seed"]!.GetValue<ulong>(), "two seeds");
            Assert.Equal("constant guess", string.Join(' ', json["search"]!["advantages"]!.AsObject().Select(each => each.Key)), "all were tried");
        }),
        Suite.Test("a verdict's sentence says notion, D, t, q, ε, interval, level, trials, seed and versions, in words and in LaTeX", () =>
        {
            JsonNode json = JsonOf("play", "EffInf", "--scheme", "taylor-mlp", "--adversary", "collapse", "--trials", "20", "--queries", "2", "--inputs", "3", "--seed", "7", "--json", "-");
            string sentence = (string)json["sentence"]!;
            foreach (string part in new[]
            {
                "EffInf of taylor-mlp against collapse", "t below m·Cost(Run′)", "operations in the mean", "q = 2", "m = 3", "on D (generated: 256 rows, 8 inputs, 4 targets)",
                "Adv^EffInf ∈ [0.83", ", 1] at level 95 %", "Clopper–Pearson, 20 trials, 20 won within the budget, seed 7", "Adv ≤ 0.05 is refuted", "Wager ", "libtorch 2.",
            })
            {
                Assert.Contains(part, sentence, "the sentence");
            }

            string latex = Latex("exact", "WRec", "--scheme", "one-bit-pad", "--adversary", "constant", "--budget", "5");
            Assert.Contains(@"$\mathrm{Adv}^{\mathrm{WRec}} = 1/2$, exactly, so $\mathrm{Adv} \le 0.05$ is refuted", latex, "LaTeX");
            Assert.Contains(@"(t $\le 5$, 0 operations in the mean, q = 1)", latex, "the budget");
            foreach (string all in new[] { Latex("check", "one-bit-pad", "--queries", "2"), Latex("play", "EffInf", "--scheme", "clear", "--adversary", "constant", "--at-least", "0.2") })
            {
                foreach (string line in all.TrimEnd('\n').Split('\n'))
                {
                    Assert.True(line.EndsWith(").", StringComparison.Ordinal) && line.Count(c => c == '$') % 2 == 0, $"mathematics is closed in {line}");
                    Assert.True(!Special().IsMatch(line), $"what LaTeX has no sign for, or reads otherwise, in {line}");
                }
            }
        }),
        Suite.Test("a sentence is true of every kind of result", () =>
        {
            Bound bound = new(new Fractions.Fraction(1, 20), "0.05");
            string Of(Result result) => new Sentence(result, bound.Of(result), bound, result.Level).Text;
            Game costly = SchemeCatalog.Find("clear").Game(Notion.EffInf, "eq8(recovery)");
            string sampled = Of(SampledEvaluator.Evaluate(costly, new() { Trials = 100, Limits = new(1000) }));
            Assert.Contains("(t ≤ 1000 and below Cost(Run′), 2 operations in the mean, q = 1, m = 1)", sampled, "both limits");
            Assert.Contains("∈ [0, 0.03", sampled, "the advantage within the budget");
            Assert.Contains("(Clopper–Pearson, 100 trials, 0 won within the budget, seed 1), so Adv ≤ 0.05 is supported by these adversaries (", sampled, "and its count");
            string anytime = Of(SampledEvaluator.Evaluate(costly, new() { Trials = 100_000, Until = bound }));
            Assert.Contains("a confidence sequence, ", anytime, "early stopping");
            Assert.Contains("0 won within the budget", anytime, "which is decided by what is won within the budget");
            Assert.Contains("is supported by these adversaries", anytime, "and so it is supported");
            using CancellationTokenSource stop = new();
            stop.Cancel();
            string stopped = Of(ExactEvaluator.Evaluate(SchemeCatalog.Find("uniform-1000").Game(Notion.WRec, "guess"), cancellation: stop.Token)!);
            Assert.Contains("] (exact sums over 65536 paths), so Adv ≤ 0.05 is inconclusive; stopped before its end (", stopped, "stopped, by paths");
            string hung = Of(SampledEvaluator.Evaluate(Game.WRec(new Schemes.Uniform(3), new MisbehavingRecoverer(), 2), new() { Trials = 20, Limits = new(Bytes: 1 << 20), Timeout = TimeSpan.FromMilliseconds(300) }));
            Assert.True(AmongFaults().IsMatch(hung), $"what does not replay is told in {hung}");
        }),
        Suite.Test("costs of what is undefined or hangs are left out, and those of several queries are whole", () =>
        {
            CostRow[] single = [.. CostTable.Of(SchemeCatalog.Find("uniform-1"), new(), new() { Trials = 3 }, TimeSpan.Zero)];
            Assert.True(single.All(row => row.Trials == (row.Game == "W-IND" ? 0 : 3)), "W-IND of uniform-1 is undefined");
            JsonNode queries = JsonOf("cost", "--scheme", "noisy-bit", "--sweep", "q=1..3", "--trials", "2", "--json", "-");
            string[] names = [.. queries["costs"]!.AsArray().Where(row => (string?)row!["game"] == "W-IND").Select(row => (string)row!["name"]!)];
            string[] all = [.. SchemeCatalog.Find("noisy-bit").Adversaries(Notion.WInd, new(Queries: 2))];
            Assert.Equal(string.Join(' ', all.Order()), string.Join(' ', names.Order()), "each adversary of W-IND, with one query or with more");
        }),
        Suite.Test("a bound that is shared is shared by all intervals of a card, and a search sees other coins", () =>
        {
            Game[] games = [.. SchemeCatalog.Find("one-bit-pad").AllGames(new())];
            Sampling sampling = new() { Trials = 10, Level = 0.9, Until = new(new Fractions.Fraction(1, 20), "0.05") };
            int intervals = games.Length + games.Count(game => game.Notion == Notion.EffInf);
            Assert.Near(1 - (0.1 / intervals), sampling.ForEach(games).Level, 1e-12, $"each of {intervals} intervals");
            Sampling search = sampling.ForSearch(7);
            Assert.True(search.Until is null && search.Trials == 7 && search.Seed != sampling.Seed, "all trials, no more than 7, another seed");
        }),
        Suite.Test("limits, faults and what does not replay are in the JSON", () =>
        {
            JsonNode json = JsonOf("play", "WRec", "--scheme", "clear", "--adversary", "recovery", "--budget", "0.5", "--memory", "1", "--trials", "30", "--json", "-");
            Assert.Equal((0.5, 1L << 20, 30.0, 30.0), (json["budget"]!.GetValue<double>(), json["memory"]!.GetValue<long>(), json["broken"]!.GetValue<double>(), json["faults"]!["overBudget"]!.GetValue<double>()), "limits and faults");
            Assert.Equal(0, json["notReplayable"]!.AsArray().Count, "all of them replay");
            Assert.Equal("1 1", $"{json["queries"]} {JsonOf("exact", "EffInf", "--scheme", "clear", "--adversary", "constant", "--json", "-")["inputs"]}", "q and m");
            JsonNode m = JsonOf("play", "EffInf", "--scheme", "taylor-mlp", "--adversary", "eq8(recovery)", "--trials", "5", "--json", "-")["breakEven"]!;
            Assert.True(m.GetValue<double>() is > 100 and < 5000, $"the recovery pays from {m} inputs on");
            CommandLine.Outcome replay = CommandLine.Run("play", "WRec", "--scheme", "clear", "--adversary", "recovery", "--budget", "0.5", "--replay", "3");
            Assert.Contains("recovery: spent more than t = 0.5 operations", replay.Output, "a replay keeps the limits");
        }),
        Suite.Test("a scheme that throws is one line and exit code 2", () =>
        {
            foreach ((string verb, string where) in new[] { ("exact", "on path 0"), ("play", "in trial 0 of seed 1") })
            {
                CommandLine.Outcome outcome = CommandLine.Run(verb, "WRec", "--scheme", "flawed", "--adversary", "guess", "--plugin", PlugInTests.Dll("Dependent"));
                Assert.Equal((2, $"wager: WRec of flawed against guess: the scheme threw InvalidOperationException {where}: as told\n"), (outcome.Code, outcome.Error), verb);
            }
        })));

    [GeneratedRegex(@"; without a valid answer: \d+ trials, of which [1-9]\d* do not replay \(")]
    private static partial Regex AmongFaults();

    private static JsonNode Row(JsonNode costs, string name) => costs["costs"]!.AsArray().First(row => (string?)row!["name"] == name)!;

    private static double Exponent(JsonNode costs, string name) => Row(costs, name)["exponent"]!.GetValue<double>();

    private static string Latex(params string[] arguments) => CommandLine.Run([.. arguments, "--latex", "-"]).Output;

    private static JsonNode JsonOf(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!;
    }

    [GeneratedRegex(@"[≤≥∈⇒′δε·]|(?<!\\)[%&#]|(?<!\^)(?<!mathrm)_")]
    private static partial Regex Special();

    private sealed class Sleepy() : Schemes.KeylessScheme(2)
    {
        public override int Release(NoKey secret, int weights, Tape tape)
        {
            Thread.Sleep(20);
            return weights;
        }
    }
}
