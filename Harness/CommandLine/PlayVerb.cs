using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary><c>play GAME --scheme S --adversary A</c>: one game, sampled; <c>--replay T</c> plays trial T alone.</summary>
internal static class PlayVerb
{
    private const long DefaultTrials = 1000;

    /// <summary>The adversary that a search is to find.</summary>
    private const string Best = "best";

    /// <summary>Where a bound is to be decided.</summary>
    private const long MostTrials = 1_000_000;

    public static Command Command() => Arguments.Verb(
        "play",
        "play one game by sampling, or one trial of it again",
        Run,
        [
            Arguments.Game, Arguments.Scheme, Arguments.Adversary, Arguments.Trials, Arguments.AtMost, Arguments.AtLeast, Arguments.Replay,
            Arguments.Seed, Arguments.Level, Arguments.Epsilon, Arguments.Threads, Arguments.Lanes, Arguments.Line4, Arguments.Queries, Arguments.Inputs,
            Arguments.Budget, Arguments.Memory, Arguments.Timeout, Arguments.PlugIn, Arguments.Json, Arguments.Latex, Arguments.OnDevice,
            .. Arguments.OfSchemes,
        ]);

    private static int Run(ParseResult parse)
    {
        Notion notion = Arguments.NotionOf(parse);
        Subject subject = Arguments.SubjectOf(parse, Arguments.PlugInsOf(parse));
        Form form = Arguments.FormOf(parse, notion);
        string? adversary = parse.GetValue(Arguments.Adversary);
        bool isSearch = adversary == Best && notion.Kind != Kind.Property;
        Game? game = isSearch ? null : subject.Game(notion, adversary, form);
        long? replay = Arguments.ReplayOf(parse);
        if (replay is not null && new Option[] { Arguments.AtMost, Arguments.AtLeast, Arguments.Trials }.FirstOrDefault(option => Arguments.Has(parse, option)) is { } vain)
        {
            throw new UsageException($"--replay plays one trial: leave out {vain.Name}");
        }

        if (replay is not null && isSearch)
        {
            throw new UsageException($"--replay plays one adversary: name it instead of {Best}");
        }

        using Session session = new(parse, DefaultTrials, MostTrials);
        try
        {
            if (replay is { } trial)
            {
                session.Write(ReplayReport.Print(game!, trial, session, session.Sampling));
                return 0;
            }

            JsonObject? search = null;
            game ??= Search([.. subject.Adversaries(notion, form).Select(name => subject.Game(notion, name, form))], session, out search);
            return Report.One(session, subject, session.Sample(game, session.Sampling), search);
        }
        catch (UndefinedConditionException e)
        {
            throw new UsageException($"{game?.ToString() ?? notion.Name} is {e.Message}");
        }
    }

    /// <summary>The game of the adversary that did best in a search on coins that its confirmation does not use.</summary>
    private static Game Search(Game[] games, Session session, out JsonObject report)
    {
        Sampling sampling = session.Sampling.ForSearch(DefaultTrials);
        List<(Game Game, double Advantage)> played =
            [.. games.TakeWhile(_ => !session.Stopping).Select(game => (game, session.Sample(game, sampling).Judged!.Value))];
        session.Screen.Tables.WriteLine($"search, with {sampling.Trials} trials each and seed {sampling.Seed}:");
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("adversary", "Adv about");
        JsonObject found = [];
        foreach ((Game game, double advantage) in played)
        {
            table.AddRow(Markup.Escape(game.Adversary!), advantage.ToString("0.####", CultureInfo.InvariantCulture));
            found[game.Adversary!] = Json.Number(advantage);
        }

        session.Screen.Tables.Write(table);
        report = new JsonObject { ["seed"] = sampling.Seed, ["trials"] = sampling.Trials, ["advantages"] = found };
        return played.MaxBy(each => each.Advantage).Game;
    }
}
