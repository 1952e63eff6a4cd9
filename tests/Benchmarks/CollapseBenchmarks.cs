using BenchmarkDotNet.Attributes;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Benchmarks;

/// <summary>
/// Inference on a release of a 4096-16384-4096 MLP with N = 8, which has 4.3 GB: Run and Run′, the collapse, and as its floor the one product of
/// a matrix and a vector that it needs once Vx is known, which Run′ needs too.
/// </summary>
public class CollapseBenchmarks : IDisposable
{
    private readonly SeededTape _tape = new(1);
    private ReleasedMlps _mlps = null!;
    private MlpWeights _weights = null!;
    private TaylorRelease _released = null!;
    private Tensor _input = null!;
    private Tensor _hidden = null!;
    private Func<Tensor, Tape, Tensor> _collapse = null!;

    /// <summary>Rows that ρ is taken from.</summary>
    [Params(1, 16)]
    public int Rows { get; set; }

    /// <summary>Makes the release, and prepares the collapse.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _mlps = new(4096, 8, seed: 1);
        (_weights, _released) = _mlps.First;
        _input = _mlps.Input(_tape);
        _hidden = ones(1, _released.Protected, dtype: float64);
        _collapse = new Collapse(Rows).Prepare(default, new Oracle<TaylorRelease>(1, () => _released), _tape);
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _mlps.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public void OneProduct()
    {
        using DisposeScope scope = NewDisposeScope();
        new TensorMath(_tape).Product(_hidden, _released.Theta.select(0, 0).transpose(0, 1));
    }

    /// <summary>z = Vx, and z − z₀.</summary>
    [Benchmark]
    public void Vx()
    {
        using DisposeScope scope = NewDisposeScope();
        _released.Hidden(_input, new TensorMath(_tape));
    }

    /// <summary>Run, Vx included.</summary>
    [Benchmark]
    public void Run()
    {
        using DisposeScope scope = NewDisposeScope();
        _mlps.Run(_weights, _input, _tape);
    }

    /// <summary>Run′, Vx included.</summary>
    [Benchmark]
    public void RunReleased()
    {
        using DisposeScope scope = NewDisposeScope();
        _mlps.RunReleased(default, _released, _input, _tape);
    }

    /// <summary>The collapse, Vx included.</summary>
    [Benchmark]
    public void Collapsed()
    {
        using DisposeScope scope = NewDisposeScope();
        _collapse(_input, _tape);
    }
}
