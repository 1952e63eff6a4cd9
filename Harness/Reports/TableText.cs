using Fractions;
using Spectre.Console;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes.Tables;

namespace Wager.Harness.Reports;

/// <summary>A finite scheme and adversaries against it as a table for people, to check a counterexample by hand.</summary>
public static class TableText
{
    /// <summary>What there is to know, line by line. What depends on nothing is one line, and a single key or input none.</summary>
    /// <param name="tables">The scheme.</param>
    /// <param name="adversaries">Those that matter, of <see cref="TableInstance"/>.</param>
    public static IReadOnlyList<(string What, string Value)> Lines(SchemeTables tables, params IEnumerable<Adversary> adversaries) =>
    [
        ("W", Law(tables.Train)),
        .. tables.KeyCount == 1 ? [] : (IEnumerable<(string, string)>)[("sk", Law(tables.Keys))],
        .. tables.PublicKeyCount == 1 ? [] : Entries("pk", Lookup.OfNumbers(tables.Public, ["sk"])),
        .. tables.InputCount == 1 ? [] : (IEnumerable<(string, string)>)[("x", Law(tables.Inputs))],
        ("Same(W*, W)", Same(tables.Weights, "W*", "W")),
        ("Same(y*, y)", Same(tables.Outputs, "y*", "y")),
        .. Entries("Release", Lookup.OfRows(tables.Release, ["sk", "W"], Law)),
        .. Entries("Run", Lookup.OfRows(tables.Run, ["W", "x"], Law)),
        .. Entries("Run′", Lookup.OfRows(tables.RunReleased, ["pk", "W′", "x"], Law)),
        .. Costs(("Run", tables.RunCost), ("Run′", tables.RunReleasedCost)),
        .. adversaries.SelectMany(Lines),
    ];

    /// <summary>The same to be printed.</summary>
    public static Table Of(SchemeTables tables, params IEnumerable<Adversary> adversaries)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.HideHeaders();
        table.AddColumn("what").AddColumn("value");
        foreach ((string what, string value) in Lines(tables, adversaries))
        {
            table.AddRow(Markup.Escape(what), Markup.Escape(value));
        }

        return table;
    }

    /// <summary>A row of odds as probabilities in lowest terms, without the outcomes that cannot be; a certain outcome alone.</summary>
    public static string Law(int[] odds)
    {
        if (Lookup.Outcome(odds) is { } certain)
        {
            return Lookup.Number(certain);
        }

        Fraction sum = odds.Aggregate(Fraction.Zero, static (total, one) => total + one);
        return string.Join(", ", odds.Index().Where(outcome => outcome.Item > 0).Select(outcome => $"{outcome.Index} with {Text(outcome.Item / sum)}"));
    }

    /// <summary>A fraction as a / b in lowest terms.</summary>
    internal static string Text(Fraction fraction) => fraction.ToString("G", null);

    private static IEnumerable<(string What, string Value)> Lines(Adversary adversary) => adversary switch
    {
        TableRecoverer a => [.. Entries("A", Lookup.OfNumbers(a.Answers, ["pk", "W′"])), .. Costs(("A", a.Operations))],
        TableAccelerator a => [.. Entries("A", Lookup.OfNumbers(a.Answers, ["pk", "W′", "x"])), .. Costs(("A", a.Operations))],
        TableDistinguisher a => Entries("A answers 1", Lookup.OfRows(Singles(a.Ones), ["pk", "W₀", "W₁", "W′"], ones => Chance(ones[0], a.Denominator))),
        TablePairDistinguisher a =>
        [
            .. Entries("symbol", Lookup.OfNumbers(a.Symbols, ["pk", "W₀", "W₁", "W′"])),
            .. Entries("A", Lookup.OfNumbers(a.Answers, ["first", "second"])),
            ("A of one challenge", Lookup.Number(a.Default)),
        ],
        _ => throw new ArgumentException($"{adversary.Name} is not given by a table", nameof(adversary)),
    };

    private static IEnumerable<(string What, string Value)> Costs(params (string Of, int Operations)[] costs) =>
        from cost in costs where cost.Operations > 0 select ($"Cost({cost.Of})", Lookup.Number(cost.Operations));

    /// <summary>One line for each entry, or one in all where a table says the same everywhere or is the identity.</summary>
    private static IEnumerable<(string What, string Value)> Entries(string what, Lookup lookup) => lookup.IsIdentity
        ? [($"{what}({lookup.Indices[0]})", lookup.Indices[0])]
        : from entry in lookup.Entries
          let indices = lookup.Indices.Zip(entry.At, static (name, value) => $"{name} = {value}")
          select (entry.At.Count == 0 ? what : $"{what}({string.Join(", ", indices)})", entry.Text);

    private static string Same(DistanceTable table, string value, string truth) => ShapeOf(table) switch
    {
        _ when Array.TrueForAll(table.Distance, row => Array.TrueForAll(row, d => d <= table.Threshold)) => "always",
        DistanceShape.Discrete when table.Threshold == 0 => "equality",
        DistanceShape.Difference => $"|{value} − {truth}| ≤ {table.Threshold}",
        _ => $"[{string.Join("; ", table.Distance.Select(row => string.Join(' ', row)))}] ≤ {table.Threshold}, row {value}, column {truth}",
    };

    /// <summary>Which distance a table is. On two values the discrete one and |a − b| are one; it counts as the former.</summary>
    internal static DistanceShape ShapeOf(DistanceTable table) =>
        Is(table, DistanceTable.Discrete(table.Count)) ? DistanceShape.Discrete
        : Is(table, DistanceTable.Difference(table.Count, 0)) ? DistanceShape.Difference
        : DistanceShape.Other;

    /// <summary>A table of numbers as one of rows with one number each.</summary>
    internal static int[][][][][] Singles(int[][][][] table) =>
        [.. table.Select(pk => pk.Select(w0 => w0.Select(w1 => w1.Select(static number => new[] { number }).ToArray()).ToArray()).ToArray())];

    private static string Chance(int ones, int denominator) =>
        ones == 0 ? "never" : ones == denominator ? "always" : $"with {Text(new Fraction(ones, denominator))}";

    private static bool Is(DistanceTable table, DistanceTable other) =>
        table.Distance.Zip(other.Distance).All(rows => rows.First.AsSpan().SequenceEqual(rows.Second));
}

/// <summary>The distances that have a name.</summary>
internal enum DistanceShape
{
    /// <summary>0 where equal, else 1.</summary>
    Discrete,

    /// <summary>|a − b|.</summary>
    Difference,

    /// <summary>Any other.</summary>
    Other,
}
