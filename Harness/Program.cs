using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using Wager.Games;
using Wager.Harness.CommandLine;
using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using Wager.Testing;
using Wager.Testing.Catalog;

namespace Wager.Harness;

/// <summary>The command line, <c>wager VERB</c>.</summary>
public static class Program
{
    private const int WrongUse = 2;

    /// <summary>Whatever of libtorch is used first in this assembly, its loader is there before.</summary>
    [ModuleInitializer]
    internal static void InstallTorchLoader() => RuntimeHelpers.RunModuleConstructor(typeof(Schemes.TaylorMlp.TaylorMlpScheme).Module.ModuleHandle);

    private static readonly string[] _helpOptions = ["--help", "-h", "-?", "--version"];

    /// <summary>Runs a verb. Exit code 0: it did its job; 1: a bound that was asserted does not hold, or is not decided, or the self-test fails; 2: wrong use, explained in one line; 130: interrupted.</summary>
    public static int Main(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        Libtorch.Unusable = static why =>
        {
            // Whoever asked for it gets no chance to take this for a fault of a scheme or an adversary.
            Console.Error.WriteLine($"wager: {OneLine(why)}");
            Environment.Exit(WrongUse);
        };
        try
        {
            return Run(args);
        }
        catch (Exception e) when (e is UsageException or ModelFileException or ImpureProcedureException or BrokenSchemeException)
        {
            Console.Error.WriteLine($"wager: {OneLine(e.Message)}");
            return WrongUse;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("wager: stopped, with nothing known yet");
            return Session.Interrupted;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"wager: what was found could not be written: {OneLine(e.Message)}");
            return WrongUse;
        }
    }

    private static int Run(string[] args)
    {
        RootCommand root = new("Wager plays the security games of weight release schemes, and says what the play shows.")
        {
            CheckVerb.Command(), PlayVerb.Command(), ExactVerb.Command(), ClaimsVerb.Command(), CostVerb.Command(), ListVerb.Command(),
            SynthVerb.Command(), CalibrateVerb.Command(), ReleaseVerb.Command(), AttackVerb.Command(), GenerateVerb.Command(), ReproduceVerb.Command(), SelfTestVerb.Command(),
            DevicesVerb.Command(),
        };
        string[] verbs = [.. root.Subcommands.Select(command => command.Name)];
        if (args.Length == 0)
        {
            throw new UsageException($"a verb is missing: {string.Join(", ", verbs)}; --help says more");
        }

        Command? verb = root.Subcommands.FirstOrDefault(command => command.Name == args[0]);
        if (verb is null && !_helpOptions.Contains(args[0]))
        {
            throw new UsageException(args[0].StartsWith('-')
                ? $"the verb comes first, and {args[0]} is none: {string.Join(", ", verbs)}"
                : Nearest.Unknown("verb", args[0], verbs));
        }

        RequireKnownOptions(verb, args);
        ParseResult parse = root.Parse(args);
        string? problem = parse.Errors.Count > 0 ? parse.Errors[0].Message.Split('\n')[0].TrimEnd('.') : Empty(parse.CommandResult);
        return problem is not null
            ? throw new UsageException($"{problem}; {args[0]} --help says more")
            : parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Names what was given without a text, as a variable of a script may be; null where there is none. No argument takes that.</summary>
    private static string? Empty(CommandResult verb) =>
        verb.Children.FirstOrDefault(given => given.Tokens.Any(token => token.Value.Length == 0)) is { } empty
            ? $"{(empty is OptionResult option ? option.Option.Name : ((ArgumentResult)empty).Argument.Name)} is empty"
            : null;

    /// <summary>Names a mistyped option, before the parser takes it for an argument.</summary>
    private static void RequireKnownOptions(Command? verb, string[] args)
    {
        string[] known = [.. verb?.Options.Select(option => option.Name) ?? [], .. _helpOptions];
        string? unknown = args.FirstOrDefault(arg =>
            arg.Length > 1 && arg[0] == '-' && !char.IsAsciiDigit(arg[1]) && arg[1] != '.' && !known.Contains(arg.Split('=', ':')[0]));
        if (unknown is not null)
        {
            throw new UsageException(args.Contains(ModelArguments.Prompt.Name)
                ? $"unknown option '{unknown}'; a text that begins so is given as {ModelArguments.Prompt.Name}={unknown}"
                : Nearest.Unknown("option", unknown, known));
        }
    }

    private static string OneLine(string message) => string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c));
}
