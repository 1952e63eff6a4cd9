using Expecto;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The adversaries of TaylorMLP on several trials in lock-step: each lane has the answer and the cost of its trial alone, whoever its neighbours are.</summary>
internal static class LaneAdversaryTests
{
    private const ulong Seed = 5;
    private const int Units = 33, Outputs = 72; // more than whole vectors, and than the rows that x₀ is found from for one order; but each matrix fills cache lines

    private static readonly Recoverer<MlpWeights, TaylorRelease, NoKey>[] _recoverers = [new JointRecovery(), new JointRecovery(OrdersRead.One), new PairwiseRecovery(), new LeastSquares()];
    private static readonly Accelerator<TaylorRelease, Tensor, Tensor, NoKey>[] _accelerators =
        [new Collapse(), new Collapse(2), new Collapse(Collapse.AllRows), new Quantise(), new Truncate(0), new Truncate(2)];

    private static readonly StorageType[] _storages = [StorageType.F64, StorageType.BF16];

    public static Test All => Suite.Group(
        "adversaries of TaylorMLP in lanes",
        Suite.Test("every one of them plays lanes", () =>
            Assert.Equal("", string.Join(' ', _recoverers.Concat<Adversary>(_accelerators).Where(adversary => adversary.FlawInLanes is not null).Select(adversary => adversary.Name)), "those that do not")),
        Suite.Property(
            "what is recovered in a lane is what is recovered alone, to the last bit, and costs as much",
            RandomMlp.Shapes,
            shape => EachRelease(shape, (what, lanes, _) => Recoveries(what, lanes)),
            count: 15),
        Suite.Property(
            "what is inferred in a lane is what is inferred alone, and costs as much to prepare and to infer",
            RandomMlp.Shapes,
            shape => EachRelease(shape, Inferences),
            count: 15),
        Suite.Test("of larger MLPs too, with every activation, gated or not", () =>
        {
            foreach ((Activation activation, bool gated) in from activation in Activation.Smooth from gated in new[] { false, true } select (activation, gated))
            {
                EachRelease((3, 8, Units, Outputs, 8, activation, gated), (what, lanes, x) =>
                {
                    Recoveries(what, lanes);
                    Inferences(what, lanes, x);
                });
            }
        }),
        Suite.Test("a gated release with no order but 0 is answered, and so is one for all lanes, which each of them pays", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            foreach (int order in new[] { 0, 8 })
            {
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((2, 3, 6, 4, order, Activation.Gelu, true));
                TaylorRelease released = TaylorRelease.Of(weights, inputs, order, activation, new SeededTape(Seed));
                foreach (Recoverer<MlpWeights, TaylorRelease, NoKey> recoverer in _recoverers.SkipLast(1))
                {
                    SeededTape alone = new(Seed);
                    LaneTape tape = new(Seed, [1, 2, 3]);
                    Same(Parts(recoverer.Recover(default, released, alone)), Parts(recoverer.Recover(default, released, tape)), recoverer.Name);
                    Assert.Equal(alone.Spent(Procedure.Game), tape.Lane(1).Spent(Procedure.Game), $"{recoverer.Name}: cost");
                }
            }
        }));

    /// <summary>Releases of a shape in lanes, of every variant and in two storage types: plain ones, and some with units that say little.</summary>
    private static void EachRelease(
        (int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) shape, Action<string, TaylorRelease[], Tensor[]> body)
    {
        foreach ((Variant variant, StorageType storage) in from variant in Variant.All from storage in _storages select (variant, storage))
        {
            using DisposeScope scope = NewDisposeScope();
            List<TaylorRelease> lanes = [];
            List<Tensor> x = [];
            for (int lane = 0; lane < 4; lane++)
            {
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape with { Seed = shape.Seed + lane });
                if (lane == 1)
                {
                    weights.W.select(0, 0).zero_(); // the first row says nothing of any unit
                    weights.W.select(1, shape.Hidden - 1).zero_(); // and nothing does of the last one
                }

                TaylorRelease released = TaylorRelease.Of(weights, inputs, shape.Order, activation, new SeededTape((ulong)lane), storage, variant);
                if (lane == 2 && shape.Order > 0)
                {
                    released.Theta.select(0, 0).select(1, 0).zero_(); // as where Act′(x₀) = 0
                }

                lanes.Add(released);
                x.Add(inputs.narrow(0, 0, 1).clone());
            }

            body($"{shape}, {variant}, {storage}", [.. lanes], [.. x]);
        }
    }

    private static void Recoveries(string what, TaylorRelease[] lanes)
    {
        foreach (Recoverer<MlpWeights, TaylorRelease, NoKey> recoverer in _recoverers)
        {
            Agree($"{recoverer.Name}, {what}", lanes.Length, Play, (lane, tape) => Parts(recoverer.Recover(default, lanes[lane], tape)));

            Tensor[] Play(int[] which, Tape preparation, Tape inference) => Parts(recoverer.Recover(default, Stacked(which.Select(lane => lanes[lane])), preparation));
        }
    }

    private static void Inferences(string what, TaylorRelease[] lanes, Tensor[] x)
    {
        foreach (Accelerator<TaylorRelease, Tensor, Tensor, NoKey> accelerator in _accelerators)
        {
            bool isByTensors = accelerator is Collapse or Truncate;
            Agree($"{accelerator.Name}, {what}", lanes.Length, Play, (lane, tape) => [accelerator.Infer(default, lanes[lane], x[lane], tape)], isByTensors ? lane => Terms(lanes[lane], x[lane]) : null);

            Tensor[] Play(int[] which, Tape preparation, Tape inference)
            {
                TaylorRelease released = Stacked(which.Select(lane => lanes[lane]));
                return [accelerator.Prepare(default, new Oracle<TaylorRelease>(1, () => released), preparation)(stack([.. which.Select(lane => x[lane])]), inference)];
            }
        }
    }

    /// <summary>Holds all lanes at once against each alone, and against a pair of it in another place.</summary>
    /// <param name="what">For failures.</param>
    /// <param name="count">How many lanes there are.</param>
    /// <param name="play">Plays some of them, preparing on one tape and inferring on another.</param>
    /// <param name="alone">Plays one.</param>
    /// <param name="terms">What the answer is a sum of, to a 10⁻¹²th of which it is the one alone; null where it is to the last bit.</param>
    private static void Agree(string what, int count, Func<int[], Tape, Tape, Tensor[]> play, Func<int, Tape, Tensor[]> alone, Func<int, Tensor>? terms = null)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        (Tensor[] answers, Cost[] costs) = Played(all);
        foreach (int lane in all)
        {
            SeededTape tape = new(Seed);
            tape.Rewind(lane);
            Tensor[] expected = alone(lane, tape);
            Tensor[] here = [.. answers.Select(answer => answer[lane])];
            Assert.Equal(tape.Spent(Procedure.Game), costs[lane], $"{what}: cost of lane {lane}");
            if (terms is null)
            {
                Same(expected, here, $"{what}: lane {lane} and the trial alone");
            }
            else
            {
                Assert.True(here[0].sub(expected[0]).abs().le(terms(lane).Times(1e-12)).all().item<bool>(), $"{what}: lane {lane} is {here[0]}, and alone {expected[0]}");
            }

            (Tensor[] pair, Cost[] ofPair) = Played([lane, lane]);
            Assert.Equal((costs[lane], costs[lane]), (ofPair[0], ofPair[1]), $"{what}: cost of lane {lane} twice");
            Same(here, [.. pair.Select(answer => answer[0])], $"{what}: lane {lane} and the first of two equal ones");
            Same(here, [.. pair.Select(answer => answer[1])], $"{what}: lane {lane} and the second of two equal ones");
        }

        (Tensor[] Answers, Cost[] Costs) Played(int[] which)
        {
            long[] trials = [.. which.Select(lane => (long)lane)];
            (LaneTape preparation, LaneTape inference) = (new(Seed, trials), new(Seed, trials));
            Tensor[] played = play(which, preparation, inference);
            return (played, [.. which.Select((_, place) => preparation.Lane(place).Spent(Procedure.Game) + inference.Lane(place).Spent(Procedure.Game))]);
        }
    }

    /// <summary>Σ |Θ_n|·|p_n(z − z₀)|, which roundings are relative to. <c>[1, D]</c></summary>
    private static Tensor Terms(TaylorRelease released, Tensor x)
    {
        TensorMath math = new(new SeededTape(Seed));
        HiddenInput hidden = released.Hidden(x, math);
        Tensor? power = hidden.Up?.abs();
        Tensor sum = power is null ? released.Theta0.abs().unsqueeze(0) : power.matmul(released.Theta0.abs().t());
        for (int n = 1; n <= released.Order; n++)
        {
            power = released.Variant.Power(n, power, hidden.Step.abs(), math);
            sum = sum.Plus(power.matmul(released.Theta.select(0, n - 1).abs().t()));
        }

        return sum;
    }

    private static TaylorRelease Stacked(IEnumerable<TaylorRelease> releases)
    {
        TaylorRelease[] lanes = [.. releases];
        Tensor Of(Func<TaylorRelease, Tensor> part) => stack([.. lanes.Select(part)]);
        return lanes[0] with { V = Of(r => r.V), Z0 = Of(r => r.Z0), Theta0 = Of(r => r.Theta0), Theta = Of(r => r.Theta), U = lanes[0].U is null ? null : Of(r => r.U!) };
    }

    private static Tensor[] Parts(MlpWeights weights) => [weights.V, weights.B, weights.W, weights.C, .. weights.U is null ? Array.Empty<Tensor>() : [weights.U]];

    /// <summary>Whether all numbers are the same, to the last bit.</summary>
    private static void Same(Tensor[] expected, Tensor[] actual, string what)
    {
        foreach ((Tensor one, Tensor other) in expected.Zip(actual))
        {
            Assert.Equal(string.Join(' ', one.shape), string.Join(' ', other.shape), $"{what}: shape");
            Assert.True(RandomMlp.Host(one).SequenceEqual(RandomMlp.Host(other)), $"{what}: {one} and {other}");
        }
    }
}
