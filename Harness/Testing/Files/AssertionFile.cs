using Wager.Games;
using Wager.Schemes.Models;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Testing.Files;

/// <summary>
/// Bounds and claims from a JSON file. Guarantee: whatever the advantages are, the probability that any of them is refuted although it holds, or supported although
/// it does not, is at most 1 − level (Bonferroni): each gets the same share, and their number is fixed before anything is played.
/// </summary>
/// <param name="Level">The level of all together; null where the file does not say.</param>
/// <param name="Trials">Trials of each, at most; likewise.</param>
/// <param name="Seed">The seed; likewise.</param>
/// <param name="Assertions">What is asserted, one for each adversary.</param>
/// <param name="Tables">The files of tables that schemes were read from.</param>
internal sealed record AssertionFile(double? Level, long? Trials, ulong? Seed, IReadOnlyList<FileAssertion> Assertions, IReadOnlyCollection<string> Tables)
{
    private const ulong MostTrials = 10_000_000_000;
    private const ulong MostQueries = 1_000_000;

    private static readonly (string Key, Side Side)[] _bounds = [("atMost", Side.AtMost), ("atLeast", Side.AtLeast), ("exactly", Side.Exactly)];
    private static readonly string[] _keys = ["game", "claim", "scheme", "adversary", .. _bounds.Select(bound => bound.Key), "name", "trials", "queries", "inputs", "line4", "budget", "allowInconclusive"];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plugIns">More schemes and adversaries.</param>
    /// <exception cref="ModelFileException">It cannot be read, or something in it is wrong.</exception>
    public static AssertionFile Read(string path, PlugIns plugIns)
    {
        JsonFile file = new(path);
        EntryReader whole = new(file, file.Root, "");
        whole.RequireOnly("level", "trials", "seed", "assertions");
        double? level = whole.Number("level", Sampling.IsLevel, FormattableString.Invariant($"a number above 0 and at most {Sampling.HighestLevel}"));
        long? trials = (long?)whole.Whole("trials", 1, MostTrials);
        ulong? seed = whole.Whole("seed", 0, ulong.MaxValue);
        Dictionary<string, Subject> subjects = [];
        List<FileAssertion> assertions = [];
        foreach (EntryReader entry in whole.Entries("assertions"))
        {
            try
            {
                assertions.AddRange(Of(entry, name => subjects.TryGetValue(name, out Subject? known) ? known : subjects[name] = SchemeCatalog.Find(name, plugIns: plugIns)));
            }
            catch (Exception e) when (e is UsageException or BrokenSchemeException || (e is ModelFileException && !e.Message.StartsWith($"{path}: ", StringComparison.Ordinal)))
            {
                throw entry.Refused(e.Message);
            }
        }

        return new(level, trials, seed, assertions, [.. subjects.Keys.Where(File.Exists)]);
    }

    /// <summary>The share of the level that each gets.</summary>
    /// <param name="level">The level of all together.</param>
    public double ShareLevel(double level) => Sampling.Share(level, Assertions.Count);

    /// <summary>Refuses claims about schemes whose distances are none: their proofs need no less.</summary>
    /// <exception cref="ModelFileException">There is such a scheme.</exception>
    public void RequireDistances(Sampling sampling)
    {
        foreach (FileAssertion assertion in Assertions.Where(assertion => assertion.Claim is not null).DistinctBy(assertion => assertion.Subject))
        {
            try
            {
                if (assertion.Subject.BrokenMetric(sampling) is { } broken)
                {
                    throw assertion.Refused($"scheme {assertion.Subject.Name}: {broken}");
                }
            }
            catch (BrokenSchemeException e)
            {
                throw assertion.Refused(e.Message);
            }
        }
    }

    /// <summary>What an entry asserts, of each adversary where it names none.</summary>
    private static IEnumerable<FileAssertion> Of(EntryReader entry, Func<string, Subject> find)
    {
        entry.RequireOnly(_keys);
        string? name = entry.Text("name");
        long? trials = (long?)entry.Whole("trials", 1, entry.Has("claim") ? ClaimAssertion.MostTrials : MostTrials);
        double? budget = entry.Number("budget", operations => operations is >= 0 and <= Cost.Most, FormattableString.Invariant($"a number of operations from 0 to {Cost.Most:F0}"));
        bool allowsInconclusive = entry.Switch("allowInconclusive");
        Form form = FormOf(entry);
        if (entry.Has("game") == entry.Has("claim"))
        {
            throw entry.Refused(entry.Has("game") ? "game and claim are two assertions: give one" : "game or claim is missing");
        }

        FileAssertion[] found = entry.Has("game") ? [.. Bounds(entry, form, find)] : [.. Claims(entry, form, find)];
        return found.Select(assertion => assertion with
        {
            Name = name is null || found.Length == 1 ? name : $"{name}, {assertion.Claim?.Adversary ?? assertion.Game!.Adversary}",
            Trials = trials,
            Limits = new(budget),
            AllowsInconclusive = allowsInconclusive,
        });
    }

