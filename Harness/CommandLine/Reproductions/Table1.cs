using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Harness.Reports;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;

namespace Wager.Harness.CommandLine.Reproductions;

/// <summary>Yang et al. 2025, Table 1: the published numbers, and beside them ours.</summary>
internal sealed record Table1() : Reproduction("table1", "Yang et al., Table 1: the published rows, the pairwise and the joint attack side by side")
{
    protected override IReadOnlyList<Option> OwnOptions { get; } =
    [
        FileArguments.Models, FileArguments.Layers, Arguments.Order, FileArguments.Storage, FileArguments.ActivationName, FileArguments.ZSpread,
        Arguments.Threads,
    ];

    public override int Run(ParseResult parse, Session session)
    {
        string[] names = parse.GetValue(FileArguments.Models)?.Split(',') ?? [.. PublishedRecovery.Table1.Keys];
        if (names.Contains(""))
        {
            throw new UsageException($"{FileArguments.Models.Name} {string.Join(',', names)}: a name is empty; give shapes with one comma between two");
        }

        ModelShape[] shapes = [.. names.Select(FileArguments.ShapeOf)];
        (StorageType storage, int order, double spread) = (FileArguments.StorageOf(parse), FileArguments.OrderOf(parse), FileArguments.SpreadOf(parse));
        RecoveryTable table = new(session.Screen.Tables);
        JsonArray json = [];
        List<string> remarks = [];
        foreach ((int place, ModelShape shape) in shapes.Index())
        {
            int layers = FileArguments.LayersOf(parse, shape);
            Activation activation = FileArguments.ReleasedActivationOf(parse, shape);
            AttackRun[] runs;
            try
            {
                runs = session.Stoppable($"{shape}", (progress, stop) =>
                {
                    using SyntheticRelease release = new(shape, activation, order, storage, new DrawnEmbeddings(session.Sampling.Seed, spread), session.Sampling);
                    return release.Attack(layers, progress, stop);
                });
            }
            catch (OperationCanceledException) when (place > 0)
            {
                remarks.Add($"stopped: {string.Join(", ", names[place..])} not done");
                break;
            }

            if (place > 0)
            {
                table.Rule();
            }

            string title = layers == shape.Layers ? shape.Name : $"{shape} {layers}/{shape.Layers}";
            if (PublishedRecovery.Table1.TryGetValue(shape.Name, out PublishedRecovery? published))
            {
                table.Add(shape.Name, published);
            }

            foreach (AttackRun run in runs)
            {
                table.Add(title, run);
                remarks.AddRange(RecoveryTable.Remarks(run).Select(remark => $"{title}, {run.Name}: {remark}"));
                JsonObject row = RecoveryTable.Json(title, run);
                row["activation"] = activation.Name;
                json.Add(row);
            }
        }

        using Process process = Process.GetCurrentProcess();
        IAnsiConsole console = session.Screen.Tables;
        table.Write();
        console.WriteLine(FormattableString.Invariant(
            $"Seeded weights, normal with deviation {string.Join(" or ", shapes.Select(shape => FormattableString.Invariant($"{shape.InitializerRange}")).Distinct())} and biases too, stored in {SyntheticRelease.Weights}; released in {storage} with N = {order}, z₀ normal with deviation {spread}; seed {session.Sampling.Seed}, {session.Sampling.Threads} threads, peak memory {process.PeakWorkingSet64 / 1e9:0.00} GB."));
        console.WriteLine("OPT is released with GELU: its own ReLU has no second derivative, so the published rows cannot be of it. Published: bfloat16, 20 cores, trained weights.");
        foreach (string remark in remarks)
        {
            console.WriteLine($"  {remark}");
        }

        session.Write(json);
        return session.Stopping ? Session.Interrupted : 0;
    }
}
