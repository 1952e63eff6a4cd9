using Expecto;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Schemes.Tables;
using Wager.Testing.Search;

namespace Wager.Tests;

/// <summary>An instance as text: for people, as C#, as JSON.</summary>
internal static class TableReportTests
{
    private static string Emitted => Path.Combine(Repository.Root, "tests", "Harness", "Emitted");

    private static TableFile TwoViews => TableFile.Read(Path.Combine(Repository.Root, "examples", "two-views.json"));

    private static TableFile Keyed => TableFile.Read(Path.Combine(Emitted, "Keyed.json"));

    public static Test All => Suite.Group(
        "tables as text",
        Suite.Test("for people: certain outcomes alone, lowest terms, and nothing that says nothing", () =>
        {
            string[] expected =
            [
                "W: 0 with 1/2, 1 with 1/4, 2 with 1/4",
                "Same(W*, W): equality",
                "Same(y*, y): |y* − y| ≤ 1",
                "Release(W = 0): 0",
                "Release(W = 1): 0 with 1/3, 1 with 2/3",
                "Release(W = 2): 1",
                "Run(W): W",
                "Run′(W′ = 0): 0",
                "Run′(W′ = 1): 1 with 2/5, 2 with 3/5",
                "Cost(Run): 1",
                "Cost(Run′): 3",
                "A(W′ = 0): 0",
                "A(W′ = 1): 2",
                "Cost(A): 1",
            ];
            Assert.Equal(string.Join('\n', expected), string.Join('\n', Lines(TwoViews.Tables, TwoViews.Recoverer!)), "two-views.json");
            TableInstance certain = SmallTables.Instance([1, 1], [[1], [1]], 1);
            Assert.Equal(
                "W: 0 with 1/2, 1 with 1/2; Same(W*, W): always; Same(y*, y): equality; Release: 0; Run(W): W; Run′: 0; A: 0",
                string.Join("; ", Lines(certain.Tables, certain.Recoverer)),
                "what depends on nothing is one line");
        }),
        Suite.Test("the C# of an instance is the file that is compiled with these tests", () =>
        {
            (TableFile plain, TableFile keyed) = (TwoViews, Keyed);
            Same("TwoViews.cs", TableCode.Of("TwoViews", plain.Tables, plain.Recoverer!, plain.Accelerator!, plain.Distinguisher!));
            Same("Keyed.cs", TableCode.Of("Keyed", keyed.Tables, keyed.Recoverer!, keyed.Accelerator!, keyed.Distinguisher!, keyed.PairDistinguisher!));
        }),
        Suite.Test("the JSON of an instance is the file that it was read from", () =>
        {
            TableFile keyed = Keyed;
            Same("Keyed.json", TableJson.Text(keyed.Tables, keyed.Recoverer!, keyed.Accelerator!, keyed.Distinguisher!, keyed.PairDistinguisher!));
        }),
        Suite.Test("the compiled schemes have the tables' values in all games", () =>
        {
            TableFile plain = TwoViews;
            Agree(
                Games(new TableScheme(plain.Tables), plain.Recoverer!, plain.Accelerator!, plain.Distinguisher!),
                Games(new Examples.TwoViews(), new Examples.TwoViewsRecoverer(), new Examples.TwoViewsAccelerator(), new Examples.TwoViewsDistinguisher()));
            TableFile keyed = Keyed;
            TableScheme scheme = new(keyed.Tables);
            Examples.Keyed compiled = new();
            Agree(
                [.. Games(scheme, keyed.Recoverer!, keyed.Accelerator!, keyed.Distinguisher!), Game.WInd(scheme, keyed.PairDistinguisher!, Line4.Resample, 2)],
                [
                    .. Games(compiled, new Examples.KeyedRecoverer(), new Examples.KeyedAccelerator(), new Examples.KeyedDistinguisher()),
                    Game.WInd(compiled, new Examples.KeyedPairDistinguisher(), Line4.Resample, 2),
                ]);
        }),
        Suite.Property("what is written as JSON is read as the same instance, in lowest terms", RandomInstances.Arbitrary, instance =>
        {
            using TemporaryFolder folder = new();
            string path = folder.File("scheme.json", System.Text.Encoding.UTF8.GetBytes(TableJson.Text(instance.Tables, instance.Adversaries)));
            TableFile read = TableFile.Read(path);
            TableInstance again = new()
            {
                Tables = read.Tables,
                Recoverer = read.Recoverer!,
                Accelerator = read.Accelerator!,
                Distinguisher = read.Distinguisher!,
                PairDistinguisher = read.PairDistinguisher!,
            };
            Assert.Equal(InLowestTerms(instance).ToString(), again.ToString(), "the instance");
        }, 300));

    private static IEnumerable<string> Lines(SchemeTables tables, Adversary adversary) => TableText.Lines(tables, adversary).Select(line => $"{line.What}: {line.Value}");

    private static void Same(string file, string text) => Assert.Equal(File.ReadAllText(Path.Combine(Emitted, file)), text, file);

    private static Game[] Games<Sk, Pk>(
        Scheme<int, int, int, int, Sk, Pk> scheme, Recoverer<int, int, Pk> recoverer, Accelerator<int, int, int, Pk> accelerator, Distinguisher<int, int, Pk> distinguisher) =>
    [
        Game.Correctness(scheme),
        Game.WRec(scheme, recoverer),
        Game.EffInf(scheme, accelerator),
        Game.WInd(scheme, distinguisher),
        Game.WInd(scheme, distinguisher, Line4.Reject),
        Game.WInd(scheme, new Adversaries.FunctionCompare<int, int, int, int, Sk, Pk>(scheme)),
    ];

    private static void Agree(Game[] tables, Game[] compiled)
    {
        foreach ((Game table, Game code) in tables.Zip(compiled))
        {
            Testing.Evaluation.Result left = Assert.Exactly(table);
            Testing.Evaluation.Result right = Assert.Exactly(code);
            Assert.Equal(left.Probability.Exact, right.Probability.Exact, $"{table}: probability");
            Assert.Equal(left.WithinBudget?.Exact, right.WithinBudget?.Exact, $"{table}: within the budget");
            Assert.Equal(string.Join(' ', left.Cost), string.Join(' ', right.Cost), $"{table}: costs");
        }
    }

    private static TableInstance InLowestTerms(TableInstance c)
    {
        static int[] Row(int[] odds)
        {
            int divisor = odds.Aggregate(0, static (a, b) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, b));
            return [.. odds.Select(one => one / divisor)];
        }

        int common = c.Distinguisher.Ones.SelectMany(pk => pk).SelectMany(w0 => w0).SelectMany(w1 => w1)
            .Aggregate(c.Distinguisher.Denominator, static (a, b) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, b));
        return c with
        {
            Tables = c.Tables with
            {
                Train = Row(c.Tables.Train),
                Keys = Row(c.Tables.Keys),
                Inputs = Row(c.Tables.Inputs),
                Release = [.. c.Tables.Release.Select(key => key.Select(Row).ToArray())],
                Run = [.. c.Tables.Run.Select(weight => weight.Select(Row).ToArray())],
                RunReleased = [.. c.Tables.RunReleased.Select(pk => pk.Select(view => view.Select(Row).ToArray()).ToArray())],
            },
            Distinguisher = new(
                [.. c.Distinguisher.Ones.Select(pk => pk.Select(w0 => w0.Select(w1 => w1.Select(ones => ones / common).ToArray()).ToArray()).ToArray())],
                c.Distinguisher.Denominator / common),
        };
    }
}
