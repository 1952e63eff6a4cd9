using System.Text.Json.Nodes;
using Expecto;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>convergence: the error of the series, and Correctness over N and the spread of z.</summary>
internal static class ConvergenceFigureTests
{
    private const int Side = 64;

    public static Test All => Suite.Group(
        "convergence",
        Suite.Test("the errors are those of the derivatives' sums, and rise or fall an order by log(|z − z₀|/radius)", () =>
        {
            JsonArray all = Figures.Reproduce("convergence", "--trials", "1")["series"]!.AsArray();
            Assert.Equal(60, all.Count, "series");
            double[] derivatives = new double[41];
            foreach (JsonNode? one in all)
            {
                Activation activation = Activation.Find((string)one!["activation"]!)!;
                (double x0, double distance, double[] errors) = ((double)one["x0"]!, (double)one["distance"]!, Figures.Numbers(one["errors"]));
                string name = $"{activation} at {x0}, {distance} away";
                Assert.Equal(41, errors.Length, $"orders of {name}");
                activation.Derivatives(x0, derivatives);
                foreach (int order in new[] { 0, 8, 23, 40 })
                {
                    double off = new[] { -distance, distance }.Max(step => Math.Abs(Sum(derivatives, step, order) - At(activation, x0 + step)));
                    Assert.Near(off, errors[order], (1e-9 * off) + 1e-9, $"N = {order} of {name}");
                }

                double radius = one["radius"] is { } number ? (double)number : double.PositiveInfinity;
                Assert.Equal(distance < radius, (bool)one["converges"]!, name);
                if (double.IsFinite(radius) && distance >= 2)
                {
                    double rise = Math.Log(errors[32..].Max() / errors[12..20].Max()) / 20;
                    Assert.Near(Math.Log(distance / radius), rise, 0.15, $"rise an order of {name}");
                }
            }

            double[] Of(string activation, double distance) =>
                Figures.Numbers(all.Single(one => (string)one!["activation"]! == activation && (double)one["x0"]! == 0 && (double)one["distance"]! == distance)!["errors"]);
            double[] gelu = Of("gelu", 4);
            Assert.True(Array.IndexOf(gelu, gelu.Max()) is >= 12 and <= 16 && gelu[40] < 0.1, "GELU at 0, 4 away, worsens until N is about 16, and then converges");
            Assert.True(Of("silu", 4)[40] > 1_000 * Of("silu", 4)[8], "SiLU at 0, 4 away, diverges");
            Assert.True(Of("gelu-tanh", 4)[40] > 1_000 * Of("gelu-tanh", 4)[8] && Of("gelu-tanh", 2)[40] < 1e-6, "tanh-GELU at 0 diverges 4 away, and converges 2 away");
        }),
        Suite.Test("Correctness is won as often as plain loops win it, on any number of threads", () =>
        {
            const int Trials = 30;
            JsonArray games = Figures.Reproduce("convergence", "--trials", $"{Trials}", "--threads", "2")["correctness"]!.AsArray();
            Assert.Equal(3 * 8 * 4, games.Count, "games");
            JsonArray onOne = Figures.Reproduce("convergence", "--trials", $"{Trials}", "--threads", "1")["correctness"]!.AsArray();
            Assert.Equal(games.ToJsonString(), onOne.ToJsonString(), "on one thread");
            JsonArray ofAnother = Figures.Reproduce("convergence", "--trials", $"{Trials}", "--seed", "2")["correctness"]!.AsArray();
            Assert.True(games.ToJsonString() != ofAnother.ToJsonString(), "another seed, other wins");
            foreach (JsonNode? game in games)
            {
                (int order, double deviation, double wins) = ((int)game!["order"]!, (double)game["deviation"]!, (double)game["wins"]!);
                double[] interval = Figures.Numbers(game["interval"]);
                Assert.True(interval[0] <= wins / Trials && wins / Trials <= interval[1] && wins / Trials == (double)game["probability"]!, "the interval");
                Assert.True(order != 40 || deviation != 0.5 || wins == Trials, $"N = 40, deviation 0.5: {wins}");
                Assert.True(order != 8 || deviation < 2 || wins == 0, $"N = 8, deviation {deviation}: {wins}");
            }

            foreach ((Activation activation, int order, double deviation) in new[] { (Activation.Silu, 8, 1.0), (Activation.Gelu, 16, 1), (Activation.GeluTanh, 24, 1), (Activation.Silu, 4, 0.5) })
            {
                TaylorMlpScheme scheme = new(new() { Source = SpreadMlps.Of(deviation, 1), Activation = activation, Order = order });
                long wins = SampledEvaluator.Evaluate(Game.Correctness(scheme), new() { Trials = Trials, Seed = 1 }).Wins!.Value;
                JsonNode game = games.Single(game => (string)game!["activation"]! == activation.Name && (int)game["order"]! == order && (double)game["deviation"]! == deviation)!;
                Assert.Equal(wins, (long)game["wins"]!, $"{activation}, N = {order}, deviation {deviation}: wins of the same game");
                Assert.True(wins is > 0 and < Trials, $"{activation}, N = {order}, deviation {deviation}: {wins} wins tell no order from another");
            }

            foreach ((string name, int order) in new[] { ("silu", 8), ("gelu", 16), ("gelu-tanh", 40) })
            {
                double played = games.Where(game => (string)game!["activation"]! == name && (int)game["order"]! == order && (double)game["deviation"]! == 1).Sum(game => (double)game!["wins"]!) / Trials;
                // two samples of 30 and 300 trials, three deviations of their difference: p(1 − p) is 1/4 at most
                Assert.Near(Plainly(Activation.Find(name)!, order, 300), played, 0.3, $"{name}, N = {order}, deviation 1");
            }
        }),
        Suite.Test("wrong use is one line and exit code 2", () =>
        {
            foreach ((string options, string says) in new[]
            {
                ("--trials 0", "--trials 0: must be a whole number from 1"),
                ("--order 8", "--order is not convergence's: leave it out, for convergence takes -o, --trials, --level, --threads, --seed, --json"),
                ("--level 2", "--level 2: must be above 0"),
            })
            {
                CommandLine.Outcome outcome = CommandLine.Run(["reproduce", "convergence", .. options.Split(' ')]);
                Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
                Assert.Contains(says, outcome.Error, "the line");
                Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
            }
        }));

