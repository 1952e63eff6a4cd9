using System.Globalization;
using Expecto;
using FsCheck;
using FsCheck.Fluent;
using static Expecto.Impl;
using static Expecto.Tests;
using Runner = Expecto.CSharp.Runner;

namespace Wager.Tests;

/// <summary>A C# face for Expecto.</summary>
internal static class Suite
{
    /// <summary>A named list of tests; names are joined with a dot.</summary>
    public static Test Group(string name, params Test[] tests) => Runner.TestList(name, tests);

    /// <summary>A test: it passes unless its body throws.</summary>
    public static Test Test(string name, Action body) => Runner.TestCase(name, body);

    /// <summary>An asynchronous test.</summary>
    public static Test Test(string name, Func<Task> body) => Test(name, () => body().GetAwaiter().GetResult());

    /// <summary>A test reported as skipped.</summary>
    public static Test Pending(string name, Action body) => Runner.PendingTestCase(name, body);

    /// <summary>When any test is focused, only the focused ones run.</summary>
    public static Test Focused(string name, Action body) => Runner.FocusedTestCase(name, body);

    /// <summary>The tests inside run one at a time, after the parallel ones.</summary>
    public static Test Sequenced(Test test) => Runner.TestSequenced(test);

    /// <summary>A property of generated values; it fails when false or when it throws.</summary>
    public static Test Property<T>(string name, Arbitrary<T> values, Func<T, bool> holds, int count = 200) =>
        Test(name, () => PropertyRunner.Check(Prop.ForAll(values, holds), count));

    /// <summary>A property whose body throws on failure.</summary>
    public static Test Property<T>(string name, Arbitrary<T> values, Action<T> body, int count = 200) =>
        Test(name, () => PropertyRunner.Check(Prop.ForAll(values, body), count));

    /// <summary>Any FsCheck property.</summary>
    public static Test Property(string name, Property property, int count = 200) =>
        Test(name, () => PropertyRunner.Check(property, count));

    /// <summary>An asynchronous property.</summary>
    public static Test Property<T>(string name, Arbitrary<T> values, Func<T, Task> body, int count = 200) =>
        Test(name, () => PropertyRunner.Check(Prop.ForAll(values, body), count));

    /// <summary>Fails the running test.</summary>
    public static void Fail(string message) => throw new FailedException(message);

    /// <summary>Leaves the running test as skipped.</summary>
    public static void Skip(string why) => throw new IgnoreException(why);

    /// <summary>Runs the tests. The last line written counts them.</summary>
    public static int Run(string[] args, string name, params Test[] tests)
    {
        Printer printer = new();
        int code = Runner.RunTestsWithCLIArgs(
            [
                CLIArguments.NewPrinter(Runner.WithPrinter(Runner.DefaultConfig, printer).printer),
                CLIArguments.No_Spinner,
                CLIArguments.NewColours(0),
            ],
            args,
            Group(name, tests));
        return printer.WriteCounts() ? code : Math.Max(code, 1);
    }

    private sealed class Printer : Expecto.CSharp.ITestPrinter
    {
        private readonly Lock _gate = new();
        private readonly TextWriter _screen = Console.Out; // a test may redirect the console
        private TestRunSummary? _summary;

        public Task BeforeRun(Test test) => Task.CompletedTask;

        public Task BeforeEach(string name, bool isTestSkipped) => Task.CompletedTask;

        public Task Info(string message) => Write(message);

        public Task Passed(string name, TimeSpan time) => Write($"  ok    {name}");

        public Task Ignored(string name, string why) => Write($"  skip  {name}: {why}");

        public Task Failed(string name, string message, TimeSpan time) => Write($"  FAIL  {name}\n{Indent(message)}");

        public Task Exn(string name, Exception exception, TimeSpan time) => Write($"  FAIL  {name}\n{Indent(exception.ToString())}");

        public Task Summary(ExpectoConfig config, TestRunSummary summary)
        {
            _summary = summary;
            return Task.CompletedTask;
        }

        /// <summary>Writes the counts; false when tests were to run but none did.</summary>
        public bool WriteCounts()
        {
            if (_summary is not { } s)
            {
                return true;
            }

            int failed = s.failed.Length + s.errored.Length;
            string skipped = s.ignored.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $", {s.ignored.Length} skipped");
            _screen.WriteLine();
            _screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{s.passed.Length} passed, {failed} failed{skipped}"));
            return !s.results.IsEmpty;
        }

        /// <summary>Indents a message and drops the stack frames below the test body.</summary>
        private static string Indent(string text) =>
            string.Join('\n', text.Trim().Split('\n')
                .Where(l => !l.TrimStart().StartsWith("at Expecto.", StringComparison.Ordinal)
                    && !l.TrimStart().StartsWith("at Microsoft.FSharp.", StringComparison.Ordinal))
                .Select(l => "        " + l.TrimEnd()));

        private Task Write(string line)
        {
            lock (_gate)
            {
                _screen.WriteLine(line);
            }

            return Task.CompletedTask;
        }
    }
}
