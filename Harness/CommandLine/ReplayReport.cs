using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Harness.CommandLine;

/// <summary>One trial played again, as a table of what every procedure returned.</summary>
internal static class ReplayReport
{
    private const int LargestTensorPrinted = 64;

    /// <summary>Plays a trial again, prints it, and gives it as JSON.</summary>
    /// <param name="game">The game, or event.</param>
    /// <param name="trial">The trial's number.</param>
    /// <param name="session">Where it is shown.</param>
    /// <param name="sampling">How it was sampled.</param>
    public static JsonObject Print(Game game, long trial, Session session, Sampling sampling)
    {
        session.RequireLanes(game);
        (bool won, Transcript transcript, IReadOnlyDictionary<Procedure, Cost> cost) = Played(game, trial, sampling);
        IAnsiConsole console = session.Screen.Tables;
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("procedure", "returned");
        JsonArray calls = [];
        foreach ((Procedure procedure, string value) in transcript.Entries)
        {
            table.AddRow(procedure.ToString(), Markup.Escape(value));
            calls.Add(new JsonObject { ["procedure"] = procedure.ToString(), ["returned"] = value });
        }

        IEnumerable<string> costs = cost.Where(c => CostUnit.Operations.Count(c.Value) > 0)
            .Select(c => FormattableString.Invariant($"{c.Key} {CostUnit.Operations.Count(c.Value)}"));
        console.MarkupLine($"[bold]{Markup.Escape(game.ToString())}[/]: seed {session.Sampling.Seed}, trial {trial}");
        console.Write(table);
        console.MarkupLine($"the game returns [bold]{(won ? 1 : 0)}[/]");
        if (sampling.LanesOf(game) > 1)
        {
            console.MarkupLine("[dim]as two equal lanes, which is how it goes among many; --lanes 1 plays it alone[/]");
        }

        console.MarkupLine($"[dim]cost: {string.Join(", ", costs.DefaultIfEmpty("nothing"))}, in {CostUnit.Operations}[/]");
        return new JsonObject
        {
            ["game"] = game.Name,
            ["scheme"] = game.Scheme,
            ["adversary"] = game.Adversary,
            ["seed"] = session.Sampling.Seed,
            ["trial"] = trial,
            ["won"] = won,
            ["calls"] = calls,
        };
    }

    /// <summary>What a procedure returned; of a small tensor its entries.</summary>
    private static string InWords(object? value) => FirstLane(value) is Tensor tensor && tensor.numel() <= LargestTensorPrinted
        ? $"[{string.Join(", ", tensor.cpu().to_type(ScalarType.Float64).contiguous().data<double>().ToArray().Select(entry => entry.ToString("G6", CultureInfo.InvariantCulture)))}]"
        : FirstLane(value)?.ToString() ?? "null";

    /// <summary>Of two equal lanes the first.</summary>
    private static object? FirstLane(object? value) => value switch
    {
        Bits bits => new Bits(bits.Lanes[0]),
        MlpWeights weights when weights.V.dim() > 2 => weights.Lane(0),
        Tensor tensor when tensor.dim() > 2 => tensor[0], // of one trial it is a row
        _ => value,
    };

    private static (bool Won, Transcript Transcript, IReadOnlyDictionary<Procedure, Cost> Cost) Played(Game game, long trial, Sampling sampling)
    {
        try
        {
            return SampledEvaluator.Replay(game, sampling, trial, InWords);
        }
        catch (TimeoutException)
        {
            throw new UsageException($"--replay {trial}: {game.Adversary} had not answered after {sampling.Timeout!.Value.TotalSeconds} s; --timeout none waits for ever");
        }
    }
}
