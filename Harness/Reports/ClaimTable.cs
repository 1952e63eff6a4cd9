using System.Globalization;
using Spectre.Console;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>Claims evaluated, a row for each scheme and adversary, with the terms that they need and how large those are.</summary>
/// <param name="console">Where it is written.</param>
public sealed class ClaimTable(IAnsiConsole console)
{
    private readonly List<(string Scheme, ClaimResult Result)> _rows = [];

    /// <summary>Adds a row.</summary>
    public void Add(string scheme, ClaimResult result) => _rows.Add((scheme, result));

    /// <summary>Writes a table for each claim.</summary>
    public void Write()
    {
        foreach (IGrouping<string, (string Scheme, ClaimResult Result)> claim in _rows.GroupBy(row => row.Result.Claim.Name))
        {
            ClaimResult first = claim.First().Result;
            console.WriteLine();
            console.MarkupLine($"[bold]{Markup.Escape(claim.Key)}[/] ({Markup.Escape(first.Claim.Source)}): {Markup.Escape(first.Claim.Conclusion.ToString())}");
            Table table = new() { Border = TableBorder.Rounded };
            foreach (string column in new[] { "scheme", "A", "left", "right", "terms", "verdict" })
            {
                table.AddColumn(column == "terms" ? new TableColumn(column) : new TableColumn(column).NoWrap());
            }

            foreach ((string scheme, ClaimResult result) in claim)
            {
                table.AddRow(
                    Markup.Escape(scheme),
                    Markup.Escape(result.Claim.Adversary),
                    result.Conclusion.Left is { } left ? Card.Text(left) : "",
                    result.Conclusion.Right is { } right ? Card.Text(right) : "",
                    Markup.Escape(Terms(result)),
                    Verdict(result));
            }

            console.Write(table);
            foreach ((string scheme, ClaimResult result) in claim)
            {
                foreach (string line in Remarks(scheme, result))
                {
                    console.MarkupLine($"  [dim]{Markup.Escape(line)}[/]");
                }
            }
        }
    }

    /// <summary>The terms other than the two advantages, with their sizes.</summary>
    private static string Terms(ClaimResult result) => string.Join(", ",
    [
        .. result.Claim.Parameters.Select(parameter => string.Create(CultureInfo.InvariantCulture, $"{parameter.Symbol} = {parameter.Value:G4}")),
        .. result.Terms.Where(term => term.Term.Game.Notion.Kind == Kind.Property && IsShown(term.Term, result.Claim)).Select(term => $"{term.Term.Symbol} = {Card.Text(term.Quantity)}{Span(term.Quantity)}"),
    ]);

    /// <summary>Terms of the steps alone are in the JSON.</summary>
    private static bool IsShown(Term term, Claim claim) => claim.Conclusion.Terms.Concat(claim.Needed).Any(shown => shown.Game.ToString() == term.Game.ToString());

    private static string Span(Quantity quantity) => quantity.Exact is not null ? ""
        : string.Create(CultureInfo.InvariantCulture, $" in [{Math.Floor(quantity.Interval.Low * 1e3) / 1e3:0.###}, {Math.Ceiling(quantity.Interval.High * 1e3) / 1e3:0.###}]");

    private static string Verdict(ClaimResult result)
    {
        Verdict verdict = result.Verdict;
        string because = verdict switch
        {
            Testing.Evaluation.Verdict.PremiseUnmet => $"premise unmet: {result.Conclusion.Because}",
            Testing.Evaluation.Verdict.Refuted when result.Claim.Needed.Count > 0 && result.Refuted == result.Conclusion => $"refuted, lacks {string.Join(", ", result.Terms.Where(term => result.Claim.Needed.Any(needed => needed.Game.ToString() == term.Term.Game.ToString()) && term.Quantity.Value > 0).Select(term => term.Term.Symbol))}",
            Testing.Evaluation.Verdict.Refuted when result.Refuted!.Relation.IsPointwise => $"refuted in {result.Refuted.Breaks} of {result.Refuted.Trials} trials",
            _ => Card.OneWord(verdict),
        };
        return Card.Coloured(verdict, Markup.Escape(because + (result.Conclusion.IsVacuous ? ", vacuous" : result.Conclusion.IsTight ? ", tight" : "")));
    }

    /// <summary>What does not fit in a row: steps that fail, trials that break a relation with what replays them, costs that differ.</summary>
    private static IEnumerable<string> Remarks(string scheme, ClaimResult result)
    {
        string who = $"{scheme}, {result.Claim.Adversary}";
        foreach (RelationResult step in result.Relations)
        {
            if (step != result.Conclusion && step.Verdict == Testing.Evaluation.Verdict.Refuted)
            {
                yield return $"{who}: a step fails: {step.Relation}, {Card.Text(step.Left!)} against {Card.Text(step.Right!)}";
            }

            if (step.Breaks > 0 && step.Relation.IsPointwise)
            {
                yield return $"{who}: {step.Relation} is broken in {step.Breaks} of {step.Trials} trials: {string.Join(", ", step.Breaking)}{(step.Breaks > step.Breaking.Count ? ", …" : "")}; replay with claims {result.Claim.Name} --scheme {scheme} --adversary \"{result.Claim.Adversary}\" --replay {step.Breaking[0]}";
            }
        }

        foreach (CostResult cost in result.Costs.Where(cost => !cost.Agrees))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{who}: {cost.Relation.Statement} was measured as {Card.Count(CostUnit.Operations.Count(cost.Left))} against {Card.Count(CostUnit.Operations.Count(cost.Right))} operations");
        }
    }
}
