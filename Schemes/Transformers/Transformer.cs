using TorchSharp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>A block of a transformer, in which the MLP may have any form.</summary>
internal interface ITransformerBlock
{
    /// <summary><c>[B·T, d]</c> to <c>[B·T, d]</c></summary>
    Tensor Apply(Tensor x, IMlp mlp, Step step);
}

/// <summary>What a transformer is made of, its MLPs aside.</summary>
/// <param name="Embedding">A row for each token. <c>[V, d]</c></param>
/// <param name="Positions">A row for each position; null where positions are turned. <c>[P, d]</c></param>
/// <param name="Blocks">The blocks, in order.</param>
/// <param name="FinalNorm">The norm after them.</param>
/// <param name="Head">What makes logits.</param>
internal sealed record TransformerParts(Tensor Embedding, Tensor? Positions, IReadOnlyList<ITransformerBlock> Blocks, Norm FinalNorm, Linear Head);

/// <summary>
/// A language model: OPT, Llama, Mistral or Phi, with each block's MLP as a component that has several forms (Wang et al. 2024, Fig. 2).
/// </summary>
public sealed class Transformer : IDisposable
{
    private readonly TransformerParts _parts;
    private readonly WeightReader _reader;

    private Transformer(WeightReader reader, TransformerParts parts, IReadOnlyList<IMlp> mlps, (Tensor, Tensor)? angles) =>
        (_reader, _parts, Mlps, Angles) = (reader, parts, mlps, angles);

    /// <summary>What its config.json says.</summary>
    public TransformerConfig Config => _reader.Config;

    /// <summary>The MLP of each block.</summary>
    public IReadOnlyList<IMlp> Mlps { get; }

    /// <summary>The type that it computes in.</summary>
    public ScalarType Type => _parts.Embedding.dtype;

    /// <summary>Where it computes.</summary>
    public Device Device => _parts.Embedding.device;

    /// <summary>The cosines and sines of all positions; null where they are learned. <c>[P, r/2]</c></summary>
    internal (Tensor Cosines, Tensor Sines)? Angles { get; }

    /// <summary>Loads all but the MLPs, and these from whoever has them. Disposing of it frees what its reader keeps.</summary>
    /// <param name="reader">Reads the tensors.</param>
    /// <param name="mlps">Makes the MLP of each block.</param>
    /// <exception cref="ModelFileException">A tensor is missing, or has other sides.</exception>
    public static Transformer Load(WeightReader reader, Func<WeightReader, IReadOnlyList<IMlp>> mlps)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            TransformerParts parts = reader.Config.Model.ModelType switch
            {
                "opt" => OptBlock.Read(reader),
                "mistral" => MistralBlock.Read(reader),
                "phi" => PhiBlock.Read(reader),
                _ => LlamaBlock.Read(reader),
            };
            (Tensor, Tensor)? angles = reader.Config.Rotary?.Tables(reader.Config.Positions, parts.Embedding.dtype, parts.Embedding.device) is var (cosines, sines)
                ? (reader.Kept(cosines), reader.Kept(sines))
                : null;
            return new(reader, parts, mlps(reader), angles);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model as it was trained, or recovered.</summary>
    /// <param name="model">The model, which stays open as long as it is computed with.</param>
    /// <param name="placement">Where its tensors are to be.</param>
    /// <exception cref="ModelFileException">A tensor is missing, or has other sides.</exception>
    public static Transformer Load(ModelFolder model, Placement placement) =>
        Load(new WeightReader(model, TransformerConfig.Read(model.Config), placement), reader => [.. model.Mlps.Select(names => reader.PlainMlp(names))]);

    /// <summary>The same model with other MLPs. It shares all other tensors, and is not to be disposed of but with this one.</summary>
    public Transformer With(IReadOnlyList<IMlp> mlps) =>
        mlps.Count == Mlps.Count ? new(_reader, _parts, mlps, Angles) : throw new ArgumentException($"there are {mlps.Count} MLPs for {Mlps.Count} blocks", nameof(mlps));

    /// <summary>The logits after each of the next tokens, or after the last alone. <c>[B, T, V]</c> or <c>[B, 1, V]</c></summary>
    /// <param name="tokens">The next tokens, those that fill up a text included. <c>[B, T]</c></param>
    /// <param name="cache">The tokens before them, to which they are added.</param>
    /// <param name="math">Pays.</param>
    /// <param name="ofLastOnly">Whether only the last token's are asked for.</param>
    /// <exception cref="ArgumentException">A text would be longer than the context or the cache, or a token is none of the vocabulary.</exception>
    public Tensor Logits(Tensor tokens, KeyValueCache cache, TensorMath math, bool ofLastOnly = false)
    {
        using DisposeScope scope = NewDisposeScope();
        (int batch, int count) = ((int)tokens.shape[0], (int)tokens.shape[1]);
        int longest = cache.Length + count - cache.Padding.Min();
        if (longest > Config.Positions || cache.Length + count > cache.Capacity)
        {
            throw new ArgumentException($"{longest} tokens are beyond the context of {Config.Positions}, or the cache of {cache.Capacity}", nameof(tokens));
        }

        if (tokens.min().item<long>() < 0 || tokens.max().item<long>() >= Config.Vocabulary)
        {
            throw new ArgumentException($"tokens are numbers from 0 to {Config.Vocabulary - 1}", nameof(tokens));
        }

        Step step = Step.Of(this, cache, count, math);
        Tensor x = math.Rows(_parts.Embedding, tokens.reshape(-1));
        if (_parts.Positions is not null)
        {
            Tensor positions = math.Rows(_parts.Positions, step.Positions);
            x = math.Add(x, positions.shape[0] == x.shape[0] ? positions : positions.repeat(batch, 1));
        }

        foreach ((ITransformerBlock block, IMlp mlp) in _parts.Blocks.Zip(Mlps))
        {
            using DisposeScope ofBlock = NewDisposeScope();
            Tensor before = x;
            x = block.Apply(x, mlp, step).MoveToOuterDisposeScope();
            before.Dispose();
        }

        cache.Advance(count);
        x = ofLastOnly ? x.view(batch, count, -1).select(1, count - 1) : x;
        Tensor logits = _parts.Head.Apply(_parts.FinalNorm.Apply(x, math), math);
        return logits.view(batch, ofLastOnly ? 1 : count, Config.Vocabulary).MoveToOuterDisposeScope();
    }

    /// <summary>Frees its tensors.</summary>
    public void Dispose() => _reader.Dispose();
}
