using TorchSharp;
using Wager.Games;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>How a next token is chosen by the logits: the greatest, or at temperatures above 0 by chance.</summary>
/// <param name="Temperature">What logits are divided by; 0 for the most likely token always, of equals the first.</param>
/// <param name="MostLikely">How many of the most likely tokens are drawn from; null for all.</param>
/// <param name="Share">Of these the fewest with this share of their probability together are drawn from, the most likely first; 1 for all.</param>
public sealed record Decoding(double Temperature = 0, int? MostLikely = null, double Share = 1)
{
    /// <summary>The most likely token always.</summary>
    public static Decoding Greedy { get; } = new();

    /// <summary>The next token of each text.</summary>
    /// <param name="logits">The logits. <c>[B, V]</c></param>
    /// <param name="tape">Has the coins, and pays: for the most likely a comparison a logit, and else for a sort and an exponential each.</param>
    /// <exception cref="InvalidDataException">A logit is not a finite number.</exception>
    public int[] Next(Tensor logits, Tape tape)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = logits.to_type(ScalarType.Float32);
        if (!wide.isfinite().all().item<bool>())
        {
            throw new InvalidDataException("a logit is not a finite number: a weight is none, or what is computed is beyond the numbers of its type, and another --dtype reaches further");
        }

        tape.Charge(CostOf(logits.shape[1]) * logits.shape[0]);
        if (Temperature == 0)
        {
            return [.. wide.argmax(-1).cpu().data<long>().ToArray().Select(token => (int)token)];
        }

        float[] all = wide.cpu().contiguous().data<float>().ToArray();
        int vocabulary = (int)logits.shape[1];
        return [.. Enumerable.Range(0, (int)logits.shape[0]).Select(text => Drawn(all.AsSpan(text * vocabulary, vocabulary), tape))];
    }

    private Cost CostOf(double vocabulary) =>
        Temperature == 0 ? new(Elementwise: vocabulary) : new(Elementwise: vocabulary * (2 + Math.Ceiling(Math.Log2(vocabulary))), Transcendental: Math.Min(MostLikely ?? vocabulary, vocabulary));

    private int Drawn(ReadOnlySpan<float> logits, Tape tape)
    {
        double coin = Coins.Unit(tape.Keys()[0], 0);
        int[] tokens = [.. Enumerable.Range(0, logits.Length)];
        double[] keys = new double[logits.Length];
        double greatest = double.NegativeInfinity; // a logit itself may be beyond all numbers once it is divided, which its distance from this may be too
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit);
        }

        for (int token = 0; token < keys.Length; token++)
        {
            keys[token] = (greatest - logits[token]) / Temperature;
        }

        Array.Sort(keys, tokens); // of equals the order does not depend on anything but them
        int count = Math.Min(MostLikely ?? tokens.Length, tokens.Length);
        double[] weights = [.. keys.Take(count).Select(key => Math.Exp(-key))];
        double all = weights.Sum();
        double kept = 0;
        int last = 0;
        while (last < count && kept < Share * all)
        {
            kept += weights[last++];
        }

        double below = coin * kept;
        for (int place = 0; place < last; place++)
        {
            below -= weights[place];
            if (below < 0)
            {
                return tokens[place];
            }
        }

        return tokens[Math.Max(0, last - 1)];
    }
}
