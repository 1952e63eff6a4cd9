using System.Globalization;

namespace Wager.Harness.Reports;

/// <summary>A table in words, without the indices that make no difference: those with one value, and those on which nothing depends.</summary>
internal sealed class Lookup
{
    private readonly Node _root;

    private Lookup(Node root, IReadOnlyList<string> indices)
    {
        _root = root;
        Indices = indices;
    }

    /// <summary>The names of the indices that are left.</summary>
    public IReadOnlyList<string> Indices { get; }

    /// <summary>The table as a nested list in brackets; one entry alone where no index is left.</summary>
    public string Text => _root.Text;

    /// <summary>Whether each entry is its own index, counted from 0.</summary>
    public bool IsIdentity => Indices.Count == 1 && _root.Children.Index().All(child => child.Item.Text == Number(child.Index));

    /// <summary>Every entry, with the values of its indices.</summary>
    public IEnumerable<(IReadOnlyList<int> At, string Text)> Entries => Under(_root, []);

    /// <summary>A table whose entries are rows.</summary>
    /// <param name="table">Nested arrays.</param>
    /// <param name="indices">What its indices are called, from the outside in.</param>
    /// <param name="entry">A row in words.</param>
    public static Lookup OfRows(Array table, IReadOnlyList<string> indices, Func<int[], string> entry) =>
        Reduced(Nested(table, indices.Count, row => entry((int[])row)), indices);

    /// <summary>A table whose entries are numbers.</summary>
    /// <param name="table">Nested arrays.</param>
    /// <param name="indices">What its indices are called, from the outside in.</param>
    public static Lookup OfNumbers(Array table, IReadOnlyList<string> indices) =>
        Reduced(Nested(table, indices.Count, static number => Number((int)number)), indices);

    /// <summary>The outcome that a row of odds makes certain; null where there are several.</summary>
    public static int? Outcome(int[] odds)
    {
        int[] possible = [.. Enumerable.Range(0, odds.Length).Where(outcome => odds[outcome] > 0)];
        return possible.Length == 1 ? possible[0] : null;
    }

    /// <summary>A number as code and tables have it.</summary>
    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Node Nested(object table, int depth, Func<object, string> entry) => depth == 0
        ? new(entry(table), [])
        : Node.Of([.. ((Array)table).Cast<object>().Select(inner => Nested(inner, depth - 1, entry))]);

    private static Lookup Reduced(Node root, IReadOnlyList<string> indices)
    {
        List<string> left = [.. indices];
        for (int level = left.Count - 1; level >= 0; level--)
        {
            if (Without(root, level) is { } smaller)
            {
                root = smaller;
                left.RemoveAt(level);
            }
        }

        return new(root, left);
    }

    /// <summary>The table without one of its indices; null where something depends on it.</summary>
    private static Node? Without(Node node, int level)
    {
        if (level == 0)
        {
            return node.Children.All(child => child.Text == node.Children[0].Text) ? node.Children[0] : null;
        }

        Node?[] children = [.. node.Children.Select(child => Without(child, level - 1))];
        return children.Contains(null) ? null : Node.Of(children!);
    }

    private static IEnumerable<(IReadOnlyList<int> At, string Text)> Under(Node node, IReadOnlyList<int> at) => node.Children.Length == 0
        ? [(at, node.Text)]
        : node.Children.Index().SelectMany(child => Under(child.Item, [.. at, child.Index]));

    private sealed record Node(string Text, Node[] Children)
    {
        public static Node Of(Node[] children) => new($"[{string.Join(", ", children.Select(child => child.Text))}]", children);
    }
}
