using Wager.Games;
using Wager.Schemes.Tables;
using static Wager.Testing.Search.RandomInstances;

namespace Wager.Testing.Search;

/// <summary>Random schemes, each of whose algorithms is of a kind drawn first.</summary>
internal static class RandomSchemes
{
    private enum ReleaseKind
    {
        Constant,
        Clear,
        Pad,
        Deterministic,
        Stochastic,
    }

    public static SchemeTables Draw(Tape tape)
    {
        int n = 2 + tape.DrawByOdds(5, 4, 2);
        int m = 1 + tape.DrawByOdds(3, 1);
        int outputs = tape.Draw(2) == 0 ? n : 2 + tape.Draw(3);
        ReleaseKind kind = (ReleaseKind)tape.DrawByOdds(3, 4, 2, 5, 4);
        if (n > 3 && kind is (ReleaseKind.Clear or ReleaseKind.Pad))
        {
            kind = ReleaseKind.Deterministic; // there are at most 3 views and keys
        }

        int k = kind == ReleaseKind.Pad ? n : 1 + tape.DrawByOdds(6, 2, 1);
        int v = kind is ReleaseKind.Clear or ReleaseKind.Pad ? n : 1 + tape.Draw(3);
        bool published = tape.Draw(2) == 0;
        int[] keys = kind == ReleaseKind.Pad ? Rows(k, _ => 1) : Odds(k, tape);
        int[] publicKeys = published ? Rows(k, key => key) : new int[k];
        int[][][] release = Release(kind, k, n, v, tape);
        int[][][] run = Run(n, m, outputs, tape);
        int[][][][] runReleased = RunReleased(published ? k : 1, publicKeys, release, run, tape);
        return new()
        {
            Train = Odds(n, tape),
            Keys = keys,
            Public = publicKeys,
            Inputs = Odds(m, tape),
            Release = release,
            Run = run,
            RunReleased = runReleased,
            Weights = Distance(n, tape),
            Outputs = Distance(outputs, tape),
            RunCost = tape.Draw(4),
            RunReleasedCost = tape.Draw(10),
        };
    }

    /// <summary>A row of random odds; each third one is even.</summary>
    public static int[] Odds(int count, Tape tape)
    {
        bool even = tape.Draw(3) == 0;
        int[] row = new int[count];
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += row[i] = even ? 1 : tape.Draw(MostOdds + 1);
        }

        if (sum == 0)
        {
            row[tape.Draw(count)] = 1;
        }

        return row;
    }

    private static int[][][] Release(ReleaseKind kind, int k, int n, int v, Tape tape)
    {
        int constant = tape.Draw(v);
        return Rows(k, key => Rows(n, w => kind switch
        {
            ReleaseKind.Constant => Certain(constant, v),
            ReleaseKind.Clear => Certain(w, v),
            ReleaseKind.Pad => Certain((w + key) % n, v),
            ReleaseKind.Deterministic => Certain(tape.Draw(v), v),
            _ => Odds(v, tape),
        }));
    }

    /// <summary>Mostly W itself or any function; each seventh tosses coins.</summary>
    private static int[][][] Run(int n, int m, int outputs, Tape tape)
    {
        int kind = tape.DrawByOdds(3, 3, 1);
        return Rows(n, w => Rows(m, _ => kind == 0 && n <= outputs ? Certain(w, outputs)
            : kind == 2 ? Odds(outputs, tape)
            : Certain(tape.Draw(outputs), outputs)));
    }

    /// <summary>
    /// Half of the schemes run some W that the view may come from; in half of these, all W that one view may come from run alike, which
    /// makes the scheme correct wherever Run is deterministic.
    /// </summary>
    private static int[][][][] RunReleased(int p, int[] publicKeys, int[][][] release, int[][][] run, Tape tape)
    {
        (int m, int outputs, int v) = (run[0].Length, run[0][0].Length, release[0][0].Length);
        int kind = tape.DrawByOdds(1, 1, 1, 1);
        if (kind >= 2)
        {
            bool random = kind == 2 && tape.Draw(3) == 0;
            int constant = kind == 3 ? tape.Draw(outputs) : -1;
            return Rows(p, _ => Rows(v, _ => Rows(m, _ =>
                random ? Odds(outputs, tape) : Certain(constant >= 0 ? constant : tape.Draw(outputs), outputs))));
        }

        if (kind == 1)
        {
            Agree(publicKeys, release, run);
        }

        return Rows(p, pk => Rows(v, view =>
        {
            int w = Math.Max(0, FirstSource(pk, view, publicKeys, release));
            return Rows(m, x => run[w][x]);
        }));
    }

    /// <summary>Makes Run the same for all W that lead to one view under one pk. What is merged with an earlier W is carried on from it, until nothing changes.</summary>
    private static void Agree(int[] publicKeys, int[][][] release, int[][][] run)
    {
        int[] representative = Rows(run.Length, w => w);
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int key = 0; key < release.Length; key++)
            {
                for (int w = 0; w < run.Length; w++)
                {
                    for (int view = 0; view < release[key][w].Length; view++)
                    {
                        if (release[key][w][view] == 0)
                        {
                            continue;
                        }

                        int source = representative[FirstSource(publicKeys[key], view, publicKeys, release)];
                        int least = Math.Min(source, representative[w]);
                        int most = Math.Max(source, representative[w]);
                        if (least == most)
                        {
                            continue;
                        }

                        changed = true;
                        for (int other = 0; other < representative.Length; other++)
                        {
                            representative[other] = representative[other] == most ? least : representative[other];
                        }
                    }
                }
            }
        }

        for (int w = 0; w < run.Length; w++)
        {
            run[w] = run[representative[w]];
        }
    }

    /// <summary>The first W that can lead to a view under a public key; −1 where none can.</summary>
    private static int FirstSource(int pk, int view, int[] publicKeys, int[][][] release)
    {
        for (int w = 0; w < release[0].Length; w++)
        {
            for (int key = 0; key < release.Length; key++)
            {
                if (publicKeys[key] == pk && release[key][w][view] > 0)
                {
                    return w;
                }
            }
        }

        return -1;
    }

    /// <summary>Mostly |a − b|, sometimes the discrete metric, each tenth anything; δ is mostly 0.</summary>
    private static DistanceTable Distance(int count, Tape tape)
    {
        int threshold = tape.DrawByOdds(6, 3, 1);
        return tape.DrawByOdds(7, 2, 1) switch
        {
            0 => DistanceTable.Difference(count, threshold),
            1 => DistanceTable.Discrete(count, threshold),
            _ => new(Rows(count, a => Rows(count, b => a == b && tape.Draw(4) > 0 ? 0 : tape.Draw(4))), threshold),
        };
    }
}
