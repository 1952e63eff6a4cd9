using System.Globalization;

namespace Wager.Schemes.TaylorMlp;

/// <summary>A file of numbers as a dataset.</summary>
public static class CsvData
{
    /// <summary>
    /// Reads comma-separated numbers, a row a line, the last column the target. A cell may stand in double quotes. A first line with
    /// a letter and without any number is a header; blank lines are passed over.
    /// </summary>
    /// <exception cref="FormatException">The content is no such table; the message names file, line and what would be right.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DataSet Read(string path)
    {
        List<double[]> rows = [];
        int lineNumber = 0;
        int columns = 0;
        foreach (string line in File.ReadLines(path))
        {
            lineNumber++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            List<string> cells = Cells(line);
            bool isHeader = columns == 0 && !cells.Any(IsNumber) && line.Any(char.IsLetter);
            columns = columns == 0 ? cells.Count : columns;
            if (isHeader)
            {
                continue;
            }

            if (cells.Count != columns)
            {
                throw new FormatException(
                    $"{path}, line {lineNumber}: {Count(cells.Count, "column")} where the first line has {columns}; every line needs as many");
            }

            if (cells.Count < 2)
            {
                throw new FormatException(
                    $"{path}, line {lineNumber}: one column; a row needs at least one input and, last, the target, with commas between them");
            }

            double[] row = new double[cells.Count];
            for (int i = 0; i < cells.Count; i++)
            {
                row[i] = Number(cells[i], $"{path}, line {lineNumber}, column {i + 1}");
            }

            rows.Add(row);
        }

        return rows.Count < 2
            ? throw new FormatException($"{path}: {(rows.Count == 0 ? "no row" : "one row")} of numbers; training needs at least two")
            : Table(path, rows);
    }

    private static DataSet Table(string path, List<double[]> rows)
    {
        int columns = rows[0].Length - 1;
        double[,] inputs = new double[rows.Count, columns];
        double[,] targets = new double[rows.Count, 1];
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                inputs[i, j] = rows[i][j];
            }

            targets[i, 0] = rows[i][columns];
        }

        return new($"{Path.GetFileName(path)}: {rows.Count} rows, {Count(columns, "input")}, 1 target", inputs, targets);
    }

    private static double Number(string cell, string where) =>
        cell.Length == 0 ? throw new FormatException($"{where}: the cell is empty; it needs a number")
        : !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? throw new FormatException($"{where}: '{Shortened(cell)}' is not a number")
        : !double.IsFinite(number) ? throw new FormatException($"{where}: '{Shortened(cell)}' is not a finite number")
        : number;

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Count(int number, string of) => number == 1 ? $"1 {of}" : $"{number} {of}s";

    /// <summary>Cuts a line at the commas outside double quotes.</summary>
    private static List<string> Cells(string line)
    {
        List<string> cells = [];
        bool quoted = false;
        int start = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == ',' && !quoted))
            {
                string cell = line[start..i].Trim();
                cells.Add(cell is ['"', .., '"'] ? cell[1..^1].Trim() : cell);
                start = i + 1;
            }
            else
            {
                quoted ^= line[i] == '"';
            }
        }

        return cells;
    }

    private static string Shortened(string cell) => cell.Length <= 40 ? cell : $"{cell[..40]}…";
}
