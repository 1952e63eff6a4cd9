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
    private readonly string? _json;

    public Session(ParseResult parse, long trials)
    {
        _json = parse.GetValue(Arguments.Json);
        Json.RequireWritable(_json);
        Screen = new(_json);
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
    public Result Sample(Game game, double level) => Screen.Progress(
        game.ToString(), progress => SampledEvaluator.Evaluate(game, Sampling with { Level = level }, progress, _stop.Token));

    /// <summary>Enumerates with progress; null beyond the number of paths.</summary>
    public Result? Enumerate(Game game, long maximumPaths = long.MaxValue) =>
        Screen.Progress(game.ToString(), progress => ExactEvaluator.Evaluate(game, maximumPaths, progress, _stop.Token));

    /// <summary>A result as JSON.</summary>
    public JsonObject Describe(Result result, Verdict verdict) => Json.Of(result, verdict, EpsilonText, Device);

    /// <summary>Writes JSON where it was asked for.</summary>
    public void WriteJson(JsonNode node)
    {
        if (_json is not null)
        {
            Json.Write(node, _json);
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !Stopping; // asked twice, the process ends at once
        _stop.Cancel();
    }
}
