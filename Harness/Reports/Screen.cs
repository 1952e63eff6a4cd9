using Spectre.Console;

namespace Wager.Harness.Reports;

/// <summary>Where tables and progress go: tables to standard output unless it is taken, progress to a terminal only.</summary>
public sealed class Screen
{
    private const int WidthInAPipe = 160;

    /// <summary>The screen of a run.</summary>
    /// <param name="aside">Whether standard output is taken, so that tables go to standard error.</param>
    public Screen(bool aside)
    {
        Tables = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(aside ? Console.Error : Console.Out) });
        if (aside ? Console.IsErrorRedirected : Console.IsOutputRedirected)
        {
            Tables.Profile.Width = WidthInAPipe;
            Tables.Profile.Capabilities.Ansi = false;
        }
    }

    /// <summary>Where tables are written.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Runs something that reports what part of it is done, with a bar on a terminal and without one elsewhere.</summary>
    public static T Progress<T>(string what, Func<Action<double>?, T> run)
    {
        if (Console.IsErrorRedirected)
        {
            return run(null);
        }

        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: 1);
                return run(part => task.Value = Math.Max(task.Value, part));
            });
    }
}
