using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Expecto;
using Fractions;
using Wager.Adversaries;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Reductions;
using Wager.Schemes;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>The command that a failed assertion ends with finds the very same, or there is none.</summary>
internal static partial class ReplayCommandTests
{
    public static Test All => Suite.Group(
        "replay commands",
        Suite.Test("of a bound: the same sentence, and exit code 1", () =>
        {
            foreach ((string scheme, Notion notion, string? adversary, Form form, Bound bound) in new (string, Notion, string?, Form, Bound)[]
            {
                ("uniform-3", Notion.WRec, "constant", new(), new(new Fraction(1, 4), "1/4")),
                ("uniform-3", Notion.WRec, "constant", new(), new(new Fraction(1, 4), "1/4", Side.Exactly)),
                ("uniform-3", Notion.WRec, "constant", new(), new(new Fraction(1, 2), "1/2", Side.Exactly)),
                ("uniform-3", Notion.Correctness, null, new(), new(1, "1", Side.Exactly)),
                ("uniform-200", Notion.Correctness, null, new(), new(new Fraction(1, 2), "0.5", Side.AtLeast)),
                ("noisy-bit", Notion.WInd, "majority(function-compare)", new(Line4.Reject, 3), new(new Fraction(1, 10), "0.1")),
                ("noisy-bit", Notion.WInd, "function-compare", new(Line4.Reject), new(1, "1", Side.AtLeast)),
                ("clear", Notion.EffInf, "eq8(recovery)", new(Inputs: 4), new(new Fraction(1, 2), "0.5", Side.AtLeast)),
                ("uniform-3", Notion.WRec, "constant", new(), new(new Fraction(1, 10_000_000), "1e-7")),
                ("uniform-200", Notion.WRec, "guess", new(), new(new Fraction(1, 1000), "0.001")),
                ("taylor-mlp", Notion.WRec, "recovery", new(), new(new Fraction(1, 4), "0.25")),
            })
            {
                Game game = SchemeCatalog.Find(scheme).Game(notion, adversary, form);
                Finding finding = new Judge(new() { Trials = 100_000, Seed = 3, Level = 0.9, Limits = new(1e9) }).Of(game, bound);
                Assert.Equal(Verdict.Refuted, finding.Verdict, $"{finding}");
                CommandLine.Outcome outcome = CommandLine.Run([.. Words(finding.Replay), "--json", "-"]);
                Assert.Equal(1, outcome.Code, $"exit code of {finding.Replay}: {outcome.Error}");
                string sentence = JsonNode.Parse(outcome.Output)!["sentence"]!.GetValue<string>();
                Assert.Equal(Meaning(finding.Evidence, bound), Meaning(sentence, bound), finding.Replay);
            }
        }),
        Suite.Test("of a claim: the same sides, and exit code 1", () =>
        {
            Uniform three = new(3);
            ConstantRecoverer<int, int, NoKey> constant = new(0);
            foreach (Claim refuted in new[]
            {
                new Eq9<int, int, int, int, NoKey, NoKey>(three, constant).AsStated(),
                new Eq9<int, int, int, int, NoKey, NoKey>(three, constant).AsStated(Line4.Reject),
                new Hybrid<int, int, int, int, int, int>(new Pad(3, published: false), new PadReuse(new Pad(3, published: false)), 2, Line4.Reject).SharedKey(),
            })
            {
                Finding finding = new Judge(new() { Trials = 10 }).Of(refuted, 0.05);
                CommandLine.Outcome outcome = CommandLine.Run([.. Words(finding.Replay), "--json", "-"]);
                Assert.Equal(1, outcome.Code, $"exit code of {finding.Replay}: {outcome.Error}");
                JsonNode found = JsonNode.Parse(outcome.Output)![0]!;
                Assert.Equal(finding.Evidence, $"{found["left"]} against {found["right"]}", finding.Replay);
            }
        }),
        Suite.Test("there is none for a scheme that is called like another, or set otherwise, or a claim with another ω", () =>
        {
            Finding Of(Game game) => new Judge(new() { Trials = 100 }).Of(game, new Bound(0, "0"));
            ConstantRecoverer<int, int, NoKey> constant = new(0);
            Assert.Contains("wager exact", Of(Game.WRec(new Clear(), constant)).Replay, "clear itself");
            Assert.Contains("in code", Of(Game.WRec(new Named("clear", releases: 0), constant)).Replay, "one that releases something else");
            Assert.Contains("in code", Of(Game.WRec(new Named("clear", dataset: "another"), constant)).Replay, "one on other data");
            Assert.Contains("in code", Of(Game.WRec(new Named("clear", cost: 1), constant)).Replay, "one that spends something else");
            Assert.Contains("in code", Of(Game.WRec(new Named("nobody's"), constant)).Replay, "one that nobody knows");
            Assert.Contains("in code", Of(Game.WRec(new Clear(), new FunctionRecoverer<int, int, NoKey>("mine", (_, _, _) => 0))).Replay, "an adversary that nobody knows");
            Assert.Contains("wager play", Of(Game.WRec(new TaylorMlpScheme(new()), new JointRecovery())).Replay, "TaylorMLP as it is by itself");
            Assert.Contains("in code", Of(Game.WRec(new TaylorMlpScheme(new() { Order = 12 }), new JointRecovery())).Replay, "of another order");

            Finding OfClaim(double omega) => new Judge(new() { Trials = 10 }).Of(new Eq8<int, int, int, int, NoKey, NoKey>(new Clear(), constant).Repaired(omega), 0.05);
            Assert.Contains("wager claims eq8-repaired", OfClaim(0).Replay, "ω as the command line has it");
            Assert.Contains("in code", OfClaim(-1).Replay, "another ω");
        }));

    /// <summary>The words of a command, as a shell has them, without the first.</summary>
    private static string[] Words(string command)
    {
        Assert.True(command.StartsWith("wager ", StringComparison.Ordinal), command);
        return [.. Word().Matches(command[6..]).Select(match => match.Value.Trim('\''))];
    }

    /// <summary>A sentence without the versions; where an equation is replayed as one of its sides, up to what it says of that.</summary>
    private static string Meaning(string sentence, Bound bound) => sentence[..sentence.IndexOf(bound.Side == Side.Exactly ? ", so " : " (Wager ", StringComparison.Ordinal)];

    [GeneratedRegex("'[^']*'|[^' ]+")]
    private static partial Regex Word();

    /// <summary>The scheme <c>clear</c>, but for what is given.</summary>
    private sealed class Named(string name, string? dataset = null, int? releases = null, int cost = 0) : Scheme<int, int, int, int, NoKey, NoKey>
    {
        private readonly Clear _clear = new();

        public override string Name => name;

        public override string Dataset => dataset ?? _clear.Dataset;

        public override Tolerance<int> WeightTolerance => _clear.WeightTolerance;

        public override Tolerance<int> OutputTolerance => _clear.OutputTolerance;

        public override int Train(Tape tape) => _clear.Train(tape);

        public override int Run(int weights, int input, Tape tape) => _clear.Run(weights, input, tape);

        public override (NoKey Secret, NoKey Public) KGen(Tape tape) => _clear.KGen(tape);

        public override int Release(NoKey secret, int weights, Tape tape)
        {
            tape.Charge(new(Elementwise: cost));
            return releases ?? _clear.Release(secret, weights, tape);
        }

        public override int RunReleased(NoKey publicKey, int released, int input, Tape tape) => _clear.RunReleased(publicKey, released, input, tape);

        public override int Input(Tape tape) => _clear.Input(tape);
    }
}
