using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Expecto;
using Wager.Testing.Catalog;

namespace Wager.Tests;

internal static class CommandLineTests
{
    private static readonly string _long = string.Join(' ', Enumerable.Repeat("x", 300));

    /// <summary>Wrong use, and what the one line must say. FILE stands for a file with the content.</summary>
    private static readonly (string Name, string Arguments, string Says, string? Content)[] _wrong =
    [
        ("no verb", "", "a verb is missing: check, play, exact, claims, cost, list", null),
        ("an unknown verb", "chekc", "unknown verb 'chekc': did you mean check?", null),
        ("an unknown option", "play WRec --scheme clear --adversary constant --trails 5", "unknown option '--trails': did you mean --trials?", null),
        ("an option before the verb", "--seed 1 check", "the verb comes first, and --seed is none", null),
        ("an unknown option in place of the scheme", "check --trial 5", "unknown option '--trial': did you mean --trials?", null),
        ("an unknown short option", "exact WRec --scheme clear -x", "unknown option '-x'", null),
        ("an ε with an exponent", "check clear --epsilon 1e-999999999", "--epsilon 1e-999999999: must be a probability in [0, 1]", null),
        ("a level too close to 1", "check clear --level 0.999999999999", "--level 0.999999999999: must be above 0 and at most 0.999999", null),
        ("a scheme too large to enumerate", "exact W-IND --scheme uniform-2000 --adversary guess --line4 reject", "cannot be enumerated (a conditional draw has more than 1,048,576 outcomes); use play", null),
        ("an option without a value", "play WRec --scheme", "--scheme", null),
        ("an unknown scheme", "check taylor-mpl", "unknown scheme 'taylor-mpl': did you mean taylor-mlp?", null),
        ("an unknown family member", "check uniform-0", "scheme uniform-0: n must be a whole number from 1 to 1000000", null),
        ("a family member too many", "check pad-99999999999", "n must be a whole number from 1 to 1000000", null),
        ("an unknown game", "play WReck --scheme clear --adversary constant", "unknown game 'WReck': did you mean WRec?", null),
        ("an unknown adversary", "play WRec --scheme clear --adversary recvery", "unknown adversary 'recvery': did you mean recovery?", null),
        ("an unknown adversary inside a reduction", "exact W-IND --scheme uniform-3 --adversary eq9(constnt)", "did you mean eq9(constant)?", null),
        ("an adversary that does not fit", "play W-IND --scheme clear --adversary recovery", "the adversary recovery plays WRec, not W-IND", null),
        ("a reduction that does not fit", "play WRec --scheme clear --adversary eq9(recovery)", "the adversary eq9(recovery) plays W-IND, not WRec", null),
        ("no adversary", "play WRec --scheme clear", "WRec needs --adversary: constant, recovery, guess", null),
        ("an adversary where there is none", "play Correctness --scheme clear --adversary guess", "Correctness has no adversary", null),
        ("no scheme", "play WRec --adversary guess", "--scheme is missing", null),
        ("exact on an infinite scheme", "exact WRec --scheme taylor-mlp --adversary recovery", "exact: WRec of taylor-mlp against recovery cannot be enumerated", null),
        ("an undefined W-IND, exactly", "exact W-IND --scheme uniform-1 --adversary guess", "is undefined: a conditional draw has a condition that nothing meets", null),
        ("an undefined W-IND, sampled", "play W-IND --scheme uniform-1 --adversary guess", "is undefined, or as good as: a condition was not met in 1,000,000 attempts", null),
        ("a probability above 1 in a scheme", "check constant-release-3/2", "the probability of W = 0 must be in [0, 1]", null),
        ("a probability below 0 in a scheme", "check constant-release--0.5", "the probability of W = 0 must be in [0, 1]", null),
        ("a level above 1", "play WRec --scheme clear --adversary guess --level 1.5", "--level 1.5: must be above 0 and at most 0.999999", null),
        ("a level that is no number", "play WRec --scheme clear --adversary guess --level high", "--level high", null),
        ("an ε above 1", "check clear --epsilon 2", "--epsilon 2: must be a probability in [0, 1]", null),
        ("an ε that is none", "check clear --epsilon 1/0", "--epsilon 1/0: must be a probability in [0, 1]", null),
        ("no trials", "play WRec --scheme clear --adversary guess --trials 0", "--trials 0: must be a whole number from 1", null),
        ("trials that are no number", "play WRec --scheme clear --adversary guess --trials many", "--trials many: must be a whole number", null),
        ("a negative trial to replay", "play WRec --scheme clear --adversary guess --replay -1", "--replay -1: must be a whole number from 0", null),
        ("a negative seed", "play WRec --scheme clear --adversary guess --seed -4", "--seed -4: must be a whole number from 0", null),
        ("no threads", "play WRec --scheme clear --adversary guess --threads 0", "--threads 0: must be a whole number from 1", null),
        ("a reading of line 4 that there is not", "play W-IND --scheme clear --adversary guess --line4 maybe", "--line4 maybe: must be resample or reject", null),
        ("an unknown activation", "check taylor-mlp --activation silly", "unknown activation 'silly': did you mean silu? (there are gelu, gelu-tanh, silu, relu)", null),
        ("a negative order", "check taylor-mlp --order -1", "--order -1: must be a whole number from 0 to 64", null),
        ("no hidden unit", "check taylor-mlp --hidden 0", "--hidden 0: must be a whole number from 1", null),
        ("an unknown storage type", "check taylor-mlp --dtype bf15", "unknown storage type 'bf15': did you mean bf16?", null),
        ("a storage type for a scheme that has none", "check clear --dtype bf16", "--protect and --dtype are taylor-mlp's; the scheme clear has no such options", null),
        ("data for a scheme that has none", "check clear --data FILE", "are taylor-mlp's; the scheme clear has no such options", "1,2\n3,4\n"),
        ("a device that there is not", "check clear --device tpu", "--device tpu: must be cpu, cuda, cuda:N such as cuda:1, or auto", null),
        ("a device without a number", "check clear --device cuda:", "--device cuda:: must be cpu, cuda, cuda:N such as cuda:1, or auto", null),
        ("a device with a number below 0", "check clear --device cuda:-1", "--device cuda:-1: must be cpu, cuda, cuda:N", null),
        ("a device number that is none", "cost --scheme clear --device cuda:x", "--device cuda:x: must be cpu, cuda, cuda:N", null),
        ("JSON into a folder", "list --json /", "--json /: cannot be written", null),
        ("JSON into no folder, before anything is played", "play WRec --scheme clear --adversary guess --json /nowhere/at/all.json", "--json /nowhere/at/all.json: cannot be written", null),
        ("JSON into no folder", "list --json /nowhere/at/all.json", "--json /nowhere/at/all.json: cannot be written", null),
        ("a file that is not there", "check taylor-mlp --data /nowhere/data.csv", "--data /nowhere/data.csv: there is no such file", null),
        ("a folder as a file", "check taylor-mlp --data /", "--data /: cannot be read", null),
        ("a missing cell", "check taylor-mlp --data FILE", "line 2, column 2: the cell is empty", "1,2,3\n4,,6\n"),
        ("a missing last cell", "check taylor-mlp --data FILE", "line 1, column 3: the cell is empty", "1,2,\n4,5,6\n"),
        ("text", "check taylor-mlp --data FILE", "line 3, column 1: 'four' is not a number", "a,b\n1,2\nfour,5\n"),
        ("long text", "check taylor-mlp --data FILE", "x x …' is not a number", $"1,2\n{_long},4\n"),
        ("a ragged row", "check taylor-mlp --data FILE", "line 2: 3 columns where the first line has 2", "1,2\n3,4,5\n6,7\n"),
        ("NaN", "check taylor-mlp --data FILE", "line 2, column 1: 'NaN' is not a finite number", "1,2\nNaN,4\n"),
        ("infinity", "check taylor-mlp --data FILE", "line 2, column 2: '1e999' is not a finite number", "1,2\n3,1e999\n"),
        ("one row", "check taylor-mlp --data FILE", "one row of numbers; training needs at least two", "x,y\n1,2\n"),
        ("no row", "check taylor-mlp --data FILE", "no row of numbers; training needs at least two", "x,y\n"),
        ("an empty file", "check taylor-mlp --data FILE", "no row of numbers; training needs at least two", ""),
        ("one column", "check taylor-mlp --data FILE", "line 1: one column; a row needs at least one input and, last, the target", "1\n2\n"),
        ("digits that are no ASCII digits", "check taylor-mlp --data FILE", "line 1, column 1: '١' is not a number", "١,٢\n1,2\n3,4\n"),
        ("semicolons", "check taylor-mlp --data FILE", "line 1: one column; a row needs at least one input and, last, the target, with commas between them", "1;2\n3;4\n"),
        ("a query count below 0", "play WRec --scheme clear --adversary guess --queries -1", "--queries -1: must be a whole number from 1 to 1000000", null),
        ("no query", "exact WRec --scheme clear --adversary guess --queries 0", "--queries 0: must be a whole number from 1", null),
        ("no input", "check clear --inputs 0", "--inputs 0: must be a whole number from 1", null),
        ("inputs for a game without", "play WRec --scheme clear --adversary guess --inputs 2", "--inputs is EffInf's: WRec has no inputs", null),
        ("queries for a game without an adversary", "play Correctness --scheme clear --queries 2", "Correctness has no adversary: leave out --queries", null),
        ("a bound on a game without an advantage", "play Correctness --scheme clear --at-most 0.1", "Correctness has no adversary: leave out --at-most", null),
        ("a budget below 0", "play WRec --scheme clear --adversary guess --budget -1", "--budget -1: must be a number of operations from 0", null),
        ("a budget that is no number", "check clear --budget NaN", "--budget NaN: must be a number of operations", null),
        ("a budget for a game without an adversary", "exact Correctness --scheme clear --budget 5", "Correctness has no adversary: leave out --budget", null),
        ("no memory", "check clear --memory 0", "--memory 0: must be a whole number from 1", null),
        ("no time", "check clear --timeout 0", "--timeout 0: must be a number of seconds from 0.01 to 1000000, or none", null),
        ("a time that is no number", "check clear --timeout soon", "--timeout soon: must be a number of seconds", null),
        ("two bounds", "play WRec --scheme clear --adversary guess --at-most 0.1 --at-least 0.2", "--at-most and --at-least are two bounds: give one", null),
        ("a bound and an ε", "check clear --at-most 0.1 --epsilon 0.1", "--at-most and --epsilon are two bounds: give one", null),
        ("a bound above 1", "play WRec --scheme clear --adversary guess --at-most 1.5", "--at-most 1.5: must be a probability in [0, 1]", null),
        ("a bound below 0", "play WRec --scheme clear --adversary guess --at-least -0.5", "--at-least -0.5: must be a probability in [0, 1]", null),
        ("a lower bound on a whole card", "check clear --at-least 0.5", "unknown option '--at-least'", null),
        ("a bound and a replay", "play WRec --scheme clear --adversary guess --at-most 0.5 --replay 3", "--replay plays one trial: leave out --at-most", null),
        ("trials and a replay", "play WRec --scheme clear --adversary guess --trials 5 --replay 3", "--replay plays one trial: leave out --trials", null),
        ("a replay of a search", "play WRec --scheme clear --adversary best --replay 3", "--replay plays one adversary: name it instead of best", null),
        ("JSON and LaTeX to one place", "play WRec --scheme clear --adversary guess --json - --latex -", "--json - and --latex - both want standard output", null),
        ("JSON and LaTeX to one file", "play WRec --scheme clear --adversary guess --json FILE --latex FILE", "both want one file: name another", ""),
        ("LaTeX into no folder", "check clear --latex /nowhere/at/all.tex", "--latex /nowhere/at/all.tex: cannot be written", null),
        ("a plug-in that is not there", "list --plugin /nowhere.dll", "/nowhere.dll: there is no such file; name the DLL of a plug-in", null),
        ("a plug-in that is none", "check --plugin FILE", "this is no .NET assembly; name the DLL of a plug-in", "text"),
        ("a sweep that is none", "cost --scheme taylor-mlp --sweep N", "--sweep N: must be a parameter with 2 to 256 values", null),
        ("a sweep backwards", "cost --scheme taylor-mlp --sweep N=8..2", "--sweep N=8..2: must be a parameter with 2 to 256 values", null),
        ("a sweep from 0", "cost --scheme taylor-mlp --sweep N=0..4", "--sweep N=0..4: must be a parameter", null),
        ("a sweep of too many values", "exact WRec --scheme uniform-n --adversary guess --sweep n=1..1000", "--sweep n=1..1000: must be a parameter with 2 to 256 values", null),
        ("a sweep of an unknown parameter", "cost --scheme taylor-mlp --sweep k=1..4", "taylor-mlp has no parameter k; there are N, h, d, D, K, q and m", null),
        ("a sweep of a scheme without it", "cost --scheme clear --sweep n=1..4", "--sweep n=1..4: clear has no parameter n", null),
        ("a sweep and the option it sweeps", "cost --scheme taylor-mlp --order 4 --sweep N=1..4", "--order and --sweep N=1..4 both say what N is: give one", null),
        ("a sweep and the queries it sweeps", "exact WRec --scheme clear --adversary guess --queries 2 --sweep q=1..4", "--queries and --sweep q=1..4 both say what q is: give one", null),
        ("a sweep beyond a family", "exact WRec --scheme sharing-n --adversary guess --sweep n=20..30", "scheme sharing-25: n must be a whole number from 1 to 24", null),
        ("a family without a sweep", "exact WRec --scheme uniform-n --adversary guess", "uniform-n is a family: give a number, as in uniform-10, or, in cost and exact, --sweep n=1..16", null),
        ("costs of no scheme", "cost", "--scheme is missing", null),
        ("a header of another width", "check taylor-mlp --data FILE", "line 2: 2 columns where the first line has 3", "a,b,c\n1,2\n3,4\n"),
        ("a second header", "check taylor-mlp --data FILE", "line 2, column 1: 'c' is not a number", "a,b\nc,d\n1,2\n3,4\n"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "command line",
        Suite.Group("wrong use is one line and exit code 2", [.. _wrong.Select(row => Suite.Test(row.Name, () => Refused(row.Arguments, row.Says, row.Content)))]),
        Suite.Test("exact WRec of uniform-3 against constant says 1/3, and eq9(constant) 0", () =>
        {
            JsonNode third = JsonOf("exact", "WRec", "--scheme", "uniform-3", "--adversary", "constant", "--json", "-");
            Assert.Equal("1/3", third["advantage"]!.GetValue<string>(), "advantage");
            Assert.Equal("refuted", third["verdict"]!.GetValue<string>(), "verdict at ε = 0.05");
            JsonNode none = JsonOf("exact", "W-IND", "--scheme", "uniform-3", "--adversary", "eq9(constant)", "--json", "-");
            Assert.Equal("0", none["advantage"]!.GetValue<string>(), "advantage");
            Assert.Equal("proved for this scheme", none["verdict"]!.GetValue<string>(), "verdict");
            string[] keys = ["game", "scheme", "adversary", "trials", "wins", "advantage", "interval", "level", "verdict", "cost", "seed", "device", "seconds", "versions"];
            Assert.Equal("", string.Join(' ', keys.Where(key => !none.AsObject().ContainsKey(key))), "missing keys");
        }),
        Suite.Test("play WRec of taylor-mlp against recovery reports advantage 1 with its interval", () =>
        {
            JsonNode json = JsonOf("play", "WRec", "--scheme", "taylor-mlp", "--adversary", "recovery", "--trials", "30", "--json", "-");
            Assert.Equal(1.0, json["advantage"]!.GetValue<double>(), "advantage");
            Assert.Near(0.88430, json["interval"]![0]!.GetValue<double>(), 1e-4, "lower end: 0.025^(1/30)");
            Assert.Equal(1.0, json["interval"]![1]!.GetValue<double>(), "upper end");
        }),
        Suite.Test("check of a finite scheme finds by itself that Eq. 9 is false", () =>
        {
            JsonArray json = JsonOf("check", "uniform-3", "--json", "-").AsArray();
            JsonNode claim = json.First(node => node!["claim"]?.GetValue<string>() == "eq9" && node["adversary"]!.GetValue<string>() == "constant")!;
            Assert.Equal("refuted", claim["verdict"]!.GetValue<string>(), "verdict");
            Assert.Equal("1/3 0", $"{claim["left"]} {claim["right"]}", "left and right");
            Assert.Equal("constant on uniform-3: Adv^WRec(A) ≤ Adv^W-IND(B_A) fails, 1/3 against 0", claim["counterexample"]!.GetValue<string>(), "counterexample");
            Assert.Equal("premise unmet", json.First(node => node!["claim"]?.GetValue<string>() == "eq8")!["verdict"]!.GetValue<string>(), "eq8, where Run costs as much as Run′");
            JsonArray rejected = JsonOf("check", "uniform-3", "--line4", "reject", "--json", "-").AsArray();
            Assert.Equal(2, rejected.Count(node => node!["claim"]?.GetValue<string>() == "eq9" && node["verdict"]!.GetValue<string>() == "refuted"), "refuted in the other reading too");
        }),
        Suite.Test("JSON goes through a link, keeps the file's mode, and does not replace what is no plain file", () =>
        {
            if (OperatingSystem.IsWindows())
            {
                Suite.Skip("modes and pipes are Unix's");
                return;
            }

            using TemporaryFile file = new("old");
            string link = file.Path + ".link";
            string pipe = file.Path + ".pipe";
            try
            {
                File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.CreateSymbolicLink(link, file.Path);
                Assert.Equal(0, CommandLine.Run("list", "--json", link).Code, "exit code");
                Assert.True(new FileInfo(link).LinkTarget is not null && File.ReadAllText(file.Path).StartsWith('['), "the link's target is written");
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path), "mode");
                Process.Start("mkfifo", [pipe])!.WaitForExit();
                Task<string> reader = Task.Run(() => File.ReadAllText(pipe));
                Assert.Equal(0, CommandLine.Run("list", "--json", pipe).Code, "exit code");
                Assert.True(reader.Result.StartsWith('['), "the pipe's reader gets it");
            }
            finally
            {
                File.Delete(link);
                File.Delete(pipe);
            }
        }),
        Suite.Test("check of an undefined W-IND says so and goes on", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("check", "uniform-1");
            Assert.Equal(0, outcome.Code, "exit code");
            Assert.Contains("W-IND       Adv ≤ 0.05: undefined", outcome.Output, "the card");
            Assert.Contains("WRec        Adv ≤ 0.05: refuted (constant has 1)", outcome.Output, "the card");
        }),
        Suite.Test("check taylor-mlp --data works on a CSV with a header", () =>
        {
            using TemporaryFile csv = new(",\"a, b\",target\n" + string.Concat(Enumerable.Range(0, 50).Select(i =>
                string.Create(CultureInfo.InvariantCulture, $"{Math.Sin(i)},{Math.Cos(3 * i)},{Math.Sin(i) * i}\r\n"))));
            JsonArray json = JsonOf("check", "taylor-mlp", "--data", csv.Path, "--trials", "10", "--json", "-").AsArray();
            JsonNode Row(string game, string adversary) => json.First(node => node!["game"]?.GetValue<string>() == game && node["adversary"]?.GetValue<string>() == adversary)!;
            Assert.Equal(1.0, Row("WRec", "recovery")["advantage"]!.GetValue<double>(), "recovery");
            Assert.Equal(1.0, Row("EffInf", "collapse")["withinBudget"]!["advantage"]!.GetValue<double>(), "collapse");
            Assert.Equal(1.0, Row("W-IND", "re-release")["advantage"]!.GetValue<double>(), "re-release");
        }),
        Suite.Test("tables go to standard error where JSON goes to standard output, and there is no progress in a pipe", () =>
        {
            CommandLine.Outcome outcome = CommandLine.RunInProcess("play", "WRec", "--scheme", "clear", "--adversary", "guess", "--json", "-");
            JsonNode.Parse(outcome.Output);
            Assert.Contains("│ WRec │ guess", outcome.Error, "the table");
            Assert.Equal(2, outcome.Error.Split('%').Length - 1, "percentages: the level's in the card and in the sentence, and no progress");
            Assert.True(!outcome.Error.Contains('\u001b', StringComparison.Ordinal), "no control sequences in a pipe");
        }),
        Suite.Test("JSON into a file replaces it whole", () =>
        {
            using TemporaryFile file = new(new string('x', 100_000));
            string fresh = file.Path + ".new";
            Assert.Equal(0, CommandLine.Run("list", "--json", fresh).Code, "exit code of a file that was not there");
            Assert.Equal(SchemeCatalog.Listed.Count + ClaimKind.All.Count, JsonNode.Parse(File.ReadAllText(fresh))!.AsArray().Count, "the listed schemes, and the claims");
            File.Delete(fresh);
            Assert.Equal(0, CommandLine.Run("list", "--json", file.Path).Code, "exit code");
            Assert.True(JsonNode.Parse(File.ReadAllText(file.Path))!.AsArray().Count == SchemeCatalog.Listed.Count + ClaimKind.All.Count, "the listed schemes, and the claims");
        }),
        Suite.Test("a replay prints the trial", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("play", "W-IND", "--scheme", "one-bit-pad", "--adversary", "guess", "--replay", "3", "--seed", "5");
            Assert.Equal(0, outcome.Code, "exit code");
            Assert.Contains("seed 5, trial 3", outcome.Output, "the title");
            Assert.Contains("│ Adversary │", outcome.Output, "the calls");
            Assert.Contains("the game returns", outcome.Output, "the outcome");
        }),
        Suite.Test("a random seed is printed, and replays", () =>
        {
            JsonNode first = JsonOf("play", "WRec", "--scheme", "uniform-3", "--adversary", "guess", "--seed", "random", "--json", "-");
            string seed = first["seed"]!.ToJsonString();
            JsonNode again = JsonOf("play", "WRec", "--scheme", "uniform-3", "--adversary", "guess", "--seed", seed, "--json", "-");
            Assert.Equal(first["wins"]!.ToJsonString(), again["wins"]!.ToJsonString(), $"wins with seed {seed}");
        }),
        Suite.Test("Ctrl-C stops with what is known so far", () =>
        {
            using TemporaryFile json = new("");
            using Process process = CommandLine.Start(
                "play", "WRec", "--scheme", "uniform-3", "--adversary", "guess", "--trials", "10000000000", "--json", json.Path);
            while (process.TotalProcessorTime < TimeSpan.FromSeconds(4) && !process.HasExited) // which starting alone never takes
            {
                Thread.Sleep(100);
            }

            CommandLine.Interrupt(process);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(130, process.ExitCode, $"exit code, after\n{output}{process.StandardError.ReadToEnd()}");
            JsonNode result = JsonNode.Parse(File.ReadAllText(json.Path))!;
            long trials = result["trials"]!.GetValue<long>();
            Assert.True(result["stopped"]!.GetValue<bool>() && trials is > 0 and < 10_000_000_000, $"stopped after {trials} trials");
            Assert.Near(1.0 / 3, result["advantage"]!.GetValue<double>(), 5 / Math.Sqrt(trials), "the advantage of what was played");
        })));

    private static void Refused(string arguments, string says, string? content)
    {
        using TemporaryFile file = new(content ?? "");
        CommandLine.Outcome outcome = CommandLine.Run(arguments.Replace("FILE", file.Path, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal("", outcome.Output, "standard output");
        if (content is not null && arguments.StartsWith("check taylor-mlp", StringComparison.Ordinal))
        {
            Assert.Contains(file.Path, outcome.Error, "the file's name");
        }
    }

    private static JsonNode JsonOf(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!;
    }

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string content)
        {
            Path = System.IO.Path.GetTempFileName();
            File.WriteAllText(Path, content);
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
