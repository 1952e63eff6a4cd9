using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

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

    /// <summary>Runs a verb that does its job, and gives what it writes as JSON.</summary>
    public static JsonNode Json(params string[] arguments)
    {
        Outcome outcome = Run([.. arguments, "--json", "-"]);
        Assert.Equal(0, outcome.Code, $"exit code of {string.Join(' ', arguments)}, after {outcome.Error}");
        return JsonNode.Parse(outcome.Output)!;
    }

    /// <summary>Wrong use: exit code 2, and one line that says so.</summary>
    public static void IsRefused(Outcome outcome, string says)
    {
        Assert.Equal(2, outcome.Code, $"exit code, after {outcome.Error}");
        Assert.Contains(says, outcome.Error, "the line");
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Length, $"lines of\n{outcome.Error}");
        Assert.Equal("", outcome.Output, "standard output");
    }

    public static Outcome RunInProcess(params string[] arguments) => RunWith([], arguments);

    /// <summary>Runs it with variables of the environment; a null takes one away.</summary>
    public static Outcome RunWith(Dictionary<string, string?> environment, params string[] arguments)
    {
        using Process process = Start(environment, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }

    public static Process Start(params string[] arguments) => Start([], arguments);

    private static Process Start(Dictionary<string, string?> environment, string[] arguments)
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

        foreach ((string variable, string? value) in environment)
        {
            start.Environment[variable] = value;
        }

        start.ArgumentList.Add(Program.AsHarness);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Stops a process as Ctrl-C does; where whoever started the tests ignores that, which processes inherit, as a system does that shuts down.</summary>
    public static void Interrupt(Process process)
    {
        const string Status = "/proc/self/status";
        const ulong Interrupting = 1 << 1;
        string ignored = File.Exists(Status) ? File.ReadLines(Status).Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim() : "0";
        bool isHeard = (ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupting) == 0;
        Process.Start("kill", [isHeard ? "-INT" : "-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
    }
}
