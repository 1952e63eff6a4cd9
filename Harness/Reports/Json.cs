using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Reports;

/// <summary>Results as JSON. The keys are stable; of a result, a key that does not apply is null.</summary>
public static class Json
{
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of what a verb found: an object or an array of them, each of which then tells the versions and the machine.</summary>
    public static string Text(JsonNode node)
    {
        JsonObject versions = VersionsAndMachine();
        foreach (JsonObject found in node is JsonArray array ? array.OfType<JsonObject>() : [(JsonObject)node])
        {
            found["versions"] = versions.DeepClone();
        }

        return node.ToJsonString(_options) + "\n";
    }

    /// <summary>One result.</summary>
    /// <param name="result">What was found.</param>
    /// <param name="verdict">What it says of "Adv ≤ ε".</param>
    /// <param name="bound">The bound.</param>
    /// <param name="sentence">The verdict as a sentence.</param>
    /// <param name="device">Where tensors lived.</param>
    public static JsonObject Of(Result result, Verdict verdict, Bound bound, Sentence sentence, string device) => new()
    {
        ["game"] = result.Game.Name,
        ["scheme"] = result.Game.Scheme,
        ["adversary"] = result.Game.Adversary,
        ["queries"] = result.Game.Queries,
        ["inputs"] = result.Game.Notion == Notion.EffInf ? result.Game.Inputs : null,
        ["trials"] = result.Trials,
        ["wins"] = result.Wins,
        ["broken"] = Number(result.Broken),
        ["faults"] = Faults(result),
        ["notReplayable"] = new JsonArray([.. result.NotReplayable.Select(trial => (JsonNode)trial)]),
        ["paths"] = result.Paths,
        ["probability"] = Value(result.Probability),
        ["advantage"] = result.Game.Notion.Kind == Kind.Property ? null : Value(result.Advantage),
        ["interval"] = Ends((result.Game.Notion.Kind == Kind.Property ? result.Probability : result.Advantage).Interval),
        ["level"] = result.Level,
        ["method"] = result.IsExact ? "exact" : result.IsAnytime ? "confidence sequence" : result.Trials is null ? "exact sums" : "Clopper–Pearson",
        ["budget"] = result.Limits.Operations,
        ["memory"] = result.Limits.Bytes,
        ["withinBudget"] = result.WithinBudget is not { } within ? null : new JsonObject
        {
            ["advantage"] = Value(within),
            ["interval"] = Ends(within.Interval),
            ["overBudget"] = result.OverBudget,
            ["unit"] = result.Unit.ToString(),
        },
        ["breakEven"] = result.BreakEven is { } m ? Number(m) : null,
        ["epsilon"] = result.Game.Notion.Kind == Kind.Property && bound.Side == Side.AtMost ? null : bound.Text,
        ["bound"] = bound.InWords(result.Game.Notion),
        ["verdict"] = bound.InWords(verdict, result.Game.Notion),
        ["sentence"] = sentence.Text,
        ["stopped"] = result.Stopped,
        ["cost"] = Costs(result),
        ["seed"] = result.Seed,
        ["device"] = device,
        ["seconds"] = result.Seconds,
        ["lanes"] = result.Lanes,
    };

