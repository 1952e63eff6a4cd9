using System.CommandLine;
using Wager.Games;
using Wager.Harness.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary><c>exact GAME --scheme S --adversary A</c>: a finite scheme, over all paths of its coins.</summary>
internal static class ExactVerb
{
    public static Command Command()
    {
        Command command = new("exact", "evaluate one game of a finite scheme exactly, as a fraction")
        {
            Arguments.Game, Arguments.Scheme, Arguments.Adversary, Arguments.Epsilon, Arguments.AtMost, Arguments.AtLeast,
            Arguments.Line4, Arguments.Queries, Arguments.Inputs, Arguments.Budget, Arguments.Memory, Arguments.Timeout, Arguments.PlugIn,
            Arguments.Json, Arguments.Latex, Arguments.Seed, Arguments.OnDevice,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parse)
    {
        Notion notion = Arguments.NotionOf(parse);
        Catalog.Subject subject = Arguments.SubjectOf(parse, Arguments.PlugInsOf(parse));
        Game game = subject.Game(notion, parse.GetValue(Arguments.Adversary), Arguments.FormOf(parse, notion));
        using Session session = new(parse, trials: 1, mostTrials: 1);
        try
        {
            Result result = session.Enumerate(game)!;
            return Report.One(session, subject, result);
        }
        catch (NotFiniteException e)
        {
            throw new UsageException($"exact: {game} cannot be enumerated ({e.Message}); use play, which samples");
        }
        catch (UndefinedConditionException e)
        {
            throw new UsageException($"{game} is {e.Message}");
        }
    }
}
