using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>
/// TaylorMLP on seeded MLPs d-4d-d that are made and released once, before the games: Train draws one of them, and Release, which has no coins
/// here, hands out what it made of it. So trials need no more than Run′ and the adversary, where a release may have gigabytes.
/// </summary>
/// <remarks>
/// Weights are normal. W has the deviation 1/√h; V has half of 1/√d, so that z stays where an expansion of order 8 is close to Act, and Run′ to Run.
/// </remarks>
public sealed class ReleasedMlps : Scheme<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>, IDisposable
{
    private const double SpreadOfV = 0.5;
    private const double SpreadOfB = 0.3;
    private const double SpreadOfC = 0.1;

    /// <summary>As many MLPs as fit into these bytes with their releases, but at least one and at most <see cref="Most"/>.</summary>
    private const long Bytes = 1L << 28;

    private const int Most = 16;

    private readonly TaylorMlpScheme _scheme;
    private readonly MlpWeights[] _weights;
    private readonly TaylorRelease[] _releases;

    /// <summary>Makes them.</summary>
    /// <param name="width">d, at least 1.</param>
    /// <param name="order">N ≥ 0.</param>
    /// <param name="seed">Of the weights.</param>
    public ReleasedMlps(int width, int order, ulong seed)
    {
        MlpShape shape = new(width, 4 * width, width);
        long bytes = sizeof(double) * (order + 2L) * shape.Hidden * width;
        int count = (int)Math.Clamp(Bytes / bytes, 1, Most);
        _weights = [.. Enumerable.Range(0, count).Select(i => Normal(shape, Coins.Word(Coins.Word(seed, (ulong)width), (ulong)i)))];
        _scheme = new(new()
        {
            Source = new GivenMlps($"seeded weights, V normal with {SpreadOfV}/√d, W with 1/√h", shape, count, i => _weights[i]),
            Order = order,
        });
        SeededTape tape = new(seed);
        _releases = [.. _weights.Select(weights => Kept(_scheme.Release(default, weights, tape)))];
    }

    /// <summary>How many there are.</summary>
    public int Count => _weights.Length;

    /// <summary>The first MLP with its release.</summary>
    public (MlpWeights Weights, TaylorRelease Released) First => (_weights[0], _releases[0]);

    /// <inheritdoc/>
    public override string Name => _scheme.Name;

    /// <inheritdoc/>
    public override string Dataset => _scheme.Dataset;

    /// <inheritdoc/>
    public override Tolerance<MlpWeights> WeightTolerance => _scheme.WeightTolerance;

    /// <inheritdoc/>
    public override Tolerance<Tensor> OutputTolerance => _scheme.OutputTolerance;

    /// <inheritdoc/>
    public override MlpWeights Train(Tape tape) => _weights[TensorCoins.Indices(tape, _weights.Length, 1, CPU).item<long>()];

    /// <inheritdoc/>
    public override Tensor Run(MlpWeights weights, Tensor input, Tape tape) => _scheme.Run(weights, input, tape);

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <summary>What was made of these weights before; it is not charged again.</summary>
    /// <exception cref="ArgumentException">They are none of the MLPs.</exception>
    public override TaylorRelease Release(NoKey secret, MlpWeights weights, Tape tape) =>
        Array.FindIndex(_weights, known => ReferenceEquals(known, weights)) is >= 0 and int index
            ? _releases[index]
            : throw new ArgumentException("only the MLPs that Train draws are released", nameof(weights));

    /// <inheritdoc/>
    public override Tensor RunReleased(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) => _scheme.RunReleased(publicKey, released, input, tape);

    /// <inheritdoc/>
    public override Tensor Input(Tape tape) => _scheme.Input(tape);

    /// <inheritdoc/>
    public override string? FlawInWeights(MlpWeights weights) => _scheme.FlawInWeights(weights);

    /// <inheritdoc/>
    public override string? FlawInOutput(Tensor output) => _scheme.FlawInOutput(output);

    /// <inheritdoc/>
    public override IDisposable? OpenTrial() => _scheme.OpenTrial();

    /// <summary>Frees the MLPs and their releases.</summary>
    public void Dispose()
    {
        foreach (MlpWeights weights in _weights)
        {
            DisposeAll(weights.V, weights.B, weights.W, weights.C);
        }

        foreach (TaylorRelease released in _releases)
        {
            DisposeAll(released.Z0, released.Theta0, released.Theta);
        }
    }

    private static void DisposeAll(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.Dispose();
        }
    }

    private static MlpWeights Normal(MlpShape shape, ulong key)
    {
        TensorMath math = new(new SeededTape(key)); // nobody pays
        Tensor Of(ulong index, double deviation, params long[] sides)
        {
            using Tensor standard = TensorCoins.Normal(Coins.Word(key, index), CPU, sides);
            return math.Scale(standard, deviation).DetachFromDisposeScope();
        }

        (int d, int h, int outputs, _) = shape;
        return new(Of(0, SpreadOfV / Math.Sqrt(d), h, d), Of(1, SpreadOfB, h), Of(2, 1 / Math.Sqrt(h), outputs, h), Of(3, SpreadOfC, outputs));
    }

    private static TaylorRelease Kept(TaylorRelease released) => released with
    {
        Z0 = released.Z0.DetachFromDisposeScope(),
        Theta0 = released.Theta0.DetachFromDisposeScope(),
        Theta = released.Theta.DetachFromDisposeScope(),
    };
}
