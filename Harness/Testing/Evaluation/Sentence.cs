using System.Globalization;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>A verdict as one sentence that a paper can quote: notion, D, t, q, ε, interval, level, trials, seed, versions.</summary>
/// <param name="result">What was found.</param>
/// <param name="verdict">What it says of the bound.</param>
/// <param name="bound">The bound.</param>
/// <param name="level">The level at which the interval holds, together with those of the same card if there are others.</param>
public sealed class Sentence(Result result, Verdict verdict, Bound bound, double level)
{
    /// <summary>The sentence.</summary>
    public string Text => Write(new("Adv", "Pr[Correctness ⇒ 1]", "≤", "≥", "∈", text => text));

    /// <summary>The sentence in LaTeX, with mathematics in it and what is special there escaped.</summary>
    public string Latex => Write(new(@"\mathrm{Adv}", @"\Pr[\mathrm{Correctness} \Rightarrow 1]", @"\le", @"\ge", @"\in", Escaped, "$", @"\%"));

    private string Write(Signs signs)
    {
        Game game = result.Game;
        string T(string text) => signs.Escape(text);
        string M(string mathematics) => signs.Dollar + mathematics + signs.Dollar;
        bool isProperty = game.Notion.Kind == Kind.Property;
        Quantity quantity = isProperty ? result.Probability : result.Judged ?? result.Advantage;
        string symbol = isProperty ? signs.Probability
            : signs.Dollar.Length == 0 ? $"{signs.Advantage}^{game.Notion.Name}" : $@"{signs.Advantage}^{{\mathrm{{{game.Notion.Name}}}}}";
        string who = isProperty ? $"on D ({T(game.Dataset)})"
            : $"against {(result.IsOptimal ? "every adversary" : T(game.Adversary!))} (t {Budget(signs, M)}, q = {game.Queries}{(game.Notion == Notion.EffInf ? $", m = {game.Inputs}" : "")}) on D ({T(game.Dataset)})";
        bool isWithin = ReferenceEquals(quantity, result.WithinBudget);
        string how = result is { Trials: null, Paths: null } ? "a closed form" : result.Trials is null ? $"exact sums over {result.Paths} paths"
            : $"{(result.IsAnytime ? "a confidence sequence" : "Clopper–Pearson")}, {result.Trials} trials, {(isWithin ? $"{result.WinsWithin} won within the budget" : $"{result.Wins} won")}, seed {result.Seed}";
        string value = quantity.Exact is { } exact
            ? M($"{symbol} = {exact.ToString("G", null)}") + ", exactly,"
            : M($"{symbol} {signs.In} [{Rounded(quantity.Interval.Low, Math.Floor)}, {Rounded(quantity.Interval.High, Math.Ceiling)}]")
                + (result.Trials is null ? "" : $" at level {(100 * level).ToString("G9", CultureInfo.InvariantCulture)} {signs.Percent}{(level == result.Level ? "" : " together with the rest of its card")}")
                + $" ({how}),";
        string measure = !isProperty ? signs.Advantage : signs.Dollar.Length == 0 ? "Pr" : @"\Pr";
        string sign = bound.Side switch
        {
            Side.AtLeast => signs.AtLeast,
            Side.AtMost => signs.AtMost,
            _ => "=",
        };
        string says = M(isProperty && bound.Side == Side.AtMost ? $"{measure} = 1" : $"{measure} {sign} {T(bound.Text)}");
        string broken = result.Broken == 0 ? "" : $"; without a valid answer: {Whole(result.Broken)}{(result.Trials is null ? " of the probability" : " trials")}";
        double unrepeatable = result.Faults.GetValueOrDefault(Fault.Hung) + result.Faults.GetValueOrDefault(Fault.OverMemory);
        broken += unrepeatable == 0 || result.Trials is null ? "" : $", of which {Whole(unrepeatable)} do not replay";
        string stopped = result.Stopped ? "; stopped before its end" : "";
        return $"{T(game.Name)} of {T(game.Scheme)} {who}: {value} so {says} is {bound.InWords(verdict, game.Notion)}{broken}{stopped} ({T(Versions.InWords)}).";
    }

    /// <summary>t: what was enforced, else what Def. 3.3 asks for, else that there was no bound; and what was spent.</summary>
    private string Budget(Signs signs, Func<string, string> math)
    {
        double spent = result.Unit.Count(result.Cost.GetValueOrDefault(Procedure.Adversary)) + result.Unit.Count(result.Cost.GetValueOrDefault(Procedure.Preparation));
        string mean = $"{Number(spent)} operations in the mean";
        string[] bounds =
        [
            .. result.Limits.Operations is { } t ? [math($"{signs.AtMost} {Whole(t)}")] : Array.Empty<string>(),
            .. result.Game.Notion.Budget is not null && result.WithinBudget is not null ? [signs.Escape($"below {(result.Game.Inputs == 1 ? "" : "m·")}Cost(Run′)")] : Array.Empty<string>(),
        ];
        string bound = bounds.Length == 0 ? "unbounded" : string.Join(" and ", bounds);
        return result.IsOptimal ? bound : $"{bound}, {mean}";
    }

    /// <summary>A count in full.</summary>
    private static string Whole(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Rounded(double value, Func<double, double> outward) => (outward(value * 1e6) / 1e6).ToString("0.######", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => string.Concat(text.Select(c => c switch
    {
        '\\' => @"\textbackslash{}",
        '{' or '}' or '$' or '&' or '#' or '_' or '%' => $@"\{c}",
        '~' => @"\textasciitilde{}",
        '^' => @"\textasciicircum{}",
        '′' => "$'$",
        '·' => @"$\cdot$",
        'δ' => @"$\delta$",
        'ε' => @"$\varepsilon$",
        _ => c.ToString(),
    }));

    private sealed record Signs(
        string Advantage, string Probability, string AtMost, string AtLeast, string In, Func<string, string> Escape, string Dollar = "", string Percent = "%");
}
