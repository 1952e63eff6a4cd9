using System.Runtime.CompilerServices;

namespace Wager.Games;

/// <summary>
/// What a procedure spent, in units that do not add up to one another. A multiply-add is one multiplication with its
/// addition, and is never counted or printed as a FLOP. Seconds are measured by the harness and decide nothing.
/// </summary>
/// <remarks>Counts are whole numbers, exact up to 2⁵³; means and expected costs need not be whole.</remarks>
/// <param name="MultiplyAdds">Multiply-adds: of a product [m, k]·[k, n], m·k·n.</param>
/// <param name="Elementwise">Single operations on entries: additions, multiplications, divisions, comparisons.</param>
/// <param name="Transcendental">Evaluations of exp, erf and their like.</param>
/// <param name="BytesRead">Bytes of operands.</param>
/// <param name="BytesWritten">Bytes of results.</param>
/// <param name="Queries">Calls of an oracle.</param>
public readonly record struct Cost(
    double MultiplyAdds = 0,
    double Elementwise = 0,
    double Transcendental = 0,
    double BytesRead = 0,
    double BytesWritten = 0,
    double Queries = 0)
{
    /// <summary>The most that can be charged of one kind at once: beyond it, counts are no longer exact.</summary>
    public const double Most = 1L << 53;

    /// <summary>Whether every count is a number from 0 to <see cref="Most"/>, as what is charged must be.</summary>
    public bool IsChargeable =>
        MultiplyAdds is >= 0 and <= Most && Elementwise is >= 0 and <= Most && Transcendental is >= 0 and <= Most
        && BytesRead is >= 0 and <= Most && BytesWritten is >= 0 and <= Most && Queries is >= 0 and <= Most;

    /// <summary>Spent together.</summary>
    public static Cost operator +(Cost left, Cost right) => new(
        left.MultiplyAdds + right.MultiplyAdds,
        left.Elementwise + right.Elementwise,
        left.Transcendental + right.Transcendental,
        left.BytesRead + right.BytesRead,
        left.BytesWritten + right.BytesWritten,
        left.Queries + right.Queries);

    /// <summary>A share of a cost, or a multiple.</summary>
    public static Cost operator *(Cost cost, double factor) => new(
        cost.MultiplyAdds * factor,
        cost.Elementwise * factor,
        cost.Transcendental * factor,
        cost.BytesRead * factor,
        cost.BytesWritten * factor,
        cost.Queries * factor);
}

/// <summary>One counted unit for budgets: a weighted count whose weights are part of its name.</summary>
/// <param name="Name">The unit in words.</param>
/// <param name="Weights">How much one of each counts.</param>
public sealed record CostUnit(string Name, Cost Weights)
{
    /// <summary>
    /// The default unit: 2 a multiply-add, 1 an elementwise operation, 10 a transcendental one. Queries are none: t bounds the work, q
    /// the queries.
    /// </summary>
    public static CostUnit Operations { get; } = new("operations", new(MultiplyAdds: PerMultiplyAdd, Elementwise: 1, Transcendental: PerTranscendental));

    private const double PerMultiplyAdd = 2;

    private const double PerTranscendental = 10;

    /// <summary>What <see cref="Operations"/> counts, for whoever counts at every charge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double OperationsOf(in Cost cost) => (PerMultiplyAdd * cost.MultiplyAdds) + cost.Elementwise + (PerTranscendental * cost.Transcendental);

    /// <summary>The cost in this unit.</summary>
    public double Count(in Cost cost) =>
        (Weights.MultiplyAdds * cost.MultiplyAdds)
        + (Weights.Elementwise * cost.Elementwise)
        + (Weights.Transcendental * cost.Transcendental)
        + (Weights.BytesRead * cost.BytesRead)
        + (Weights.BytesWritten * cost.BytesWritten)
        + (Weights.Queries * cost.Queries);

    /// <summary>The unit with its weights, for reports.</summary>
    public override string ToString()
    {
        (double Weight, string Of)[] terms =
        [
            (Weights.MultiplyAdds, "multiply-adds"),
            (Weights.Elementwise, "elementwise"),
            (Weights.Transcendental, "transcendental"),
            (Weights.BytesRead, "bytes read"),
            (Weights.BytesWritten, "bytes written"),
            (Weights.Queries, "queries"),
        ];
        return $"{Name} = {string.Join(" + ", terms.Where(t => t.Weight != 0).Select(t => t.Weight == 1 ? t.Of : FormattableString.Invariant($"{t.Weight}·{t.Of}")))}";
    }
}
