using Expecto;
using Wager.Games;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>How tokens are chosen by logits.</summary>
internal static class DecodingTests
{
    private const int Draws = 20_000;

    private static readonly float[] _logits = [0.5f, 2, -1, 2.5f, 1];

    public static Test All => Suite.Group(
        "decoding",
        [
            .. new (Decoding Decoding, double[] Law)[]
            {
                (new(1), Softmax(1, 0, 1, 2, 3, 4)),
                (new(0.5), Softmax(0.5, 0, 1, 2, 3, 4)),
                (new(2), Softmax(2, 0, 1, 2, 3, 4)),
                (new(1, MostLikely: 2), Softmax(1, 1, 3)),
                (new(1, MostLikely: 1), Softmax(1, 3)),
                (new(1, MostLikely: 9), Softmax(1, 0, 1, 2, 3, 4)),
                (new(1, Share: 0.49), Softmax(1, 3)), // the first alone has 0.501
                (new(1, Share: 0.52), Softmax(1, 3, 1)),
                (new(1, Share: 0.8), Softmax(1, 3, 1)), // the first two have 0.805
                (new(1, Share: 0.82), Softmax(1, 3, 1, 4)),
                (new(1, MostLikely: 2, Share: 0.7), Softmax(1, 3, 1)), // of the two together the first has 0.62
                (new(1, MostLikely: 2, Share: 0.6), Softmax(1, 3)),
            }.Select(row => Suite.Test($"{row.Decoding} draws each token as often as its law says, within five deviations (false alarms: 3 in a million)", () =>
            {
                using TorchSharp.DisposeScope scope = NewDisposeScope();
                int[] drawn = row.Decoding.Next(tensor(_logits, 1, 5).expand(Draws, 5), new SeededTape(5));
                for (int token = 0; token < 5; token++)
                {
                    (double p, int count) = (row.Law[token], drawn.Count(each => each == token));
                    Assert.True(Math.Abs(count - (Draws * p)) <= 5 * Math.Sqrt(Draws * p * (1 - p)), $"token {token}: {count} of {Draws}, where {Draws * p:F0} are expected");
                }
            })),
            Suite.Test("without a temperature the most likely is taken, of equals the first, for a comparison a logit", () =>
            {
                using TorchSharp.DisposeScope scope = NewDisposeScope();
                SeededTape tape = new(1);
                Assert.Equal("3 1", string.Join(' ', Decoding.Greedy.Next(tensor([.. _logits, 0f, 2, 2, 1, 0], 2, 5), tape)), "tokens");
                Assert.Equal(10.0, tape.Spent(Procedure.Game).Elementwise, "comparisons");
                Assert.Throws<InvalidDataException>(() => Decoding.Greedy.Next(tensor([0f, float.NaN], 1, 2), tape), "no number");
            }),
        ]);

    /// <summary>The law that is left of these tokens. <c>[5]</c></summary>
    private static double[] Softmax(double temperature, params int[] tokens)
    {
        double all = tokens.Sum(token => Math.Exp(_logits[token] / temperature));
        return [.. Enumerable.Range(0, 5).Select(token => tokens.Contains(token) ? Math.Exp(_logits[token] / temperature) / all : 0)];
    }
}
