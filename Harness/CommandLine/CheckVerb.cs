using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Wager.Games;
using Wager.Harness.Catalog;
using Wager.Harness.Evaluation;
using Wager.Harness.Reports;

namespace Wager.Harness.CommandLine;

/// <summary><c>check [SCHEME]</c>: every game that applies against every adversary that applies, and the claims.</summary>
internal static class CheckVerb
{
    private const long DefaultTrials = 200;

    /// <summary>Beyond this number of paths a game is sampled.</summary>
    private const long MaximumPaths = 1 << 21;

    public static Command Command()
    {
        Command command = new("check", "play every game that applies against every adversary that applies, and print the verdict card")
        {
            Arguments.OptionalScheme, Arguments.Trials, Arguments.Seed, Arguments.Level, Arguments.Epsilon, Arguments.Threads,
            Arguments.Line4, Arguments.Json, Arguments.OnDevice,
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
        string? name = parse.GetValue(Arguments.OptionalScheme);
        bool taylorMlpAlone = name is null && Arguments.OfTaylorMlp.Any(option => parse.GetResult(option) is not null);
        IEnumerable<string> names = name is not null ? [name] : taylorMlpAlone ? ["taylor-mlp"] : SchemeCatalog.Listed;
        Subject[] subjects = [.. names.Select(each => Arguments.SubjectOf(parse, each))];
        Line4 line4 = Arguments.Line4Of(parse);
        using Session session = new(parse, DefaultTrials);
        JsonArray json = [];
        foreach (Subject subject in subjects.TakeWhile(_ => !session.Stopping))
        {
            Card card = new(session.Screen.Tables, session.EpsilonText);
            Dictionary<string, Result> played = [];
            Game[] games = [.. Games(subject, line4)];
            double level = LevelOfEach(games, session.Sampling.Level);
            foreach (Game game in games)
            {
                if (session.Stopping)
                {
                    card.AddUnplayed(game);
                    json.Add(Json.OfUnplayed(game));
                    continue;
                }

                Play(game, session, level, card, played, json);
            }

            foreach (Claim claim in subject.Claims(line4))
            {
                Judge(claim, session, card, played, json);
            }

            card.Write(subject.Name, subject.Summary, session.Sampling.Level);
        }

        session.Screen.Tables.WriteLine();
        session.Screen.Tables.WriteLine(session.Stopping
            ? $"seed {session.Sampling.Seed}; stopped: what is above is what was known by then"
            : $"seed {session.Sampling.Seed}; what is sampled, with {session.Sampling.Trials} trials a game");
        session.WriteJson(json);
        return session.Stopping ? Session.Interrupted : 0;
    }

    private static IEnumerable<Game> Games(Subject subject, Line4 line4) =>
        from notion in Notion.All
        from adversary in notion.Kind == Kind.Property ? [null] : subject.Adversaries(notion).Cast<string?>()
        select subject.Game(notion, adversary, line4);

    /// <summary>
    /// The level of each interval, such that all intervals of one card hold together with the level asked for (Bonferroni). Their
    /// number is fixed before anything is played: one a game, and one more where there is a budget.
    /// </summary>
    private static double LevelOfEach(Game[] games, double level) => 1 - ((1 - level) / games.Sum(game => game.Notion.Budget is null ? 1 : 2));

    private static void Play(Game game, Session session, double level, Card card, Dictionary<string, Result> played, JsonArray json)
    {
        Result result;
        try
        {
            result = Evaluate(game, session, level);
        }
        catch (UndefinedConditionException e)
        {
            card.AddUndefined(game, e.Message);
            json.Add(Json.OfUndefined(game, e.Message));
            return;
        }

        Verdict verdict = Verdicts.OfBound(result, session.Epsilon);
        played[game.ToString()] = result;
        card.Add(result, verdict);
        json.Add(session.Describe(result, verdict));
    }

    private static Result Evaluate(Game game, Session session, double level)
    {
        try
        {
            return session.Enumerate(game, MaximumPaths) ?? session.Sample(game, level);
        }
        catch (NotFiniteException)
        {
            return session.Sample(game, level);
        }
    }

    private static void Judge(Claim claim, Session session, Card card, Dictionary<string, Result> played, JsonArray json)
    {
        if (!played.TryGetValue(claim.Left.ToString(), out Result? left) || !played.TryGetValue(claim.Right.ToString(), out Result? right))
        {
            return; // a side is undefined or was not reached
        }

        Result? correct = null;
        if (claim.Correct is not null && !played.TryGetValue(claim.Correct.ToString(), out correct))
        {
            return;
        }

        Verdict verdict = Verdicts.OfClaim(claim, left, right, correct);
        card.Add(claim, left.Advantage, right.Advantage, verdict);
        json.Add(Json.Of(claim, left.Advantage, right.Advantage, verdict, left.IsExact && right.IsExact ? 1 : session.Sampling.Level));
    }
}