    private static double At(Activation activation, double x)
    {
        double[] value = new double[1];
        activation.Derivatives(x, value);
        return value[0];
    }

    /// <summary>Σ_{n≤N} Act⁽ⁿ⁾·stepⁿ/n!, the factors one by one.</summary>
    private static double Sum(double[] derivatives, double step, int order)
    {
        (double sum, double factor) = (0, 1);
        for (int n = 0; n <= order; n++)
        {
            sum += derivatives[n] * factor;
            factor *= step / (n + 1);
        }

        return sum;
    }

    /// <summary>How often W·(series of z) is within 0.05·|W·Act(z)| of W·Act(z), for z and W standard normal and z₀ the midrange of 64 other z.</summary>
    private static double Plainly(Activation activation, int order, int trials)
    {
        int wins = 0;
        double[] w = new double[Side * Side];
        double[] z = new double[Side];
        double[] calibration = new double[Side * 64];
        NormalCoins.Fill(7, 0, 1, calibration);
        double[][] derivatives = [.. Enumerable.Range(0, Side).Select(_ => new double[order + 1])];
        double[] z0 = new double[Side];
        for (int j = 0; j < Side; j++)
        {
            double[] column = calibration[(j * 64)..((j + 1) * 64)];
            z0[j] = (column.Min() + column.Max()) / 2;
            activation.Derivatives(z0[j], derivatives[j]);
        }

        for (ulong trial = 0; trial < (ulong)trials; trial++)
        {
            NormalCoins.Fill(8, trial * Side * Side, 1, w);
            NormalCoins.Fill(9, trial * Side, 1, z);
            double[] truth = [.. z.Select(value => At(activation, value))];
            double[] off = [.. z.Select((value, j) => Sum(derivatives[j], value - z0[j], order) - truth[j])];
            wins += Norm(w, off) <= 0.05 * Norm(w, truth) ? 1 : 0;
        }

        return (double)wins / trials;
    }

    private static double Norm(double[] w, double[] hidden) =>
        Math.Sqrt(Enumerable.Range(0, Side).Sum(i => Math.Pow(hidden.Select((value, j) => w[(i * Side) + j] * value).Sum(), 2)));
}
