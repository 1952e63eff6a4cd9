using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Goes on with a batch of texts, token by token.</summary>
public static class Continuation
{
    /// <summary>Continues texts until each has ended, or has as many new tokens as may be.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">The tokens of each text, of which none is empty. Shorter ones are filled up, which changes no text.</param>
    /// <param name="most">The most new tokens of a text; at least 1.</param>
    /// <param name="decoding">How a token is chosen.</param>
    /// <param name="tape">Pays, and has the coins.</param>
    /// <param name="afterStep">Told after each step the tokens that it chose, also those of texts that have ended.</param>
    /// <returns>The new tokens of each text, without the one that ended it.</returns>
    /// <exception cref="ArgumentException">A prompt is empty, or with the new tokens longer than the context.</exception>
    /// <exception cref="InvalidDataException">A logit is not a finite number.</exception>
    public static int[][] Of(
        Transformer model, IReadOnlyList<IReadOnlyList<int>> prompts, int most, Decoding decoding, Tape tape, Action<int[]>? afterStep = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        int longest = prompts.Max(prompt => prompt.Count);
        if (prompts.Any(prompt => prompt.Count == 0))
        {
            throw new ArgumentException("a prompt has no token", nameof(prompts));
        }

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        TensorMath math = new(tape);
        using KeyValueCache cache = new(model, [.. prompts.Select(prompt => longest - prompt.Count)], longest + most - 1);
        long[] first = [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt[0], longest - prompt.Count).Concat(prompt).Select(token => (long)token))];
        Tensor next = tensor(first, prompts.Count, longest, device: model.Device);
        List<int>[] found = [.. prompts.Select(_ => new List<int>())];
        bool[] hasEnded = new bool[prompts.Count];
        for (int step = 0; step < most && !hasEnded.All(ended => ended); step++)
        {
            using TorchSharp.DisposeScope ofStep = NewDisposeScope();
            Tensor logits = model.Logits(next, cache, math, ofLastOnly: true).squeeze(1);
            int[] chosen = decoding.Next(logits, tape);
            for (int text = 0; text < chosen.Length; text++)
            {
                hasEnded[text] |= model.Config.EndTokens.Contains(chosen[text]);
                if (!hasEnded[text])
                {
                    found[text].Add(chosen[text]);
                }
            }

            afterStep?.Invoke(chosen);
            next = tensor(Array.ConvertAll(chosen, token => (long)token), prompts.Count, 1, device: model.Device).MoveToOuterDisposeScope();
        }

        return [.. found.Select(tokens => tokens.ToArray())];
    }
}
