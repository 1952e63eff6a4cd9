using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Evaluation;

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
            throw new UsageException($"{game} is undefined: {e.Message}");
        }
    }

    private static void Replay(Game game, long trial, Session session)
    {
        (bool won, Transcript transcript, IReadOnlyDictionary<Procedure, Cost> cost) = SampledEvaluator.Replay(game, session.Sampling.Seed, trial);
        IAnsiConsole console = session.Screen.Tables;
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("procedure", "returned", "cost");
        Dictionary<Procedure, Cost> unseen = cost.ToDictionary();
        JsonArray calls = [];
        foreach ((Procedure procedure, string value) in transcript.Entries)
        {
            long spent = unseen.Remove(procedure, out Cost all) ? CostUnit.Operations.Count(all) : 0;
            table.AddRow(procedure.ToString(), Markup.Escape(value), spent == 0 ? "" : $"{spent}");
            calls.Add(new JsonObject { ["procedure"] = procedure.ToString(), ["returned"] = value });
        }

        console.MarkupLine($"[bold]{Markup.Escape(game.ToString())}[/]: seed {session.Sampling.Seed}, trial {trial}");
        console.Write(table);
        console.MarkupLine($"the game returns [bold]{(won ? 1 : 0)}[/]; costs are in {CostUnit.Operations}");
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
