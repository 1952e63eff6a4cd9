using System.Globalization;
using Spectre.Console;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>The verdict card of one scheme: a table of games, a line for each notion, the claims.</summary>
public sealed class Card
{
    /// <summary>A terminal narrower than this shows neither budgets nor costs.</summary>
    public const int WidthOfAll = 118;

    private readonly IAnsiConsole _console;
    private readonly bool _wide;
    private readonly Bound _bound;
    private readonly Table _games = new() { Border = TableBorder.Rounded };
    private readonly Table _claims = new() { Border = TableBorder.Rounded };
    private readonly SortedDictionary<int, (Notion Notion, List<(string Line, Verdict Verdict, double Weight)> Rows)> _notions = [];
    private readonly SortedSet<string> _premises = [];
    private readonly List<LintWarning> _warnings = [];
    private double _level = double.NaN;
    private bool _anyStopped;
    private bool _anytime;

    /// <summary>An empty card.</summary>
    /// <param name="console">Where it will be written.</param>
    /// <param name="bound">What advantages are held against.</param>
    public Card(IAnsiConsole console, Bound bound)
    {
        _console = console;
        _bound = bound;
        _wide = console.Profile.Width >= WidthOfAll;
        foreach (string column in Columns(["game", "adversary", "Adv or Pr", "interval"], ["within budget", "cost"], bound.ToString()))
        {
            _games.AddColumn(new TableColumn(column).NoWrap());
        }

        foreach (string column in new[] { "claim", "A", "left", "right", "verdict" })
        {
            _claims.AddColumn(new TableColumn(column).NoWrap());
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(Result result, Verdict verdict)
    {
        Game game = result.Game;
        Quantity shown = game.Notion.Kind == Kind.Property ? result.Probability : result.Advantage;
        _level = result.Trials is null ? _level : result.Level;
        _anyStopped |= result.Stopped;
        _anytime |= result.IsAnytime;
        string marks = (result.Faults.Count > 0 ? $" ({(result.Trials is null ? "Pr " : "")}{InWords(result.Faults)})" : "")
            + (result.Stopped ? $" (stopped after {result.Trials ?? result.Paths})" : "");
        Row(
            game,
            Text(shown),
            Span(result, shown),
            Coloured(verdict, OneWord(verdict)) + marks,
            result.WithinBudget is { } within ? $"{Text(within)} {Span(result, within)}" : "",
            Cost(result));
        Quantity counted = result.WithinBudget ?? shown;
        Note(game, verdict, counted.Value, game.Adversary is null ? $"Pr = {Text(shown)}"
            : $"{game.Adversary} has {Text(counted)}{(result.WithinBudget is null ? "" : " within budget")}");
    }

    /// <summary>Adds the row of a game that is undefined.</summary>
    public void AddUndefined(Game game, string why)
    {
        Row(game, "", "", Coloured(Verdict.Undefined, "undefined"));
        Note(game, Verdict.Undefined, 0, why);
    }

    /// <summary>Adds the row of a game that was not reached.</summary>
    public void AddUnplayed(Game game) => Row(game, "", "", Coloured(Verdict.Inconclusive, "not played"));

    /// <summary>Adds a claim.</summary>
    public void Add(ClaimResult result)
    {
        if (result.Verdict == Verdict.PremiseUnmet && result.Claim.Conclusion.Premises.Count > 0)
        {
            _premises.Add($"{result.Claim.Name} says nothing unless {string.Join(", and ", result.Claim.Conclusion.Premises.Select(premise => premise.Words))}");
        }

        _claims.AddRow(
            Markup.Escape($"{result.Claim.Name}: {result.Claim.Conclusion}"),
            Markup.Escape(result.Claim.Adversary),
            result.Conclusion.Left is { } left ? Text(left) : "",
            result.Conclusion.Right is { } right ? Text(right) : "",
            Coloured(result.Verdict, (result.Verdict == Verdict.PremiseUnmet ? result.Verdict.InWords() : OneWord(result.Verdict)) + (result.Conclusion.IsVacuous ? ", vacuous" : "")));
    }

    /// <summary>Adds where the definitions say less than they seem.</summary>
    public void Add(IEnumerable<LintWarning> warnings) => _warnings.AddRange(warnings);

    /// <summary>Writes the card.</summary>
    /// <param name="title">The scheme.</param>
    /// <param name="summary">The scheme in a sentence.</param>
    /// <param name="level">The level at which all sampled intervals hold together.</param>
    public void Write(string title, string summary, double level)
    {
        _console.WriteLine();
        _console.MarkupLine($"[bold]{Markup.Escape(title)}[/]: {Markup.Escape(summary)}");
        _console.Write(_games);
        foreach ((Notion notion, List<(string Line, Verdict Verdict, double Weight)> rows) in _notions.Values)
        {
            Verdict verdict = Verdicts.OfNotion(notion, [.. rows.Select(row => row.Verdict)]);
            string bound = _bound.InWords(notion);
            string? because = rows.Where(row => row.Verdict == verdict && verdict is Verdict.Refuted or Verdict.Undefined)
                .OrderByDescending(row => row.Weight).Select(row => row.Line).FirstOrDefault();
            _console.MarkupLine(
                $"  {notion.Name,-11} {bound}: {Coloured(verdict, _bound.InWords(verdict, notion))}{(because is null ? "" : Markup.Escape($" ({because})"))}");
        }

        if (!double.IsNaN(_level))
        {
            _console.MarkupLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  [dim]Sampled intervals are {(_anytime ? "of confidence sequences" : "Clopper–Pearson's")} and hold {Together(level)}. Costs are means, in {CostUnit.Operations}.[/]"));
        }
        else
        {
            _console.MarkupLine($"  [dim]All values are exact{(_anyStopped ? ", and what was stopped is bounded by exact sums" : "")}. Costs are means, in {CostUnit.Operations}.[/]");
        }

        if (!_wide)
        {
            _console.MarkupLine($"  [dim]A terminal of {WidthOfAll} columns shows budgets and costs too.[/]");
        }

        if (_claims.Rows.Count > 0)
        {
            _console.Write(_claims);
            foreach (string premise in _premises)
            {
                _console.MarkupLine($"  [dim]{Markup.Escape(premise)}.[/]");
            }
        }

        foreach (LintWarning warning in _warnings)
        {
            _console.MarkupLine($"  definitions: [yellow]{Markup.Escape(warning.Rule)}[/]: {Markup.Escape(warning.Text)}");
        }
    }

    /// <summary>An estimate to four digits, or the exact fraction.</summary>
    public static string Text(Quantity quantity) =>
        quantity.Exact is { } exact ? exact.ToString("G", null) : double.IsNaN(quantity.Value) ? "?"
        : quantity.Value is > 0 and < 0.00005 ? "<0.0001"
        : quantity.Value is < 1 and >= 0.99995 ? ">0.9999"
        : quantity.Value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>How often an adversary gave no valid answer, by the reason.</summary>
    public static string InWords(IReadOnlyDictionary<Fault, double> faults) => string.Join(", ", faults.Select(fault => string.Create(
        CultureInfo.InvariantCulture,
        $"{fault.Value:G4} {fault.Key switch
        {
            Fault.Threw => "threw",
            Fault.Invalid => "invalid",
            Fault.OverBudget => "over t",
            Fault.OverQueries => "over q",
            Fault.OverMemory => "over memory",
            _ => "hung",
        }}")));

    /// <summary>A verdict in one word.</summary>
    public static string OneWord(Verdict verdict) => verdict.InWords().Split(' ')[0];

    /// <summary>A verdict's words in its colour.</summary>
    public static string Coloured(Verdict verdict, string words) => verdict switch
    {
        Verdict.Refuted => $"[red]{words}[/]",
        Verdict.Proved or Verdict.Supported => $"[green]{words}[/]",
        _ => $"[yellow]{words}[/]",
    };

    private void Row(Game game, string advantage, string interval, string verdict, string within = "", string cost = "") =>
        _games.AddRow(Columns([Markup.Escape(game.Name + game.Multiplicity), Markup.Escape(game.Adversary ?? "–"), advantage, interval], [within, cost], verdict));

    private string[] Columns(string[] always, string[] whereWide, string last) => _wide ? [.. always, .. whereWide, last] : [.. always, last];

    private string Together(double level) => _level == level
        ? string.Create(CultureInfo.InvariantCulture, $"at {100 * level:G9} %")
        : string.Create(CultureInfo.InvariantCulture, $"all together at {100 * level:G9} % (each at {100 * _level:G6} %)");

    /// <summary>The cost of the adversary, against that of the budget's procedure where there is a budget, and from how many inputs on it pays.</summary>
    private static string Cost(Result result)
    {
        double Of(Procedure procedure) => result.Unit.Count(result.Cost.GetValueOrDefault(procedure));
        string adversary = Count(Of(Procedure.Adversary) + Of(Procedure.Preparation));
        string pays = result.BreakEven is { } m && m > 1 ? double.IsInfinity(m) ? ", never less" : string.Create(CultureInfo.InvariantCulture, $", m* {m:0}") : "";
        return result.Game.Adversary is null ? ""
            : result.Game.Notion.Budget is { } budget ? $"{adversary} of {Count(Of(budget))}{pays}"
            : adversary;
    }

    /// <summary>A count to four digits, with a letter for thousands.</summary>
    public static string Count(double count)
    {
        string[] units = ["", " k", " M", " G", " T"];
        int unit = 0;
        for (; count >= 1000 && unit < units.Length - 1; unit++)
        {
            count /= 1000;
        }

        return count.ToString("G4", CultureInfo.InvariantCulture) + units[unit];
    }

    /// <summary>The interval to four digits, rounded outward.</summary>
    internal static string Span(Result result, Quantity quantity) => result.IsExact
        ? "exact"
        : Markup.Escape(string.Create(
            CultureInfo.InvariantCulture,
            $"[{Math.Floor(quantity.Interval.Low * 1e4) / 1e4:0.####}, {Math.Ceiling(quantity.Interval.High * 1e4) / 1e4:0.####}]"));

    private void Note(Game game, Verdict verdict, double weight, string line)
    {
        int place = Notion.All.Index().First(n => n.Item == game.Notion).Index;
        if (!_notions.TryGetValue(place, out (Notion Notion, List<(string Line, Verdict Verdict, double Weight)> Rows) notion))
        {
            _notions[place] = notion = (game.Notion, []);
        }

        notion.Rows.Add((line, verdict, weight));
    }
}
