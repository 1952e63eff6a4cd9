using System.Reflection;
using System.Text.RegularExpressions;
using Expecto;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>paper-mapping.md holds: every numbered item has a row, every symbol and test that it names exists.</summary>
internal static partial class PaperMappingTests
{
    private static readonly string[] _statuses = ["runs", "partly", "later", "prose"];

    private static readonly (string Heading, string[] Items)[] _papers =
    [
        ("## Yang et al. 2025",
        [
            "§1", "§2", "§3", "§3.1", "§3.2", "§3.3", "§4", "§4.1", "§4.2", "§4.3", "§4.4", "§5", "§6",
            .. Numbered("Def. 3.", 4), .. Numbered("Eq. ", 20), "Alg. 1", .. Numbered("Table ", 2), .. Numbered("Fig. ", 4), "App. A", "App. B",
        ]),
        ("## Wang et al. 2024",
        [
            "§1", "§2", "§3", .. Numbered("§3.", 4), "§4", .. Numbered("§4.", 5), "§5", .. Numbered("§5.", 5), "§6", "§7", "§8",
            .. Numbered("Eq. ", 12), "Alg. 1", .. Numbered("Table ", 5), .. Numbered("Fig. ", 7),
            "App. A", "App. B", "App. C", "App. D", "App. E", "App. F", "App. G",
        ]),
    ];

    private static readonly Assembly[] _assemblies =
    [
        typeof(Game).Assembly, typeof(Schemes.Uniform).Assembly, typeof(Adversaries.FunctionCompare<,,,,,>).Assembly,
        typeof(Reductions.Eq8<,,,,,>).Assembly, typeof(Verdicts).Assembly, typeof(Harness.Program).Assembly,
    ];

    public static Test All => Suite.Group(
        "paper mapping",
        Suite.Test("every numbered item of both papers has one row, with its status", () =>
        {
            foreach ((string heading, string[] items) in _papers)
            {
                string[][] rows = [.. Rows(heading)];
                Assert.Equal(string.Join('\n', items.Order()), string.Join('\n', rows.Select(row => row[0]).Order()), heading);
                Assert.Equal("", string.Join(' ', rows.Where(row => !_statuses.Contains(row[2])).Select(row => row[0])), "rows without a status");
                string[] unfounded =
                    [.. rows.Where(row => row[2] is "runs" or "partly" && !row[0].StartsWith('§') && (row[3].Length == 0 || row[4].Length == 0)).Select(row => row[0])];
                Assert.Equal("", string.Join(' ', unfounded), "rows that claim to run without naming code and test");
            }
        }),
        Suite.Test("every symbol that it names exists", () =>
        {
            string[] missing = [.. Named(3, 1).Where(symbol => !Exists(symbol))];
            Assert.Equal("", string.Join(", ", missing), "symbols that do not exist");
            Assert.True(!Exists("Game.WReck") && !Exists("NoSuchType"), "the test would notice");
        }),
        Suite.Test("every test that it names exists", () =>
        {
            HashSet<string> tests = [.. Program.Tests.SelectMany(Names)];
            string[] missing = [.. Named(4, 2).Concat(Backticks(Rows("## Errata").Select(row => row[3]))).Where(name => !tests.Contains(name))];
            Assert.Equal("", string.Join("\n", missing), "tests that do not exist");
            Assert.True(tests.Count > 150, $"{tests.Count} tests are known");
            string[] unshown = [.. Rows("## Errata").Where(row => row[3].Length == 0).Select(row => row[0])];
            Assert.Equal("Wang §5.4", string.Join(", ", unshown), "errata without a test: two numbers in print of which either may be the slip");
        }));

    private static IEnumerable<string> Numbered(string prefix, int count) => Enumerable.Range(1, count).Select(i => $"{prefix}{i}");

    private static IEnumerable<string> Lines(string heading) =>
        File.ReadLines(Path.Combine(Repository.Root, "paper-mapping.md")).SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    /// <summary>The cells of a table's rows; a bar inside a cell is written with a backslash.</summary>
    private static IEnumerable<string[]> Rows(string heading) => Lines(heading)
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| item", StringComparison.Ordinal) && !line.StartsWith("| what", StringComparison.Ordinal) && !line.StartsWith("| where", StringComparison.Ordinal))
        .Select(line => Bar().Split(line.Trim()[1..^1]).Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal)).ToArray());

    /// <summary>What stands in backticks in a column of the papers' tables, and in one of the table beyond them.</summary>
    private static IEnumerable<string> Named(int column, int columnBeyond) =>
        Backticks(_papers.SelectMany(paper => Rows(paper.Heading)).Select(row => row[column]).Concat(Rows("## Beyond the papers").Select(row => row[columnBeyond])));

    private static IEnumerable<string> Backticks(IEnumerable<string> cells) =>
        from cell in cells
        from Match match in Backticked().Matches(cell)
        select match.Groups[1].Value;

    private static bool Exists(string symbol)
    {
        string[] parts = symbol.Split('.');
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        return _assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.Split('`')[0] == parts[0])
            .Any(type => parts.Length == 1 || type.GetMember(parts[1], Any).Length > 0);
    }

    private static IEnumerable<string> Names(Test test) =>
        Expecto.TestModule.toTestCodeList(test).Select(flat => string.Join('.', flat.name));

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticked();
}
