using System.Text;
using Expecto;

namespace Wager.Tests;

/// <summary>check --assert, used wrongly: one line, which names the file and the assertion, and exit code 2.</summary>
internal static class AssertionRefusalTests
{
    /// <summary>What an assertion says, and what is wrong with it.</summary>
    private static readonly (string Assertion, string Says)[] _entries =
    [
        ("""{ "gmae": "WRec", "scheme": "clear", "atMost": 0.9 }""", "assertion 2: unknown key 'gmae': did you mean game? (there are game, claim, scheme, adversary, atMost"),
        ("""{ "name": "mine", "game": "WReck", "scheme": "clear", "atMost": 0.9 }""", "assertion 2, 'mine': unknown game 'WReck': did you mean WRec?"),
        ("""{ "game": "WRec", "scheme": "claer", "atMost": 0.9 }""", "assertion 2: unknown scheme 'claer': did you mean clear?"),
        ("""{ "game": "WRec", "scheme": "clear", "adversary": "recvery", "atMost": 0.9 }""", "assertion 2: unknown adversary 'recvery': did you mean recovery?"),
        ("""{ "game": "W-IND", "scheme": "clear", "adversary": "recovery", "atMost": 0.9 }""", "assertion 2: the adversary recovery plays WRec, not W-IND"),
        ("""{ "claim": "eq10", "scheme": "clear" }""", "assertion 2: unknown claim 'eq10': did you mean eq8?"),
        ("""{ "claim": "eq9", "scheme": "clear", "adversary": "recvery" }""", "assertion 2: unknown adversary 'recvery': did you mean recovery? (of clear eq9 speaks of constant, recovery, guess)"),
        ("""{ "game": "WRec", "scheme": "clear" }""", "assertion 2: a bound is missing: atMost, atLeast, exactly"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "exactly": 1 }""", "assertion 2: atMost and exactly are two bounds: give one"),
        ("""{ "game": "WRec", "scheme": "clear", "exactly": 1, "allowInconclusive": true }""", "assertion 2: exactly is decided by enumeration, or fails: leave out allowInconclusive"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 1 }""", "assertion 2: Adv ≤ 1 cannot fail: every advantage is in [0, 1]"),
        ("""{ "game": "WRec", "scheme": "clear", "adversary": "constant", "atLeast": 0 }""", "assertion 2: Adv ≥ 0 cannot fail: every advantage is in [0, 1]"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 1.5 }""", "assertion 2: atMost is 1.5, where a probability in [0, 1] is needed"),
        ("""{ "game": "WRec", "scheme": "clear", "atLeast": "-1/3" }""", "assertion 2: atLeast is \"-1/3\", where a probability in [0, 1] is needed"),
        ("""{ "game": "WRec", "scheme": "clear", "exactly": "1/0" }""", "assertion 2: exactly is \"1/0\", where a probability"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": "half" }""", "assertion 2: atMost is \"half\", where a probability"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": [0.5] }""", "assertion 2: atMost is [0.5], where a probability"),
        ("""{ "game": "WRec", "atMost": 0.9 }""", "assertion 2: scheme is missing"),
        ("""{ "scheme": "clear", "atMost": 0.9 }""", "assertion 2: game or claim is missing"),
        ("""{ "game": "WRec", "claim": "eq9", "scheme": "clear", "atMost": 0.9 }""", "assertion 2: game and claim are two assertions: give one"),
        ("""{ "claim": "eq9", "scheme": "clear", "atMost": 0.9 }""", "assertion 2: a claim has its own bounds: leave out atMost"),
        ("""{ "claim": "eq9", "scheme": "clear", "budget": 1 }""", "assertion 2: a claim speaks of adversaries without one: leave out budget"),
        ("""{ "claim": "eq9", "scheme": "clear", "queries": 2 }""", "assertion 2: eq9 is about one query: leave out queries"),
        ("""{ "claim": "eq9", "scheme": "clear", "inputs": 2 }""", "assertion 2: inputs are EffInf's, in eq8 and eq8-repaired: leave out inputs"),
        ("""{ "claim": "eq8", "scheme": "clear", "line4": "reject" }""", "assertion 2: line 4 is W-IND's, which eq8 does not speak of: leave out line4"),
        ("""{ "claim": "re-release", "scheme": "pad-3" }""", "assertion 2: re-release: no adversary of pad-3 is one that it speaks of"),
        ("""{ "claim": "eq9", "scheme": "clear", "trials": 2000000000 }""", "assertion 2: trials is 2000000000, where a whole number from 1 to 1000000000 is needed"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "inputs": 2 }""", "assertion 2: inputs are EffInf's, and WRec has none: leave out inputs"),
        ("""{ "game": "EffInf", "scheme": "clear", "atMost": 0.9, "line4": "reject" }""", "assertion 2: line 4 is W-IND's, and EffInf has none: leave out line4"),
        ("""{ "game": "W-IND", "scheme": "clear", "atMost": 0.9, "line4": "maybe" }""", "assertion 2: line4 is \"maybe\", where \"resample\" or \"reject\" is needed"),
        ("""{ "game": "Correctness", "scheme": "clear", "adversary": "guess", "exactly": 1 }""", "assertion 2: Correctness has no adversary: leave out adversary"),
        ("""{ "game": "Correctness", "scheme": "clear", "queries": 2, "exactly": 1 }""", "assertion 2: Correctness has no adversary: leave out queries"),
        ("""{ "game": "Correctness", "scheme": "clear", "atMost": 0.5 }""", "assertion 2: Correctness has no advantage, assert atLeast or exactly of its probability: leave out atMost"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "trials": 2.5 }""", "assertion 2: trials is 2.5, where a whole number from 1 to 10000000000 is needed"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "trials": 0 }""", "assertion 2: trials is 0, where a whole number from 1"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "queries": "3" }""", "assertion 2: queries is \"3\", where a whole number from 1 to 1000000 is needed"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "budget": -1 }""", "assertion 2: budget is -1, where a number of operations from 0"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "allowInconclusive": "yes" }""", "assertion 2: allowInconclusive is \"yes\", where true or false is needed"),
        ("""{ "game": 4, "scheme": "clear", "atMost": 0.9 }""", "assertion 2: game is 4, where a text in quotes is needed"),
        ("""{ "name": "a\u001b[2J", "game": "WRec", "scheme": "clear", "atMost": 0.9 }""", "name is \"a\\u001b[2J\", where a text in quotes is needed"),
        ("""{ "game": "WRec", "scheme": "clear", "atMost": 0.9, "atMost": 0 }""", "a key comes twice in one object"),
        ("7", "assertion 2 is 7, where an object in braces is needed"),
        ("""{ "game": "WRec", "scheme": "/nowhere/at/all.json", "atMost": 0.9 }""", "assertion 2: /nowhere/at/all.json: there is no such file"),
        ("""{ "game": "WRec", "scheme": "uniform-0", "atMost": 0.9 }""", "assertion 2: scheme uniform-0: n must be a whole number from 1 to 1000000"),
    ];

    /// <summary>Whole files, and what is wrong with them.</summary>
    private static readonly (string Text, string Says)[] _files =
    [
        ("""{ "assertions": [] }""", "assertions is empty, and a file that asserts nothing could not fail: give it at least one"),
        ("{ }", "assertions is missing, a list of at least one"),
        ("""{ "assertions": {} }""", "assertions must be a list in brackets"),
        ("[]", "it is no JSON object"),
        ("", "it is empty, or no plain file"),
        ("{\n  \"assertions\": [\n    { game: \"WRec\" }\n  ]\n}", "it is not JSON, at line 3, byte 7"),
        ("""{ "asertions": [ONE] }""", "unknown key 'asertions': did you mean assertions? (there are level, trials, seed, assertions)"),
        ("""{ "level": 1, "assertions": [ONE] }""", "level is 1, where a number above 0 and at most 0.999999 is needed"),
        ("""{ "level": 0, "assertions": [ONE] }""", "level is 0, where a number above 0"),
        ("""{ "level": "0.95", "assertions": [ONE] }""", "level is \"0.95\", where a number above 0"),
        ("""{ "trials": 1e3, "assertions": [ONE] }""", "trials is 1e3, where a whole number from 1"),
        ("""{ "seed": -1, "assertions": [ONE] }""", "seed is -1, where a whole number from 0 to 18446744073709551615 is needed"),
        ("""{ "trials": 2000000000, "assertions": [{ "claim": "eq9", "scheme": "clear", "adversary": "guess" }] }""", "assertion 1: 2000000000 trials, where 1000000000 are the most of a claim"),
    ];

    /// <summary>Command lines, and what is wrong with them. FILE is a right file, LINK a link to it, TABLES a file that it names.</summary>
    private static readonly (string Arguments, string Says)[] _lines =
    [
        ("check --assert /nowhere/at/all.json", "/nowhere/at/all.json: there is no such file"),
        ("check --assert /", "/: this is a folder, where a file is needed"),
        ("check --junit OUT", "--junit is of --assert: name a file of assertions with it, or leave it out"),
        ("check clear --assert FILE", "the file names its schemes; leave out clear"),
        ("check --assert FILE --at-most 0.1", "the file says what is asserted, and of what; leave out --at-most"),
        ("check --assert FILE --epsilon 0.1", "leave out --epsilon"),
        ("check --assert FILE --queries 2", "leave out --queries"),
        ("check --assert FILE --latex OUT", "leave out --latex"),
        ("check --assert FILE --order 4", "leave out --order"),
        ("check --assert FILE --assert FILE", "'--assert' expects a single argument but 2 were provided"),
        ("check --assert", "--assert"),
        ("check --assert FILE --level 1", "--level 1: must be above 0 and at most 0.999999"),
        ("check --assert FILE --json - --junit -", "--json - and --junit - both want standard output"),
        ("check --assert FILE --json OUT --junit OUT", "both want one file: name another"),
        ("check --assert FILE --json FILE", "that file is what is read; name another, so that it is not lost"),
        ("check --assert FILE --junit LINK", "that file is what is read; name another, so that it is not lost"),
        ("check --assert FILE --junit TABLES", "that file is what is read; name another, so that it is not lost"),
        ("check --assert FILE --junit /nowhere/at/all.xml", "--junit /nowhere/at/all.xml: cannot be written"),
    ];

    public static Test All => Suite.Sequenced(Suite.Group(
        "refused assertion files",
        Suite.Group("an assertion", [.. _entries.Select(row => Suite.Test($"{row.Assertion} is refused", () => Written($$"""{ "assertions": [ONE, {{row.Assertion}}] }""", row.Says)))]),
        Suite.Group("a file", [.. _files.Select(row => Suite.Test($"{row.Text.Replace('\n', ' ')} is refused", () => Written(row.Text, row.Says)))]),
        Suite.Group("a command line", [.. _lines.Select(row => Suite.Test(row.Arguments, () => Line(row.Arguments, row.Says)))]),
        Suite.Test("a claim about a scheme whose distances are none", () =>
        {
            using TemporaryFolder folder = new();
            string path = AssertionFileTests.Written(folder, """{ "claim": "eq9", "scheme": "lawless" }""");
            Refused(CommandLine.Run("check", "--plugin", PlugInTests.Dll("Lawless"), "--assert", path), "assertions.json: assertion 1: scheme lawless: Dist_W");
        })));

    private static void Written(string text, string says)
    {
        const string One = """{ "game": "WRec", "scheme": "uniform-3", "atMost": 0.9 }""";
        using TemporaryFolder folder = new();
        string path = folder.File("assertions.json");
        File.WriteAllText(path, text.Replace("ONE", One, StringComparison.Ordinal));
        CommandLine.Outcome outcome = CommandLine.Run("check", "--assert", path);
        Refused(outcome, says);
        Assert.Contains($"{path}: ", outcome.Error, "the file");
    }

    private static void Line(string arguments, string says)
    {
        using TemporaryFolder folder = new();
        string tables = folder.File("TABLES");
        File.Copy(Path.Combine(Repository.Root, "examples", "two-views.json"), tables + ".json");
        string file = folder.File("FILE", Encoding.UTF8.GetBytes($$"""{ "assertions": [{ "game": "WRec", "scheme": "{{tables}}.json", "atMost": 0.9 }] }"""));
        File.CreateSymbolicLink(folder.File("LINK"), file);
        string Named(string word) => word == "TABLES" ? $"{tables}.json" : word is "FILE" or "LINK" or "OUT" ? folder.File(word) : word;
        Refused(CommandLine.Run([.. arguments.Split(' ').Select(Named)]), says);
        Assert.Equal("FILE LINK TABLES.json", folder.Names(), "files");
    }

    private static void Refused(CommandLine.Outcome outcome, string says)
    {
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}{outcome.Output}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal("", outcome.Output, "standard output");
    }
}