    private static IEnumerable<FileAssertion> Bounds(EntryReader entry, Form form, Func<string, Subject> find)
    {
        Notion notion = Subject.NotionOf(entry.Required("game"));
        if (notion.Kind == Kind.Property)
        {
            entry.RequireNone($"{notion.Name} has no adversary", "adversary", "queries", "budget");
            entry.RequireNone($"{notion.Name} has no advantage, assert atLeast or exactly of its probability", "atMost");
        }

        RequireFor(entry, $"inputs are EffInf's, and {notion.Name} has none", notion == Notion.EffInf, "inputs");
        RequireFor(entry, $"line 4 is W-IND's, and {notion.Name} has none", notion == Notion.WInd, "line4");
        Bound bound = entry.Bound(_bounds);
        Subject subject = find(entry.Required("scheme"));
        string?[] adversaries = notion.Kind == Kind.Property ? [null] : entry.Text("adversary") is { } one ? [one] : [.. subject.Adversaries(notion, form)];
        FileAssertion[] found = [.. adversaries.Select(adversary => Empty(subject, entry) with { Game = subject.Game(notion, adversary, form), Bound = bound })];
        if (bound.Side == Side.Exactly)
        {
            entry.RequireNone("exactly is decided by enumeration, or fails", "allowInconclusive");
        }

        return found.Length == 0 ? throw entry.Refused($"{notion.Name} of {subject.Name} has no adversaries, so that it could not fail")
            : bound.CannotFail ? throw entry.Refused($"{bound.InWords(notion)} cannot fail: every advantage is in [0, 1]")
            : found;
    }

    private static IEnumerable<FileAssertion> Claims(EntryReader entry, Form form, Func<string, Subject> find)
    {
        entry.RequireNone("a claim has its own bounds", [.. _bounds.Select(bound => bound.Key)]);
        entry.RequireNone("a claim speaks of adversaries without one", "budget");
        ClaimKind kind = ClaimKind.Find(entry.Required("claim"));
        bool isOfEffInf = kind.Name.StartsWith("eq8", StringComparison.Ordinal);
        RequireFor(entry, "inputs are EffInf's, in eq8 and eq8-repaired", isOfEffInf, "inputs");
        RequireFor(entry, $"line 4 is W-IND's, which {kind.Name} does not speak of", !isOfEffInf, "line4");
        Subject subject = find(entry.Required("scheme"));
        Claim[] claims = [.. subject.Claims(kind, form)];
        if (claims.Length == 0)
        {
            throw entry.Refused(form.Queries > 1 ? $"{kind.Name} is about one query: leave out queries" : $"{kind.Name}: no adversary of {subject.Name} is one that it speaks of");
        }

        string? adversary = entry.Text("adversary");
        Claim[] about = [.. claims.Where(claim => adversary is null || claim.Adversary == adversary)];
        return about.Length > 0
            ? about.Select(claim => Empty(subject, entry) with { Claim = claim })
            : throw entry.Refused(Nearest.Unknown("adversary", adversary!, claims.Select(claim => claim.Adversary), $"of {subject.Name} {kind.Name} speaks of"));
    }

    private static FileAssertion Empty(Subject subject, EntryReader entry) => new() { Subject = subject, Limits = Limits.None, AllowsInconclusive = false, Refused = entry.Refused };

    private static void RequireFor(EntryReader entry, string why, bool isThere, string key)
    {
        if (!isThere)
        {
            entry.RequireNone(why, key);
        }
    }

    private static Form FormOf(EntryReader entry) => new(
        entry.Text("line4") switch
        {
            null or "resample" => Line4.Resample,
            "reject" => Line4.Reject,
            { } other => throw entry.Refused($"line4 is \"{other}\", where \"resample\" or \"reject\" is needed"),
        },
        (int)(entry.Whole("queries", 1, MostQueries) ?? 1),
        (int)(entry.Whole("inputs", 1, MostQueries) ?? 1));
}
