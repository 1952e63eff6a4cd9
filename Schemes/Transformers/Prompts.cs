using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Prompts of one length: windows of texts, each as likely, or, where there are none, tokens of the vocabulary, each as likely and none left out.</summary>
public sealed class Prompts
{
    private readonly int _vocabulary;
    private readonly int _count;
    private readonly IReadOnlyList<IReadOnlyList<int>>? _texts;

    /// <summary>Where prompts are from.</summary>
    /// <param name="length">L, the tokens of a prompt.</param>
    /// <param name="vocabulary">How many tokens there are.</param>
    /// <param name="texts">The tokens of each text; null for prompts of the vocabulary.</param>
    /// <exception cref="ArgumentException">L is below 1, no text has so many tokens, or one is none of the vocabulary.</exception>
    public Prompts(int length, int vocabulary, IReadOnlyList<IReadOnlyList<int>>? texts = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        (Length, _vocabulary, _texts) = (length, vocabulary, texts);
        if (texts is null)
        {
            return;
        }

        _count = texts.Sum(WindowsIn);
        if (_count == 0)
        {
            throw new ArgumentException($"no text has {length} tokens, which a prompt takes", nameof(texts));
        }

        if (texts.Any(text => text.Any(token => token < 0 || token >= vocabulary)))
        {
            throw new ArgumentException($"tokens are numbers from 0 to {vocabulary - 1}", nameof(texts));
        }
    }

    /// <summary>L, the tokens of a prompt.</summary>
    public int Length { get; }

    /// <summary>What they are, in words.</summary>
    public string Description => _texts is null
        ? $"prompts of {Length} tokens, each drawn from the vocabulary of {_vocabulary}"
        : $"prompts of {Length} tokens, one of {_count} windows of a text";

    /// <summary>A prompt. <c>[L]</c>, int64</summary>
    public Tensor Draw(Tape tape, Device device)
    {
        if (_texts is null)
        {
            return TensorCoins.Indices(tape, _vocabulary, Length, device);
        }

        using Tensor drawn = TensorCoins.Indices(tape, _count, 1, CPU);
        (int text, int first) = (0, (int)drawn.item<long>());
        for (; first >= WindowsIn(_texts[text]); text++)
        {
            first -= WindowsIn(_texts[text]);
        }

        return tensor([.. _texts[text].Skip(first).Take(Length).Select(token => (long)token)], dtype: int64, device: device);
    }

    private int WindowsIn(IReadOnlyList<int> text) => Math.Max(0, text.Count - Length + 1);
}
