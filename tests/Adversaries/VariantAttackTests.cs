using Expecto;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
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
        Suite.Test("a column that is 0 in the rows that were read is solved from all of them", () =>
        {
            const int Outputs = 1000, Hidden = 48, Zero = 12;
            HashSet<int> read = [.. new[] { 8, 64, 256 }.SelectMany(rows => Enumerable.Range(0, rows).Select(i => i * Outputs / rows))];
            foreach ((bool gated, OrdersRead orders) in new[] { (false, OrdersRead.All), (true, OrdersRead.All), (false, OrdersRead.One), (true, OrdersRead.One) })
            {
                using SyntheticLayer made = new(
                    Outputs, Hidden, Activation.Gelu, StorageType.BF16, spread: 1, gated: gated, variant: Variant.PublicCode,
                    change: (at, value) => at % Hidden < Zero && read.Contains(at / Hidden) ? 0 : value);
                (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(orders);
                Assert.Equal((score.Parameters, 0L), (score.Recovered, score.Misread), $"gated {gated}, {orders}: W, recovered and misread");
                Assert.Equal(string.Join(' ', made.Signs!), string.Join(' ', recovered.Units.Select(unit => (double)unit.Sign)), $"gated {gated}, {orders}: signs");
            }
        }),
        Suite.Test("in f16 far from 0 what is readable is read, but for the sign of what is linear there, which is said to be ambiguous", () =>
        {
            const int Outputs = 256, Hidden = 512;
            using SyntheticLayer made = new(Outputs, Hidden, Activation.Gelu, StorageType.F16, spread: 3, variant: Variant.PublicCode);
            (RecoveredLayer recovered, byte[] w, RecoveryScore score) = made.Attack(OrdersRead.All);
            (long sound, long upToSign) = (0, 0);
            for (int at = 0; at < Outputs * Hidden; at++)
            {
                (int i, int j) = (at / Hidden, at % Hidden);
                (double value, double truth) = (made.WeightStorage.Read(w.AsSpan(at * made.WeightStorage.Size, made.WeightStorage.Size)), made.Weights.Entry(i, j));
                bool isReadable = Enumerable.Range(1, made.Layer.Order).Any(n => Math.Abs(made.Layer.Entry(n, i, j)) >= StorageType.F16.LeastNormal);
                if (isReadable && Math.Abs(value - truth) > 0.01 * Math.Abs(truth))
                {
                    sound += recovered.Units[j].Loss == ColumnLoss.None ? 1 : 0;
                    upToSign += Math.Abs(value + truth) > 0.01 * Math.Abs(truth) ? 0 : 1;
                }
            }

            Assert.Equal(0L, sound, "readable entries that are wrong in columns that are said to be sound");
            Assert.True(upToSign >= score.Misread - 4, $"{upToSign} of {score.Misread} that were misread are right up to their sign");
            Assert.True(score.Misread > 0 && score.Misread < score.Parameters / 100, $"{score.Misread} are");
        }),
        Suite.Test("of a unit that is linear at x₀ without a gate, s·W is all there is: its column is said to be ambiguous, and is right up to a sign", () =>
        {
            foreach (double bias in new[] { 18.0, 45.0 })
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((1, 3, 6, 4, 8, Activation.Gelu, false));
                weights.B[1] = bias;
                TaylorRelease released = TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1), StorageType.BF16, Variant.PublicCode);
                MlpWeights recovered = new JointRecovery().Recover(default, released, new SeededTape(1));
                Assert.True(recovered.W.abs().sub(weights.W.abs()).abs().div(weights.W.abs()).max().item<double>() < 0.01, $"b = {bias}: |W|");
            }
        }),
        Suite.Test("with a gate the sign of a unit that is linear at x₀ is known from order 0, on either side", () =>
        {
            foreach (Activation activation in Activation.Smooth)
            {
                using SyntheticLayer made = new(64, 64, activation, StorageType.F32, spread: 20, gated: true, variant: Variant.PublicCode);
                (RecoveredLayer recovered, _, RecoveryScore _) = made.Attack(OrdersRead.All);
                int[] wrong = [.. Enumerable.Range(0, 64).Where(j => recovered.Units[j].Sign != made.Signs![j] && recovered.Units[j].Loss == ColumnLoss.None)];
                Assert.Equal("", string.Join(' ', wrong.Select(j => made.X0(j))), $"{activation}: x₀ of those that are wrong and said to be sound");
            }
        }),
        Suite.Test("a weight of 0 is read as 0 where n! is so great that the weights of orders would be beyond float32", () =>
        {
            using SyntheticLayer made = new(64, 48, Activation.Silu, StorageType.BF16, spread: 1, order: 40, variant: Variant.PublicCode, change: (at, value) => at % 7 == 0 ? 0 : value);
            (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(OrdersRead.All);
            Assert.True(recovered.NotFinite is null, $"row {recovered.NotFinite} is no number");
            Assert.Equal((score.Parameters, 0L), (score.Recovered, score.Misread), "recovered, misread");
        }),
        Suite.Test("of order 0 alone neither a sign nor W is known, and that is said", () =>
        {
            using SyntheticLayer made = new(16, 32, Activation.Silu, StorageType.F32, spread: 1, order: 0, gated: true, variant: Variant.PublicCode);
            Assert.True(made.Attack(OrdersRead.All).Recovered.Units.All(unit => unit is { Sign: 0, Loss: ColumnLoss.Ambiguous }), "every column");
            using SyntheticLayer two = new(16, 32, Activation.Silu, StorageType.F32, spread: 1, order: 1, gated: true, variant: Variant.PublicCode);
            (RecoveredLayer recovered, _, RecoveryScore score) = two.Attack(OrdersRead.All);
            Assert.Equal((score.Parameters, 32L), (score.Recovered, score.Signs.Recovered), "orders 0 and 1 are enough");
        }),
        Suite.Test("a release without the orders that are needed tells no sign, and a wrong sign loses", () =>
        {
            using SyntheticLayer made = new(16, 8, Activation.Gelu, StorageType.F64, spread: 1, order: 2, variant: Variant.PublicCode);
            Assert.True(made.Attack(OrdersRead.One, pairwise: true).Recovered.Units.All(unit => unit.Sign == 0), "pairwise, N = 2");
            using SyntheticLayer gated = new(16, 8, Activation.Gelu, StorageType.F64, spread: 1, order: 2, gated: true, variant: Variant.PublicCode);
            (RecoveredLayer recovered, byte[] w, RecoveryScore score) = gated.Attack(OrdersRead.One, pairwise: true);
            Assert.Equal((score.Parameters, 8L), (score.Recovered, score.Signs.Recovered), "with a gate x₀ is public, and order 2 is enough");
            Assert.True(score.IsWin && !(score with { Signs = (7, 8) }).IsWin, "a sign more or less");
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