    /// <summary>A game that is undefined.</summary>
    public static JsonObject OfUndefined(Game game, string why) => new()
    {
        ["game"] = game.Name,
        ["scheme"] = game.Scheme,
        ["adversary"] = game.Adversary,
        ["verdict"] = Verdict.Undefined.InWords(),
        ["reason"] = why,
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
    public static JsonObject Of(ClaimResult result, string scheme, double level) => new()
    {
        ["claim"] = result.Claim.Name,
        ["source"] = result.Claim.Source,
        ["statement"] = result.Claim.Conclusion.ToString(),
        ["scheme"] = scheme,
        ["adversary"] = result.Claim.Adversary,
        ["verdict"] = result.Verdict.InWords(),
        ["left"] = Value(result.Conclusion.Left),
        ["right"] = Value(result.Conclusion.Right),
        ["level"] = result.Relations.All(relation => relation.Left?.Exact is not null && relation.Right?.Exact is not null) ? 1 : level,
        ["because"] = result.Conclusion.Because,
        ["vacuous"] = result.Conclusion.IsVacuous,
        ["terms"] = new JsonArray([.. result.Terms.Select(term => new JsonObject
        {
            ["symbol"] = term.Term.Symbol,
            ["game"] = term.Term.Game.ToString(),
            ["value"] = Value(term.Quantity),
            ["interval"] = Ends(term.Quantity.Interval),
        })]),
        ["steps"] = new JsonArray([.. result.Relations.Skip(1).Select(Of)]),
        ["costs"] = new JsonArray([.. result.Costs.Select(cost => new JsonObject
        {
            ["statement"] = cost.Relation.Statement,
            ["agrees"] = cost.Agrees,
            ["left"] = Of(cost.Left),
            ["right"] = Of(cost.Right),
        })]),
        ["breaking"] = new JsonArray([.. result.Conclusion.Breaking.Select(trial => (JsonNode)trial)]),
        ["counterexample"] = result.Refuted is { } refuted ? $"{result.Claim.Adversary} on {scheme}: {refuted.Relation} fails, {Card.Text(refuted.Left!)} against {Card.Text(refuted.Right!)}" : null,
    };

    /// <summary>Where the definitions say less of a scheme than they seem.</summary>
    public static JsonObject Of(string scheme, IEnumerable<LintWarning> warnings) => new()
    {
        ["lint"] = new JsonArray([.. warnings.Select(warning => new JsonObject { ["rule"] = warning.Rule, ["text"] = warning.Text })]),
        ["scheme"] = scheme,
    };

    private static JsonObject Of(RelationResult step) => new()
    {
        ["statement"] = step.Relation.ToString(),
        ["pointwise"] = step.Relation.IsPointwise,
        ["verdict"] = step.Verdict.InWords(),
        ["left"] = Value(step.Left),
        ["right"] = Value(step.Right),
        ["because"] = step.Because,
        ["breaking"] = new JsonArray([.. step.Breaking.Select(trial => (JsonNode)trial)]),
    };

    /// <summary>A cost.</summary>
    public static JsonObject Of(Cost cost) => new()
    {
        ["multiplyAdds"] = cost.MultiplyAdds,
        ["elementwise"] = cost.Elementwise,
        ["transcendental"] = cost.Transcendental,
        ["bytesRead"] = cost.BytesRead,
        ["bytesWritten"] = cost.BytesWritten,
        ["queries"] = cost.Queries,
    };

    /// <summary>What the numbers depend on besides the command line.</summary>
    internal static JsonObject VersionsAndMachine() => new()
    {
        ["wager"] = Versions.Wager,
        ["dotnet"] = Environment.Version.ToString(),
        ["torchSharp"] = Versions.TorchSharp,
        ["libtorch"] = Versions.Libtorch,
        ["system"] = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
        ["machine"] = Versions.Machine,
    };

    private static JsonNode? Value(Quantity? quantity) => quantity is null ? null :
        quantity.Exact is { } exact ? JsonValue.Create(exact.ToString("G", null)) : Number(quantity.Value);

    private static JsonArray Ends(Interval interval) => [Number(interval.Low), Number(interval.High)];

    /// <summary>A number; null where it is none that JSON knows.</summary>
    public static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static JsonObject Costs(Result result)
    {
        JsonObject all = [];
        foreach ((Procedure procedure, Cost cost) in result.Cost)
        {
            all[CamelCase(procedure.ToString())] = Of(cost);
        }

        return all;
    }

    private static JsonObject Faults(Result result)
    {
        JsonObject all = [];
        foreach ((Fault fault, double count) in result.Faults)
        {
            all[CamelCase(fault.ToString())] = Number(count);
        }

        return all;
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
