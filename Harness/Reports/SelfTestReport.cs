using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Testing.Evaluation;
using Wager.Testing.SelfTest;

namespace Wager.Harness.Reports;

/// <summary>What the self-test found, as tables, as a last line, and as JSON.</summary>
/// <param name="mutants">The games and their mutants, as far as they were held against the known answers.</param>
/// <param name="alarms">The bounds on planted advantages, as far as they were asserted.</param>
/// <param name="together">What the rows of each kind of interval missed together.</param>
/// <param name="sampling">How the bounds were sampled.</param>
internal sealed class SelfTestReport(
    IReadOnlyList<MutantResult> mutants, IReadOnlyList<FalseAlarmResult> alarms, IReadOnlyList<MissedTogether> together, Sampling sampling)
{
    /// <summary>Whether nothing is there that should not be.</summary>
    public bool IsAsItShouldBe => mutants.All(row => row.IsAsItShouldBe) && alarms.All(row => row.IsAsItShouldBe) && together.All(kind => kind.IsKept);

    private double Allowed => 1 - sampling.Level;

    /// <summary>Which known answer every mutant misses, and by how much.</summary>
    public Table Mutants()
    {
        Table table = Columns("game", "what is wrong", "seen by", "Pr", "instead", "exactly", "sampled", "");
        foreach (MutantResult row in mutants)
        {
            (string by, string known, string instead) = row.Missed is [var worst, ..]
                ? ($"{worst.Answer.Game.Scheme}{(worst.Answer.Game.Adversary is { } adversary ? $", {adversary}" : "")}", worst.Answer.Winning.ToString("G", null), worst.Winning.ToString("G", null))
                : ("–", "", "");
            string verdict = row.IsHonest ? row.IsAsItShouldBe ? "survives" : "KILLED" : row.IsAsItShouldBe ? "killed" : "SURVIVES";
            table.AddRow(
                [.. new[] { row.Notion.Name, row.Wrong, by, known, instead, $"{row.Missed.Count} of {row.Answers}", $"{row.Noticed} of {row.Answers}" }.Select(Markup.Escape), Coloured(row.IsAsItShouldBe, verdict)]);
        }

        return table;
    }

    /// <summary>How often each bound was refuted, and how often the harness was wrong.</summary>
    /// <param name="wide">Whether there is room for what was missed and how long it took.</param>
    public Table Alarms(bool wide)
    {
        string[] Shown(string[] row) => wide ? row : [.. row[..5], .. row[6..8], row[^1]];
        Table table = Columns(Shown(["game", "Adv", "asserted", "it", "runs", "missed", "alarms", "refuted", "trials", ""]));
        foreach (TableColumn column in table.Columns)
        {
            column.NoWrap();
        }

        foreach (FalseAlarmResult row in alarms)
        {
            table.AddRow(Shown(
            [
                row.Planted.Game.Notion.Name,
                row.Exact.ToString("G", null),
                row.Planted.Bound.ToString(),
                row.Planted.Holds ? "holds" : "fails",
                Kind(row.IsSequence),
                Share(row.Missed, row),
                Share(row.FalseAlarms, row),
                Share(row.Refuted, row),
                row.Decided == 0 ? "–" : row.MeanTrials.ToString("0", CultureInfo.InvariantCulture),
                Coloured(row.IsAsItShouldBe, row.IsAsItShouldBe ? "kept" : !row.IsPlanted ? "NOT PLANTED" : row.IsKept ? "NOT DECIDED" : "NOT KEPT"),
            ]));
        }

        return table;
    }

    /// <summary>What the columns of the second table mean, and what all of its rows missed together.</summary>
    public IEnumerable<string> Legend() => alarms.Count == 0 ? [] :
    [
        $"{alarms[0].Runs} runs a row: fixed, of {alarms[0].Trials} trials with Clopper–Pearson's interval; early, with a confidence sequence until decided. trials: the mean where it was.",
        string.Create(CultureInfo.InvariantCulture, $"alarms are false ones, of which the level allows {100 * Allowed:0.####} % in the mean; more than {Percent(alarms[0].MostFalse, alarms[0].Runs)} of a row do not keep it. {string.Join("; ", together.Select(Missed))}."),
    ];

    /// <summary>What it comes to.</summary>
    public string Sentence()
    {
        MutantResult[] wrong = [.. mutants.Where(row => !row.IsHonest)];
        return $"{(IsAsItShouldBe ? "as it should be" : "NOT as it should be")}: {wrong.Count(row => row.IsAsItShouldBe)} of {wrong.Length} mutants killed, "
            + $"{wrong.Count(row => row.Noticed > 0)} noticed by sampling too; {mutants.Count(row => row.IsHonest && row.IsAsItShouldBe)} of {mutants.Count(row => row.IsHonest)} honest texts give the known answers; "
            + $"{alarms.Count(row => row.IsAsItShouldBe)} of {alarms.Count} bounds are judged as they should be, and {together.Count(kind => kind.IsKept)} of {together.Count} kinds of interval keep their level together; seed {sampling.Seed}";
    }

    /// <summary>All of it.</summary>
    public JsonObject Json(bool stopped) => new()
    {
        ["passed"] = IsAsItShouldBe && !stopped,
        ["stopped"] = stopped,
        ["mutants"] = new JsonArray([.. mutants.Select(row => new JsonObject
        {
            ["game"] = row.Notion.Name,
            ["wrong"] = row.Wrong,
            ["honest"] = row.IsHonest,
            ["killedBy"] = new JsonArray([.. row.Missed.Select(miss => new JsonObject
            {
                ["scheme"] = miss.Answer.Game.Scheme,
                ["adversary"] = miss.Answer.Game.Adversary,
                ["known"] = miss.Answer.Winning.ToString("G", null),
                ["why"] = miss.Answer.Why,
                ["mutated"] = miss.Winning.ToString("G", null),
            })]),
            ["answers"] = row.Answers,
            ["noticed"] = row.Noticed,
            ["trials"] = row.Trials,
            ["asItShouldBe"] = row.IsAsItShouldBe,
        })]),
        ["bounds"] = new JsonArray([.. alarms.Select(row => new JsonObject
        {
            ["game"] = row.Planted.Game.Notion.Name,
            ["scheme"] = row.Planted.Game.Scheme,
            ["adversary"] = row.Planted.Game.Adversary,
            ["advantage"] = row.Exact.ToString("G", null),
            ["planted"] = row.Planted.Advantage.ToString("G", null),
            ["bound"] = row.Planted.Bound.ToString(),
            ["holds"] = row.Planted.Holds,
            ["method"] = Method(row.IsSequence),
            ["trials"] = row.Trials,
            ["runs"] = row.Runs,
            ["missed"] = row.Missed,
            ["falseAlarms"] = row.FalseAlarms,
            ["allowed"] = Allowed,
            ["mostFalseAlarms"] = row.MostFalse,
            ["refuted"] = row.Refuted,
            ["power"] = row.Planted.Holds ? null : (double)row.Refuted / row.Runs,
            ["decided"] = row.Decided,
            ["meanTrials"] = Reports.Json.Number(row.MeanTrials),
            ["asItShouldBe"] = row.IsAsItShouldBe,
        })]),
        ["together"] = new JsonArray([.. together.Select(kind => new JsonObject
        {
            ["method"] = Method(kind.IsSequence),
            ["missed"] = kind.Missed,
            ["runs"] = kind.Runs,
            ["mostMissed"] = kind.MostMissed,
            ["asItShouldBe"] = kind.IsKept,
        })]),
        ["level"] = sampling.Level,
        ["seed"] = sampling.Seed,
        ["sentence"] = Sentence(),
    };

    private static string Method(bool isSequence) => isSequence ? "confidence sequence" : "Clopper–Pearson"; // as in every JSON

    private static string Kind(bool isSequence) => isSequence ? "early" : "fixed";

    private static string Missed(MissedTogether kind) =>
        $"all {Kind(kind.IsSequence)} missed {Percent(kind.Missed, kind.Runs)} of at most {Percent(kind.MostMissed, kind.Runs)}{(kind.IsKept ? "" : ": NOT KEPT")}";

    private static string Share(int runs, FalseAlarmResult row) => Percent(runs, row.Runs);

    private static string Percent(int runs, int all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * runs / all:0.##} %");

    private static string Coloured(bool good, string words) => good ? $"[green]{words}[/]" : $"[red]{words}[/]";

    private static Table Columns(params string[] names)
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string name in names)
        {
            table.AddColumn(name);
        }

        return table;
    }
}
