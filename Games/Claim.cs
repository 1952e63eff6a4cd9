namespace Wager.Games;

/// <summary>
/// A relation between two notions, as a value that the harness evaluates for one scheme and one adversary: an inequality or equation
/// between advantages, with what must hold for it to say anything and the steps of its proof.
/// </summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Source">Where it is stated.</param>
/// <param name="Adversary">𝒜, whom it speaks of.</param>
/// <param name="Conclusion">What it says.</param>
public sealed record Claim(string Name, string Source, string Adversary, Relation Conclusion)
{
    /// <summary>The name of the scheme that it is about.</summary>
    public string Scheme => Conclusion.Games.First().Scheme;

    /// <summary>What the proof goes through, each checked on its own.</summary>
    public IReadOnlyList<Relation> Steps { get; init; } = [];

    /// <summary>Of a claim that is false: the terms that its repaired form adds, whose sizes say by how much it can fail.</summary>
    public IReadOnlyList<Term> Needed { get; init; } = [];

    /// <summary>Numbers that its terms were made with, such as ω.</summary>
    public IReadOnlyList<(string Symbol, double Value)> Parameters { get; init; } = [];

    /// <summary>What the reduction costs.</summary>
    public IReadOnlyList<CostRelation> Costs { get; init; } = [];

    /// <summary>The conclusion, and then the steps.</summary>
    public IEnumerable<Relation> Relations => [Conclusion, .. Steps];

    /// <summary>Every game that is played to evaluate it, each once.</summary>
    public IEnumerable<Game> Games => Relations.SelectMany(relation => relation.Games)
        .Concat(Needed.Select(term => term.Game))
        .Concat(Costs.SelectMany(cost => cost.Left.Concat(cost.Right).Select(spent => spent.Game)))
        .DistinctBy(game => game.ToString());
}

/// <summary>left ≤ right, or left = right.</summary>
/// <param name="Left">The left side.</param>
/// <param name="IsEquation">Whether it says = instead of ≤.</param>
/// <param name="Right">The right side.</param>
public sealed record Relation(Formula Left, bool IsEquation, Formula Right)
{
    /// <summary>What must hold for it to say anything.</summary>
    public IReadOnlyList<Premise> Premises { get; init; } = [];

    /// <summary>
    /// Whether it holds not only in the mean but trial by trial, where all its games are played on the same coins, each term 1 or 0.
    /// </summary>
    public bool IsPointwise { get; init; }

    /// <summary>The terms, each once, left before right.</summary>
    public IEnumerable<Term> Terms => Left.Terms.Concat(Right.Terms).DistinctBy(term => term.Game.ToString());

    /// <summary>The games of its terms and premises.</summary>
    public IEnumerable<Game> Games => Terms.Select(term => term.Game).Concat(Premises.Select(premise => premise.Game).OfType<Game>());

    /// <summary>left ≤ right.</summary>
    public static Relation AtMost(Formula left, Formula right) => new(left, false, right);

    /// <summary>left = right.</summary>
    public static Relation Equal(Formula left, Formula right) => new(left, true, right);

    /// <summary>The relation as it is written.</summary>
    public override string ToString() => $"{Left} {(IsEquation ? "=" : "≤")} {Right}";
}

/// <summary>What must hold for a claim to say anything.</summary>
/// <param name="Words">In words.</param>
public sealed record Premise(string Words)
{
    /// <summary>The event that must be certain, or, with <see cref="IsBudget"/>, whose adversary must always keep its budget; null where <see cref="Holds"/> decides.</summary>
    public Game? Game { get; private init; }

    /// <summary>Whether it is about the budget of the game's adversary.</summary>
    public bool IsBudget { get; private init; }

    /// <summary>Whether it holds, where no game has to be played for it.</summary>
    public bool Holds { get; private init; } = true;

    /// <summary>An event that is certain, such as Correctness (Yang et al. 2025, Def. 3.1).</summary>
    public static Premise Certain(string words, Game game) => new(words) { Game = game };

    /// <summary>The adversary of a game with a budget stays below it.</summary>
    public static Premise WithinBudget(string words, Game game) => new(words) { Game = game, IsBudget = true };

    /// <summary>Dist is a metric, as its author declares it.</summary>
    /// <param name="of">As in Dist_Y.</param>
    /// <param name="tolerance">Where the distance is.</param>
    public static Premise Metric<T>(string of, Tolerance<T> tolerance) => new($"{of} is a metric") { Holds = tolerance.IsMetric };
}

/// <summary>What a reduction says of costs: the left procedures together spend, in the mean, what the right ones do. It is about costs that do not depend on values.</summary>
/// <param name="Statement">As in Cost(B_A) = Cost(A) + Cost(Run).</param>
/// <param name="Left">Which procedure in which game.</param>
/// <param name="Right">Likewise.</param>
public sealed record CostRelation(
    string Statement, IReadOnlyList<(Game Game, Procedure Procedure)> Left, IReadOnlyList<(Game Game, Procedure Procedure)> Right);
