using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary><c>exact GAME --scheme S --optimal</c>: what the best of all adversaries has, and with cells by the number of reads.</summary>
internal static class OptimalReport
{
    /// <summary>Whether it was asked for; and that nothing was asked for that does not go with it.</summary>
    public static bool IsAsked(ParseResult parse, Notion notion)
    {
        bool optimal = parse.GetValue(Arguments.Optimal);
        return !optimal && Arguments.Has(parse, Arguments.Reads) ? throw new UsageException("--reads is what the best adversary may read: give it with --optimal")
            : !optimal ? false
            : notion.Kind == Kind.Property ? throw new UsageException($"{notion.Name} has no adversary: leave out --optimal")
            : parse.GetValue(Arguments.Adversary) is { } adversary ? throw new UsageException($"--adversary {adversary} and --optimal both say who plays: give one")
            : parse.GetValue(Arguments.Sweep)?.StartsWith("m=", StringComparison.Ordinal) == true || Arguments.Has(parse, Arguments.Inputs)
                ? throw new UsageException("--optimal is worked out for one input: leave out --inputs, or the sweep over m")
            : new Option[] { Arguments.Budget, Arguments.Memory, Arguments.Timeout }.FirstOrDefault(option => Arguments.Has(parse, option)) is { } vain
                ? throw new UsageException($"{vain.Name} is of an adversary that is played: leave it out; with --optimal, --reads T bounds what may be read")
            : true;
    }

    public static int? ReadsOf(ParseResult parse) => Arguments.Has(parse, Arguments.Reads) ? (int)Arguments.Whole(parse, Arguments.Reads, 0, 0, int.MaxValue) : null;

    /// <summary>What it is, and what a bound says of it.</summary>
    public static Optimum Worked(OptimalAdversary optimal, int? reads, Session session)
    {
        try
        {
            return session.Stoppable(optimal.Game.ToString(), (progress, stop) => optimal.Evaluate(reads, progress, stop));
        }
        catch (NotFiniteException e)
        {
            throw new UsageException($"exact: {optimal.Game} cannot be enumerated ({e.Message}); use play with an adversary, which samples");
        }
    }

    /// <summary>The verdict; a closed form decides as a fraction does, beyond what rounding may have cost.</summary>
    public static Verdict VerdictOf(Result result, Session session) =>
        session.Bound.Of(result) is Verdict.Supported && result is { IsOptimal: true, Paths: null } ? Verdict.Proved : session.Bound.Of(result);

    /// <summary>What was read, for JSON; null outside the probe model.</summary>
    public static JsonArray? ByReads(Optimum optimum) => optimum.ByReads is not { } all ? null :
    [
        .. all.Select(each => new JsonObject
        {
            ["reads"] = each.Reads,
            ["advantage"] = Exact(each.Advantage),
            ["withinBudget"] = each.WithinBudget is { } within ? Exact(within) : null,
        }),
    ];

    /// <summary>Prints one, writes its JSON, and gives the exit code.</summary>
    public static int One(Session session, Subject subject, Optimum optimum)
    {
        Result result = optimum.Result;
        Game game = result.Game;
        Verdict verdict = VerdictOf(result, session);
        IAnsiConsole console = session.Screen.Tables;
        Table table = new() { Border = TableBorder.Rounded };
        bool isProbed = optimum.ByReads is not null;
        bool isBudgeted = result.WithinBudget is not null;
        string[] columns =
        [
            "game", "adversary", .. isProbed ? ["reads"] : Array.Empty<string>(), "Adv", .. isBudgeted ? ["within budget"] : Array.Empty<string>(),
            .. result.IsExact ? ["about"] : Array.Empty<string>(), session.Bound.ToString(),
        ];
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap());
        }

        IReadOnlyList<ReadsValue> rows = optimum.ByReads ?? [new(0, result.Advantage, result.WithinBudget)];
        foreach (ReadsValue row in rows)
        {
            bool isLast = row == rows[^1];
            Quantity judged = row.WithinBudget ?? row.Advantage;
            table.AddRow(
            [
                Markup.Escape(game.Name + game.Multiplicity), OptimalAdversary.Name, .. isProbed ? [Number(row.Reads)] : Array.Empty<string>(), Card.Text(row.Advantage),
                .. row.WithinBudget is { } within ? [Card.Text(within)] : Array.Empty<string>(), .. result.IsExact ? [Number(judged.Value)] : Array.Empty<string>(),
                isLast ? Card.Coloured(verdict, Card.OneWord(verdict)) : "",
            ]);
        }

        console.WriteLine();
        console.MarkupLine($"[bold]{Markup.Escape(subject.Name)}[/]: {Markup.Escape(subject.Summary)}");
        console.Write(table);
        console.MarkupLine($"  [dim]No adversary has more, and one has this.{(isProbed ? " Reads are of cells, one operation each, each chosen by what was read before." : "")}"
            + $"{(isBudgeted ? " Within budget are wins with t < Cost(Run′)." : "")}{(result.IsExact ? " All values are exact." : " The value is a closed form.")}[/]");
        console.WriteLine(FormattableString.Invariant($"  {(result.Paths is { } paths ? $"{paths} paths" : "closed form")}, {result.Seconds:0.00} s"));
        JsonObject json = Describe(session, optimum, verdict);
        console.WriteLine($"  {json["sentence"]!.GetValue<string>()}");
        session.Write(json);
        return session.ExitCode(verdict);
    }

    /// <summary>As JSON.</summary>
    public static JsonObject Describe(Session session, Optimum optimum, Verdict verdict)
    {
        JsonObject json = session.Describe(optimum.Result, verdict, optimum.Result.Level);
        if (optimum.Result.IsOptimal)
        {
            json["method"] = optimum.Result.IsExact ? "exact" : "closed form";
            json["byReads"] = ByReads(optimum);
        }

        return json;
    }

    private static JsonNode? Exact(Quantity quantity) => JsonValue.Create(quantity.Exact!.Value.ToString("G", null));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
