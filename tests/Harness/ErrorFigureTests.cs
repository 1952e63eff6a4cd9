using System.Text.Json.Nodes;
using Expecto;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>fig2: the errors of recovered weights, counted and in cells.</summary>
internal static class ErrorFigureTests
{
    public static Test All => Suite.Group(
        "heat map of errors",
        Suite.Test("an error is a power of ten between the floor of an exact entry and the ceiling", () =>
        {
            foreach ((double value, double truth, double log) in new[]
            {
                (1.0, 1.0, -8.0), (0, 0, -8), (1.01, 1, -2), (-1, 1, Math.Log10(2)), (0, 3, 0), (1 + 1e-12, 1, -8), (1e9, 1, 2), (1, 0, 2), (double.NaN, 1, 2), (double.NegativeInfinity, 1, 2),
            })
            {
                Assert.Near(log, ErrorMap.Log(value, truth), 1e-12, $"{value} for {truth}");
            }
        }),
        Suite.Test("cells, decades and lost columns are those of a plain loop, whatever the sizes and threads", () =>
        {
            foreach ((int outputs, int hidden, int across, int down) in new[] { (40, 70, 20, 7), (33, 64, 1000, 1000), (5, 9, 1, 1) })
            {
                ErrorMap map = new(2, outputs, hidden, across, down);
                ErrorMap onOne = new(2, outputs, hidden, across, down);
                long[] counts = new long[map.Decades.Count + 1];
                long lostOfAll = 0;
                for (int number = 0; number < 2; number++)
                {
                    using SyntheticLayer made = new(outputs, hidden, Activation.Gelu, StorageType.BF16, 1, seed: (ulong)number + 1);
                    // column 3 wholly off by a third, one entry of column 5 too, and some exact
                    float[] recovered = [.. Enumerable.Range(0, outputs * hidden).Select(at => Recovered(made, at / hidden, at % hidden))];
                    Add(map, number, made, recovered, threads: 3);
                    Add(onOne, number, made, recovered, threads: 1);
                    double[,] log = new double[outputs, hidden];
                    for (int i = 0; i < outputs; i++)
                    {
                        for (int j = 0; j < hidden; j++)
                        {
                            (double value, double truth) = (recovered[(i * hidden) + j], made.Weights.Entry(i, j));
                            log[i, j] = value == truth ? -8 : Math.Max(-8, Math.Log10(Math.Abs((value - truth) / truth)));
                            counts[value == truth ? ^1 : Math.Max(0, (int)Math.Floor(log[i, j]) + 8)]++;
                        }
                    }

                    int cellsOfLayer = map.Cells.GetLength(1) / 2;
                    for (int cell = 0; cell < cellsOfLayer; cell++)
                    {
                        int[] columns = [.. Enumerable.Range(cell * map.CellWidth, map.CellWidth).Where(j => j < hidden)];
                        int[] shown = columns.Contains(3) ? [3] : columns;
                        lostOfAll += columns.Contains(3) ? 1 : 0;
                        for (int part = 0; part < map.Cells.GetLength(0); part++)
                        {
                            double mean = Enumerable.Range(part * map.CellHeight, map.CellHeight).Where(i => i < outputs).SelectMany(i => shown.Select(j => log[i, j])).Average();
                            Assert.Near(mean, map.Cells[part, (number * cellsOfLayer) + cell], 1e-4, $"cell {part}, {cell} of layer {number}");
                        }
                    }
                }

                Assert.Equal(string.Join(' ', counts), string.Join(' ', [.. map.Decades, map.Exact]), "decades, exact");
                Assert.Equal((2L * outputs * hidden, 2L * hidden, 2L, 2L), (map.Entries, map.Columns, map.ColumnsLost, map.CellsWithLoss), "entries, columns, lost, cells with a loss");
                Assert.Equal(2L, lostOfAll, "cells with a loss, by the loop");
                Assert.True(map.Cells.Cast<double>().SequenceEqual(onOne.Cells.Cast<double>()), "on one thread");
            }
        }),
        Suite.Test("reproduce fig2 counts every entry of both attacks, and as many near ones as the score of a layer does", () =>
        {
            JsonNode json = Figures.Reproduce("fig2", "--models", "opt-125m", "--layers", "1");
            JsonArray attacks = json["attacks"]!.AsArray();
            Assert.Equal("pairwise/joint, all", string.Join('/', attacks.Select(attack => (string)attack!["attack"]!)), "attacks");
            const long Entries = 768L * 3072;
            foreach (JsonNode? attack in attacks)
            {
                long[] decades = [.. attack!["decades"]!.AsArray().Select(decade => (long)decade!["entries"]!)];
                Assert.Equal(Entries, decades.Sum() + (long)attack["exact"]!, "entries");
                long near = decades[..6].Sum() + (long)attack["exact"]!; // below 10⁻²
                Assert.True((string)attack["attack"]! == "pairwise" ? near is > Entries * 9 / 10 and < Entries : near == Entries, $"{near} within 1 %");
            }

            Assert.True((long)attacks[0]!["columnsLost"]! > 0 && (long)attacks[1]!["columnsLost"]! == 0, "columns lost, pairwise and joint");
            JsonArray rows = JsonNode.Parse(CommandLine.Run("reproduce", "table1", "--models", "opt-125m", "--layers", "1", "--json", "-").Output)!.AsArray();
            long lost = rows[0]!["columnsLost"]!.AsObject().Sum(pair => (long)pair.Value!);
            Assert.Equal(lost, (long)attacks[0]!["columnsLost"]!, "columns lost by the pairwise attack, as table1 counts them");
        }),
        Suite.Test("more than one model, or an unknown one, is refused in one line", () =>
        {
            foreach ((string models, string says) in new[] { ("opt-125m,opt-1.3b", "fig2 shows one model; name one shape, such as opt-1.3b"), ("opt-1.3", "unknown shape 'opt-1.3'"), (",", "fig2 shows one model") })
            {
                using TemporaryFolder folder = new();
                CommandLine.Outcome outcome = CommandLine.Run("reproduce", "fig2", "--models", models, "-o", folder.File("figures"));
                Assert.Equal((2, ""), (outcome.Code, folder.Names()), $"exit code and files of {models}");
                Assert.Contains(says, outcome.Error, "the line");
                Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
            }
        }));

    private static float Recovered(SyntheticLayer made, int i, int j)
    {
        double truth = made.Weights.Entry(i, j);
        return (float)(j == 3 || (j == 5 && i == 1) ? truth * 4 / 3 : (i + j) % 4 == 0 ? truth : truth * (1 + (1e-5 * (i + 1))));
    }

    private static unsafe void Add(ErrorMap map, int number, SyntheticLayer made, float[] recovered, int threads)
    {
        fixed (float* w = recovered)
        {
            map.Add(number, made.Weights, (nint)w, threads);
        }
    }
}
