using BenchmarkDotNet.Attributes;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Benchmarks;

/// <summary>The procedures of TaylorMLP on the built-in task (8-32-4, N = 8), one call each.</summary>
public class TaylorMlpBenchmarks
{
    private const int Lanes = 64;

    private readonly TaylorMlpScheme _scheme = new();
    private readonly SeededTape _tape = new(1);
    private readonly LaneTape _lanes = new(1, [.. Enumerable.Range(0, Lanes).Select(trial => (long)trial)]);
    private MlpWeights _weights = null!;
    private TaylorRelease _released = null!;
    private Tensor _input = null!;

    /// <summary>Trains once.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _weights = _scheme.Train(_tape);
        _released = _scheme.Release(default, _weights, _tape);
        _input = _scheme.Input(_tape);
    }

    /// <summary>Run: the floor of inference.</summary>
    [Benchmark(Baseline = true)]
    public void Run()
    {
        using DisposeScope scope = NewDisposeScope();
        _scheme.Run(_weights, _input, _tape);
    }

    /// <summary>Run′.</summary>
    [Benchmark]
    public void RunReleased()
    {
        using DisposeScope scope = NewDisposeScope();
        _scheme.RunReleased(default, _released, _input, _tape);
    }

    /// <summary>The collapse.</summary>
    [Benchmark]
    public void Collapse()
    {
        using DisposeScope scope = NewDisposeScope();
        new Collapse().Infer(default, _released, _input, _tape);
    }

    /// <summary>Release.</summary>
    [Benchmark]
    public void Release()
    {
        using DisposeScope scope = NewDisposeScope();
        _scheme.Release(default, _weights, _tape);
    }

    /// <summary>The joint recovery.</summary>
    [Benchmark]
    public void Recovery()
    {
        using DisposeScope scope = NewDisposeScope();
        new JointRecovery().Recover(default, _released, _tape);
    }

    /// <summary>Train.</summary>
    [Benchmark]
    public void Train()
    {
        using DisposeScope scope = NewDisposeScope();
        _scheme.Train(_tape);
    }

    /// <summary>Train in lanes, of which this is one's share.</summary>
    [Benchmark(OperationsPerInvoke = Lanes)]
    public void TrainInLanes()
    {
        using DisposeScope scope = NewDisposeScope();
        _scheme.Train(_lanes);
    }
}
