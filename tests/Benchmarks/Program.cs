using BenchmarkDotNet.Running;
using Wager.Benchmarks;

if (args is ["--device", string device])
{
    DeviceSpeed.Print(device);
    return;
}

if (args is ["--lanes"] or ["--lanes", "--device", _])
{
    LaneSpeed.Print(args is [_, _, string on] ? on : "cpu");
    return;
}

if (args is ["--generation", ..])
{
    GenerationSpeed.Print(args[1..]);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(GameBenchmarks).Assembly).Run(args);
