using System.Text.Json;
using Wager.Schemes.Models;
using Wager.Schemes.Tables;
using Size = Wager.Schemes.Tables.TableReader.Size;

namespace Wager.Adversaries.Tables;

/// <summary>A finite scheme from a JSON file, with the adversaries that the file has.</summary>
/// <param name="Tables">The scheme.</param>
/// <param name="Recoverer">The adversary in WRec.</param>
/// <param name="Accelerator">The adversary in EffInf.</param>
/// <param name="Distinguisher">The adversary in W-IND.</param>
/// <param name="PairDistinguisher">The adversary in W-IND with two challenges.</param>
public sealed record TableFile(
    SchemeTables Tables,
    TableRecoverer? Recoverer,
    TableAccelerator? Accelerator,
    TableDistinguisher? Distinguisher,
    TablePairDistinguisher? PairDistinguisher)
{
    /// <summary>Reads a file: a scheme, or the report of a search with a counterexample.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or something in it is wrong.</exception>
    public static TableFile Read(string path)
    {
        JsonFile file = new(path);
        TableReader whole = new(file, file.Root, "");
        TableReader reader = whole.Has("counterexample") ? whole.Within("counterexample")! : whole; // a search's report has its scheme there
        reader.RequireOnly("train", "keys", "public", "inputs", "release", "run", "runReleased", "weightDistance", "outputDistance", "runCost", "runReleasedCost", "adversaries");
        Sizes sizes = new();
        SchemeTables tables = Scheme(reader, sizes);
        TableReader? adversaries = reader.Within("adversaries");
        adversaries?.RequireOnly("recoverer", "accelerator", "distinguisher", "pairDistinguisher");
        return new(
            tables,
            adversaries?.Within("recoverer") is { } recoverer ? RecovererOf(recoverer, sizes) : null,
            adversaries?.Within("accelerator") is { } accelerator ? AcceleratorOf(accelerator, sizes) : null,
            adversaries?.Within("distinguisher") is { } distinguisher ? DistinguisherOf(distinguisher, sizes) : null,
            adversaries?.Within("pairDistinguisher") is { } pair ? PairDistinguisherOf(pair, sizes) : null);
    }

    private static SchemeTables Scheme(TableReader reader, Sizes sizes)
    {
        int[] OrOne(string key, Size size)
        {
            if (reader.Has(key))
            {
                return reader.Table(key, (row, at) => reader.Law(row, at, size));
            }

            size.SetOne($"{key}, which is not there");
            return [1];
        }

        int[] train = reader.Table("train", (row, at) => reader.Law(row, at, sizes.Weights));
        int[] keys = OrOne("keys", sizes.Keys);
        int[] inputs = OrOne("inputs", sizes.Inputs);
        int[][][] release = reader.Table("release", (table, at) => reader.Rows(table, at, sizes.Keys, (byWeight, key) =>
            reader.Rows(byWeight, key, sizes.Weights, (row, weight) => reader.Law(row, weight, sizes.Views))));
        int[][][] run = reader.Table("run", (table, at) => reader.Rows(table, at, sizes.Weights, (byInput, weight) =>
            reader.Rows(byInput, weight, sizes.Inputs, (row, input) => reader.Law(row, input, sizes.Outputs))));
        int[][][][] runReleased = reader.Table("runReleased", (table, at) => reader.Rows(table, at, sizes.PublicKeys, (byView, pk) =>
            reader.Rows(byView, pk, sizes.Views, (byInput, view) =>
                reader.Rows(byInput, view, sizes.Inputs, (row, input) => reader.Law(row, input, sizes.Outputs)))));
        return new()
        {
            Train = train,
            Keys = keys,
            Public = sizes.PublicKeys.Count > 1 || reader.Has("public")
                ? reader.Table("public", (row, at) => reader.Numbers(row, at, sizes.Keys, sizes.PublicKeys.Count))
                : new int[keys.Length],
            Inputs = inputs,
            Release = release,
            Run = run,
            RunReleased = runReleased,
            Weights = Distance(reader, "weightDistance", sizes.Weights),
            Outputs = Distance(reader, "outputDistance", sizes.Outputs),
            RunCost = reader.Number("runCost"),
            RunReleasedCost = reader.Number("runReleasedCost"),
        };
    }

    private static DistanceTable Distance(TableReader whole, string key, Size size)
    {
        TableReader reader = whole.Required(key);
        reader.RequireOnly("table", "threshold", "metric");
        DistanceTable table = new(
            reader.Table("table", (rows, at) => reader.Rows(rows, at, size, (row, value) => reader.Numbers(row, value, size))),
            reader.Number("threshold"));
        return reader.Switch("metric") == true && table.BrokenLaw is { } broken
            ? throw reader.Refused("metric", $"is true, but {broken}")
            : table;
    }

    private static TableRecoverer RecovererOf(TableReader reader, Sizes sizes)
    {
        reader.RequireOnly("answers", "cost");
        return new(
            reader.Table("answers", (table, at) => reader.Rows(table, at, sizes.PublicKeys, (row, pk) =>
                reader.Numbers(row, pk, sizes.Views, sizes.Weights.Count))),
            reader.Number("cost"));
    }

    private static TableAccelerator AcceleratorOf(TableReader reader, Sizes sizes)
    {
        reader.RequireOnly("answers", "cost");
        return new(
            reader.Table("answers", (table, at) => reader.Rows(table, at, sizes.PublicKeys, (byView, pk) =>
                reader.Rows(byView, pk, sizes.Views, (row, view) => reader.Numbers(row, view, sizes.Inputs, sizes.Outputs.Count)))),
            reader.Number("cost"));
    }

    private static TableDistinguisher DistinguisherOf(TableReader reader, Sizes sizes)
    {
        reader.RequireOnly("ones");
        List<TableReader.Ratio> chances = [];
        int[][][][] places = Challenges(reader, "ones", sizes, (row, at) => reader.Rows(row, at, sizes.Views, (chance, view) =>
        {
            chances.Add(reader.Probability(chance, view));
            return chances.Count - 1;
        }));
        (int[] odds, int denominator) = reader.Chances(chances, "ones");
        return new([.. places.Select(pk => pk.Select(w0 => w0.Select(w1 => w1.Select(place => odds[place]).ToArray()).ToArray()).ToArray())], denominator);
    }

    private static TablePairDistinguisher PairDistinguisherOf(TableReader reader, Sizes sizes)
    {
        reader.RequireOnly("symbols", "answers", "default");
        int[][] answers = reader.Table("answers", (table, at) => reader.Rows(table, at, sizes.Symbols, (row, first) => reader.Numbers(row, first, sizes.Symbols, 2)));
        return new(
            Challenges(reader, "symbols", sizes, (row, at) => reader.Numbers(row, at, sizes.Views, sizes.Symbols.Count)),
            answers,
            reader.Number("default", 2));
    }

    /// <summary>A table with a row over views for each pk, W₀ and W₁.</summary>
    private static int[][][][] Challenges(TableReader reader, string key, Sizes sizes, Func<JsonElement, string, int[]> read) =>
        reader.Table(key, (table, at) => reader.Rows(table, at, sizes.PublicKeys, (byW0, pk) =>
            reader.Rows(byW0, pk, sizes.Weights, (byW1, w0) => reader.Rows(byW1, w0, sizes.Weights, read))));

    private sealed class Sizes
    {
        public Size Weights { get; } = new("weights");

        public Size Keys { get; } = new("secret keys");

        public Size PublicKeys { get; } = new("public keys");

        public Size Inputs { get; } = new("inputs");

        public Size Views { get; } = new("views");

        public Size Outputs { get; } = new("outputs");

        public Size Symbols { get; } = new("symbols");
    }
}
