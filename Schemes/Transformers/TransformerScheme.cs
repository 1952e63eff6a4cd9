using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>
/// TaylorMLP on a whole language model, as a weight release scheme: W is the MLPs of all blocks, and everything else of the model is public. Release is
/// Algorithm 1 of Wang et al. 2024 of each MLP, with z₀ from what reaches it while W runs prompts that are always the same. x is a prompt; Run is the model
/// with W, Run′ the model with the Taylor sums, and y the law of the next token or the tokens that follow. There are no keys.
/// </summary>
/// <remarks>
/// A folder holds one model, on which line 4 of W-IND would be undefined and a constant would win WRec. So Train fine-tunes it, by seeded coins: every
/// protected entry w becomes w·(1 + ξ/10) with ξ standard normal. That is a law of ours: a model and its neighbours are what an adversary must
/// tell apart. The folder's own model is public, and with it V, which is not fine-tuned:
/// so of the public code's variant the signs are no secret here, though W is compared with them.
/// A trial takes (N + 2) times the protected entries in float64, 8 bytes each, for W and its release, and as much again for a second W or what an adversary makes of
/// it; trials on several threads have theirs each, and the model is there once.
/// </remarks>
public sealed class TransformerScheme : Scheme<AllMlps<MlpWeights>, AllMlps<TaylorRelease>, Tensor, Tensor, NoKey, NoKey>
{
    private const int CalibrationPrompts = 32;
    private const ulong CalibrationKey = 1;
    private const double UsualDistance = 0.05;

    private readonly Lazy<Tensor> _calibration;
    private readonly MlpShape _shape;

    /// <summary>TaylorMLP on a model.</summary>
    /// <exception cref="ArgumentException">Its MLPs have no weights, they are not in float64, or a prompt and its answer are longer than the context.</exception>
    public TransformerScheme(TransformerSettings settings)
    {
        Settings = settings;
        Folder = new([.. settings.Model.Mlps.Select(mlp => (mlp as PlainMlp)?.Weights ?? throw new ArgumentException("the model's MLPs are released, and have no weights", nameof(settings)))]);
        if (settings.Model.Type != ScalarType.Float64 || settings.Prompts.Length > settings.LongestPrompt(int.MaxValue))
        {
            throw new ArgumentException($"the model must be in float64, and a prompt with its answer within the context of {settings.Model.Config.Positions}", nameof(settings));
        }

        _shape = Folder.Blocks[0].Shape;
        _calibration = new(Calibration);
        Func<MlpWeights, MlpWeights, Distances> distance = settings.Variant.HasSigns ? MlpWeights.LargestRelativeErrorWithV : MlpWeights.LargestRelativeError;
        WeightTolerance = new(
            $"largest relative error of an entry of {(settings.Variant.HasSigns ? "V, " : "")}{(_shape.IsGated ? "W, and of b where there is one" : "W, b and c")} of all blocks",
            (weights, truth) => AllMlps.Greatest(distance, weights, truth),
            settings.WeightThreshold,
            ToleranceUnit.RelativePerEntry);
        OutputTolerance = settings.Answer == AnswerForm.Law
            ? new("total variation distance of the laws", (law, truth) => Halved(law.sub(truth).abs().sum()), settings.OutputThreshold ?? UsualDistance)
            : new("share of the tokens that differ", (tokens, truth) => tokens.ne(truth).to_type(ScalarType.Float64).mean().item<double>(), settings.OutputThreshold ?? 0);
    }

    /// <summary>What the scheme is made of.</summary>
    public TransformerSettings Settings { get; }

    /// <summary>The folder's own MLPs, which Train fine-tunes.</summary>
    public AllMlps<MlpWeights> Folder { get; }

    /// <inheritdoc/>
    public override string Name => NameOf(Settings.Variant);

    /// <summary>The name of the scheme in a variant.</summary>
    public static string NameOf(Variant variant) => variant == Variant.Paper ? "taylor-transformer" : $"taylor-transformer-{variant}";

    /// <inheritdoc/>
    public override string Dataset => FormattableString.Invariant(
        $"{Settings.Name}, fine-tuned by coins: each protected entry times 1 + {Settings.Deviation}·ξ, ξ standard normal; {Settings.Prompts.Description}");

    /// <inheritdoc/>
    public override Tolerance<AllMlps<MlpWeights>> WeightTolerance { get; }

    /// <inheritdoc/>
    public override Tolerance<Tensor> OutputTolerance { get; }

    /// <inheritdoc/>
    public override AllMlps<MlpWeights> Train(Tape tape)
    {
        TensorMath math = new(tape);
        Tensor Moved(Tensor entries)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor share = math.Scale(TensorCoins.Normal(tape, entries.device, entries.shape), Settings.Deviation);
            return math.MultiplyAdd(share, entries, entries).MoveToOuterDisposeScope();
        }

