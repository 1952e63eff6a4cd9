using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Schemes.Tensors;

namespace Wager.Harness.CommandLine;

/// <summary><c>devices</c>: where tensors can live on this machine, from which libtorch, and why not elsewhere.</summary>
internal static class DevicesVerb
{
    private const double GiB = 1 << 30;

    /// <summary>A device, or all of a kind that there is none of.</summary>
    private sealed record Row(string Device, string What, long? Bytes, string? Problem);

    public static Command Command() => Arguments.Verb(
        "devices", "tell which devices tensors can live on, which libtorch there is, and what cannot be used for what reason", Run, [Arguments.Json]);

    private static int Run(ParseResult parse)
    {
        Destination? destination = Arguments.DestinationOf(parse, Arguments.Json);
        IAnsiConsole console = new Screen(aside: parse.GetValue(Arguments.Json) is "-").Tables;
        string? problem = Libtorch.WhyNot;
        Row[] rows = [.. Rows(problem)];
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("device", "what it is", "memory", "usable");
        foreach (Row row in rows)
        {
            table.AddRow(row.Device, Markup.Escape(row.What), row.Bytes is { } bytes ? FormattableString.Invariant($"{bytes / GiB:F1} GiB") : "", Markup.Escape(row.Problem is null ? "yes" : $"no: {row.Problem}"));
        }

        console.WriteLine(problem is null ? $"libtorch {Libtorch.Version}, {(Libtorch.HasCuda ? "with" : "without")} CUDA, from {Libtorch.Folder}" : $"no libtorch: {problem}");
        console.Write(table);
        destination?.Write(Json.Text(new JsonObject
        {
            ["libtorch"] = new JsonObject { ["version"] = Libtorch.Version, ["folder"] = Libtorch.Folder, ["cuda"] = Libtorch.HasCuda, ["problem"] = problem },
            ["devices"] = new JsonArray([.. rows.Select(row => new JsonObject { ["device"] = row.Device, ["what"] = row.What, ["bytes"] = row.Bytes, ["usable"] = row.Problem is null, ["problem"] = row.Problem })]),
        }));
        return 0;
    }

    private static IEnumerable<Row> Rows(string? problem)
    {
        string? noTorch = problem is null ? null : "no libtorch";
        int threads = Environment.ProcessorCount;
        yield return new("cpu", threads == 1 ? "1 thread" : $"{threads} threads", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, noTorch);
        string? why = noTorch ?? CudaDevices.WhyNot;
        foreach (CudaDevice device in CudaDevices.All)
        {
            yield return new($"cuda:{device.Index}", device.Name, device.Bytes, why);
        }

        if (CudaDevices.All.Count == 0)
        {
            yield return new("cuda", "", null, why);
        }
    }
}
