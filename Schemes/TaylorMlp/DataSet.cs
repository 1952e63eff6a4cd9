using System.Collections.Concurrent;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// The dataset D that a scheme trains on: rows of inputs scaled to [−1, 1] column by column, and targets scaled to mean 0 and
/// variance 1 (a column that does not vary is 0).
/// </summary>
public sealed class DataSet
{
    private readonly double[] _inputs;
    private readonly double[] _targets;
    private readonly ConcurrentDictionary<string, (Tensor Inputs, Tensor Targets)> _on = new();

    /// <summary>A dataset of given numbers, which it scales.</summary>
    /// <param name="description">In words, for reports.</param>
    /// <param name="inputs">Finite numbers. <c>[n, d]</c>, n ≥ 2, d ≥ 1</param>
    /// <param name="targets">Finite numbers. <c>[n, D]</c>, D ≥ 1</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public DataSet(string description, double[,] inputs, double[,] targets)
    {
        if (inputs.GetLength(0) < 2 || inputs.GetLength(0) != targets.GetLength(0) || inputs.GetLength(1) < 1 || targets.GetLength(1) < 1)
        {
            throw new ArgumentException("a dataset needs at least two rows, an input and a target, and as many inputs as targets");
        }

        Description = description;
        RowCount = inputs.GetLength(0);
        InputCount = inputs.GetLength(1);
        OutputCount = targets.GetLength(1);
        _inputs = Scaled(inputs, ToRange);
        _targets = Scaled(targets, ToUnitVariance);
    }

    /// <summary>The dataset in words.</summary>
    public string Description { get; }

    /// <summary>n.</summary>
    public int RowCount { get; }

    /// <summary>d.</summary>
    public int InputCount { get; }

    /// <summary>D.</summary>
    public int OutputCount { get; }

    /// <summary>
    /// The built-in task: 256 inputs uniform on [−1, 1]⁸, and 4 targets sin(a·x) + (b·x)²/4 with a and b uniform on [−1, 1]⁸, all by
    /// counting coins from key 1. It is the same on every machine.
    /// </summary>
    public static DataSet Generated { get; } = Generate(8, 4);

    /// <summary>The scaled rows as tensors. <c>[n, d]</c> and <c>[n, D]</c>, float64</summary>
    public (Tensor Inputs, Tensor Targets) On(Device device) => _on.GetOrAdd(device.ToString(), _ => (
        TensorMath.Of(_inputs, device, RowCount, InputCount).DetachFromDisposeScope(),
        TensorMath.Of(_targets, device, RowCount, OutputCount).DetachFromDisposeScope()));

    /// <summary>The built-in task with another number of inputs or targets.</summary>
    /// <param name="inputCount">d, at least 1.</param>
    /// <param name="targetCount">D, at least 1.</param>
    public static DataSet Generate(int inputCount, int targetCount)
    {
        const int Rows = 256;
        ulong next = 0;
        double Entry() => (2 * Coins.Unit(1, next++)) - 1;
        double[,] directions = new double[2 * targetCount, inputCount];
        double[,] inputs = new double[Rows, inputCount];
        double[,] targets = new double[Rows, targetCount];
        Fill(directions, Entry);
        Fill(inputs, Entry);
        for (int row = 0; row < Rows; row++)
        {
            for (int k = 0; k < targetCount; k++)
            {
                double a = 0;
                double b = 0;
                for (int i = 0; i < inputCount; i++)
                {
                    a += directions[2 * k, i] * inputs[row, i];
                    b += directions[(2 * k) + 1, i] * inputs[row, i];
                }

                targets[row, k] = Math.Sin(a) + (b * b / 4);
            }
        }

        return new($"generated: {Rows} rows, {inputCount} inputs, {targetCount} targets", inputs, targets);
    }

    private static void Fill(double[,] matrix, Func<double> entry)
    {
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                matrix[i, j] = entry();
            }
        }
    }

    private static double[] Scaled(double[,] matrix, Action<double[]> scale)
    {
        int columns = matrix.GetLength(1);
        double[] flat = new double[matrix.Length];
        double[] column = new double[matrix.GetLength(0)];
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < column.Length; i++)
            {
                column[i] = matrix[i, j];
            }

            scale(column);
            for (int i = 0; i < column.Length; i++)
            {
                flat[(i * columns) + j] = column[i];
            }
        }

        return flat;
    }

    // Halves are taken before differences, so that the largest finite numbers do not overflow.
    private static void ToRange(double[] column)
    {
        double middle = (column.Max() / 2) + (column.Min() / 2);
        double half = (column.Max() / 2) - (column.Min() / 2);
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = half > 0 ? Math.Clamp((column[i] - middle) / half, -1, 1) : 0;
        }
    }

    private static void ToUnitVariance(double[] column)
    {
        ToRange(column);
        double mean = column.Average();
        double deviation = Math.Sqrt(column.Average(value => (value - mean) * (value - mean)));
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = deviation > 0 ? (column[i] - mean) / deviation : 0;
        }
    }
}
