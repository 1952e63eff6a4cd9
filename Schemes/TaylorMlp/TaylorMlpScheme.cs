using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>What a TaylorMLP scheme is made of.</summary>
public sealed record TaylorMlpSettings
{
    /// <summary>Where the MLPs and their inputs are from.</summary>
    public MlpSource Source { get; init; } = new TrainedMlps();

    /// <summary>N, the order of the Taylor expansion; at least 0.</summary>
    public int Order { get; init; } = 8;

    /// <summary>The activation function.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>What a release is rounded to.</summary>
    public StorageType Storage { get; init; } = StorageType.F64;

    /// <summary>As in the paper, or as in its public code.</summary>
    public Variant Variant { get; init; } = Variant.Paper;

    /// <summary>K, how many hidden units are protected, those that vary least (Wang et al. 2024, App. D); null for all.</summary>
    public int? Protected { get; init; }

    /// <summary>δ_W, of each entry of W, b and c that there is: the 1 % of Yang et al. 2025, Table 1.</summary>
    public double WeightThreshold { get; init; } = 0.01;

    /// <summary>δ_Y, in standard deviations of each target, or for given MLPs in the norm of y.</summary>
    public double OutputThreshold { get; init; } = 0.05;

    /// <summary>Where the tensors live: the CPU, asked for late, because whoever asks loads libtorch.</summary>
    public Device Device { get => field ?? CPU; init; }
}

/// <summary>
/// TaylorMLP on a real multilayer perceptron, as a weight release scheme (Yang et al. 2025, §4.1): Train is minibatch training on D, or
/// draws one of given MLPs; Run is the forward pass, Release Algorithm 1 of Wang et al. 2024, Run′ the Taylor sum. There are no keys.
/// x is a row of D, or for given MLPs a standard normal vector.
/// </summary>
public sealed class TaylorMlpScheme(TaylorMlpSettings settings) : Scheme<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>
{
    /// <summary>TaylorMLP with the default settings.</summary>
    public TaylorMlpScheme()
        : this(new TaylorMlpSettings())
    {
    }

    private const int MostOnProcessor = 64, MostElsewhere = 8192, MemoryShare = 4;

    /// <summary>What the scheme is made of.</summary>
    public TaylorMlpSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public override string Name => Settings.Variant == Variant.Paper ? "taylor-mlp" : $"taylor-mlp-{Settings.Variant}";

    /// <inheritdoc/>
    public override string Dataset => Settings.Source.Description;

    /// <summary>
    /// Every entry of W, b and c within δ_W of its true value; a gated MLP has no c. Where the variant has signs V is compared too, for its signs
    /// are secret. Units in clear count with the others, and cost an adversary nothing.
    /// </summary>
    public override Tolerance<MlpWeights> WeightTolerance { get; } = new(
        $"largest relative error of an entry of {(settings.Variant.HasSigns ? "V, " : "")}{(settings.Source.Shape.IsGated ? "W, and of b where there is one" : "W, b and c")}",
        settings.Variant.HasSigns ? MlpWeights.LargestRelativeErrorWithV : MlpWeights.LargestRelativeError,
        settings.WeightThreshold,
        ToleranceUnit.RelativePerEntry);

    /// <inheritdoc/>
    public override Tolerance<Tensor> OutputTolerance { get; } = settings.Source.OutputTolerance(settings.OutputThreshold);

    /// <inheritdoc/>
    public override MlpWeights Train(Tape tape) => Settings.Source.Train(Settings.Activation, Settings.Device, tape);

    /// <inheritdoc/>
    public override Tensor Run(MlpWeights weights, Tensor input, Tape tape) =>
        weights.Forward(input, Settings.Activation, new TensorMath(tape));

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <inheritdoc/>
    public override TaylorRelease Release(NoKey secret, MlpWeights weights, Tape tape) =>
        TaylorRelease.Of(
            weights, Settings.Source.Calibration(Settings.Device), Settings.Order, Settings.Activation, tape, Settings.Storage, Settings.Variant, Settings.Protected);

    /// <inheritdoc/>
    public override Tensor RunReleased(NoKey publicKey, TaylorRelease released, Tensor input, Tape tape) =>
        released.Infer(input, new TensorMath(tape));

    /// <inheritdoc/>
    public override Tensor Input(Tape tape) => Settings.Source.Input(Settings.Device, tape);

    /// <inheritdoc/>
    public override string? FlawInLanes => Settings.Protected is null ? null : "which units are protected is another in each trial";

    /// <summary>On a processor as many as its caches hold; elsewhere many more, so that starting an operation takes less than doing it. At most a quarter of the memory.</summary>
    public override int BestLanes(int threads)
    {
        (int d, int h, int outputs, _) = Settings.Source.Shape;
        long entries = (3L * (Settings.Order + 1) * outputs * h) + (6L * h * (d + outputs)) + Settings.Source.EntriesOfALane;
        bool isProcessor = Settings.Device.type == TorchSharp.DeviceType.CPU;
        long memory = isProcessor ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : CudaDevices.All.FirstOrDefault(device => device.Index == Math.Max(0, Settings.Device.index))?.Bytes ?? 0;
        return (int)Math.Clamp(memory / MemoryShare / threads / (sizeof(double) * entries), 2, isProcessor ? MostOnProcessor : MostElsewhere);
    }

