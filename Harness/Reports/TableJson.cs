using System.Text.Json.Nodes;
using Fractions;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes.Tables;

namespace Wager.Harness.Reports;

/// <summary>A finite scheme and adversaries against it as JSON, which <see cref="TableFile"/> reads: probabilities in lowest terms.</summary>
public static class TableJson
{
    /// <summary>A scheme, with adversaries.</summary>
    /// <param name="tables">The scheme.</param>
    /// <param name="adversaries">Those that matter, of <see cref="TableInstance"/>.</param>
    public static JsonObject Of(SchemeTables tables, params IEnumerable<Adversary> adversaries)
    {
        JsonObject json = new()
        {
            ["train"] = Rows(tables.Train, Law),
            ["keys"] = Rows(tables.Keys, Law),
            ["public"] = Numbers(tables.Public),
            ["inputs"] = Rows(tables.Inputs, Law),
            ["release"] = Rows(tables.Release, Law),
            ["run"] = Rows(tables.Run, Law),
            ["runReleased"] = Rows(tables.RunReleased, Law),
            ["weightDistance"] = Distance(tables.Weights),
            ["outputDistance"] = Distance(tables.Outputs),
            ["runCost"] = tables.RunCost,
            ["runReleasedCost"] = tables.RunReleasedCost,
        };
        JsonObject all = new(adversaries.Select(Of));
        if (all.Count > 0)
        {
            json["adversaries"] = all;
        }

        return json;
    }

    /// <summary>The text of a file, one table a line.</summary>
    /// <param name="tables">The scheme.</param>
    /// <param name="adversaries">Those that matter, of <see cref="TableInstance"/>.</param>
    public static string Text(SchemeTables tables, params IEnumerable<Adversary> adversaries) =>
        $"{{\n{string.Join(",\n", Of(tables, adversaries).Select(static table => $"  \"{table.Key}\": {table.Value!.ToJsonString()}"))}\n}}\n";

    private static KeyValuePair<string, JsonNode?> Of(Adversary adversary) => adversary switch
    {
        TableRecoverer a => new("recoverer", new JsonObject { ["answers"] = Numbers(a.Answers), ["cost"] = a.Operations }),
        TableAccelerator a => new("accelerator", new JsonObject { ["answers"] = Numbers(a.Answers), ["cost"] = a.Operations }),
        TableDistinguisher a => new("distinguisher", new JsonObject
        {
            ["ones"] = Rows(a.Ones, row => new JsonArray([.. row.Select(ones => Probability(new Fraction(ones, a.Denominator)))])),
        }),
        TablePairDistinguisher a => new("pairDistinguisher", new JsonObject
        {
            ["symbols"] = Numbers(a.Symbols),
            ["answers"] = Numbers(a.Answers),
            ["default"] = a.Default,
        }),
        _ => throw new ArgumentException($"{adversary.Name} is not given by a table", nameof(adversary)),
    };

    private static JsonObject Distance(DistanceTable table) => new()
    {
        ["table"] = Numbers(table.Distance),
        ["threshold"] = table.Threshold,
        ["metric"] = table.IsMetric,
    };

    private static JsonArray Numbers(Array table) => Rows(table, static row => new JsonArray([.. row.Select(number => (JsonNode)number)]));

    private static JsonArray Law(int[] odds)
    {
        Fraction sum = odds.Aggregate(Fraction.Zero, static (total, one) => total + one);
        return new JsonArray([.. odds.Select(one => Probability(one / sum))]);
    }

    private static JsonNode Probability(Fraction p) => p.IsZero ? 0 : p == Fraction.One ? 1 : TableText.Text(p);

    private static JsonArray Rows(Array table, Func<int[], JsonArray> row) =>
        table is int[] one ? row(one) : new JsonArray([.. ((Array[])table).Select(inner => Rows(inner, row))]);
}
