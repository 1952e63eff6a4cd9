using System.Diagnostics;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using Wager.Games;
using Wager.Schemes;

namespace Wager.Testing.Evaluation;

/// <summary>What the best of all adversaries has against Gaussian noise, by closed forms.</summary>
public sealed class GaussianOptimum : OptimalAdversary
{
    private readonly GaussianNoise _scheme;

    private GaussianOptimum(GaussianNoise scheme, Game game)
        : base(game) => _scheme = scheme;

    /// <summary>The most queries of W-IND: its terms grow with their square.</summary>
    public const int MostQueries = 2000;

    /// <summary>What rounding may have cost, and more.</summary>
    private const double Margin = 1e-9;

    /// <summary>In WRec with q releases.</summary>
    public static GaussianOptimum WRec(GaussianNoise scheme, int queries = 1) =>
        new(scheme, Game.WRec(scheme, new OnlookingRecoverer<PlaneVector, PlaneVector, NoKey>(scheme.AllWeights[0]), queries));

    /// <summary>In W-IND with q challenges.</summary>
    public static GaussianOptimum WInd(GaussianNoise scheme, Line4 line4 = Line4.Resample, int queries = 1) =>
        new(scheme, Game.WInd(scheme, new OnlookingDistinguisher<PlaneVector, PlaneVector, NoKey>(), line4, queries));

    /// <inheritdoc/>
    public override Optimum Evaluate(int? reads = null, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        if (reads is not null)
        {
            throw new UsageException($"--reads {reads}: a release of the scheme {_scheme.Name} is read as a whole, it has no cells (Cells); leave it out");
        }

        double advantage = Game.Notion == Notion.WRec ? Recovering(_scheme.Deviation, Game.Queries)
            : Game.Queries <= MostQueries ? Distinguishing(_scheme.Deviation, Game.Queries)
            : throw new UsageException($"--queries {Game.Queries}: the closed form of W-IND is summed for at most {MostQueries}");
        Quantity About(double value) => new(value, new(Math.Max(0, value - Margin), Math.Min(1, value + Margin)));
        return new(new Result
        {
            Game = Game,
            IsOptimal = true,
            Probability = About(Game.Notion.Kind == Kind.Decision ? (1 + advantage) / 2 : advantage),
            Advantage = About(advantage),
            Level = 1,
            Limits = Limits.None,
            Faults = new Dictionary<Fault, double>(),
            Cost = new Dictionary<Procedure, Cost>(),
            Unit = CostUnit.Operations,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
        });
    }

    /// <summary>
    /// W-IND with q challenges, each of fresh W₀ and W₁: given them, the sum of the log likelihood ratios is N(±S/2, S) with
    /// S = Σ ‖W₀ − W₁‖² / σ² over the challenges, and the advantage 2Φ(√S / 2) − 1; that is averaged over the distances of q pairs, which
    /// are 1, 2 or √5 alike. Both readings of line 4 have this law.
    /// </summary>
    /// <param name="deviation">σ.</param>
    /// <param name="queries">q, at least 1.</param>
    public static double Distinguishing(double deviation, int queries)
    {
        double[] squares = SquaredDistances;
        double sum = 0;
        double all = SpecialFunctions.FactorialLn(queries) - (queries * Math.Log(squares.Length));
        for (int i = 0; i <= queries; i++)
        {
            for (int j = 0; i + j <= queries; j++)
            {
                int k = queries - i - j;
                double weight = Math.Exp(all - SpecialFunctions.FactorialLn(i) - SpecialFunctions.FactorialLn(j) - SpecialFunctions.FactorialLn(k));
                sum += weight * Between(Math.Sqrt((i * squares[0]) + (j * squares[1]) + (k * squares[2])), deviation);
            }
        }

        return sum;
    }

    /// <summary>
    /// The other reading of q: W₀ and W₁ are given once, and with them q releases of the one. 2Φ(√q·‖W₀ − W₁‖ / 2σ) − 1, averaged over pairs.
    /// </summary>
    /// <param name="deviation">σ.</param>
    /// <param name="releases">q, at least 1.</param>
    public static double DistinguishingOnePair(double deviation, int releases) =>
        SquaredDistances.Average(square => Between(Math.Sqrt(releases * square), deviation));

    /// <summary>
    /// WRec with q releases: their mean has the deviation σ/√q, and the corner that is nearest to it is the right one where neither entry is
    /// off by half a side in its direction: Φ(√q·1 / 2σ)·Φ(√q·2 / 2σ).
    /// </summary>
    /// <param name="deviation">σ.</param>
    /// <param name="queries">q, at least 1.</param>
    public static double Recovering(double deviation, int queries)
    {
        double root = Math.Sqrt(queries) / (2 * deviation);
        return Normal.CDF(0, 1, root * GaussianNoise.Sides.X) * Normal.CDF(0, 1, root * GaussianNoise.Sides.Y);
    }

    /// <summary>‖W₀ − W₁‖² of the three kinds of pairs, each a third of all.</summary>
    private static double[] SquaredDistances
    {
        get
        {
            (double x, double y) = (GaussianNoise.Sides.X * GaussianNoise.Sides.X, GaussianNoise.Sides.Y * GaussianNoise.Sides.Y);
            return [x, y, x + y];
        }
    }

    /// <summary>The total variation distance of two normal laws at a distance: 2Φ(distance / 2σ) − 1, as an error function, which does not cancel.</summary>
    private static double Between(double distance, double deviation) => SpecialFunctions.Erf(distance / (2 * Math.Sqrt(2) * deviation));
}
