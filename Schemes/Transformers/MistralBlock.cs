namespace Wager.Schemes.Transformers;

/// <summary>
/// A block of Mistral (Jiang et al. 2023): Llama's, in which a token sees no more than a window of those before it. The window is in the configuration, and what
/// follows of it in <see cref="Step"/>, so that nothing of the block itself differs.
/// </summary>
internal static class MistralBlock
{
    public static TransformerParts Read(WeightReader reader) => LlamaBlock.Read(reader);
}
