using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes.Tables;

namespace Wager.Harness.Reports;

/// <summary>
/// A finite scheme and adversaries against it as C# to be pasted: classes that compile as they are, in a project that references Games and
/// Schemes, and that have a constructor without parameters, as a plug-in must.
/// </summary>
public static class TableCode
{
    /// <summary>The text of a file.</summary>
    /// <param name="name">The name of the class; those of the adversaries begin with it.</param>
    /// <param name="tables">The scheme.</param>
    /// <param name="adversaries">Those that matter, of <see cref="TableInstance"/>.</param>
    public static string Of(string name, SchemeTables tables, params IEnumerable<Adversary> adversaries)
    {
        SchemeCode scheme = new(name, tables);
        IEnumerable<ClassCode> classes = [scheme.Class(), .. adversaries.Select(adversary => AdversaryCode.Of(adversary, name, scheme.Key))];
        return $"""
            using Wager.Games;
            using Wager.Schemes;

            namespace Examples;

            {string.Join("\n\n", classes.Select(code => code.Text))}

            """;
    }
}

/// <summary>A class as text: its fields, then its members.</summary>
/// <param name="summary">What it is.</param>
/// <param name="head">Its declaration.</param>
internal sealed class ClassCode(string summary, string head)
{
    private readonly List<string> _fields = [];
    private readonly List<string> _members = [];

    /// <summary>The class.</summary>
    public string Text
    {
        get
        {
            string fields = string.Join('\n', _fields);
            string[] blocks = [.. fields.Length > 0 ? [fields] : Array.Empty<string>(), .. _members];
            string body = string.Join("\n\n", blocks).Replace("\n", "\n    ", StringComparison.Ordinal).Replace("\n    \n", "\n\n", StringComparison.Ordinal);
            return $"/// <summary>{summary}</summary>\n{head}\n{{\n    {body}\n}}";
        }
    }

    /// <summary>Adds a member that overrides one.</summary>
    public void Override(string member) => _members.Add($"/// <inheritdoc/>\npublic override {member}");

    /// <summary>Adds a member of its own.</summary>
    public void Add(string member) => _members.Add(member);

    /// <summary>The outcome of a table of odds, as an expression: a number, an index, a look-up in a field, or a draw.</summary>
    public string Outcome(string field, Array table, params string[] indices)
    {
        List<int?> outcomes = [];
        Lookup lookup = Lookup.OfRows(table, indices, row =>
        {
            outcomes.Add(Lookup.Outcome(row));
            return $"[{string.Join(", ", row)}]";
        });
        if (!outcomes.Contains(null))
        {
            return Value(field, Lookup.OfRows(table, indices, static row => Lookup.Number(Lookup.Outcome(row)!.Value)));
        }

        string odds = Value(field, lookup, "[]");
        return $"tape.DrawByOdds({(lookup.Indices.Count == 0 ? odds[1..^1] : odds)})";
    }

    /// <summary>An entry of a table of numbers, as an expression.</summary>
    public string Number(string field, Array table, params string[] indices) => Value(field, Lookup.OfNumbers(table, indices));

    /// <summary>Returns a value, for a cost in elementwise operations.</summary>
    public static string Body(string value, int operations) => operations == 0
        ? $" => {value};"
        : $"\n{{\n    tape.Charge(new Cost(Elementwise: {operations}));\n    return {value};\n}}";

    private string Value(string field, Lookup lookup, string entry = "")
    {
        if (lookup.Indices.Count == 0)
        {
            return lookup.Text;
        }

        if (lookup.IsIdentity)
        {
            return lookup.Indices[0];
        }

        _fields.Add($"private static readonly int{string.Concat(lookup.Indices.Select(static _ => "[]"))}{entry} {field} = {lookup.Text};");
        return $"{field}{string.Concat(lookup.Indices.Select(static index => $"[{index}]"))}";
    }
}
