namespace Wager.Schemes.Tables;

/// <summary>Nested arrays: whether they have the sizes that they are to have, and their text.</summary>
public static class TableShape
{
    /// <summary>A table in brackets, as C# and JSON write it.</summary>
    public static string Text(Array table) => $"[{string.Join(", ", table.Cast<object>().Select(inner => inner is Array row ? Text(row) : $"{inner}"))}]";

    /// <summary>What is wrong with a table whose rows are odds; null where nothing is.</summary>
    /// <param name="name">The table, for the message.</param>
    /// <param name="table">An array of arrays … of odds.</param>
    /// <param name="sizes">How long it is in each direction; empty for a single row of any length.</param>
    public static string? OddsFlaw(string name, Array table, params ReadOnlySpan<int> sizes)
    {
        if (table is not int[] row)
        {
            return Nested(name, table, sizes, static (inner, array, rest, _) => OddsFlaw(inner, array, rest), 0);
        }

        long sum = 0;
        foreach (int odds in row)
        {
            if (odds < 0)
            {
                return $"{name} has odds of {odds}, below 0";
            }

            sum += odds;
        }

        return sum is < 1 or > int.MaxValue ? $"the odds of {name} sum to {sum}, not to a number from 1 to {int.MaxValue}" : LengthFlaw(name, row, sizes);
    }

    /// <summary>What is wrong with a table of numbers from 0 to below a bound; null where nothing is.</summary>
    /// <param name="name">The table, for the message.</param>
    /// <param name="table">An array of arrays … of numbers.</param>
    /// <param name="bound">What each is below.</param>
    /// <param name="sizes">How long it is in each direction.</param>
    public static string? AnswersFlaw(string name, Array table, int bound, params ReadOnlySpan<int> sizes)
    {
        if (table is not int[] row)
        {
            return Nested(name, table, sizes, static (inner, array, rest, most) => AnswersFlaw(inner, array, most, rest), bound);
        }

        foreach (int number in row)
        {
            if (number < 0 || number >= bound)
            {
                return $"{name} has {number}, which is not from 0 to {bound - 1}";
            }
        }

        return LengthFlaw(name, row, sizes);
    }

    private delegate string? Check(string name, Array table, ReadOnlySpan<int> sizes, int bound);

    private static string? Nested(string name, Array table, ReadOnlySpan<int> sizes, Check check, int bound)
    {
        if (LengthFlaw(name, table, sizes) is { } flaw)
        {
            return flaw;
        }

        Array[] rows = (Array[])table;
        for (int i = 0; i < rows.Length; i++)
        {
            if (check(name, rows[i], sizes[1..], bound) is { } inner)
            {
                return inner.Replace(name, $"{name}[{i}]", StringComparison.Ordinal);
            }
        }

        return null;
    }

    private static string? LengthFlaw(string name, Array table, ReadOnlySpan<int> sizes) =>
        sizes.Length > 0 && table.Length != sizes[0] ? $"{name} has {table.Length} entries, not {sizes[0]}" : null;
}
