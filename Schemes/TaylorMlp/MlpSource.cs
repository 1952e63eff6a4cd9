using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Where a TaylorMLP scheme has its MLPs from, and with them the inputs that they are run on.</summary>
public abstract record MlpSource
{
    /// <summary>The shape of every MLP.</summary>
    public abstract MlpShape Shape { get; }

    /// <summary>How an MLP came about, in a word: trained, or given.</summary>
    public abstract string Kind { get; }

    /// <summary>About how many numbers Train and the estimation of z₀ have in work at once for each trial of several in lock-step.</summary>
    public abstract long EntriesOfALane { get; }

    /// <summary>The dataset D in words, for reports.</summary>
    public abstract string Description { get; }

    /// <summary>Train: one MLP.</summary>
    public abstract MlpWeights Train(Activation activation, Device device, Tape tape);

    /// <summary>What z₀ is estimated on. <c>[n, d]</c></summary>
    public abstract Tensor Calibration(Device device);

    /// <summary>x ← 𝒳. <c>[1, d]</c>, or <c>[B, 1, d]</c></summary>
    public abstract Tensor Input(Device device, Tape tape);

    /// <summary>A number for each lane, or the one of a single trial.</summary>
    /// <param name="tensor"><c>[m, D]</c>, in each lane</param>
    /// <param name="measure">What to measure along the last two axes.</param>
    private protected static Distances InEachLane(Tensor tensor, Func<Tensor, Tensor> measure)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor measured = measure(tensor);
        return tensor.dim() == 2 ? measured.item<double>() : new Distances([.. measured.cpu().data<double>()]);
    }

    /// <summary>Same on 𝒴, with δ_Y in what is natural for these outputs.</summary>
    public abstract Tolerance<Tensor> OutputTolerance(double threshold);
}

/// <summary>MLPs trained on a dataset, and run on its rows.</summary>
public sealed record TrainedMlps : MlpSource
{
    /// <summary>D.</summary>
    public DataSet Data { get; init; } = DataSet.Generated;

    /// <summary>h, the hidden width; at least 1.</summary>
    public int Hidden { get; init; } = 32;

    /// <summary>How Train trains.</summary>
    public MlpTraining Training { get; init; } = new();

    /// <inheritdoc/>
    public override MlpShape Shape => new(Data.InputCount, Hidden, Data.OutputCount);

    /// <inheritdoc/>
    public override string Kind => "trained";

    /// <inheritdoc/>
    public override string Description => Data.Description;

    /// <inheritdoc/>
    public override long EntriesOfALane => (3L * Data.RowCount * Hidden) + (2L * Training.Steps * Training.BatchSize) + (8L * Training.BatchSize * Hidden);

    /// <inheritdoc/>
    /// <exception cref="TrainingDivergedException">A weight is not finite.</exception>
    public override MlpWeights Train(Activation activation, Device device, Tape tape) => Training.Train(Data, Hidden, activation, device, tape);

    /// <summary>The dataset's inputs. <c>[n, d]</c></summary>
    public override Tensor Calibration(Device device) => Data.On(device).Inputs;

    /// <summary>A row of the dataset. <c>[1, d]</c>, or <c>[B, 1, d]</c></summary>
    public override Tensor Input(Device device, Tape tape) =>
        new TensorMath(tape).Rows(Data.On(device).Inputs, TensorCoins.Indices(tape, Data.RowCount, 1, device));

    /// <summary>Every output within δ_Y standard deviations of its target.</summary>
    public override Tolerance<Tensor> OutputTolerance(double threshold) =>
        new("largest difference of an output, in standard deviations of the target", LargestDifference, threshold);

    private static Distances LargestDifference(Tensor output, Tensor truth) => InEachLane(output.sub(truth), difference => difference.abs().amax([-2, -1]));
}
