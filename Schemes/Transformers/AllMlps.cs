using Wager.Games;
using Wager.Schemes.TaylorMlp;

namespace Wager.Schemes.Transformers;

/// <summary>The MLPs of all blocks of a model, in one form: with their weights, or released.</summary>
/// <param name="Blocks">That of each block, in order.</param>
public sealed record AllMlps<T>(IReadOnlyList<T> Blocks)
{
    /// <summary>How many there are, and the first.</summary>
    public override string ToString() => Blocks.Count == 1 ? $"{Blocks[0]}" : $"{Blocks.Count} MLPs, of which the first: {Blocks[0]}";
}

/// <summary>What is asked of the weights of all MLPs.</summary>
public static class AllMlps
{
    /// <summary>The greatest distance of an MLP's weights from the true ones.</summary>
    /// <param name="distance">That of one MLP.</param>
    /// <param name="weights">The weights in question.</param>
    /// <param name="truth">The true ones.</param>
    public static Distances Greatest(Func<MlpWeights, MlpWeights, Distances> distance, AllMlps<MlpWeights> weights, AllMlps<MlpWeights> truth) =>
        weights.Blocks.Zip(truth.Blocks, (one, other) => distance(one, other).Lanes[0]).Aggregate(0.0, Math.Max); // NaN where one is

    /// <summary>Why these are no weights of so many MLPs of a shape with finite entries, or null where they are.</summary>
    public static string? Flaw(this AllMlps<MlpWeights> weights, MlpShape shape, int count) =>
        weights.Blocks is null || weights.Blocks.Count != count ? $"it has {weights.Blocks?.Count ?? 0} MLPs, and the model {count} blocks"
        : weights.Blocks.Index().Select(block => block.Item is null ? $"MLP {block.Index} is null" : block.Item.Flaw(shape) is { } flaw ? $"MLP {block.Index}: {flaw}" : null)
            .FirstOrDefault(flaw => flaw is not null);
}
