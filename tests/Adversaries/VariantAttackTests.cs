using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Harness.Catalog;
using Wager.Harness.Evaluation;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The attacks on TaylorMLP as its public code has it, and on releases that leave units in clear.</summary>
internal static class VariantAttackTests
{
    public static Test All => Suite.Group(
        "attacks on variants",
        Suite.Property(
            "the joint recovery finds V, W, b and c of either variant with any number of units protected, to nine digits",
            RandomMlp.Shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                shape = shape with { Order = Math.Max(shape.Order, 4) };
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape);
                foreach (Variant variant in Variant.All)
                {
                    TaylorRelease released = TaylorRelease.Of(
                        weights, inputs, shape.Order, activation, new SeededTape((ulong)shape.Seed), variant: variant, protectedUnits: 1 + (shape.Seed % shape.Hidden));
                    MlpWeights recovered = new JointRecovery().Recover(default, released, new SeededTape(1));
                    Assert.True(recovered.V.eq(weights.V).all().item<bool>(), $"{variant}: V, with its signs");
                    Assert.True(recovered.W.sub(weights.W).abs().div(weights.W.abs()).max().item<double>() < 1e-9, $"{variant}: W");
                    Assert.True(shape.Gated || recovered.B.sub(weights.B).abs().max().item<double>() < 1e-9, $"{variant}: b");
                    Assert.True(recovered.C.sub(weights.C).abs().max().item<double>() < 1e-9, $"{variant}: c");
                }
            },
            count: 60),
        Suite.Property("orders from the second on are the same whichever sign a unit has, so they give W without it and never the sign", RandomMlp.Shapes, shape =>
        {
            (MlpWeights _, Tensor _, Activation activation) = RandomMlp.Of(shape);
            double x = (shape.Seed % 1000 / 100.0) - 5;
            Span<double> plain = stackalloc double[shape.Order + 3];
            Span<double> mirrored = stackalloc double[shape.Order + 3];
            activation.TaylorCoefficients(x, plain);
            activation.Mirrored.TaylorCoefficients(x, mirrored);
            for (int n = 2; n < plain.Length; n++)
            {
                Assert.Near(plain[n], mirrored[n], 1e-13 * (1 + Math.Abs(plain[n])), $"order {n} at {x}");
            }

            Assert.Near(1, plain[1] - mirrored[1], 1e-12, "order 1 differs by W itself");
            Assert.Near(x, plain[0] - mirrored[0], 1e-12 * (1 + Math.Abs(x)), "order 0 by W·x₀");
            Assert.True(ReferenceEquals(activation, activation.Mirrored.Mirrored), "mirrored twice it is itself");
        }),
        Suite.Test("of a layer without its orders 0 and 1 W is recovered, and no sign", () =>
        {
            foreach (bool gated in new[] { false, true })
            {
                using SyntheticLayer made = new(96, 64, Activation.Gelu, StorageType.F32, spread: 1, gated: gated, variant: Variant.PublicCode);
                (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(OrdersRead.All, layer: made.Layer.From(2));
                Assert.Equal(score.Parameters, score.Recovered, $"{(gated ? "gated" : "plain")}: W");
                Assert.True(recovered.Units.All(unit => unit.Sign == 0), "no sign is known");
                (recovered, _, score) = made.Attack(OrdersRead.All);
                Assert.Equal(score.Parameters, score.Recovered, "W, from all orders");
                Assert.Equal(string.Join(" ", made.Signs!), string.Join(' ', recovered.Units.Select(unit => (double)unit.Sign)), "the signs");
                Assert.Equal(score.C.All, score.C.Recovered, "c");
                Assert.True(
                    gated || recovered.B.Index().All(b => Math.Abs(b.Item - made.Weights.B[b.Index]) <= 6 * recovered.Units[b.Index].Deviation),
                    "b, within six deviations (false alarms: fewer than one in a million)");
            }
        }),
        Suite.Test("the public code's layers are attacked like the paper's in every storage type, by both methods", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                foreach (Activation activation in Activation.Smooth)
                {
                    using SyntheticLayer made = new(128, 96, activation, storage, spread: 1, variant: Variant.PublicCode);
                    (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(OrdersRead.All);
                    Assert.Equal((score.Parameters, 0L), (score.Recovered + score.Unreadable, score.Misread), $"{activation}, {storage}: W");
                    Assert.Equal(string.Join(" ", made.Signs!), string.Join(' ', recovered.Units.Select(unit => (double)unit.Sign)), $"{activation}, {storage}: signs");
                    (_, _, RecoveryScore pairwise) = made.Attack(OrdersRead.One, pairwise: true);
                    Assert.True(pairwise.Recovered > 0.5 * pairwise.Parameters && pairwise.Recovered < pairwise.Parameters, $"{activation}, {storage}: pairwise {pairwise.Recovered} of {pairwise.Parameters}");
                }
            }
        }),
        Suite.Test("from one order W of the public code's layers is recovered in every row, of low and high order, plain and gated", () =>
        {
            foreach ((StorageType storage, int order, bool gated) in
                from storage in new[] { StorageType.BF16, StorageType.F32 } from order in new[] { 8, 12 } from gated in new[] { false, true } select (storage, order, gated))
            {
                using SyntheticLayer made = new(600, 80, Activation.Silu, storage, spread: 1.5, gated: gated, order: order, variant: Variant.PublicCode);
                (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(OrdersRead.One);
                string what = $"{storage}, N = {order}, {(gated ? "gated" : "plain")}";
                Assert.Equal((600 * 80L, 0L), (score.Recovered, score.Misread), $"{what}: recovered, misread");
                Assert.Equal(string.Join(" ", made.Signs!), string.Join(' ', recovered.Units.Select(unit => (double)unit.Sign)), $"{what}: signs");
            }
        }),
        Suite.Test("on the public code's scheme the recovery wins WRec, V's signs included; whoever leaves them loses; re-release sees through them", () =>
        {
            Subject subject = SchemeCatalog.Find("taylor-mlp-public-code");
            long Wins(Notion notion, string adversary) => SampledEvaluator.Evaluate(subject.Game(notion, adversary), new() { Trials = 12, Seed = 2 }).Wins!.Value;
            Assert.Equal(12L, Wins(Notion.WRec, "recovery"), "recovery");
            Assert.Equal(12L, Wins(Notion.EffInf, "collapse"), "collapse");
            Assert.Equal(12L, Wins(Notion.WInd, "re-release"), "re-release");
            TaylorMlpScheme scheme = new(new() { Variant = Variant.PublicCode });
            SeededTape tape = new(1);
            using DisposeScope scope = NewDisposeScope();
            MlpWeights w = scheme.Train(tape);
            MlpWeights flipped = w with { V = w.V.neg() };
            Assert.True(scheme.SameWeights(w, w).Lanes[0] && !scheme.SameWeights(flipped, w).Lanes[0], "V counts");
        }));
}
