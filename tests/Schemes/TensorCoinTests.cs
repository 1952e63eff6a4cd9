using Expecto;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Coins that are made by operations on tensors are those of <see cref="Coins"/>, and a lane has those of its trial.</summary>
internal static class TensorCoinTests
{
    private static readonly long[] _trials = [7, 0, 3, 3, 12];

    private const int Many = 20_000; // so that not all lanes are made at once

    private static readonly Arbitrary<(ulong[] Keys, int Count, int Bound)> _cases = Arb.From(
        from keys in Gen.OneOf(Gen.Elements(0UL, 1UL, ulong.MaxValue, 1UL << 63), Gen.Choose(0, int.MaxValue).Select(n => Coins.Word(5, (ulong)n))).NonEmptyListOf()
        from count in Gen.Choose(1, 300)
        from bound in Gen.OneOf(Gen.Elements(1, 2, 256, int.MaxValue), Gen.Choose(1, int.MaxValue))
        select (keys.ToArray(), count, bound));

    public static Test All => Suite.Group(
        "tensor coins",
        Suite.Property("words, and numbers below a bound, are those of Coins, bit by bit", _cases, made =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor words = TensorCoins.Words(made.Keys, made.Count, CPU);
            long[] below = [.. TensorCoins.Below(words, made.Bound).data<long>()];
            long[] bits = [.. words.data<long>()];
            Assert.Equal(made.Keys.Length * made.Count, bits.Length, "words");
            for (int i = 0; i < bits.Length; i++)
            {
                (ulong key, ulong index) = (made.Keys[i / made.Count], (ulong)(i % made.Count));
                Assert.Equal(Coins.Word(key, index), (ulong)bits[i], $"word {index} of {key}");
                Assert.Equal(Coins.Below(key, index, made.Bound), below[i], $"word {index} of {key} below {made.Bound}");
            }
        }),
        Suite.Test("uniform entries and signs are those of Coins, bit by bit", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            ulong key = new SeededTape(3).Keys()[0];
            double[] entries = RandomMlp.Host(TensorCoins.Uniform(new SeededTape(3), 0.3, CPU, 50, 7));
            double[] signs = RandomMlp.Host(TensorCoins.Signs(new SeededTape(3), 350, CPU));
            for (int i = 0; i < 350; i++)
            {
                double unit = Coins.Unit(key, (ulong)i);
                Assert.Equal(((2 * unit) - 1) * 0.3, entries[i], $"entry {i}");
                Assert.Equal(unit < 0.5 ? -1.0 : 1.0, signs[i], $"sign {i}");
            }
        }),
        Alone("uniform", tape => TensorCoins.Uniform(tape, 0.3, CPU, 4, 5), 4, 5),
        Alone("normal", tape => TensorCoins.Normal(tape, CPU, 3, 5), 3, 5),
        Alone("signs", tape => TensorCoins.Signs(tape, 9, CPU), 9),
        Alone("indices", tape => TensorCoins.Indices(tape, 11, Many, CPU), Many),
        Alone("rows of a dataset", tape => new TrainedMlps().Input(CPU, tape), 1, 8));

    /// <summary>Each lane has what its trial has alone, and a second tensor differs from the first.</summary>
    private static Test Alone(string name, Func<Tape, Tensor> draw, params long[] shape) => Suite.Test($"{name}: a lane has what its trial has alone", () =>
    {
        using DisposeScope scope = NewDisposeScope();
        LaneTape lanes = new(4, _trials);
        (Tensor first, Tensor second) = (draw(lanes), draw(lanes));
        Assert.True(first.shape.SequenceEqual([_trials.Length, .. shape]), "an axis of trials before the others");
        Assert.True(!Same(first, second), "another tensor");
        SeededTape tape = new(4);
        for (int lane = 0; lane < _trials.Length; lane++)
        {
            tape.Rewind(_trials[lane]);
            Tensor alone = draw(tape);
            Assert.True(alone.shape.SequenceEqual(shape), "no such axis");
            Assert.True(Same(alone, first[lane]) && Same(draw(tape), second[lane]), $"lane {lane}");
            Assert.Equal(tape.Spent(Procedure.Game), lanes.Lane(lane).Spent(Procedure.Game), $"what lane {lane} paid");
        }
    });

    private static bool Same(Tensor left, Tensor right) => left.eq(right).all().item<bool>();
}