    /// <inheritdoc/>
    public override MlpWeights Choose(Bits bits, MlpWeights zero, MlpWeights one) => MlpWeights.Choose(bits, zero, one);

    /// <inheritdoc/>
    public override string? FlawInWeights(MlpWeights weights) => FlawInWeights(weights, 1);

    /// <inheritdoc/>
    public override string? FlawInWeights(MlpWeights weights, int lanes) => weights is null ? "it is null" : weights.Flaw(Settings.Source.Shape, lanes);

    /// <inheritdoc/>
    public override string? FlawInOutput(Tensor output) => FlawInOutput(output, 1);

    /// <inheritdoc/>
    public override string? FlawInOutput(Tensor output, int lanes) =>
        output is null ? "it is null"
        : !output.shape.SequenceEqual(lanes > 1 && output.dim() > 2 ? [lanes, 1, Settings.Source.Shape.Outputs] : [1L, Settings.Source.Shape.Outputs]) ? $"it has the shape [{string.Join(", ", output.shape)}]"
        : !output.is_floating_point() ? $"it is of type {output.dtype}"
        : !output.isfinite().all().item<bool>() ? "it has an entry that is not a finite number"
        : null;

    /// <inheritdoc/>
    public override string? VerbatimIn(MlpWeights weights, TaylorRelease released) => Verbatim(weights, released);

    /// <summary>
    /// Whole columns of the protected units' W in an order of Θ, as of a unit whose derivative there is 1; b in z₀ and c in θ₀; and where the
    /// variant has signs rows of V. Zeros are no part of it, since 0 times anything is 0.
    /// </summary>
    public static string? Verbatim(MlpWeights weights, TaylorRelease released)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor OfProtected(Tensor units) => released.Clear is null ? units : units.index_select(-1, released.Clear.Protected);
        Tensor w = OfProtected(weights.W);
        for (int n = released.IsGated ? 0 : 1; n <= released.Order; n++)
        {
            if (HaveCommonColumn(w, n == 0 ? released.Theta0 : released.Theta.select(0, n - 1)))
            {
                return $"a column of W in order {n}";
            }
        }

        return HaveCommonColumn(OfProtected(weights.B).unsqueeze(-1), released.Z0.unsqueeze(-1)) ? "b"
            : !released.IsGated && HaveCommonColumn(weights.C.unsqueeze(-1), released.Theta0.unsqueeze(-1)) ? "c"
            : released.Variant.HasSigns && HaveCommonColumn(OfProtected(weights.V.transpose(0, 1)), OfProtected(released.V.transpose(0, 1))) ? "a row of V"
            : null;
    }

    /// <inheritdoc/>
    public override IDisposable? OpenTrial()
    {
        TensorMath.ComputeAlone();
        return NewDisposeScope();
    }

    /// <summary>Whether two releases are identical to the last bit; where the variant has signs, up to a sign of each unit.</summary>
    public static Bits Identical(TaylorRelease left, TaylorRelease right)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        if (left.Variant.HasSigns && left.V.shape.SequenceEqual(right.V.shape) && left.Z0.shape.SequenceEqual(right.Z0.shape))
        {
            Tensor signs = left.V.mul(right.V).sum(-1).sign(); // of each row, 1 or −1 where the two are the same up to one
            Tensor ofProtected = left.Clear is null ? signs : signs.index_select(-1, left.Clear.Protected);
            Tensor theta = left.Theta.clone();
            for (int n = 1; n <= left.Order; n += 2)
            {
                theta.select(-3, n - 1).mul_(ofProtected.unsqueeze(-2)); // even orders have no sign
            }

            return AreEqual(left with { V = left.V.mul(signs.unsqueeze(-1)), Z0 = left.Z0.mul(ofProtected), Theta = theta }, right);
        }

        return AreEqual(left, right);
    }

    /// <summary>Whether a column other than 0 is the same in two matrices. Looked at in full are only those whose first entry is. <c>[n, k]</c> both</summary>
    private static bool HaveCommonColumn(Tensor left, Tensor right)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor alike = left.select(0, 0).eq(right.select(0, 0)).nonzero().squeeze(-1);
        if (alike.numel() == 0)
        {
            return false;
        }

        Tensor candidates = left.index_select(1, alike);
        return candidates.eq(right.index_select(1, alike)).all(0).logical_and(candidates.to_type(ScalarType.Bool).any(0)).any().item<bool>();
    }

    private static Bits AreEqual(TaylorRelease left, TaylorRelease right)
    {
        int lanes = left.Lanes;
        return Equal(left.V, right.V) & Equal(left.U, right.U) & Equal(left.Z0, right.Z0) & Equal(left.Theta0, right.Theta0) & Equal(left.Theta, right.Theta)
            & Equal(left.Clear?.Protected, right.Clear?.Protected) & Equal(left.Clear?.W, right.Clear?.W) & Equal(left.Clear?.B, right.Clear?.B);

        Bits Equal(Tensor? one, Tensor? other) =>
            one is null || other is null ? new(one is null && other is null)
            : !one.shape.SequenceEqual(other.shape) ? Bits.Zero
            : lanes == 0 ? new(one.eq(other).all().item<bool>())
            : new([.. one.eq(other).flatten(1).all(1).cpu().data<bool>()]);
    }
}
