using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>fig3, fig4, fig6 and fig7: what they show is what closed forms and the reference table say.</summary>
internal static class DerivativeFigureTests
{
    /// <summary>The zeros of GELU's derivatives, which from the second on are the normal density times a polynomial, but for the first's.</summary>
    private static readonly double[][] _zerosOfGelu =
    [
        [-Math.Sqrt(2), Math.Sqrt(2)],
        [-2, 0, 2],
        [-Math.Sqrt((7 + Math.Sqrt(33)) / 2), -Math.Sqrt((7 - Math.Sqrt(33)) / 2), Math.Sqrt((7 - Math.Sqrt(33)) / 2), Math.Sqrt((7 + Math.Sqrt(33)) / 2)],
        [-3, -Math.Sqrt(2), 0, Math.Sqrt(2), 3],
    ];

    public static Test All => Suite.Group(
        "figures of derivatives",
        Suite.Test("fig6 and fig7 are the derivatives of the reference table, order by order", () =>
        {
            foreach ((string item, Activation activation) in new[] { ("fig6", Activation.Gelu), ("fig7", Activation.Silu) })
            {
                JsonNode json = Figures.Reproduce(item);
                double[] x = Figures.Numbers(json["x"]);
                ILookup<double, ReferenceDerivative> table = ReferenceDerivative.Table.Where(line => line.Activation == activation).ToLookup(line => line.X);
                JsonArray panels = json["panels"]!.AsArray();
                Assert.Equal("(a) 0 (b) 1 (c) 2 (d) 3 (e) 4 (f) 5", string.Join(' ', panels.Select(panel => $"{panel!["panel"]} {panel["order"]}")), $"panels of {item}");
                int compared = 0;
                foreach ((int i, double at) in x.Index())
                {
                    foreach (ReferenceDerivative line in table[Math.Round(at, 9)].Where(line => line.Order <= 5))
                    {
                        double value = Figures.Numbers(panels[line.Order]!["y"])[i];
                        Assert.Near(line.Value, value, 1e-9, $"{item}, order {line.Order} at {at}");
                        compared++;
                    }
                }

                Assert.True(compared >= 6 * 21, $"{compared} values compared of {item}");
            }
        }),
        Suite.Test("fig4 has its poles at the zeros of polynomials, none of them common, and is their quotient", () =>
        {
            JsonArray panels = Figures.Reproduce("fig4")["panels"]!.AsArray();
            Assert.Equal(25, panels.Count, "panels");
            foreach (JsonNode? panel in panels)
            {
                (int a, int b) = ((int)panel!["a"]!, (int)panel["b"]!);
                double[] poles = Figures.Numbers(panel["poles"]);
                if (a == b)
                {
                    Assert.Equal((0, 1.0, 1.0), (poles.Length, Figures.Numbers(panel["atEnds"])[0], Figures.Numbers(panel["atEnds"])[1]), $"the diagonal at {a}");
                }
                else if (Math.Min(a, b) >= 2)
                {
                    double[] expected = [.. _zerosOfGelu[b - 2].Where(zero => !_zerosOfGelu[a - 2].Contains(zero))];
                    Assert.Equal(expected.Length, poles.Length, $"poles of {a}/{b}");
                    Assert.True(expected.Zip(poles).All(pair => Math.Abs(pair.First - pair.Second) < 1e-12), $"poles of {a}/{b}: {string.Join(' ', poles)}");
                    Assert.Equal(_zerosOfGelu[b - 2].Length - expected.Length, panel["commonZeros"]!.AsArray().Count, $"common zeros of {a}/{b}");
                    double quotient = Polynomial(a) / Polynomial(b);
                    Assert.Near(quotient, Figures.Numbers(panel["atEnds"])[1], 1e-9 * Math.Abs(quotient), $"{a}/{b} at 10");
                }
            }

            // GELU⁽ⁿ⁾(10) over the density, up to a common sign
            static double Polynomial(int n) => n switch { 2 => 2 - 100, 3 => -10 * (4 - 100), 4 => -10_000 + 700 - 4, _ => 10 * (100 - 2) * (100 - 9) };
        }),
        Suite.Test("fig3 finds a zero wherever the reference table changes sign, and the derivative changes sign there", () =>
        {
            JsonArray zeros = Figures.Reproduce("fig3")["zeros"]!.AsArray();
            for (int n = 1; n <= 5; n++)
            {
                ReferenceDerivative[] lines = [.. ReferenceDerivative.Table.Where(line => line.Activation == Activation.Silu && line.Order == n && Math.Abs(line.X) <= 10 && Math.Abs(line.Value) > 1e-9 * line.Scale).OrderBy(line => line.X)];
                double[] found = Figures.Numbers(zeros[n - 1]!["zeros"]);
                foreach ((ReferenceDerivative low, ReferenceDerivative high) in lines.Zip(lines.Skip(1)))
                {
                    bool changes = low.Value * high.Value < 0;
                    int between = found.Count(zero => low.X < zero && zero < high.X);
                    Assert.Equal(changes ? 1 : 0, between, $"zeros of order {n} between {low.X} and {high.X}");
                }

                Assert.Equal(n, found.Length, $"zeros of order {n}");
            }
        }),
        Suite.Group("wrong use is one line and exit code 2, and leaves no file",
        [
            .. from row in new[]
            {
                ("an option of another item", "fig6 -o OUT --models opt-125m", "--models is not fig6's: leave it out, for fig6 takes -o, --seed, --json"),
                ("threads where none are shared", "fig3 -o OUT --threads 2", "--threads is not fig3's"),
                ("a figure's option with a table", "table1 -o OUT", "-o is not table1's: leave it out, for table1 takes --models"),
                ("a folder that is a file", "fig4 -o OUT/file", "-o OUT/file: cannot be made"),
                ("a folder within a file", "fig7 -o OUT/file/more", "-o OUT/file/more: cannot be made"),
                ("JSON in the figure's place", "fig6 -o OUT --json OUT/fig6.svg", "which -o writes; name another file"),
                ("a wrong seed", "fig6 -o OUT --seed x", "--seed x: must be a whole number"),
            }
              select Suite.Test(row.Item1, () =>
              {
                  using TemporaryFolder folder = new();
                  File.WriteAllText(folder.File("file"), "old");
                  CommandLine.Outcome outcome = CommandLine.Run(["reproduce", .. row.Item2.Replace("OUT", folder.Path, StringComparison.Ordinal).Split(' ')]);
                  Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
                  Assert.Contains(row.Item3.Replace("OUT", folder.Path, StringComparison.Ordinal), outcome.Error, "the line");
                  Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
                  Assert.Equal("file", folder.Names(), "files");
              }),
        ]));
}
