using System.Diagnostics;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Tests;
using static TorchSharp.torch;

namespace Wager.Benchmarks;

/// <summary>
/// The joint attack and the collapse in tensor operations on a device, each beside its copy bandwidth (bytes read and written), on a layer of Llama2-13B's shape, or on a CPU of
/// a quarter of each side. Counted are the bytes that have to move: Θ or Θ_n once and W once; V and Θ₁ once. Each is the least of several times.
/// </summary>
internal static class DeviceSpeed
{
    private const int Order = 8;
    private const int Times = 7;
    private const int Top = 8; // rows, of which W takes next to nothing: what is left is what each column takes

    public static void Print(string name)
    {
        Device device = new(name);
        (int outputs, int hidden) = device.type == DeviceType.CPU ? (1280, 3456) : (5120, 13824);
        TensorMath.Of([0], device, 1).Dispose(); // which sets libtorch's threads
        double copy = Copy(device, (long)outputs * hidden * Order);
        Console.WriteLine($"{name}, {outputs} × {hidden}, N = {Order}: copies at {copy / 1e9:0.0} GB/s, libtorch with {get_num_threads()} threads, x₀ with {Environment.ProcessorCount}");
        foreach (StorageType storage in new[] { StorageType.BF16, StorageType.F16 })
        {
            foreach (bool gated in new[] { true, false })
            {
                using DisposeScope scope = NewDisposeScope();
                using SyntheticLayer made = new(outputs, hidden, gated ? Activation.Silu : Activation.Gelu, storage, spread: 1, gated, bias: 0.02);
                TensorLayer layer = TensorLayer.Of(made.Layer, device);
                TensorLayer top = TensorLayer.Of(made.Layer.FirstRows(Top), device);
                foreach (OrdersRead orders in new[] { OrdersRead.One, OrdersRead.All })
                {
                    double entries = (double)outputs * hidden * ((orders == OrdersRead.One ? 1 : made.Layer.Orders) + 1);
                    void Attack(TensorLayer attacked)
                    {
                        Cost work = default;
                        new TensorAttack(orders, Environment.ProcessorCount).Jointly(attacked, StorageType.BF16, ref work);
                    }

                    Report($"attack, {storage}, {(gated ? "x₀ public" : "x₀ unknown")}, orders: {orders}", storage.Size * entries, copy, device, () => Attack(layer));
                    Console.WriteLine($"    its first {Top} rows alone: {Least(device, () => Attack(top)) * 1e3:0.00} ms");
                }
            }
        }

        Collapse(device, outputs, hidden, copy);
    }

    private static void Collapse(Device device, int outputs, int hidden, double copy)
    {
        using DisposeScope scope = NewDisposeScope();
        SeededTape tape = new(1);
        Tensor Coins(double bound, params long[] sides) => TensorCoins.Uniform(tape, bound, device, sides);
        MlpWeights weights = new(Coins(0.02, hidden, outputs), Coins(0.3, hidden), Coins(0.02, outputs, hidden), Coins(0.1, outputs));
        Tensor input = Coins(1, 1, outputs);
        TaylorRelease released = TaylorRelease.Of(weights, Coins(1, 4, outputs), Order, Activation.Gelu, tape);
        foreach (int rows in new[] { 1, 16 })
        {
            Func<Tensor, Tape, Tensor> infer = new Collapse(rows).Prepare(default, new Oracle<TaylorRelease>(1, () => released), tape);
            Report($"collapse({rows}), f64", 2.0 * sizeof(double) * outputs * hidden, copy, device, () => infer(input, tape));
        }

        Report("Run′, f64", (Order + 1.0) * sizeof(double) * outputs * hidden, copy, device, () => released.Infer(input, new TensorMath(tape)));
    }

    private static double Copy(Device device, long halves)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor from = ones(halves, dtype: bfloat16, device: device);
        Tensor to = empty_like(from);
        return 2 * sizeof(short) * halves / Least(device, () => to.copy_(from));
    }

    private static void Report(string what, double bytes, double copy, Device device, Action action)
    {
        double seconds = Least(device, action);
        Console.WriteLine($"{what}: {seconds * 1e3:0.00} ms, {bytes / 1e6:0} MB, {bytes / seconds / 1e9:0.0} GB/s, {bytes / seconds / copy:0.000} of the copy");
    }

    /// <summary>The least time in seconds, after two that warm up, with all that was queued on a device waited for.</summary>
    private static double Least(Device device, Action action)
    {
        double least = double.PositiveInfinity;
        for (int time = -2; time < Times; time++)
        {
            using DisposeScope scope = NewDisposeScope();
            Wait(device);
            Stopwatch watch = Stopwatch.StartNew();
            action();
            Wait(device);
            least = time < 0 ? least : Math.Min(least, watch.Elapsed.TotalSeconds);
        }

        return least;
    }

    private static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }
}
