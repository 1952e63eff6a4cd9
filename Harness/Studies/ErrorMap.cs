using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.Studies;

/// <summary>
/// The relative errors of a recovered W against the truth, as log₁₀ of each, over the layers of a model one beside the other (Yang et al.
/// 2025, Fig. 2): how many there are in each decade, and their means in cells that a figure can show.
/// </summary>
public sealed class ErrorMap
{
    /// <summary>What an exact entry counts as: below float32's own rounding, 6·10⁻⁸, there is nothing else.</summary>
    public const int Floor = -8;

    /// <summary>What any greater error counts as, one that is infinite included.</summary>
    public const int Ceiling = 2;

    /// <summary>An entry is recovered where its relative error is less (Yang et al. 2025, §4.3).</summary>
    private const double Threshold = 0.01;

    private readonly int _outputs;
    private readonly int _hidden;
    private readonly int _cellsOfLayer;
    private readonly double[,] _cells;
    private readonly long[] _decades = new long[Ceiling - Floor];

    /// <summary>An empty map.</summary>
    /// <param name="layers">How many layers are side by side.</param>
    /// <param name="outputs">D, the rows.</param>
    /// <param name="hidden">h, the columns of each.</param>
    /// <param name="mostAcross">At most so many cells are side by side, but one for each layer at least.</param>
    /// <param name="mostDown">At most so many are one above the other.</param>
    public ErrorMap(int layers, int outputs, int hidden, int mostAcross, int mostDown)
    {
        (_outputs, _hidden) = (outputs, hidden);
        CellWidth = CeilingOf(hidden, Math.Max(1, mostAcross / layers));
        CellHeight = CeilingOf(outputs, mostDown);
        _cellsOfLayer = CeilingOf(hidden, CellWidth);
        _cells = new double[CeilingOf(outputs, CellHeight), layers * _cellsOfLayer];
    }

    /// <summary>The columns of W that a cell stands for; the last of a layer may have fewer.</summary>
    public int CellWidth { get; }

    /// <summary>The rows of W that it stands for; the last may have fewer.</summary>
    public int CellHeight { get; }

    /// <summary>
    /// The mean of log₁₀ in each cell. Where columns of it are lost, it is theirs alone, so that each is seen: as wide as a cell, and
    /// so <see cref="CellWidth"/> times as wide as it is. <c>[cells down, cells across]</c>
    /// </summary>
    public double[,] Cells => _cells;

    /// <summary>Entries that are not exact, by the decade of their error: from 10^(<see cref="Floor"/> + i), or from 0 where i = 0, to before the next, or without end.</summary>
    public IReadOnlyList<long> Decades => _decades;

    /// <summary>Entries that are exact.</summary>
    public long Exact { get; private set; }

    /// <summary>All entries.</summary>
    public long Entries { get; private set; }

    /// <summary>All columns.</summary>
    public long Columns { get; private set; }

    /// <summary>Columns most of whose entries are off by 1 % and more.</summary>
    public long ColumnsLost { get; private set; }

    /// <summary>Cells side by side in which a column is lost.</summary>
    public long CellsWithLoss { get; private set; }

    /// <summary>Adds a layer.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="truth">Its weights.</param>
    /// <param name="w">The recovered W in float32, row by row. <c>[D, h]</c></param>
    /// <param name="threads">How many threads share the rows; the map does not depend on it.</param>
    public unsafe void Add(int number, LayerWeights truth, nint w, int threads)
    {
        int down = _cells.GetLength(0);
        float[][] sums = [.. Enumerable.Range(0, down).Select(_ => new float[_hidden])]; // over the rows of each row of cells
        int[] missed = new int[_hidden];
        Lock gate = new();
        Parallel.For(0, down, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            double[] expected = new double[_hidden];
            int[] missedHere = new int[_hidden];
            long[] decades = new long[_decades.Length];
            long exact = 0;
            for (int i = part * CellHeight; i < Math.Min((part + 1) * CellHeight, _outputs); i++)
            {
                truth.Storage.Read(new ReadOnlySpan<byte>(truth.Row(i), _hidden * truth.Storage.Size), expected);
                exact += AddRow(new ReadOnlySpan<float>((float*)w + ((long)i * _hidden), _hidden), expected, sums[part], missedHere, decades);
            }

            lock (gate)
            {
                Exact += exact;
                Merge(_decades, decades);
                Merge(missed, missedHere);
            }
        });
        Entries += (long)_outputs * _hidden;
        Columns += _hidden;
        bool[] lost = [.. missed.Select(count => count > _outputs / 2)];
        ColumnsLost += lost.Count(isLost => isLost);
        for (int across = 0; across < _cellsOfLayer; across++)
        {
            (int first, int end) = (across * CellWidth, Math.Min((across + 1) * CellWidth, _hidden));
            bool any = lost.AsSpan()[first..end].Contains(true);
            CellsWithLoss += any ? 1 : 0;
            for (int part = 0; part < down; part++)
            {
                (double sum, int count) = (0, 0);
                for (int j = first; j < end; j++)
                {
                    if (lost[j] || !any)
                    {
                        sum += sums[part][j];
                        count++;
                    }
                }

                int rows = Math.Min((part + 1) * CellHeight, _outputs) - (part * CellHeight);
                _cells[part, (number * _cellsOfLayer) + across] = sum / ((double)count * rows);
            }
        }
    }

    /// <summary>log₁₀ of the relative error of an entry, between <see cref="Floor"/> and <see cref="Ceiling"/>.</summary>
    public static double Log(double value, double truth)
    {
        double error = Math.Abs(value - truth) / Math.Abs(truth);
        return value == truth ? Floor : double.IsNaN(error) ? Ceiling : Math.Clamp(Math.Log10(error), Floor, Ceiling);
    }

    /// <summary>Adds a row's errors to their columns'; returns how many are exact.</summary>
    private static long AddRow(ReadOnlySpan<float> row, ReadOnlySpan<double> truth, Span<float> sums, Span<int> missed, Span<long> decades)
    {
        long exact = 0;
        for (int j = 0; j < row.Length; j++)
        {
            double log = Log(row[j], truth[j]);
            sums[j] += (float)log;
            if (row[j] == truth[j])
            {
                exact++;
                continue;
            }

            decades[Math.Clamp((int)Math.Floor(log) - Floor, 0, decades.Length - 1)]++;
            missed[j] += Math.Abs(row[j] - truth[j]) < Threshold * Math.Abs(truth[j]) ? 0 : 1;
        }

        return exact;
    }

    private static void Merge<T>(Span<T> total, ReadOnlySpan<T> part)
        where T : System.Numerics.IAdditionOperators<T, T, T>
    {
        for (int i = 0; i < total.Length; i++)
        {
            total[i] += part[i];
        }
    }

    private static int CeilingOf(int whole, int part) => (whole + part - 1) / part;
}
