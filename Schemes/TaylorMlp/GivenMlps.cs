using System.Collections.Concurrent;
using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// L given MLPs of one shape, such as the layers of a model, of which Train draws one, each as likely. Their inputs are standard normal,
/// as what a layer norm hands on nearly is, and z₀ is estimated on 64 of them that are always the same.
/// </summary>
public sealed record GivenMlps : MlpSource
{
    private const int CalibrationInputs = 64;
    private const ulong CalibrationKey = 1;

    private readonly string _name;
    private readonly int _count;
    private readonly Func<int, MlpWeights> _load;
    private readonly ConcurrentDictionary<string, Tensor> _calibration = new();

    /// <summary>Given MLPs.</summary>
    /// <param name="name">What they are, in words, for reports.</param>
    /// <param name="shape">The shape of every one.</param>
    /// <param name="count">L, at least 1.</param>
    /// <param name="load">
    /// MLP i = 0 … L − 1, in float64, the same at every call; called from many threads at once. What it keeps for the next call must be
    /// detached from all dispose scopes, for a trial ends its own.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no MLP, or the shape has a side below 1.</exception>
    public GivenMlps(string name, MlpShape shape, int count, Func<int, MlpWeights> load)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(shape.Inputs, Math.Min(shape.Hidden, shape.Outputs)), 1, nameof(shape));
        (_name, Shape, _count, _load) = (name, shape, count, load);
    }

    /// <inheritdoc/>
    public override MlpShape Shape { get; }

    /// <inheritdoc/>
    public override string Kind => "given";

    /// <inheritdoc/>
    public override string Description => $"{_name}: one of {_count}, inputs standard normal";

    /// <inheritdoc/>
    public override long EntriesOfALane => 3L * CalibrationInputs * Shape.Hidden;

    /// <summary>One of the MLPs, each as likely. Nothing is computed, and nothing charged.</summary>
    /// <exception cref="InvalidDataException">What was loaded is no MLP of the shape.</exception>
    public override MlpWeights Train(Activation activation, Device device, Tape tape)
    {
        long[] indices = [.. TensorCoins.Indices(tape, _count, 1, CPU).data<long>()]; // coins of tensors: no path may outlive its trial's tensors
        return tape.Lanes == 1 ? Load(indices[0], device) : MlpWeights.Stack([.. indices.Select(index => Load(index, device))]);
    }

    private MlpWeights Load(long index, Device device)
    {
        MlpWeights weights = _load((int)index).To(device);
        return weights.Flaw(Shape) is { } flaw
            ? throw new InvalidDataException($"{_name}, number {index} of 0 … {_count - 1}, is no {Shape}: {flaw}")
            : weights;
    }

    /// <summary>Standard normal inputs, a function of the key 1. <c>[64, d]</c></summary>
    public override Tensor Calibration(Device device) => _calibration.GetOrAdd(
        device.ToString(), _ => TensorCoins.Normal(CalibrationKey, device, CalibrationInputs, Shape.Inputs).DetachFromDisposeScope());

    /// <summary>A standard normal vector. <c>[1, d]</c></summary>
    public override Tensor Input(Device device, Tape tape) => TensorCoins.Normal(tape, device, 1, Shape.Inputs);

    /// <summary>The outputs within δ_Y of their norm: given MLPs have no targets, and their outputs any scale.</summary>
    public override Tolerance<Tensor> OutputTolerance(double threshold) =>
        new("difference of the outputs", RelativeDifference, threshold, ToleranceUnit.RelativeToNorm);

    private static Distances RelativeDifference(Tensor output, Tensor truth) => InEachLane(
        output.sub(truth), difference => TensorMath.Share(Norm(difference), Norm(truth)));

    private static Tensor Norm(Tensor vector) => vector.square().sum([-2, -1]).sqrt();
}
