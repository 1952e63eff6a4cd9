using System.Diagnostics;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.Studies;

/// <summary>An attack on a release's layers, one after the other: timed, counted, and held against the truth where that is known.</summary>
/// <param name="method">How they are attacked.</param>
/// <param name="threads">How many threads share the work.</param>
public sealed class AttackRun(AttackMethod method, int threads) : IDisposable
{
    /// <summary>What an hour of the paper's machine costs, in USD (Yang et al. 2025, §4.3).</summary>
    public const double DollarsAnHour = 1.43616;

    private readonly Dictionary<ColumnLoss, long> _given = [];
    private readonly List<QueryFit> _fits = [];
    private readonly PlainCopy _copy = new(threads);

    /// <summary>How many threads share the work.</summary>
    public int Threads => threads;

    /// <summary>The attack's name.</summary>
    public string Name => method.Name;

    /// <summary>How far queries determine each layer's W; empty where it is not found from these.</summary>
    public IReadOnlyList<QueryFit> Fits => _fits;

    /// <summary>Entries of W.</summary>
    public long Parameters { get; private set; }

    /// <summary>Columns of W.</summary>
    public long Columns { get; private set; }

    /// <summary>What was recovered; null without the truth.</summary>
    public RecoveryScore? Score { get; private set; }

    /// <summary>The time of the attack, with the release in memory and this program compiled.</summary>
    public double Seconds { get; private set; }

    /// <summary>The time of a plain copy of the bytes that had to move: what was read and written by one order, or all orders' matrices.</summary>
    public double CopySeconds { get; private set; }

    /// <summary>What was counted.</summary>
    public Cost Cost { get; private set; }

    /// <summary>Columns by what the attack says of them, the truth unseen.</summary>
    public IReadOnlyDictionary<ColumnLoss, long> Given => _given;

    /// <summary>The price of the attack on the paper's machine.</summary>
    public double Dollars => Seconds / 3600 * DollarsAnHour;

    /// <summary>Attacks a layer.</summary>
    /// <param name="layer">The release, in memory.</param>
    /// <param name="weights">What W is written in.</param>
    /// <param name="w">Where. <c>[D, h]</c></param>
    /// <param name="truth">The true weights; null where they are not known.</param>
    /// <param name="stop">Ends it, between the attack, the copies and the comparison.</param>
    /// <param name="inTensors">Loads the same release with V and U, where it is of a file.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public RecoveredLayer Attack(ReleasedLayer layer, StorageType weights, nint w, LayerWeights? truth, CancellationToken stop, Func<TaylorRelease>? inTensors = null)
    {
        stop.ThrowIfCancellationRequested();
        Cost work = default;
        if (Columns == 0 && !method.NeedsTensors)
        {
            Compile(layer, weights);
        }

        using TorchSharp.DisposeScope? scope = method.NeedsTensors ? TorchSharp.torch.NewDisposeScope() : null;
        TaylorRelease? tensors = method.NeedsTensors ? inTensors?.Invoke() : null;
        Stopwatch watch = Stopwatch.StartNew();
        RecoveredLayer recovered = method.Attack(layer, tensors, weights, w, threads, ref work);
        Seconds += watch.Elapsed.TotalSeconds;
        Cost += work;
        Parameters += (long)layer.Outputs * layer.Hidden;
        Columns += layer.Hidden;
        CopySeconds += BestOfThree(layer, weights, stop);
        foreach (RecoveredUnit unit in recovered.Units)
        {
            _given[unit.Loss] = _given.GetValueOrDefault(unit.Loss) + 1;
        }

        if (recovered.Fit is { } fit)
        {
            _fits.Add(fit);
        }

        if (truth is not null)
        {
            RecoveryScore score = RecoveryScore.Of(layer, recovered, w, weights, truth, threads);
            Score = Score is null ? score : Score + score;
        }

        return recovered;
    }

    /// <summary>Has the runtime compile what a layer of these types needs, by attacking its first rows: a few tenths of a second, once.</summary>
    private unsafe void Compile(ReleasedLayer layer, StorageType weights)
    {
        using NativeBlock w = new((long)layer.Hidden * weights.Size);
        Cost work = default;
        method.Attack(layer.FirstRows(1), null, weights, (nint)w.First, threads, ref work);
    }

    /// <inheritdoc/>
    public void Dispose() => _copy.Dispose();

    /// <summary>The time of the copy: the best of three, the first of which also takes the pages.</summary>
    private double BestOfThree(ReleasedLayer layer, StorageType weights, CancellationToken stop)
    {
        double best = double.PositiveInfinity;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            stop.ThrowIfCancellationRequested();
            Stopwatch watch = Stopwatch.StartNew();
            _copy.Copy(layer, weights, method.Orders);
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return best;
    }
}
