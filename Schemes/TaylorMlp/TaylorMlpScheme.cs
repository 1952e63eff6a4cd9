using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>What a TaylorMLP scheme is made of.</summary>
public sealed record TaylorMlpSettings
{
    /// <summary>D.</summary>
    public DataSet Data { get; init; } = DataSet.Generated;

    /// <summary>h, the hidden width; at least 1.</summary>
    public int Hidden { get; init; } = 32;

    /// <summary>N, the order of the Taylor expansion; at least 0.</summary>
    public int Order { get; init; } = 8;

    /// <summary>The activation function.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>What a release is rounded to.</summary>
    public StorageType Storage { get; init; } = StorageType.F64;

    /// <summary>How Train trains.</summary>
    public MlpTraining Training { get; init; } = new();

    /// <summary>δ_W, of each entry of W, b and c: the 1 % of Yang et al. 2025, Table 1.</summary>
    public double WeightThreshold { get; init; } = 0.01;

    /// <summary>δ_Y, of each output, in standard deviations of its target.</summary>
    public double OutputThreshold { get; init; } = 0.05;

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; init; } = CPU;
}

/// <summary>
/// TaylorMLP on a real multilayer perceptron, as a weight release scheme (Yang et al. 2025, §4.1): Train is minibatch training on D,
/// Run the forward pass, Release Algorithm 1 of Wang et al. 2024, Run′ the Taylor sum. There are no keys. x is a row of D.
/// </summary>
public sealed class TaylorMlpScheme(TaylorMlpSettings settings) : Scheme<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>
{
    /// <summary>TaylorMLP with the default settings.</summary>
    public TaylorMlpScheme()
        : this(new TaylorMlpSettings())
    {
    }

    /// <summary>What the scheme is made of.</summary>
    public TaylorMlpSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public override string Name => "taylor-mlp";

    /// <inheritdoc/>
    public override string Dataset => Settings.Data.Description;

    /// <summary>Every entry of W, b and c within δ_W of its true value.</summary>
    public override Tolerance<MlpWeights> WeightTolerance { get; } = new(
        "largest relative error of an entry of W, b and c",
        MlpWeights.LargestRelativeError,
        settings.WeightThreshold,
        ToleranceUnit.RelativePerEntry);

    /// <summary>Every output within δ_Y.</summary>
    public override Tolerance<Tensor> OutputTolerance { get; } = new(
        "largest difference of an output, in standard deviations of the target", LargestDifference, settings.OutputThreshold);

    /// <inheritdoc/>
    public override MlpWeights Train(Tape tape) =>
        Settings.Training.Train(Settings.Data, Settings.Hidden, Settings.Activation, Settings.Device, tape);

    /// <inheritdoc/>
    public override Tensor Run(MlpWeights weights, Tensor input, Tape tape) =>
        weights.Forward(input, Settings.Activation, new TensorMath(tape));

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <inheritdoc/>
    public override TaylorRelease Release(NoKey secret, MlpWeights weights, Tape tape) =>
        TaylorRelease.Of(weights, Settings.Data.On(Settings.Device).Inputs, Settings.Order, Settings.Activation, tape, Settings.Storage);

    /// <inheritdoc/>
    public override Tensor RunReleased(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) =>
        released.Infer(input, new TensorMath(tape));

    /// <inheritdoc/>
    public override Tensor Input(Tape tape) => new TensorMath(tape).Rows(
        Settings.Data.On(Settings.Device).Inputs, TensorCoins.Indices(tape, Settings.Data.RowCount, 1, Settings.Device));

    /// <inheritdoc/>
    public override string? FlawInWeights(MlpWeights weights) =>
        weights is null ? base.FlawInWeights(weights!) : weights.Flaw(new(Settings.Data.InputCount, Settings.Hidden, Settings.Data.OutputCount));

    /// <inheritdoc/>
    public override string? FlawInOutput(Tensor output) =>
        output is null ? base.FlawInOutput(output!)
        : !output.shape.SequenceEqual([1L, Settings.Data.OutputCount]) ? $"it has the shape [{string.Join(", ", output.shape)}]"
        : !output.is_floating_point() ? $"it is of type {output.dtype}"
        : !output.isfinite().all().item<bool>() ? "it has an entry that is not a finite number"
        : null;

    /// <inheritdoc/>
    public override IDisposable? OpenTrial() => NewDisposeScope();

    /// <summary>Whether two releases are identical to the last bit.</summary>
    public static Bits Identical(TaylorRelease left, TaylorRelease right) => new(
        Equal(left.V, right.V) && Equal(left.U, right.U) && Equal(left.Z0, right.Z0) && Equal(left.Theta0, right.Theta0) && Equal(left.Theta, right.Theta));

    private static bool Equal(Tensor? left, Tensor? right) => left is null || right is null
        ? left is null && right is null
        : left.shape.SequenceEqual(right.shape) && left.eq(right).all().item<bool>();

    private static Distances LargestDifference(Tensor output, Tensor truth) => output.sub(truth).abs().max().item<double>();
}
