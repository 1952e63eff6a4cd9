using BenchmarkDotNet.Running;
using Wager.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(GameBenchmarks).Assembly).Run(args);
