using System.CommandLine;
using Wager.Harness.Catalog;
using Wager.Harness.CommandLine;

namespace Wager.Harness;

/// <summary>The command line, <c>wager VERB</c>.</summary>
public static class Program
{
    private const int WrongUse = 2;

    /// <summary>Runs a verb. Exit code 0: it did its job; 2: wrong use, explained in one line; 130: interrupted.</summary>
    public static int Main(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        try
        {
            return Run(args);
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"wager: {e.Message}");
            return WrongUse;
        }
    }

    private static int Run(string[] args)
    {
        RootCommand root = new("Wager plays the security games of weight release schemes, and says what the play shows.")
        {
            CheckVerb.Command(), PlayVerb.Command(), ExactVerb.Command(), ListVerb.Command(),
        };
        string[] verbs = [.. root.Subcommands.Select(command => command.Name)];
        if (args.Length == 0 || (!args[0].StartsWith('-') && !verbs.Contains(args[0])))
        {
            throw new UsageException(args.Length == 0
                ? $"a verb is missing: {string.Join(", ", verbs)}; --help says more"
                : Nearest.Unknown("verb", args[0], verbs));
        }

        ParseResult parse = root.Parse(args);
        return parse.Errors.Count > 0
            ? throw new UsageException($"{Explain(parse)}; {args[0]} --help says more")
            : parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static string Explain(ParseResult parse)
    {
        string? stray = parse.UnmatchedTokens.FirstOrDefault(token => token.StartsWith("--", StringComparison.Ordinal));
        return stray is null
            ? parse.Errors[0].Message.Split('\n')[0].TrimEnd('.')
            : Nearest.Unknown("option", stray, parse.CommandResult.Command.Options.Select(option => option.Name));
    }
}
