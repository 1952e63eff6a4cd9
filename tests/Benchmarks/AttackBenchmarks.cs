using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Tests;

namespace Wager.Benchmarks;

/// <summary>
/// The attacks on one layer of a published shape, in memory, by two threads (N = 8, z₀ of deviation 1, b of 0.02), each beside a copy
/// of the bytes that it has to move.
/// </summary>
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
public class AttackBenchmarks : IDisposable
{
    private const string One = "one order", All = "all orders";
    private const int Threads = 2;

    private readonly PlainCopy _copy = new(Threads);
    private SyntheticLayer _layer = null!;
    private NativeBlock _w = null!;

    /// <summary>The shape: its first layer.</summary>
    [Params("opt-125m", "opt-1.3b", "opt-6.7b", "llama2-13b")]
    public string Shape { get; set; } = "";

    /// <summary>What the release is rounded to.</summary>
    [Params("bf16", "f16")]
    public string Type { get; set; } = "";

    private static StorageType Weights => StorageType.BF16;

    /// <summary>Makes the layer, once.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelShape shape = ModelShape.Find(Shape)!;
        StorageType storage = StorageType.All.First(type => type.Name == Type);
        _layer = new(shape.Width, shape.Hidden, shape.IsGated ? Activation.Silu : Activation.Gelu, storage, spread: 1, shape.IsGated, bias: 0.02);
        _w = new((long)shape.Width * shape.Hidden * Weights.Size);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _copy.Dispose();
        _layer.Dispose();
        _w.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory(One)]
    public void CopyOne() => _copy.Copy(_layer.Layer, Weights, OrdersRead.One);

    /// <summary>The pairwise attack.</summary>
    [Benchmark, BenchmarkCategory(One)]
    public void Pairwise() => Attack(OrdersRead.One, isPairwise: true);

    /// <summary>The joint attack, W from one order.</summary>
    [Benchmark, BenchmarkCategory(One)]
    public void JointOne() => Attack(OrdersRead.One, isPairwise: false);

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory(All)]
    public void CopyAll() => _copy.Copy(_layer.Layer, Weights, OrdersRead.All);

    /// <summary>The joint attack, W from all orders.</summary>
    [Benchmark, BenchmarkCategory(All)]
    public void JointAll() => Attack(OrdersRead.All, isPairwise: false);

    private unsafe void Attack(OrdersRead orders, bool isPairwise)
    {
        Cost work = default;
        LayerAttack attack = new(orders, Threads);
        _ = isPairwise
            ? attack.Pairwise(_layer.Layer, Weights, (nint)_w.First, ref work)
            : attack.Jointly(_layer.Layer, Weights, (nint)_w.First, ref work);
    }
}
