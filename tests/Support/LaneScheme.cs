using Wager.Games;

namespace Wager.Tests;

/// <summary>A number of each trial; one alone stands for all.</summary>
internal sealed record Each(params int[] Of)
{
    public int this[int lane] => Of[Of.Length == 1 ? 0 : lane];

    /// <summary>In each lane something of the numbers there.</summary>
    public static Each Made(int lanes, Func<int, int> of) => new([.. Enumerable.Range(0, lanes).Select(of)]);

    /// <summary>A number below a bound from a fresh key of each lane.</summary>
    public static Each Drawn(Tape tape, int below) => new([.. tape.Keys().ToArray().Select(key => Coins.Below(key, 1, below))]);

    public bool Equals(Each? other) => other is not null && Of.SequenceEqual(other.Of);

    public override int GetHashCode() => Of.Sum();

    public override string ToString() => string.Join(' ', Of);
}

/// <summary>
/// A scheme on {0 … n − 1} that plays lanes, and in which everything differs from trial to trial: all coins, what Run′ costs, and how often it is
/// right.
/// </summary>
internal sealed class LaneScheme(int count) : Scheme<Each, Each, Each, Each, Each, Each>
{
    /// <summary>What happens where Train is asked for so many lanes.</summary>
    public Action<Tape> OnTrain { get; init; } = _ => { };

    public override string Name => "lanes";

    public override string? FlawInLanes => null;

    public override Tolerance<Each> WeightTolerance { get; } = new("whether they differ", Differ, 0);

    public override Tolerance<Each> OutputTolerance => WeightTolerance;

    public override int BestLanes(int threads) => 16;

    public override Each Choose(Bits bits, Each zero, Each one) => Each.Made(
        Math.Max(bits.Lanes.Length, Math.Max(zero.Of.Length, one.Of.Length)), LaneOf(bits.Lanes.ToArray(), zero, one));

    public override Each Train(Tape tape)
    {
        OnTrain(tape);
        return Paid(Each.Drawn(tape, count), tape);
    }

    public override (Each Secret, Each Public) KGen(Tape tape)
    {
        Each key = Each.Drawn(tape, count);
        return (key, key);
    }

    public override Each Release(Each secret, Each weights, Tape tape)
    {
        Each slip = Each.Drawn(tape, 8); // one in eight releases is wrong
        return Each.Made(tape.Lanes, lane => (weights[lane] + secret[lane] + (slip[lane] == 0 ? 1 : 0)) % count);
    }

    public override Each Input(Tape tape) => Each.Drawn(tape, 4);

    public override Each Run(Each weights, Each input, Tape tape) => Each.Made(tape.Lanes, lane => (weights[lane] * input[lane]) % count);

    public override Each RunReleased(Each publicKey, Each released, Each input, Tape tape) =>
        Run(Paid(Opened(publicKey, released, tape), tape), input, tape);

    /// <summary>What a release holds.</summary>
    public Each Opened(Each publicKey, Each released, Tape tape) => Each.Made(tape.Lanes, lane => (released[lane] - publicKey[lane] + count) % count);

    /// <summary>In each lane its own cost.</summary>
    public static Each Paid(Each numbers, Tape tape)
    {
        for (int lane = 0; lane < tape.Lanes; lane++)
        {
            tape.Lane(lane).Charge(new Cost(Elementwise: 3 + numbers[lane]));
        }

        return numbers;
    }

    private static Func<int, int> LaneOf(bool[] bits, Each zero, Each one) => lane => bits[bits.Length == 1 ? 0 : lane] ? one[lane] : zero[lane];

    private static Distances Differ(Each left, Each right)
    {
        double[] differ = [.. Enumerable.Range(0, Math.Max(left.Of.Length, right.Of.Length)).Select(lane => left[lane] == right[lane] ? 0.0 : 1)];
        return differ.Length == 1 ? differ[0] : new Distances(differ);
    }
}

/// <summary>Recovers from one release in most trials, for a cost that differs from trial to trial, with coins of the whole and of single lanes.</summary>
internal sealed record LaneRecoverer(LaneScheme Scheme, int Count) : Recoverer<Each, Each, Each>
{
    /// <summary>What happens before it answers, of the coins of each lane.</summary>
    public Action<Tape, Each> Before { get; init; } = (_, _) => { };

    public override string Name => "lane-recoverer";

    public override string? FlawInLanes => null;

    public override Each Recover(Each publicKey, Each released, Tape tape)
    {
        Each coins = Each.Drawn(tape, 64);
        Before(tape, coins);
        tape.Charge(new Cost(MultiplyAdds: 1));
        Each more = Each.Made(tape.Lanes, lane => coins[lane] % 2 == 0 ? 0 : tape.Lane(lane).Draw(3)); // some lanes draw once more, by themselves
        Each last = Each.Drawn(tape, 5); // and then all do
        Each opened = LaneScheme.Paid(Scheme.Opened(publicKey, released, tape), tape);
        return Each.Made(tape.Lanes, lane => (opened[lane] + (more[lane] == 2 || last[lane] == 0 ? 1 : 0)) % Count);
    }
}

/// <summary>Runs what it recovers.</summary>
internal sealed record LaneAccelerator(LaneScheme Scheme, int Count) : Accelerator<Each, Each, Each, Each>
{
    public override string Name => "lane-accelerator";

    public override string? FlawInLanes => null;

    public override Each Infer(Each publicKey, Each released, Each input, Tape tape) =>
        Scheme.Run(new LaneRecoverer(Scheme, Count).Recover(publicKey, released, tape), input, tape);
}
