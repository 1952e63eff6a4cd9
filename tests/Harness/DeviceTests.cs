using System.Text.Json.Nodes;
using Expecto;
using Wager.Schemes.Tensors;

namespace Wager.Tests;

/// <summary><c>--device</c> and <c>devices</c>, on a machine with CUDA devices as on one without.</summary>
internal static class DeviceTests
{
    public static Test All => Suite.Group(
        "devices",
        Suite.Test("a CUDA device that is not there is refused with the reason, and with what would be right", () =>
        {
            string reason = CudaDevices.WhyNot ?? (CudaDevices.Usable == 1 ? "there is one CUDA device, cuda:0" : $"there are {CudaDevices.Usable} CUDA devices");
            foreach (string verb in new[] { "play WRec --scheme taylor-mlp --adversary recovery --trials 1", "check clear", "cost --scheme clear" })
            {
                CommandLine.Outcome outcome = CommandLine.Run([.. verb.Split(' '), "--device", "cuda:1000"]);
                Assert.Equal(2, outcome.Code, $"exit code of {verb}");
                Assert.Equal(1, outcome.Error.Trim().Split('\n').Length, $"lines of\n{outcome.Error}");
                Assert.Contains($"wager: --device cuda:1000: {reason}", outcome.Error, verb);
                Assert.Contains("cpu", outcome.Error, "what would be right");
            }
        }),
        Suite.Test("--device cuda is cuda:0, where there is one", () =>
        {
            CommandLine.Outcome outcome = Played("cuda");
            Assert.Equal(CudaDevices.WhyNot is null ? 0 : 2, outcome.Code, outcome.Error);
            Assert.Contains(CudaDevices.WhyNot is null ? "\"device\": \"cuda:0\"" : $"wager: --device cuda: {CudaDevices.WhyNot}; use cpu", outcome.Output + outcome.Error, "what is told");
        }),
        Suite.Test("--device auto is CUDA where libtorch can use it, and else the processor, and results say which", () =>
        {
            CommandLine.Outcome outcome = Played("auto");
            Assert.Equal(0, outcome.Code, outcome.Error);
            Assert.Equal(CudaDevices.WhyNot is null ? "cuda:0" : "cpu", (string)JsonNode.Parse(outcome.Output)!["device"]!, "device");
        }),
        Suite.Test("devices tells libtorch, the processor and CUDA, in a table and as JSON", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("devices", "--json", "-");
            Assert.Equal(0, outcome.Code, outcome.Error);
            Assert.Contains($"libtorch {Libtorch.Version}, {(Libtorch.HasCuda ? "with" : "without")} CUDA, from {Libtorch.Folder}", outcome.Error, "the text");
            JsonNode json = JsonNode.Parse(outcome.Output)!;
            Assert.Equal(Libtorch.Folder!, (string)json["libtorch"]!["folder"]!, "where it is");
            JsonArray devices = json["devices"]!.AsArray();
            Assert.Equal($"cpu {Environment.ProcessorCount} True", $"{devices[0]!["device"]} {((string)devices[0]!["what"]!).Split(' ')[0]} {devices[0]!["usable"]!.GetValue<bool>()}", "the processor");
            Assert.True(devices[0]!["bytes"]!.GetValue<long>() > 1 << 20, "its memory");
            string[] expected = CudaDevices.All.Count == 0 ? ["cuda"] : [.. CudaDevices.All.Select(device => $"cuda:{device.Index}")];
            Assert.Equal(string.Join(' ', expected), string.Join(' ', devices.Skip(1).Select(device => (string)device!["device"]!)), "CUDA");
            foreach (JsonNode? device in devices.Skip(1))
            {
                Assert.Equal(CudaDevices.WhyNot, (string?)device!["problem"], "why it cannot be used");
                Assert.Contains((string)device["device"]!, outcome.Error, "the table");
            }
        }),
        Suite.Test("libtorch's version is told without loading it, and is what TorchSharp was built against", () =>
            Assert.Equal(TorchSharp.torch.__version__, $"{Libtorch.OnlyVersion}.0", "version")));

    private static CommandLine.Outcome Played(string device) =>
        CommandLine.Run("play", "WRec", "--scheme", "taylor-mlp", "--adversary", "recovery", "--trials", "2", "--json", "-", "--device", device);
}
