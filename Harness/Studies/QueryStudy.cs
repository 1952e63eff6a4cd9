using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>
/// W of a gated MLP without biases, as in Llama, solved for by least squares from q queries, where q goes from far fewer than the h unknowns of
/// each output to several times as many. All weights and inputs are normal and seeded; z and Ux have variance 1.
/// </summary>
/// <param name="Hidden">h.</param>
/// <param name="Seed">Of weights and inputs.</param>
public sealed record QueryStudy(int Hidden, ulong Seed)
{
    /// <summary>d and D.</summary>
    public const int Width = 64;

    /// <summary>N.</summary>
    public const int Order = 8;

    /// <summary>Inputs that are asked and not fitted.</summary>
    public const int HeldOut = 256;

    /// <summary>The standard deviation of W, which no result depends on.</summary>
    private const double Deviation = 0.02;

    /// <summary>A published notebook solves for so many unknowns of each output from so many samples, and reports a signed mean.</summary>
    public const int PublishedUnknowns = 10_000, PublishedSamples = 692;

    /// <summary>q/h, ascending.</summary>
    public static IReadOnlyList<double> Shares { get; } = [(double)PublishedSamples / PublishedUnknowns, 0.25, 0.5, 0.75, 1, 1.25, 2, 4];

    /// <summary>Solves for W from the answers of each oracle and so many of them, and by the joint attack without any.</summary>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public Outcome Run(Action<double>? progress, CancellationToken stop)
    {
        using DisposeScope scope = NewDisposeScope();
        SeededTape tape = new(Seed);
        TensorMath math = new(tape);
        MlpWeights weights = new(
            Normal(Hidden, Width), zeros(Hidden, dtype: float64), math.Scale(Normal(Width, Hidden), Deviation * Math.Sqrt(Width)), zeros(Width, dtype: float64), Normal(Hidden, Width));
        TaylorRelease released = TaylorRelease.Of(weights, TensorCoins.Normal(tape, CPU, Calibration, Width), Order, Activation.Silu, tape);
        int most = QueriesOf(Shares[^1]);
        Tensor inputs = TensorCoins.Normal(tape, CPU, most + HeldOut, Width);

        (_, Tensor act, Tensor run) = weights.Layers(inputs, Activation.Silu, math);
        Answers series = LeastSquares.Ask(released, released.Z0, null, inputs, tape);
        (QueriedOracle Oracle, Answers Answers)[] oracles =
        [
            (QueriedOracle.Run, new(act, run)),
            (QueriedOracle.ReleaseAsRun, new(act, series.Outputs)),
            (QueriedOracle.Release, series),
        ];
        List<Point> points = [];
        foreach ((QueriedOracle oracle, Answers answers) in oracles)
        {
            Answers heldOut = answers.Part(most, HeldOut);
            foreach (double share in Shares)
            {
                stop.ThrowIfCancellationRequested();
                using DisposeScope one = NewDisposeScope();
                (Tensor w, QueryFit fit) = QueryFit.Of(answers.Part(0, QueriesOf(share)), heldOut, math);
                points.Add(new(oracle, share, fit, WeightErrors.Of(w, weights.W)));
                progress?.Invoke((double)points.Count / (oracles.Length * Shares.Count));
            }
        }

        MlpWeights joint = new JointRecovery().Recover(default, released, tape);
        double off = math.Norm(math.Subtract(series.Outputs, run)) / math.Norm(run);
        return new(points, WeightErrors.Of(joint.W, weights.W), off);

        Tensor Normal(params long[] sides) => math.Scale(TensorCoins.Normal(tape, CPU, sides), 1 / Math.Sqrt(Width));
    }

    private const int Calibration = 64;

    private int QueriesOf(double share) => Math.Max(1, (int)Math.Round(share * Hidden));

    /// <summary>What came of it.</summary>
    /// <param name="Points">By oracle, and then by q.</param>
    /// <param name="Joint">What the joint attack gets from the same release without a query.</param>
    /// <param name="Truncation">‖Run′ − Run‖ / ‖Run‖ on the inputs.</param>
    public sealed record Outcome(IReadOnlyList<Point> Points, WeightErrors Joint, double Truncation)
    {
        /// <summary>The points of an oracle.</summary>
        public IEnumerable<Point> Of(QueriedOracle oracle) => Points.Where(point => point.Oracle == oracle);
    }

    /// <summary>One solution.</summary>
    /// <param name="Oracle">Who answered.</param>
    /// <param name="Share">q/h.</param>
    /// <param name="Fit">How far the queries determine W.</param>
    /// <param name="Errors">How far W is from the true one.</param>
    public sealed record Point(QueriedOracle Oracle, double Share, QueryFit Fit, WeightErrors Errors);
}

/// <summary>Who answers queries, and as what the answers are fitted.</summary>
public enum QueriedOracle
{
    /// <summary>Run, as behind an API: W times Act(Vx) ⊙ Ux.</summary>
    Run,

    /// <summary>Run′ of a release, fitted as if it were Run.</summary>
    ReleaseAsRun,

    /// <summary>Run′ of a release, fitted as the series that it sums.</summary>
    Release,
}