        return new([.. Folder.Blocks.Select(mlp => mlp with { W = Moved(mlp.W), B = Moved(mlp.B), C = Moved(mlp.C) })]);
    }

    /// <inheritdoc/>
    public override Tensor Run(AllMlps<MlpWeights> weights, Tensor input, Tape tape) =>
        AnswerOf([.. weights.Blocks.Select(mlp => new PlainMlp(mlp, Settings.Activation))], input, tape);

    /// <inheritdoc/>
    public override (NoKey Secret, NoKey Public) KGen(Tape tape) => default;

    /// <inheritdoc/>
    public override AllMlps<TaylorRelease> Release(NoKey secret, AllMlps<MlpWeights> weights, Tape tape)
    {
        OverheardMlp[] overheard = [.. weights.Blocks.Select(mlp => new OverheardMlp(new PlainMlp(mlp, Settings.Activation)))];
        try
        {
            using KeyValueCache cache = new(Settings.Model, new int[CalibrationPrompts], Settings.Prompts.Length);
            using Tensor logits = Settings.Model.With(overheard).Logits(_calibration.Value, cache, new TensorMath(tape), ofLastOnly: true);
            return new(
            [
                .. weights.Blocks.Zip(overheard, (mlp, inputs) =>
                    TaylorRelease.Of(mlp, inputs.Inputs!, Settings.Order, Settings.Activation, tape, Settings.Storage, Settings.Variant, Settings.Protected)),
            ]);
        }
        finally
        {
            foreach (OverheardMlp mlp in overheard)
            {
                mlp.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public override Tensor RunReleased(NoKey publicKey, AllMlps<TaylorRelease> released, Tensor input, Tape tape) => AnswerOf(released.Blocks, input, tape);

    /// <inheritdoc/>
    public override Tensor Input(Tape tape) => Settings.Prompts.Draw(tape, Settings.Model.Device);

    /// <summary>What the model answers with its MLPs in any form. Where a token ends the text, it and all that would follow are the model's first end token.</summary>
    /// <param name="mlps">The MLP of each block.</param>
    /// <param name="prompt">The prompt. <c>[L]</c></param>
    /// <param name="tape">Pays.</param>
    public Tensor AnswerOf(IReadOnlyList<IMlp> mlps, Tensor prompt, Tape tape)
    {
        using DisposeScope scope = NewDisposeScope();
        Transformer model = Settings.Model.With(mlps);
        if (Settings.Answer == AnswerForm.Law)
        {
            TensorMath math = new(tape);
            using KeyValueCache cache = new(model, [0], (int)prompt.shape[0]);
            return math.Softmax(model.Logits(prompt.unsqueeze(0), cache, math, ofLastOnly: true).view(-1)).MoveToOuterDisposeScope();
        }

        int[] tokens = [.. prompt.cpu().data<long>().ToArray().Select(token => (int)token)];
        int[] found = Continuation.Of(model, [tokens], Settings.Tokens, Decoding.Greedy, tape)[0];
        IEnumerable<int> rest = found.Length == Settings.Tokens ? [] : Enumerable.Repeat(model.Config.EndTokens[0], Settings.Tokens - found.Length);
        return tensor([.. found.Concat(rest).Select(token => (long)token)], dtype: int64, device: model.Device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string? FlawInWeights(AllMlps<MlpWeights> weights) => weights is null ? "it is null" : weights.Flaw(_shape, Folder.Blocks.Count);

    /// <inheritdoc/>
    public override string? FlawInOutput(Tensor output)
    {
        (int length, ScalarType type) = Settings.Answer == AnswerForm.Law ? (Settings.Model.Config.Vocabulary, ScalarType.Float64) : (Settings.Tokens, ScalarType.Int64);
        return output is null ? "it is null"
            : !output.shape.SequenceEqual([length]) ? $"it has the shape [{string.Join(", ", output.shape)}] instead of [{length}]"
            : output.dtype != type ? $"it is of type {output.dtype} instead of {type}"
            : Settings.Answer == AnswerForm.Law && !output.isfinite().all().item<bool>() ? "it has an entry that is not a finite number"
            : null;
    }

    /// <summary>What of an MLP stands in its release, as <see cref="TaylorMlpScheme.Verbatim"/> says.</summary>
    public override string? VerbatimIn(AllMlps<MlpWeights> weights, AllMlps<TaylorRelease> released) =>
        weights.Blocks.Zip(released.Blocks, TaylorMlpScheme.Verbatim).FirstOrDefault(found => found is not null);

    /// <inheritdoc/>
    public override IDisposable? OpenTrial()
    {
        TensorMath.ComputeAlone();
        return NewDisposeScope();
    }

    /// <summary>Whether two releases are identical to the last bit, as <see cref="TaylorMlpScheme.Identical"/> says of each MLP.</summary>
    public static Bits Identical(AllMlps<TaylorRelease> left, AllMlps<TaylorRelease> right) =>
        new(left.Blocks.Zip(right.Blocks, TaylorMlpScheme.Identical).All(identical => identical.Lanes[0]));

    private static Distances Halved(Tensor sum) => sum.item<double>() / 2;

    /// <summary>The prompts that z₀ is calibrated on, a function of the key 1. <c>[32, L]</c></summary>
    private Tensor Calibration()
    {
        using DisposeScope scope = NewDisposeScope();
        SeededTape tape = new(CalibrationKey);
        return stack([.. Enumerable.Range(0, CalibrationPrompts).Select(_ => Settings.Prompts.Draw(tape, Settings.Model.Device))]).DetachFromDisposeScope();
    }

    /// <summary>An MLP that keeps the rows which reached it.</summary>
    private sealed record OverheardMlp(PlainMlp Mlp) : IMlp, IDisposable
    {
        public Tensor? Inputs { get; private set; }

        public Tensor Infer(Tensor x, TensorMath math)
        {
            Inputs = x.DetachFromDisposeScope();
            return Mlp.Infer(x, math);
        }

        public void Dispose() => Inputs?.Dispose();
    }
}
