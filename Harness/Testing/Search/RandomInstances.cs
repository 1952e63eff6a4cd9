using FsCheck;
using FsCheck.Fluent;
using Wager.Adversaries.Tables;
using Wager.Games;
using Wager.Schemes.Tables;

namespace Wager.Testing.Search;

/// <summary>
/// Draws finite schemes with adversaries, small enough to be checked by hand. Plain random tables seldom are correct, metric or in clear,
/// so each part of an instance is of a kind that is drawn first.
/// </summary>
public static class RandomInstances
{
    /// <summary>The largest of the odds in a random row.</summary>
    public const int MostOdds = 4;

    /// <summary>Instances for FsCheck, with their shrinks.</summary>
    public static Arbitrary<TableInstance> Arbitrary { get; } = Arb.From(
        from seed in Gen.Choose(0, int.MaxValue)
        from index in Gen.Choose(0, int.MaxValue)
        select Draw((ulong)seed, index),
        Shrinks);

    /// <summary>The instance of an index and a seed: always the same one.</summary>
    public static TableInstance Draw(ulong seed, long index)
    {
        SeededTape tape = new(seed, metered: false);
        tape.Rewind(index);
        return Draw(tape);
    }

    /// <summary>An instance by the coins of a tape.</summary>
    public static TableInstance Draw(Tape tape)
    {
        SchemeTables tables = RandomSchemes.Draw(tape);
        return new()
        {
            Tables = tables,
            Recoverer = RandomAdversaries.Recoverer(tables, tape),
            Accelerator = RandomAdversaries.Accelerator(tables, tape),
            Distinguisher = RandomAdversaries.Distinguisher(tables, tape),
            PairDistinguisher = RandomAdversaries.PairDistinguisher(tables, tape),
        };
    }

    /// <summary>Every neighbour that is smaller, the boldest steps first. However they are chosen, shrinking ends.</summary>
    public static IEnumerable<TableInstance> Shrinks(TableInstance instance)
    {
        InstanceSize size = InstanceSize.Of(instance);
        return InstanceShrinks.Of(instance).Where(smaller => InstanceSize.Of(smaller).CompareTo(size) < 0);
    }

    /// <summary>A table of rows that a function gives. It fills the array itself, since instances are drawn by the hundred thousand.</summary>
    internal static T[] Rows<T>(int count, Func<int, T> row)
    {
        T[] rows = new T[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = row(i);
        }

        return rows;
    }

    /// <summary>The row of which one outcome is certain.</summary>
    internal static int[] Certain(int outcome, int count)
    {
        int[] row = new int[count];
        row[outcome] = 1;
        return row;
    }
}
