namespace Wager.Schemes.Models;

/// <summary>Work on the rows of a matrix, shared between threads; what is computed does not depend on how many there are.</summary>
internal static class InParallel
{
    private const int RowsOfAShare = 32;

    /// <summary>Runs a body on shares of the rows 0 … <paramref name="rows"/> − 1, each from a first row to before an end.</summary>
    public static void ForRows(int rows, int threads, Action<int, int> body) => For(rows, RowsOfAShare, threads, body);

    /// <summary>Runs a body on shares of a size.</summary>
    public static void For(int count, int share, int threads, Action<int, int> body)
    {
        if (threads == 1 || count <= share)
        {
            body(0, count);
            return;
        }

        Parallel.For(0, (count + share - 1) / share, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
            body(part * share, Math.Min(count, (part + 1) * share)));
    }
}
