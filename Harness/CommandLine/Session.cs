using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Wager.Games;
using Wager.Harness.Evaluation;
using Wager.Harness.Reports;

namespace Wager.Harness.CommandLine;

/// <summary>What a verb's run has at hand: its settings, its screen, and the wish to stop.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>Ended by Ctrl-C, with what was known until then.</summary>
    public const int Interrupted = 130;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly Destination? _json;
    private bool _stoppable;

    public Session(ParseResult parse, long trials)
    {
        _json = Arguments.JsonOf(parse);
        Screen = new(parse.GetValue(Arguments.Json));
        Device = Arguments.DeviceOf(parse).ToString();
        (Epsilon, EpsilonText) = Arguments.EpsilonOf(parse);
        Sampling = new()
        {
            Trials = Arguments.TrialsOf(parse, trials),
            Seed = Arguments.SeedOf(parse),
            Level = Arguments.LevelOf(parse),
            Threads = Arguments.ThreadsOf(parse),
        };
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];
    }

    public Screen Screen { get; }

    public string Device { get; }

    public Fractions.Fraction Epsilon { get; }

    public string EpsilonText { get; }

    public Sampling Sampling { get; }

    public bool Stopping => _stop.IsCancellationRequested;

    /// <summary>Samples with progress, its intervals at a level.</summary>
    public Result Sample(Game game, double level) =>
        Stoppable(game, progress => SampledEvaluator.Evaluate(game, Sampling with { Level = level }, progress, _stop.Token));

    /// <summary>Enumerates with progress; null beyond the number of paths.</summary>
    public Result? Enumerate(Game game, long maximumPaths = long.MaxValue) =>
        Stoppable(game, progress => ExactEvaluator.Evaluate(game, maximumPaths, progress, _stop.Token));

    /// <summary>A result as JSON.</summary>
    public JsonObject Describe(Result result, Verdict verdict) => Json.Of(result, verdict, EpsilonText, Device);

    /// <summary>Writes JSON where it was asked for.</summary>
    public void WriteJson(JsonNode node) => _json?.Write(Json.Text(node));

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _stop.Dispose();
    }

    private T Stoppable<T>(Game game, Func<Action<double>?, T> evaluate)
    {
        _stoppable = true;
        T result = Screen.Progress(game.ToString(), evaluate);
        _stoppable = false;
        return result;
    }

    /// <summary>Asked twice, or while nothing is evaluated, the process ends at once.</summary>
    private void Stop(PosixSignalContext context)
    {
        context.Cancel = _stoppable && !Stopping;
        _stop.Cancel();
    }
}
