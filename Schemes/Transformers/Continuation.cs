using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Goes on with a batch of texts, a token of each at a step. Shorter texts are filled up at their beginning, which changes none of them.</summary>
public sealed class Continuation : IDisposable
{
    /// <summary>The most tokens of a prompt that go through the model together: more take more memory, and are not faster.</summary>
    private const int MostTogether = 512;

    private readonly Transformer _model;
    private readonly Decoding _decoding;
    private readonly Tape _tape;
    private readonly int _most;
    private readonly KeyValueCache _cache;
    private readonly List<int>[] _texts;
    private readonly bool[] _hasEnded;
    private long[] _next;
    private int _steps;

    /// <summary>Begins.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The tokens of each text; at least one text.</param>
    /// <param name="most">The most new tokens of a text; at least 1.</param>
    /// <param name="decoding">How a token is chosen.</param>
    /// <param name="tape">Pays, and has the coins.</param>
    /// <exception cref="ArgumentException">There is no prompt, or one without a token, or with the new tokens one is longer than the context.</exception>
    public Continuation(Transformer model, IReadOnlyList<IReadOnlyList<int>> prompts, int most, Decoding decoding, Tape tape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        int longest = prompts.Select(prompt => prompt.Count).DefaultIfEmpty().Max();
        if (prompts.Count == 0 || prompts.Any(prompt => prompt.Count == 0) || longest + most - 1 > model.Config.Positions)
        {
            throw new ArgumentException($"every prompt must have a token, and with {most - 1} of the new ones no more than {model.Config.Positions}, the context", nameof(prompts));
        }

        (_model, _decoding, _tape, _most) = (model, decoding, tape, most);
        _cache = new(model, [.. prompts.Select(prompt => longest - prompt.Count)], longest + most - 1);
        _next = [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt[0], longest - prompt.Count).Concat(prompt).Select(token => (long)token))];
        _texts = [.. prompts.Select(_ => new List<int>())];
        _hasEnded = new bool[prompts.Count];
    }

    /// <summary>Whether every text has ended, or has as many new tokens as may be.</summary>
    public bool IsOver => _steps == _most || _hasEnded.All(ended => ended);

    /// <summary>The new tokens of each text so far, without the one that ended it.</summary>
    public int[][] Texts => [.. _texts.Select(tokens => tokens.ToArray())];

    /// <summary>Goes on with texts until it is over.</summary>
    /// <returns>The new tokens of each text, without the one that ended it.</returns>
    /// <inheritdoc cref="Continuation(Transformer, IReadOnlyList{IReadOnlyList{int}}, int, Decoding, Tape)"/>
    public static int[][] Of(Transformer model, IReadOnlyList<IReadOnlyList<int>> prompts, int most, Decoding decoding, Tape tape)
    {
        using Continuation continuation = new(model, prompts, most, decoding, tape);
        while (!continuation.IsOver)
        {
            continuation.Step();
        }

        return continuation.Texts;
    }

    /// <summary>Adds a token to each text that has not ended.</summary>
    /// <exception cref="InvalidOperationException">It is over.</exception>
    /// <exception cref="InvalidDataException">A logit is not a finite number.</exception>
    public void Step()
    {
        if (IsOver)
        {
            throw new InvalidOperationException("every text has ended");
        }

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        int count = _next.Length / _texts.Length;
        Tensor tokens = tensor(_next, _texts.Length, count, device: _model.Device);
        Tensor logits = tokens;
        for (int first = 0; first < count; first += MostTogether)
        {
            logits = _model.Logits(tokens.narrow(1, first, Math.Min(MostTogether, count - first)), _cache, new TensorMath(_tape), ofLastOnly: true).squeeze(1);
        }

        int[] chosen = _decoding.Next(logits, _tape);
        for (int text = 0; text < chosen.Length; text++)
        {
            _hasEnded[text] |= _model.Config.EndTokens.Contains(chosen[text]);
            if (!_hasEnded[text])
            {
                _texts[text].Add(chosen[text]);
            }
        }

        _next = Array.ConvertAll(chosen, token => (long)token);
        _steps++;
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();
}
