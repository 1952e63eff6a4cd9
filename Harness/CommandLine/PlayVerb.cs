using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Evaluation;
using static TorchSharp.torch;

namespace Wager.Harness.CommandLine;

/// <summary><c>play GAME --scheme S --adversary A</c>: one game, sampled; <c>--replay T</c> plays trial T alone.</summary>
internal static class PlayVerb
{
    private const long DefaultTrials = 1000;

    public static Command Command()
    {
        Command command = new("play", "play one game by sampling, or one trial of it again")
        {
            Arguments.Game, Arguments.Scheme, Arguments.Adversary, Arguments.Trials, Arguments.Replay, Arguments.Seed, Arguments.Level,
            Arguments.Epsilon, Arguments.Threads, Arguments.Line4, Arguments.Json, Arguments.OnDevice,
        };
        foreach (Option option in Arguments.OfTaylorMlp)
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parse)
    {
        Notion notion = Arguments.NotionOf(parse);
        Catalog.Subject subject = Arguments.SubjectOf(parse);
        Game game = subject.Game(notion, parse.GetValue(Arguments.Adversary), Arguments.Line4Of(parse));
        using Session session = new(parse, DefaultTrials);
        try
        {
            if (Arguments.ReplayOf(parse) is { } trial)
            {
                Replay(game, trial, session);
                return 0;
            }

            return Report.One(session, subject, session.Sample(game, session.Sampling.Level));
        }
        catch (UndefinedConditionException e)
        {
            throw new UsageException($"{game} is {e.Message}");
        }
    }

    private const int LargestTensorPrinted = 64;

    /// <summary>What a procedure returned; of a small tensor its entries.</summary>
    private static string InWords(object? value) => value is Tensor tensor && tensor.numel() <= LargestTensorPrinted
        ? $"[{string.Join(", ", tensor.cpu().to_type(ScalarType.Float64).contiguous().data<double>().ToArray().Select(entry => entry.ToString("G6", CultureInfo.InvariantCulture)))}]"
        : value?.ToString() ?? "null";

    private static void Replay(Game game, long trial, Session session)
    {
        (bool won, Transcript transcript, IReadOnlyDictionary<Procedure, Cost> cost) = SampledEvaluator.Replay(game, session.Sampling.Seed, trial, InWords);
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
        console.MarkupLine($"[dim]cost: {string.Join(", ", costs)}, in {CostUnit.Operations}[/]");
        session.WriteJson(new JsonObject
        {
            ["game"] = game.Name,
            ["scheme"] = game.Scheme,
            ["adversary"] = game.Adversary,
            ["seed"] = session.Sampling.Seed,
            ["trial"] = trial,
            ["won"] = won,
            ["calls"] = calls,
        });
    }
}
