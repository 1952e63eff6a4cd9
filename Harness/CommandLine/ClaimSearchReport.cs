using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using Wager.Testing.Search;

namespace Wager.Harness.CommandLine;

/// <summary><c>claims --search C</c>: a counterexample, as small as it gets, or how many instances the claim survived.</summary>
internal static class ClaimSearchReport
{
    private const long DefaultInstances = 20_000;

    /// <summary>Searches and tells.</summary>
    public static int Run(ParseResult parse, Session session)
    {
        ClaimKind kind = ClaimKind.Find(parse.GetValue(Arguments.Search)!);
        Form form = Arguments.FormOf(parse);
        RequireNothingElse(parse, form);
        long wanted = Arguments.Whole(parse, Arguments.Instances, DefaultInstances, 1, 1_000_000_000);
        ClaimSearch search = ClaimSearch.Of(kind, form);
        ulong seed = session.Sampling.Seed;
        SearchReport report = session.Stoppable($"{kind.Name}: searching", (progress, stop) => search.Run(seed, wanted, session.Sampling.Threads, progress, stop));
        IAnsiConsole console = session.Screen.Tables;
        console.MarkupLine($"[bold]{kind.Name}[/]: {Markup.Escape(kind.Summary)}");
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {report.Drawn:N0} random schemes and adversaries drawn; in {report.PremiseUnmet:N0} a premise fails, in {report.Undefined:N0} a game is undefined; of the other {report.Instances:N0} it is vacuous in {report.Vacuous:N0} and an equation in {report.Tight:N0} more"));
        if (report.Instances == 0 && !session.Stopping)
        {
            throw new UsageException($"claims --search {kind.Name}: no instance of {report.Drawn} meets its premises, so the search says nothing; ask for more with --instances");
        }

        JsonObject json = new()
        {
            ["claim"] = kind.Name,
            ["verdict"] = (report.Smallest is null ? Verdict.Inconclusive : Verdict.Refuted).InWords(),
            ["seed"] = seed,
            ["drawn"] = report.Drawn,
            ["instances"] = report.Instances,
            ["premiseUnmet"] = report.PremiseUnmet,
            ["undefined"] = report.Undefined,
            ["vacuous"] = report.Vacuous,
            ["tight"] = report.Tight,
            ["index"] = report.Index,
            ["stopped"] = session.Stopping,
        };
        if (report.Smallest is { } smallest)
        {
            Print(kind, report, smallest, console);
            json["left"] = smallest.Result.Refuted?.Left?.Exact?.ToString("G", null);
            json["right"] = smallest.Result.Refuted?.Right?.Exact?.ToString("G", null);
            json["statement"] = (smallest.Result.Refuted ?? smallest.Result.Conclusion).Relation.ToString();
            json["counterexample"] = TableJson.Of(smallest.Instance.Tables, Adversaries(kind, smallest.Instance));
        }
        else
        {
            console.WriteLine(session.Stopping ? "stopped before its end; not refuted until then" : "not refuted: each of these was evaluated exactly, which proves nothing of the others");
        }

        session.Write(json);
        return session.Stopping ? Session.Interrupted
            : report.Smallest is not null && parse.GetValue(Arguments.Assert) ? Session.NotHeld
            : 0;
    }

    /// <summary>A search makes its own schemes and adversaries, of one query and one input.</summary>
    private static void RequireNothingElse(ParseResult parse, Form form)
    {
        Symbol[] vain = [Arguments.Scheme, Arguments.Adversary, Arguments.Exactly, Arguments.Replay, Arguments.Trials, Arguments.Inputs, Arguments.PlugIn, FileArguments.Diagram, Arguments.Level, Arguments.Epsilon, Arguments.Timeout, .. Arguments.OfSchemes];
        if (vain.OfType<Option>().FirstOrDefault(option => Arguments.Has(parse, option)) is { } given)
        {
            throw new UsageException($"--search draws its own schemes and adversaries: leave out {given.Name}");
        }

        if (form.Queries != 1)
        {
            throw new UsageException("--search: its adversaries ask one query, in the hybrid argument two: leave out --queries");
        }

        if (parse.GetValue(Arguments.OptionalClaim) is { } other)
        {
            throw new UsageException($"--search names the claim: leave out {other}");
        }
    }

    private static void Print(ClaimKind kind, SearchReport report, Counterexample smallest, IAnsiConsole console)
    {
        RelationResult? refuted = smallest.Result.Refuted;
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture, $"[red]refuted[/] by instance {report.Index}; made smaller in {report.Shrinks} attempts:"));
        console.WriteLine();
        console.Write(TableText.Of(smallest.Instance.Tables, Adversaries(kind, smallest.Instance)));
        if (refuted is not null)
        {
            console.MarkupLine($"[bold]{Markup.Escape(refuted.Relation.ToString())}[/] fails: {Card.Text(refuted.Left!)} {(refuted.Relation.IsEquation ? "≠" : ">")} {Card.Text(refuted.Right!)}");
        }

        foreach (CostResult cost in smallest.Result.Costs.Where(cost => !cost.Agrees))
        {
            console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[bold]{Markup.Escape(cost.Relation.Statement)}[/] fails: {CostUnit.Operations.Count(cost.Left)} against {CostUnit.Operations.Count(cost.Right)} operations"));
        }

        foreach ((Term term, Quantity quantity) in smallest.Result.Terms)
        {
            console.MarkupLine($"  {Markup.Escape(term.Symbol)} = {Card.Text(quantity)}  [dim]{Markup.Escape(term.Game.Name)}{Markup.Escape(term.Game.Adversary is { } by ? $", by {by}" : "")}{Markup.Escape(smallest.Result.Claim.Needed.Contains(term) && quantity.Value > 0 ? ": this is what it lacks" : "")}[/]");
        }

        console.WriteLine();
        console.MarkupLine("[dim]the same to paste into a project that references Wager.Games and Wager.Schemes; what --json writes takes the place of a scheme's name:[/]");
        console.WriteLine();
        console.Profile.Out.Writer.WriteLine(TableCode.Of("Counterexample", smallest.Instance.Tables, Adversaries(kind, smallest.Instance)));
    }

    /// <summary>The adversary that a claim is about.</summary>
    private static Adversary[] Adversaries(ClaimKind kind, TableInstance instance) => kind.Name switch
    {
        "eq8" or "eq8-repaired" or "eq9" or "eq9-repaired" or "two-sided" => [instance.Recoverer],
        "output-compare" or "output-compare-mu" => [instance.Accelerator],
        "hybrid" or "hybrid-shared-key" => [instance.PairDistinguisher],
        _ => [],
    };
}
