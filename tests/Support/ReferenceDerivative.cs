using System.Globalization;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>One line of tests/Schemes/Reference/derivatives.csv, whose first lines say what its columns are and how it was made.</summary>
internal sealed record ReferenceDerivative(Activation Activation, double X, int Order, double Value, double Scale)
{
    public static IReadOnlyList<ReferenceDerivative> Table { get; } =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "Schemes", "Reference", "derivatives.csv"))
            .Where(line => !line.StartsWith('#'))
            .Skip(1)
            .Select(Of),
    ];

    /// <summary>
    /// How far a computed value is off, in units of what it may be: a relative 1e-10 or, near a zero of the derivative, 1e-12 of how
    /// large the derivative becomes within 1/4 of it.
    /// </summary>
    public double Excess(double actual)
    {
        double off = Math.Abs(actual - Value);
        return off == 0 ? 0 : off / Math.Max(1e-10 * Math.Abs(Value), 1e-12 * Scale);
    }

    private static ReferenceDerivative Of(string line)
    {
        string[] cells = line.Split(',');
        double Number(int column) => double.Parse(cells[column], CultureInfo.InvariantCulture);
        return new(
            Activation.Find(cells[0]) ?? throw new FormatException($"'{cells[0]}' is no activation"),
            Number(1),
            int.Parse(cells[2], CultureInfo.InvariantCulture),
            Number(3),
            Number(4));
    }
}
