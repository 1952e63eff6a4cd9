using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wager.Games;
using Wager.Harness.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>Results as JSON. The keys are stable; of a result, a key that does not apply is null.</summary>
public static class Json
{
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a node.</summary>
    public static string Text(JsonNode node) => node.ToJsonString(_options) + "\n";

    /// <summary>One result.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="verdict">What it says of "Adv ≤ ε".</param>
    /// <param name="epsilon">ε, as text.</param>
    /// <param name="device">Where tensors lived.</param>
    public static JsonObject Of(Result result, Verdict verdict, string epsilon, string device) => new()
    {
        ["game"] = result.Game.Name,
        ["scheme"] = result.Game.Scheme,
        ["adversary"] = result.Game.Adversary,
        ["trials"] = result.Trials,
        ["wins"] = result.Wins,
        ["broken"] = Number(result.Broken),
        ["paths"] = result.Paths,
        ["probability"] = Value(result.Probability),
        ["advantage"] = result.Game.Notion.Kind == Kind.Property ? null : Value(result.Advantage),
        ["interval"] = Ends((result.Game.Notion.Kind == Kind.Property ? result.Probability : result.Advantage).Interval),
        ["level"] = result.Level,
        ["withinBudget"] = result.WithinBudget is not { } within ? null : new JsonObject
        {
            ["advantage"] = Value(within),
            ["interval"] = Ends(within.Interval),
            ["overBudget"] = result.OverBudget,
            ["unit"] = result.Unit.ToString(),
        },
        ["epsilon"] = result.Game.Notion.Kind == Kind.Property ? null : epsilon,
        ["verdict"] = verdict.InWords(result.Game.Notion.Kind),
        ["stopped"] = result.Stopped,
        ["cost"] = Costs(result),
        ["seed"] = result.Seed,
        ["device"] = device,
        ["seconds"] = result.Seconds,
        ["versions"] = Versions(),
    };

    /// <summary>A game that is undefined.</summary>
    public static JsonObject OfUndefined(Game game, string why) => new()
    {
        ["game"] = game.Name,
        ["scheme"] = game.Scheme,
        ["adversary"] = game.Adversary,
        ["verdict"] = Verdict.Undefined.InWords(),
        ["reason"] = why,
        ["versions"] = Versions(),
    };

    /// <summary>A game that was not reached.</summary>
    public static JsonObject OfUnplayed(Game game) => new()
    {
        ["game"] = game.Name,
        ["scheme"] = game.Scheme,
        ["adversary"] = game.Adversary,
        ["trials"] = 0,
        ["verdict"] = "not played",
        ["stopped"] = true,
    };

    /// <summary>One claim about one scheme and adversary.</summary>
    public static JsonObject Of(Claim claim, Quantity left, Quantity right, Verdict verdict, double level) => new()
    {
        ["claim"] = claim.Name,
        ["source"] = claim.Source,
        ["statement"] = claim.Statement,
        ["scheme"] = claim.Left.Scheme,
        ["adversary"] = claim.Left.Adversary,
        ["verdict"] = verdict.InWords(),
        ["left"] = Value(left),
        ["right"] = Value(right),
        ["level"] = level,
        ["counterexample"] = verdict == Verdict.Refuted ? $"{claim.Left} has more than {claim.Right}" : null,
    };

    private static JsonNode? Value(Quantity quantity) =>
        quantity.Exact is { } exact ? JsonValue.Create(exact.ToString("G", null)) : Number(quantity.Value);

    private static JsonArray Ends(Interval interval) => [Number(interval.Low), Number(interval.High)];

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static JsonObject Costs(Result result)
    {
        JsonObject all = [];
        foreach ((Procedure procedure, Cost cost) in result.Cost)
        {
            string name = procedure.ToString();
            all[char.ToLowerInvariant(name[0]) + name[1..]] = new JsonObject
            {
                ["multiplyAdds"] = cost.MultiplyAdds,
                ["elementwise"] = cost.Elementwise,
                ["transcendental"] = cost.Transcendental,
                ["bytesRead"] = cost.BytesRead,
                ["bytesWritten"] = cost.BytesWritten,
                ["queries"] = cost.Queries,
            };
        }

        return all;
    }

    private static JsonObject Versions() => new()
    {
        ["wager"] = VersionOf(typeof(Json).Assembly),
        ["dotnet"] = Environment.Version.ToString(),
        ["torchSharp"] = VersionOf(typeof(TorchSharp.torch).Assembly),
        ["libtorch"] = TorchSharp.torch.__version__,
        ["system"] = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
    };

    private static string VersionOf(Assembly assembly) =>
        (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
