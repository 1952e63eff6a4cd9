namespace Wager.Testing.Catalog;

/// <summary>Suggests what a mistyped name may have meant.</summary>
public static class Nearest
{
    /// <summary>The one line for a name that does not exist.</summary>
    /// <param name="kind">What was to be named.</param>
    /// <param name="name">The name given.</param>
    /// <param name="names">The names that exist.</param>
    /// <param name="intro">What introduces the list of those.</param>
    public static string Unknown(string kind, string name, IEnumerable<string> names, string intro = "there are")
    {
        string[] known = [.. names];
        string nearest = known.MinBy(candidate => Edits(name, candidate)) ?? "";
        return $"unknown {kind} '{name}': did you mean {nearest}? ({intro} {string.Join(", ", known)})";
    }

    /// <summary>Levenshtein's distance, upper and lower case alike.</summary>
    private static int Edits(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int substitute = diagonal + (char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
