using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Testing;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>What inference costs with and without the weights: Def. 3.3 of Yang et al. 2025 played at growing sizes, and the slowdown of Wang et al. 2024.</summary>
internal sealed record EffInfItem()
    : FigureReproduction("effinf", "Yang et al. 2025, §4.4, and Wang et al. 2024, §4.2", "efficient inference at growing sizes: advantage, t / Cost(Run′), m*, and the slowdown")
{
    private const int Order = 8;
    private const int LargestWidth = 4096; // a release of it is 4.3 GB

    /// <summary>Entries of Θ that the trials of one adversary may run over at one size, where it is not said how many trials.</summary>
    private const double Work = 2e9;

    private const int FewestTrials = 6;

    /// <summary>Wider ones are played one trial at a time, for each trial of a recovery keeps a few copies of W.</summary>
    private const int WidestAtOnce = 2048;

    private static readonly Option<string> _dims = Arguments.Text("--dims", "D,D,…", "effinf: the widths d, of MLPs d-4d-d (default 8,32,128,512,2048,4096)");

    public override long Trials => 100;

    protected override IReadOnlyList<Option> OwnOptions { get; } = [FileArguments.Figures, _dims, Arguments.Trials, Arguments.Level, Arguments.Threads];

    public override int Run(ParseResult parse, Session session)
    {
        FigureFile file = FileOf(parse);
        int[] widths = WidthsOf(parse);
        List<EffInfStudy> studies = [];
        IReadOnlyList<(string Name, double Seconds)> seconds = [];
        List<string> remarks = [];
        foreach (int width in widths)
        {
            long trials = Arguments.Has(parse, Arguments.Trials) ? session.Sampling.Trials
                : (long)Math.Clamp(Work / (4.0 * width * width * Order), FewestTrials, session.Sampling.Trials);
            try
            {
                (EffInfStudy study, seconds) = session.Stoppable($"d = {width}", (progress, stop) =>
                {
                    using ReleasedMlps mlps = new(width, Order, session.Sampling.Seed);
                    return (EffInfStudy.Of(mlps, session.Sampling with { Trials = trials, Threads = width > WidestAtOnce ? 1 : session.Sampling.Threads }, progress, stop), EffInfStudy.Measure(mlps, stop));
                });
                studies.Add(study);
            }
            catch (OperationCanceledException) when (studies.Count > 0)
            {
                remarks.Add($"stopped: d = {string.Join(", ", widths.SkipWhile(each => each != width))} not done");
                break;
            }
        }

        IReadOnlyList<Slowdown> slowdowns = Slowdown.All();
        IAnsiConsole console = session.Screen.Tables;
        Write(console, studies);
        Write(console, slowdowns);
        string measured = string.Join(", ", seconds.Select(row => FormattableString.Invariant($"{row.Name} {row.Seconds * 1e3:G3} ms")));
        using Process process = Process.GetCurrentProcess();
        console.WriteLine($"Measured at d = {studies[^1].Width}, one thread, the least of several: {measured}. Seconds decide nothing.");
        console.WriteLine(FormattableString.Invariant(
            $"V normal with deviation ½/√d, W with 1/√h; inputs standard normal; outputs are the same within 5 % of their norm; {CostUnit.Operations}; seed {session.Sampling.Seed}; peak memory {process.PeakWorkingSet64 / 1e9:0.0} GB."));
        string[] notes = [.. EffInfConclusions.Notes(studies, session.Sampling.Level)];
        foreach (string line in notes)
        {
            console.WriteLine(line);
        }

        console.WriteLine();
        string[] conclusions = [.. EffInfConclusions.Of(studies, slowdowns, seconds, Order)];
        foreach (string line in conclusions.Concat(remarks))
        {
            console.WriteLine($"  {line}");
        }

        return Finish(session, file, EffInfFigure.Of(studies, Order), new()
        {
            ["order"] = Order,
            ["level"] = session.Sampling.Level,
            ["epsilon"] = Bound.Usual.Text,
            ["notes"] = new JsonArray([.. notes.Select(line => (JsonNode)line)]),
            ["unit"] = CostUnit.Operations.ToString(),
            ["sizes"] = new JsonArray([.. studies.Select(study => (JsonNode)Describe(study))]),
            ["slowdown"] = new JsonArray([.. slowdowns.Select(slowdown => (JsonNode)Describe(slowdown))]),
            ["measured"] = new JsonObject
            {
                ["d"] = studies[^1].Width,
                ["seconds"] = new JsonObject(seconds.Select(row => KeyValuePair.Create(row.Name, (JsonNode?)row.Seconds))),
            },
            ["conclusions"] = new JsonArray([.. conclusions.Select(line => (JsonNode)line)]),
        });
    }

    private static int[] WidthsOf(ParseResult parse)
    {
        if (parse.GetValue(_dims) is not { } text)
        {
            return [8, 32, 128, 512, 2048, 4096];
        }

        int[] widths = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int width) ? width : 0)];
        return widths.All(width => width is >= 1 and <= LargestWidth) && widths.Zip(widths.Skip(1)).All(pair => pair.First < pair.Second)
            ? widths
            : throw new UsageException($"{_dims.Name} {text}: must be ascending whole numbers from 1 to {LargestWidth} with commas between, such as 8,32,128");
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<EffInfStudy> studies)
    {
        Table table = new() { Border = TableBorder.Rounded, Title = new("EffInf, one input") };
        foreach ((string column, bool isNumber) in new[]
        {
            ("d", true), ("adversary", false), ("Adv", true), ("interval", false), ("t/Cost(Run′)", true), ("inference", true), ("m*", true), ("bytes", true), ("of inference", true),
        })
        {
            table.AddColumn(new TableColumn(column).NoWrap().Alignment(isNumber ? Justify.Right : Justify.Left));
        }

        foreach (EffInfStudy study in studies)
        {
            table.AddRow([$"{study.Width}", "– (Correctness)", Card.Text(study.Correctness.Probability), Markup.Escape(Span(study.Correctness.Probability)), "", "", "", "", ""]);
            foreach (EffInfAttack attack in study.Attacks)
            {
                table.AddRow(
                [
                    $"{study.Width}", Markup.Escape(attack.Name), Card.Text(attack.Result.Advantage), Markup.Escape(Span(attack.Result.Advantage)),
                    .. new[] { attack.Cost, attack.CostOfInference }.Select(EffInfFigure.Times),
                    double.IsInfinity(attack.BreakEven) ? "never" : attack.BreakEven.ToString("0", CultureInfo.InvariantCulture),
                    .. new[] { attack.Bytes, attack.BytesOfInference }.Select(EffInfFigure.Times),
                ]);
            }

            if (study != studies[^1])
            {
                table.AddEmptyRow();
            }
        }

        console.Write(table);
        console.MarkupLine("  [dim]t and bytes are those of one input, its preparation included, as parts of Run′'s; inference is without the preparation. m* is from how many inputs on it costs less than Run′.[/]");
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<Slowdown> slowdowns)
    {
        Table table = new() { Border = TableBorder.Rounded, Title = new("Cost(Run′) / Cost(Run), counted") };
        table.AddColumns("over", "from", "to", "exponent of the ratio", "of Cost(Run′)", "of Cost(Run)");
        foreach (Slowdown slowdown in slowdowns)
        {
            (double released, double run, double ratio) = slowdown.Exponents;
            string At(int i) => $"{EffInfFigure.Times(slowdown.Ratios[i].Ratio)} at {slowdown.Ratios[i].Value}";
            table.AddRow([slowdown.Parameter, At(0), At(slowdown.Points.Count - 1), .. new[] { ratio, released, run }.Select(EffInfConclusions.Digits)]);
        }

        console.Write(table);
        console.MarkupLine("  [dim]Counted costs are exact, and an exponent is that of the nearest power. By its multiply-adds alone the ratio is (d + N·D)/(d + D).[/]");
    }

    private static string Span(Quantity quantity) => string.Create(
        CultureInfo.InvariantCulture, $"[{Math.Floor(quantity.Interval.Low * 1e4) / 1e4:0.####}, {Math.Ceiling(quantity.Interval.High * 1e4) / 1e4:0.####}]");

    private static JsonObject Describe(EffInfStudy study) => new()
    {
        ["d"] = study.Width,
        ["mlps"] = study.Mlps,
        ["trials"] = study.Correctness.Trials,
        ["correctness"] = Json.Number(study.Correctness.Probability.Value),
        ["adversaries"] = new JsonArray([.. study.Attacks.Select(attack => (JsonNode)new JsonObject
        {
            ["adversary"] = attack.Name,
            ["wins"] = attack.Result.Wins,
            ["advantage"] = Json.Number(attack.Result.Advantage.Value),
            ["interval"] = Numbers([attack.Result.Advantage.Interval.Low, attack.Result.Advantage.Interval.High]),
            ["withinBudget"] = Json.Number(attack.Result.WithinBudget!.Value),
            ["withinBudgetInterval"] = Numbers([attack.Result.WithinBudget.Interval.Low, attack.Result.WithinBudget.Interval.High]),
            ["verdict"] = attack.Verdict.InWords(),
            ["cost"] = Json.Number(attack.Cost),
            ["costOfInference"] = Json.Number(attack.CostOfInference),
            ["breakEven"] = Json.Number(attack.BreakEven),
            ["bytes"] = Json.Number(attack.Bytes),
            ["bytesOfInference"] = Json.Number(attack.BytesOfInference),
            ["seconds"] = attack.Result.Seconds,
        })]),
    };

    private static JsonObject Describe(Slowdown slowdown)
    {
        (double released, double run, double ratio) = slowdown.Exponents;
        return new()
        {
            ["parameter"] = slowdown.Parameter,
            ["points"] = new JsonArray([.. slowdown.Points.Select(point => (JsonNode)new JsonObject { ["value"] = point.Value, ["run"] = point.Run, ["runReleased"] = point.RunReleased })]),
            ["exponents"] = new JsonObject { ["ratio"] = ratio, ["runReleased"] = released, ["run"] = run },
        };
    }
}
