using Fractions;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>An advantage, or a probability: estimated with an interval, or exact.</summary>
/// <param name="Value">The estimate, or the exact value as a double; NaN where only the interval is known.</param>
/// <param name="Interval">Where it lies, at the evaluation's level; where exact, the value twice.</param>
/// <param name="Exact">The exact value, if it is known.</param>
public sealed record Quantity(double Value, Interval Interval, Fraction? Exact = null)
{
    /// <summary>An exact quantity.</summary>
    public static Quantity Of(Ratio exact) =>
        new(exact.ToDouble(), new(exact.ToDouble(), exact.ToDouble()), new Fraction(exact.Numerator, exact.Denominator));
}

/// <summary>What playing a game showed, by enumeration or by sampling.</summary>
public sealed record Result
{
    /// <summary>The game.</summary>
    public required Game Game { get; init; }

    /// <summary>Pr[game ⇒ 1].</summary>
    public required Quantity Probability { get; init; }

    /// <summary>The advantage, by the formula of the notion's kind.</summary>
    public required Quantity Advantage { get; init; }

    /// <summary>The advantage that counts only wins below the budget; null where the notion has no budget.</summary>
    public Quantity? WithinBudget { get; init; }

    /// <summary>What a bound is held against: where the notion has a budget, what was won within it; null where nothing was metered.</summary>
    public Quantity? Judged => Game.Notion.Budget is null ? Advantage : WithinBudget;

    /// <summary>What the adversary might spend in a trial, at most.</summary>
    public required Limits Limits { get; init; }

    /// <summary>Whether the intervals are those of a confidence sequence, which may be stopped at any time.</summary>
    public bool IsAnytime { get; init; }

    /// <summary>The level of the intervals; 1 where they hold without exception.</summary>
    public required double Level { get; init; }

    /// <summary>Trials played; null when enumerated.</summary>
    public long? Trials { get; init; }

    /// <summary>Trials won; null when enumerated.</summary>
    public long? Wins { get; init; }

    /// <summary>Trials won for less than the budget; null when enumerated, or without a budget.</summary>
    public long? WinsWithin { get; init; }

    /// <summary>Trials, or the probability of those, in which the adversary gave no valid answer, by the reason; none that is 0.</summary>
    public required IReadOnlyDictionary<Fault, double> Faults { get; init; }

    /// <summary>All of those together.</summary>
    public double Broken => Faults.Values.Sum();

    /// <summary>The first trials that do not replay, because a watchdog or a lack of memory ended them.</summary>
    public IReadOnlyList<long> NotReplayable { get; init; } = [];

    /// <summary>Trials, or the probability of those, in which the adversary spent the budget or more; null without a budget.</summary>
    public double? OverBudget { get; init; }

    /// <summary>What went wrong the first time that the adversary gave no valid answer.</summary>
    public string? FirstFault { get; init; }

    /// <summary>Paths enumerated; null when sampled.</summary>
    public long? Paths { get; init; }

    /// <summary>Mean cost, by procedure, of a trial in which the adversary gave a valid answer; the others were cut short.</summary>
    public required IReadOnlyDictionary<Procedure, Cost> Cost { get; init; }

    /// <summary>The unit that the budget is counted in.</summary>
    public required CostUnit Unit { get; init; }

    /// <summary>The seed; null when enumerated.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How many trials were played in lock-step; 1 where one was played after the other, or all paths.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether it was stopped before its end. What it says then holds of what was played until then.</summary>
    public bool Stopped { get; init; }

    /// <summary>Whether the adversary is the best of all there can be.</summary>
    public bool IsOptimal { get; init; }

    /// <summary>Whether the advantage is known exactly.</summary>
    public bool IsExact => Advantage.Exact is not null;

    /// <summary>
    /// m*: from how many inputs per release on the adversary costs less than Run′, by the mean costs: the least m with
    /// preparation + m·inference &lt; m·Cost(Run′). Infinite where there is none; null without a budget, a meter, or a trial that was answered.
    /// </summary>
    public double? BreakEven
    {
        get
        {
            if (Game.Notion.Budget is not { } budget || WithinBudget is null || Trials - Broken <= 0 || (Trials is null && Broken >= 1))
            {
                return null;
            }

            double Mean(Procedure procedure) => Unit.Count(Cost.GetValueOrDefault(procedure)) / (procedure == Procedure.Preparation ? 1 : Game.Inputs);
            bool Pays(double inputs) => Mean(Procedure.Preparation) + (inputs * Mean(Procedure.Adversary)) < inputs * Mean(budget);
            if (Mean(budget) <= Mean(Procedure.Adversary))
            {
                return double.PositiveInfinity;
            }

            double about = Math.Floor(Mean(Procedure.Preparation) / (Mean(budget) - Mean(Procedure.Adversary)));
            return new[] { about - 1, about, about + 1, about + 2 }.FirstOrDefault(inputs => inputs >= 1 && Pays(inputs), double.PositiveInfinity);
        }
    }

    /// <summary>The result in a line.</summary>
    public override string ToString()
    {
        (string name, Quantity quantity) = Game.Notion.Kind == Kind.Property ? ("Pr", Probability) : ("Adv", Advantage);
        string how = Trials is { } trials ? $"{trials} trials, seed {Seed}" : $"{Paths} paths";
        string about = double.IsNaN(quantity.Value) ? "" : FormattableString.Invariant($"≈ {quantity.Value:0.####}, ");
        return IsExact
            ? $"{Game}: {name} = {quantity.Exact}, exactly; {how}"
            : FormattableString.Invariant(
                $"{Game}: {name} {about}in [{quantity.Interval.Low:0.####}, {quantity.Interval.High:0.####}] at {100 * Level:G6} %; {how}");
    }
}
