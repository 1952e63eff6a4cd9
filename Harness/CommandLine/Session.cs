using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Wager.Games;
using Wager.Harness.Reports;
using Wager.Testing;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary>What a verb's run has at hand: its settings, its screen, and the wish to stop.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>A bound that was asserted is refuted, or not decided.</summary>
    public const int NotHeld = 1;

    /// <summary>Ended by Ctrl-C, with what was known until then.</summary>
    public const int Interrupted = 130;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly Destination? _json;
    private readonly Destination? _latex;
    private readonly List<Sentence> _sentences = [];
    private bool _stoppable;

    /// <summary>Reads the settings.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="trials">The trials to sample where it does not say how many.</param>
    /// <param name="mostTrials">Likewise, where a bound is to be decided.</param>
    /// <param name="read">Files that are read beside those that it names.</param>
    public Session(ParseResult parse, long trials, long mostTrials, params IEnumerable<string> read)
    {
        _json = Arguments.DestinationOf(parse, Arguments.Json);
        _latex = Arguments.DestinationOf(parse, Arguments.Latex);
        (Option<string> Option, string Name)[] outputs =
        [
            .. from option in new[] { Arguments.Json, Arguments.Latex, Arguments.JUnit }
               let name = parse.GetValue(option)
               where name is { Length: > 0 }
               select (option, name),
        ];
        foreach ((int i, (Option<string> option, string name)) in outputs.Index())
        {
            if (outputs.Take(i).FirstOrDefault(other => FilePlaces.AreOne(other.Name, name)) is { Option: { } first })
            {
                throw new UsageException($"{first.Name} {name} and {option.Name} {name} both want {(name == "-" ? "standard output" : "one file")}: name another for one of them");
            }

            if (name != "-" && Arguments.FilesRead(parse).Concat(read).Any(file => FilePlaces.AreOne(file, name)))
            {
                throw new UsageException($"{option.Name} {name}: that file is what is read; name another, so that it is not lost");
            }
        }

        Screen = new(aside: outputs.Any(output => output.Name == "-"));
        Device = Arguments.Has(parse, Arguments.OnDevice) ? Arguments.DeviceOf(parse).ToString() : "cpu"; // without asking libtorch, which need not be loaded
        (Bound, IsAsserted) = Arguments.BoundOf(parse);
        Sampling = new()
        {
            Trials = Arguments.TrialsOf(parse, IsAsserted ? mostTrials : trials),
            Seed = Arguments.SeedOf(parse),
            Level = Arguments.LevelOf(parse),
            Threads = Arguments.ThreadsOf(parse),
            Lanes = Arguments.LanesOf(parse),
            Until = IsAsserted ? Bound : null,
            Limits = Arguments.LimitsOf(parse),
            Timeout = Arguments.TimeoutOf(parse),
        };
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];
    }

    public Screen Screen { get; }

    public string Device { get; }

    /// <summary>What advantages are held against.</summary>
    public Bound Bound { get; }

    /// <summary>Whether the bound decides the exit code.</summary>
    public bool IsAsserted { get; }

    public Sampling Sampling { get; }

    public bool Stopping => _stop.IsCancellationRequested;

    /// <summary>Refuses several lanes where a game plays one trial at a time.</summary>
    /// <exception cref="UsageException">So it is.</exception>
    public void RequireLanes(params IEnumerable<Game> games)
    {
        if (Sampling.Lanes > 1 && games.Select(Sampling.FlawInLanes).FirstOrDefault(flaw => flaw is not null) is { } why)
        {
            throw new UsageException($"{Arguments.Lanes.Name} {Sampling.Lanes}: {why}; leave it out, or say auto or 1");
        }
    }

    /// <summary>Samples with progress.</summary>
    public Result Sample(Game game, Sampling sampling, Action<long, bool>? observe = null)
    {
        RequireLanes(game);
        return Stoppable(game.ToString(), (progress, stop) => SampledEvaluator.Evaluate(game, sampling, progress, observe, stop));
    }

    /// <summary>Enumerates with progress; null beyond the number of paths.</summary>
    public Result? Enumerate(Game game, long maximumPaths = long.MaxValue) => Stoppable(
        game.ToString(), (progress, stop) => ExactEvaluator.Evaluate(game, maximumPaths, progress, Sampling.Limits, Sampling.Timeout, stop));

    /// <summary>A result as JSON; its sentence is kept for <see cref="Write"/>.</summary>
    public JsonObject Describe(Result result, Verdict verdict, double level)
    {
        Sentence sentence = new(result, verdict, Bound, level);
        _sentences.Add(sentence);
        return Json.Of(result, verdict, Bound, sentence, Device);
    }

    /// <summary>Writes JSON and LaTeX where they were asked for.</summary>
    public void Write(JsonNode node)
    {
        _json?.Write(Json.Text(node));
        _latex?.Write(string.Concat(_sentences.Select(sentence => sentence.Latex + "\n")));
    }

    /// <summary>The exit code of a run with such verdicts.</summary>
    public int ExitCode(params IEnumerable<Verdict> verdicts) => Stopping ? Interrupted
        : IsAsserted && verdicts.Any(verdict => verdict is not (Verdict.Proved or Verdict.Supported)) ? NotHeld
        : 0;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Does what Ctrl-C may stop, with progress.</summary>
    public T Stoppable<T>(string what, Func<Action<double>?, CancellationToken, T> evaluate)
    {
        TextWriter output = Console.Out;
        try
        {
            Console.SetOut(Console.Error); // what a plug-in writes does not mix with what is written here
            _stoppable = true;
            return Screen.Progress(what, progress => evaluate(progress, _stop.Token));
        }
        finally
        {
            _stoppable = false;
            Console.SetOut(output);
        }
    }

    /// <summary>Asked twice, or while nothing is evaluated, the process ends at once.</summary>
    private void Stop(PosixSignalContext context)
    {
        context.Cancel = _stoppable && !Stopping;
        _stop.Cancel();
    }
}
