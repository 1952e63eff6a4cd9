using BenchmarkDotNet.Running;
using Wager.Benchmarks;

if (args is ["--device", string device])
{
    DeviceSpeed.Print(device);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(GameBenchmarks).Assembly).Run(args);
