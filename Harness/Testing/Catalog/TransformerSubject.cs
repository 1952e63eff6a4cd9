using Wager.Adversaries;
using Wager.Adversaries.TaylorMlp;
using Wager.Adversaries.Transformers;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Testing.Catalog;

/// <summary>TaylorMLP on a whole model, with the adversaries of TaylorMLP block by block.</summary>
public static class TransformerSubject
{
    /// <summary>The names of the scheme, which takes a model.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Variant.All.Select(TransformerScheme.NameOf)];

    /// <summary>Which variant a name is of; null for other schemes.</summary>
    public static Variant? VariantOf(string name) => Variant.All.FirstOrDefault(variant => TransformerScheme.NameOf(variant) == name);

    /// <summary>The scheme. The constant recoverer answers the folder's own model.</summary>
    public static Subject Of(TransformerSettings settings)
    {
        TransformerScheme scheme = new(settings);
        MlpShape shape = scheme.Folder.Blocks[0].Shape;
        bool isSmall = scheme.Folder.Blocks.Count * LeastSquares.UnknownsOf(settings.Protected ?? shape.Hidden, shape.IsGated) <= SchemeCatalog.MostLeastSquaresUnknowns;
        IEnumerable<Recoverer<MlpWeights, TaylorRelease, NoKey>> recoverers = [.. SchemeCatalog.RecoverersOfTaylorMlp, .. isSmall ? [new LeastSquares()] : Array.Empty<LeastSquares>()];
        string which = settings.Variant == Variant.Paper ? "" : " as its public code has it";
        string units = settings.Protected is { } count ? $", the {count} hidden units of each that vary least protected" : "";
        string storage = settings.Storage == StorageType.F64 ? "" : $", released in {settings.Storage}";
        string answer = settings.Answer == AnswerForm.Law ? "the law of the next token" : $"{settings.Tokens} greedy tokens";
        return new Subject<AllMlps<MlpWeights>, AllMlps<TaylorRelease>, Tensor, Tensor, NoKey, NoKey>(
            scheme,
            [new ConstantRecoverer<AllMlps<MlpWeights>, AllMlps<TaylorRelease>, NoKey>(scheme.Folder), .. recoverers.Select(inner => new RecoveryOfBlocks(inner))],
            [
                new ConstantAccelerator<AllMlps<TaylorRelease>, Tensor, Tensor, NoKey>(new Lazy<Tensor>(() => Constant(scheme).DetachFromDisposeScope())),
                .. SchemeCatalog.AcceleratorsOfTaylorMlp(settings.Order).Select(inner => new AccelerationOfBlocks(scheme, inner)),
            ],
            [new ReRelease<AllMlps<MlpWeights>, AllMlps<TaylorRelease>, Tensor, Tensor>(scheme, TransformerScheme.Identical)])
        {
            Summary = $"TaylorMLP{which} in a model of type {settings.Model.Config.Model.ModelType}, {scheme.Folder.Blocks.Count} blocks with a {shape}, {settings.Activation}, N = {settings.Order}{units}{storage}; y {answer}; data {scheme.Dataset}",
        };
    }

    /// <summary>All tokens alike, or the first throughout.</summary>
    private static Tensor Constant(TransformerScheme scheme)
    {
        int vocabulary = scheme.Settings.Model.Config.Vocabulary;
        Device device = scheme.Settings.Model.Device;
        return scheme.Settings.Answer == AnswerForm.Law ? TensorMath.Of([.. Enumerable.Repeat(1.0 / vocabulary, vocabulary)], device, vocabulary) : zeros([scheme.Settings.Tokens], dtype: int64, device: device);
    }
}
