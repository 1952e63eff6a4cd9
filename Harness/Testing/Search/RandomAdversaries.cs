using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes.Tables;
using static Wager.Testing.Search.RandomInstances;

namespace Wager.Testing.Search;

/// <summary>Random adversaries against a scheme: constant ones, good ones and any.</summary>
internal static class RandomAdversaries
{
    private const int MostOperations = 3;

    public static TableRecoverer Recoverer(SchemeTables tables, Tape tape)
    {
        int kind = tape.Draw(3);
        int constant = tape.Draw(tables.WeightCount);
        return new(
            Rows(tables.PublicKeyCount, pk => Rows(tables.ViewCount, view =>
                kind == 0 ? constant : kind == 1 ? Likeliest(tables, pk, view) : tape.Draw(tables.WeightCount))),
            tape.Draw(MostOperations + 1));
    }

    public static TableAccelerator Accelerator(SchemeTables tables, Tape tape)
    {
        int kind = tape.Draw(3);
        int constant = tape.Draw(tables.OutputCount);
        return new(
            Rows(tables.PublicKeyCount, pk => Rows(tables.ViewCount, view => Rows(tables.InputCount, x =>
                kind == 0 ? constant : kind == 1 ? Largest(tables.RunReleased[pk][view][x]) : tape.Draw(tables.OutputCount)))),
            tape.Draw(MostOperations + 1));
    }

    public static TableDistinguisher Distinguisher(SchemeTables tables, Tape tape)
    {
        int kind = tape.Draw(4);
        int denominator = kind == 3 ? MostOdds : 1;
        int constant = tape.Draw(2);
        int views = tables.ViewCount;
        return new(
            Rows(tables.PublicKeyCount, pk => Rows(tables.WeightCount, w0 => Rows(tables.WeightCount, w1 => Rows(views, view => kind switch
            {
                0 => constant,
                1 => Odds(tables, pk, w1, view) > Odds(tables, pk, w0, view) ? 1 : 0,
                _ => tape.Draw(denominator + 1),
            })))),
            denominator);
    }

    public static TablePairDistinguisher PairDistinguisher(SchemeTables tables, Tape tape)
    {
        int symbols = 1 + tape.DrawByOdds(1, 3, 2);
        return new(
            Rows(tables.PublicKeyCount, _ => Rows(tables.WeightCount, _ => Rows(tables.WeightCount, _ => Rows(tables.ViewCount, _ => tape.Draw(symbols))))),
            Rows(symbols, _ => Rows(symbols, _ => tape.Draw(2))),
            tape.Draw(2));
    }

    private static int Likeliest(SchemeTables tables, int pk, int view)
    {
        int best = 0;
        double most = -1;
        for (int w = 0; w < tables.WeightCount; w++)
        {
            double odds = tables.Train[w] * Odds(tables, pk, w, view);
            if (odds > most)
            {
                (best, most) = (w, odds);
            }
        }

        return best;
    }

    /// <summary>How likely a pk and a view are for some weights, but for a factor that all weights share.</summary>
    private static double Odds(SchemeTables tables, int pk, int w, int view)
    {
        double odds = 0;
        for (int key = 0; key < tables.KeyCount; key++)
        {
            if (tables.Public[key] == pk && tables.Keys[key] > 0)
            {
                int[] row = tables.Release[key][w];
                int sum = 0;
                foreach (int one in row)
                {
                    sum += one;
                }

                odds += (double)tables.Keys[key] * row[view] / sum;
            }
        }

        return odds;
    }

    private static int Largest(int[] row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            best = row[i] > row[best] ? i : best;
        }

        return best;
    }
}
