using System.Diagnostics;

namespace Wager.Tests;

/// <summary>Runs the command line: within this process, one at a time, or in one of its own.</summary>
internal static class CommandLine
{
    private static readonly Lock _console = new();

    public sealed record Outcome(int Code, string Output, string Error);

    public static Outcome Run(params string[] arguments)
    {
        lock (_console)
        {
            TextWriter output = Console.Out;
            TextWriter error = Console.Error;
            using StringWriter newOutput = new();
            using StringWriter newError = new();
            try
            {
                Console.SetOut(newOutput);
                Console.SetError(newError);
                int code = Harness.Program.Main(arguments);
                return new(code, newOutput.ToString(), newError.ToString());
            }
            finally
            {
                Console.SetOut(output);
                Console.SetError(error);
            }
        }
    }

    public static Outcome RunInProcess(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }

    public static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        }

        start.ArgumentList.Add(Program.AsHarness);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
