using System.Text.Json.Nodes;
using Expecto;
using TorchSharp;
using Wager.Games;
using Wager.Schemes;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>Each rule of the lint on a scheme that triggers it and on one that does not, by paths and by trials, and on the command line.</summary>
internal static class DefinitionLintTests
{
    private static readonly Sampling _sampling = new() { Trials = 100, Threads = 1 };

    public static Test All => Suite.Sequenced(Suite.Group(
        "definition lint",
        Suite.Test("trivially-won: the best guess of W from one half on, exactly, whichever weights it is", () =>
        {
            const string Rule = "trivially-won";
            Assert.Equal("WRec: the best guess alone, W* = 0, wins with probability 3/4, whatever is released", Only(Rule, Of(new ConstantRelease()), "WRec"), "of odds 3 to 1");
            Assert.Equal("WRec: the best guess alone, W* = 2, wins with probability 2/3, whatever is released", Only(Rule, Of(new MadeScheme(3) { Odds = [1, 1, 4], Releases = (_, _) => 0 }), "WRec"), "which is not 0");
            Assert.Equal("WRec: the best guess alone, W* = 0, wins with probability 1/2, whatever is released", Only(Rule, Of(new Uniform(2)), "WRec"), "two weights, each as likely, by nature");
            Assert.Equal("WRec: the best guess alone, W* = 0, wins certainly, whatever is released", Only(Rule, Of(new ConstantRelease(1, 1)), "WRec"), "a weight that is certain");
            MadeScheme wide = new(3) { Weights = new("difference", (a, b) => Math.Abs(a - b), 1), Releases = (_, _) => 0 };
            Assert.Equal("WRec: the best guess alone, W* = 1, wins certainly, whatever is released", Only(Rule, Of(wide), "WRec"), "within 1 of all three");
            Assert.Equal(0, About(Rule, Of(new Uniform(3)), "WRec").Length, "a third is below one half");
        }),
        Suite.Test("trivially-won: W′ answered as it stands, where that beats the best guess", () =>
        {
            const string Rule = "trivially-won";
            Assert.Equal("WRec: to answer W′ as it stands, without any work, wins with probability 3/4", About(Rule, Of(new NoisyBit()), "WRec")[1], "a noisy bit, after its best guess");
            Assert.Equal("WRec: to answer W′ as it stands, without any work, wins certainly", Only(Rule, Of(new MadeScheme(3)), "WRec"), "in clear");
            Assert.Equal(1, About(Rule, Of(new OneBitPad()), "WRec").Length, "a pad: no better than the best guess");
            Assert.Equal("EffInf: to answer W′ as it stands, without any work, wins certainly", Only(Rule, Of(new Pad(3, published: false)), "EffInf"), "Run′ that hands on W′");
            Assert.Equal(0, About(Rule, Of(new Pad(3, published: true)), "EffInf").Length, "Run′ that takes the pad off");
            MadeScheme keyed = new(4) { IsKeyed = true };
            Assert.Equal("WRec: to answer W′ as it stands, without any work, wins in 20 of 20 trials (probability 0.8315 or more, at 95 %)", Only(Rule, Of(keyed), "WRec"), "by trials, Clopper and Pearson's 0.025^(1/20)");
            Assert.Equal(0, About(Rule, Of(new MadeScheme(4) { IsKeyed = true, Releases = (_, _) => 0 }), "WRec").Length, "a constant release, by trials");
        }),
        Suite.Test("trivially-won: the best guess of y′ from x, and only where Run′ costs anything", () =>
        {
            const string Rule = "trivially-won";
            MadeScheme blind = new(2) { Inputs = 2, Runs = (_, x) => x };
            Assert.Equal("EffInf: the best guess alone, from x without W′, wins certainly, whatever is released", Only(Rule, Of(blind), "EffInf"), "Run that ignores W");
            Assert.Equal("EffInf: the best guess alone, the same for each x, wins with probability 15/16, whatever is released", Only(Rule, Of(new Sharing(3, leaky: true)), "EffInf"), "Run′ that answers 0 where a share is missing");
            Assert.Equal(0, About(Rule, Of(new Clear()), "EffInf").Length, "four outputs, each as likely");
            Assert.Equal(0, About(Rule, Of(new MadeScheme(2) { Inputs = 2, Runs = (_, x) => x, Costs = _ => 0 }), "EffInf").Length, "nobody is within the budget");
        }),
        Suite.Test("trivially-won: where nothing is listed, by the card's adversaries that do not look at W′", () =>
        {
            MadeScheme always = new(2) { IsKeyed = true, IsListed = false, Odds = [1, 0], Releases = (_, _) => 1 };
            string[] found = About("trivially-won", Of(always, play: [(Notion.WRec, "constant"), (Notion.WRec, "guess"), (Notion.EffInf, "constant")]), "WRec");
            Assert.Equal("WRec: constant, which does not look at W′, wins with probability 1 in [0.9637, 1] · WRec: guess, which does not look at W′, wins with probability 1 in [0.9637, 1]", string.Join(" · ", found), "W that is always 0, in 100 trials");
            MadeScheme half = new(2) { IsKeyed = true, IsListed = false, Releases = (_, _) => 1 };
            Assert.Equal(0, About("trivially-won", Of(half, play: [(Notion.WRec, "constant"), (Notion.WRec, "guess")]), "WRec").Length, "two weights: the interval's lower end is below one half (but in one of 40 runs)");
        }),
        Suite.Test("no-adversary-admissible: Run′ for nothing, always or at times", () =>
        {
            const string Rule = "no-adversary-admissible";
            Assert.Equal("EffInf: Run′ costs nothing on every path, so that no adversary has t < Cost(Run′)", Only(Rule, Of(new MadeScheme(3) { Costs = _ => 0 })), "for nothing");
            Assert.Equal("EffInf: Run′ costs nothing with probability 1/3, and no adversary has t < Cost(Run′) there", Only(Rule, Of(new MadeScheme(3) { Costs = released => released })), "where W′ = 0");
            Assert.Equal("EffInf: Run′ costs nothing in each of 20 trials, so that no adversary has t < Cost(Run′)", Only(Rule, Of(new MadeScheme(3) { IsKeyed = true, Costs = _ => 0 })), "by trials");
            Assert.Equal(0, About(Rule, Of(new MadeScheme(3) { Costs = _ => 1 })).Length, "for one operation: who spends none is admitted");
            Assert.Equal(0, About(Rule, Of(new Sharing(3, leaky: false))).Length, "three shares to read");
        }),
        Suite.Test("undefined-condition: which reading of line 4 is undefined, and what the other keeps", () =>
        {
            const string Rule = "undefined-condition";
            Tolerance<int> within1 = new("difference", (a, b) => Math.Abs(a - b), 1);
            Assert.Equal("W-IND is undefined where line 4 resamples: with probability 1/3 Train produces a W₀ from which no W₁ differs, such as 1; by rejection it is defined, and keeps a pair with probability 2/9", Only(Rule, Of(new MadeScheme(3) { Weights = within1 })), "0, 1 and 2 within 1");
            Assert.Equal("W-IND is undefined in both readings of line 4: no two weights that Train produces differ", Only(Rule, Of(new ConstantRelease(1, 1))), "one weight");
            Assert.Equal(0, About(Rule, Of(new MadeScheme(4) { Weights = within1 })).Length, "0 and 3 differ, 1 and 3, 2 and 0");
            MadeScheme keyed = new(3) { IsKeyed = true, Weights = within1 };
            Assert.Equal("W-IND where line 4 resamples is undefined, or as good as: a condition was not met in 1,000,000 attempts; by rejection it is defined in 20 trials", Only(Rule, Of(keyed)), "by trials");
            Assert.Equal(0, About(Rule, Of(new MadeScheme(4) { IsKeyed = true, Weights = within1 })).Length, "by trials, defined");
        }),
        Suite.Test("vacuous: repaired claims whose terms other than advantages exceed 1, with these terms", () =>
        {
            string[] found = About("vacuous", Of(new Pad(3, published: false)));
            Assert.Equal("function-compare holds whatever the advantages are: η₀ = 2/3, η₁ = 2/3, s = 0 · output-compare of constant, guess holds whatever the advantages are: q = 1/3, η(δ) = 2/3", string.Join(" · ", found), "a pad that is kept");
            Assert.Equal(0, About("vacuous", Of(new Pad(3, published: true))).Length, "one that is published");
        }),
        Suite.Test("same-breaks-its-laws: a distance that is none, a metric that is none, and a threshold below 0", () =>
        {
            string[] Laws(Func<int, int, double> distance, double threshold = 0, bool isMetric = true, ToleranceUnit unit = ToleranceUnit.Absolute) =>
                About("same-breaks-its-laws", Of(new MadeScheme(3) { Weights = new("made", (a, b) => distance(a, b), threshold, unit, ObeysTriangle: isMetric) }));
            void Breaks(string start, string[] found) => Assert.True(Assert.Single(found, start).StartsWith(start, StringComparison.Ordinal), $"{found[0]} starts with {start}");
            Breaks("Dist_W(0, 0) = 1, and must be 0", Laws((_, _) => 1));
            Breaks("Dist_W(0, 0) = NaN, and must be 0", Laws((a, b) => Math.Abs(a - b) / (double)b, 0.01, unit: ToleranceUnit.RelativePerEntry));
            Breaks("Dist_W(0, 1) = 1 and Dist_W(1, 0) = 2 break symmetry", Laws((a, b) => a == b ? 0 : a < b ? 1 : 2));
            Breaks("Dist_W(0, 2) = 4 is more than 2 by way of 1", Laws((a, b) => (a - b) * (a - b)));
            Breaks("Dist_W(0, 1) = -1 is no distance", Laws((a, b) => a - b, isMetric: false));
            Breaks("Dist_W has the threshold -1", Laws((a, b) => Math.Abs(a - b), -1));
            Assert.Equal(0, Laws((a, b) => (a - b) * (a - b), isMetric: false).Length, "one that is declared none");
            Assert.Equal(0, Laws((a, b) => Math.Abs(a - b)).Length, "a metric");
        }),
        Suite.Test("stands-in-clear: W′ that is W on every path or in every trial, unless there is only one W", () =>
        {
            const string Rule = "stands-in-clear";
            Assert.Equal("W stands in W′ verbatim on every path", Only(Rule, Of(new Clear())), "in clear");
            Assert.Equal("W stands in W′ verbatim in each of 20 trials", Only(Rule, Of(new MadeScheme(4) { IsKeyed = true })), "by trials");
            Assert.Equal(0, About(Rule, Of(new NoisyBit())).Length, "in three of four");
            Assert.Equal(0, About(Rule, Of(new MadeScheme(3) { IsKeyed = true, Releases = (_, _) => 0, Weights = new("difference", (a, b) => Math.Abs(a - b), 1) })).Length, "a constant, by trials, also where W-IND is undefined");
            Assert.Equal(0, About(Rule, Of(new Uniform(3))).Length, "by chance");
            Assert.Equal(0, About(Rule, Of(new ConstantRelease(1, 1))).Length, "where W can be nothing else");
        }),
        Suite.Test("stands-in-clear: of TaylorMLP whole columns of W where a derivative is 1, of protected units only, and V where its signs are secret", () =>
        {
            string? Verbatim(Activation activation, Variant? variant = null, int? count = null, double bias = 0.5)
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights drawn, Tensor inputs, _) = RandomMlp.Of((3, 4, 8, 3, 4, activation, false));
                TaylorMlpScheme scheme = new(new() { Activation = activation, Variant = variant ?? Variant.Paper, Protected = count });
                MlpWeights weights = drawn with { B = TensorMath.Full(drawn.B, bias), C = TensorMath.Full(drawn.C, 0) };
                return scheme.VerbatimIn(weights, TaylorRelease.Of(weights, inputs.sub(inputs), 4, activation, new SeededTape(1), variant: variant, protectedUnits: count));
            }

            Assert.Equal("a column of W in order 1", Verbatim(Activation.Relu), "ReLU with x₀ = ½");
            Assert.Equal(null, Verbatim(Activation.Relu, bias: -0.5), "ReLU with x₀ = −½, where all is 0");
            Assert.Equal(null, Verbatim(Activation.Gelu), "GELU");
            Assert.Equal(null, Verbatim(Activation.Gelu, count: 3), "GELU with five units in clear, which are not protected");
            Assert.Equal("a column of W in order 1", Verbatim(Activation.Relu, count: 3), "ReLU with three units protected");
            Assert.Equal("a row of V", Verbatim(Activation.Gelu, Variant.PublicCode), "rows whose sign is 1");
        }),
        Suite.Test("check prints a line for each warning, and one object of JSON for each scheme", () =>
        {
            CommandLine.Outcome outcome = CommandLine.Run("check", "constant-release");
            Assert.Equal(0, outcome.Code, "a warning is no error");
            Assert.Contains("definitions: trivially-won: WRec: the best guess alone, W* = 0, wins with probability 3/4", string.Join(' ', outcome.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), "the card");
            JsonObject lint = Lint("check", "constant-release", "--json", "-");
            Assert.Equal("constant-release", (string?)lint["scheme"], "scheme");
            Assert.Equal("trivially-won trivially-won vacuous vacuous", string.Join(' ', lint["lint"]!.AsArray().Select(warning => (string?)warning!["rule"])), "rules");
            Assert.Equal("EffInf: the best guess alone, the same for each x, wins certainly, whatever is released", (string?)lint["lint"]![1]!["text"], "text");
            JsonObject taylor = Lint("check", "taylor-mlp", "--trials", "2", "--json", "-");
            Assert.Equal(0, taylor["lint"]!.AsArray().Count, "of TaylorMLP nothing");
            Assert.Contains("\"a column of W in order 1 stands in W′ verbatim in each of 2 trials\"", Lint("check", "taylor-mlp", "--activation", "relu", "--trials", "2", "--json", "-").ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), "with ReLU, whose derivative is 1");
        }),
        Suite.Test("a metric that is none is a warning of check, and refused by claims in one line", () =>
        {
            string file = PlugInTests.Dll("Lawless");
            Assert.Contains("\"same-breaks-its-laws\"", Lint("check", file, "--json", "-").ToJsonString(), "check");
            CommandLine.Outcome refused = CommandLine.Run("claims", "--scheme", "lawless", "--plugin", file);
            Assert.Equal(2, refused.Code, "claims");
            Assert.Contains("wager: scheme lawless: Dist_W(0, 2) = 4 is more than 2 by way of 1, which breaks the triangle inequality", refused.Error, "the line");
            Assert.Equal(1, refused.Error.TrimEnd('\n').Split('\n').Length, "lines");
        })));

    private static LintWarning[] Of<W, R, X, Y, Sk, Pk>(Scheme<W, R, X, Y, Sk, Pk> scheme, params (Notion Notion, string Adversary)[] play)
    {
        Subject<W, R, X, Y, Sk, Pk> subject = new(scheme, [], [], []) { Summary = "" };
        Result[] played = [.. play.Select(each => SampledEvaluator.Evaluate(subject.Game(each.Notion, each.Adversary), _sampling))];
        ClaimEvaluator evaluator = new(new Plays(Exactly), level: 0.95, epsilon: 0.05);
        IEnumerable<ClaimResult?> claims = ClaimKind.OfThePaper.Concat(DefinitionLint.OtherRepairs).SelectMany(kind => subject.Claims(ClaimKind.Find(kind), new())).Select(evaluator.Of);
        return [.. subject.Lint(_sampling, played), .. DefinitionLint.Vacuous(claims.OfType<ClaimResult>())];
    }

    private static Play? Exactly(Game game)
    {
        try
        {
            return new(Assert.Exactly(game));
        }
        catch (NotFiniteException)
        {
            return null;
        }
    }

    private static string[] About(string rule, LintWarning[] warnings, string start = "") =>
        [.. warnings.Where(warning => warning.Rule == rule && warning.Text.StartsWith(start, StringComparison.Ordinal)).Select(warning => warning.Text)];

    private static string Only(string rule, LintWarning[] warnings, string start = "") => Assert.Single(About(rule, warnings, start), $"warnings of {rule}");

    private static JsonObject Lint(params string[] arguments)
    {
        CommandLine.Outcome outcome = CommandLine.Run(arguments);
        Assert.Equal(0, outcome.Code, $"exit code, after {outcome.Error}");
        return Assert.Single([.. JsonNode.Parse(outcome.Output)!.AsArray().OfType<JsonObject>().Where(node => node.ContainsKey("lint"))], "objects with a lint");
    }
}
