using Expecto;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The joint attack in tensor operations, held against the one on layers in memory. Every layer is seeded; nothing here is a matter of chance.</summary>
internal static class TensorAttackTests
{
    private static readonly OrdersRead[] _orders = [OrdersRead.One, OrdersRead.All];

    public static Test All => Suite.Group(
        "attacks in tensor operations",
        Suite.Group(
            "the same columns are recovered as in memory, and W within roundings",
            [
                .. from storage in StorageType.All
                   from gated in new[] { false, true }
                   from variant in Variant.All
                   select Suite.Test($"{storage}{(gated ? ", gated" : "")}, {variant}", () =>
                   {
                       foreach (double spread in new[] { 1.0, 3 })
                       {
                           using SyntheticLayer made = new(301, 203, gated ? Activation.Silu : Activation.Gelu, storage, spread, gated, variant: variant);
                           Array.ForEach(_orders, orders => SameAsInMemory(made, orders, $"spread {spread}, {orders}"));
                       }
                   }),
            ]),
        Suite.Test("where x₀ is public, W from one order is the same to the last bit, and as much is charged", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(301, 203, Activation.Silu, storage, 1.5, gated: true);
                (byte[] here, byte[] there) = (Attack(made, OrdersRead.One).W, made.Attack(OrdersRead.One).W);
                Assert.True(Enumerable.Range(0, 301 * 203).All(at => Entry(made, here, 0, at) == Entry(made, there, 0, at)), $"{storage}: W, but for the sign of a 0");
                Array.ForEach(_orders, orders => Assert.Equal(InMemory(made, orders), Charged(made, orders), $"{storage}, {orders}: the cost"));
            }
        }),
        Suite.Test("where x₀ is public, W from all orders is the same but for what is rounded: by entry in f16, where half the numbers are subnormal, else by column", () =>
        {
            foreach ((StorageType storage, double most) in new[] { (StorageType.F16, Math.ScaleB(1, -20)), (StorageType.BF16, Math.ScaleB(1, -9)), (StorageType.F32, Math.ScaleB(1, -23)) })
            {
                using SyntheticLayer made = new(301, 203, Activation.Silu, storage, 1.5, gated: true);
                (byte[] here, byte[] there) = (Attack(made, OrdersRead.All, out _, StorageType.F32).W, made.Attack(OrdersRead.All, StorageType.F32).W);
                double off = Enumerable.Range(0, 301 * 203).Max(at => Math.Abs(Single(here, at) - Single(there, at)) / Math.Abs(Single(there, at)));
                Assert.True(off <= most, $"{storage}: off by {off}");
            }

            static double Single(byte[] w, int at) => BitConverter.ToSingle(w, at * sizeof(float));
        }),
        Suite.Test("wide layers are worked on in several blocks, of rows and of columns", () =>
        {
            using SyntheticLayer made = new(70, 9001, Activation.Gelu, StorageType.BF16, 1); // 7 rows at once, and 128 columns or 117
            Array.ForEach(_orders, orders => SameAsInMemory(made, orders, $"{orders}"));
        }),
        Suite.Test("columns of zeros are silent, and 0", () =>
        {
            foreach (OrdersRead orders in _orders)
            {
                using SyntheticLayer made = new(96, 40, Activation.Gelu, StorageType.BF16, 1, change: (at, w) => at % 40 is 7 or 39 ? 0 : w);
                (RecoveredLayer recovered, byte[] w) = Attack(made, orders);
                Assert.Equal("7 39", string.Join(' ', recovered.Units.Index().Where(unit => unit.Item.Loss == ColumnLoss.Silent).Select(unit => unit.Index)), $"{orders}: silent");
                Assert.True(Enumerable.Range(0, 96).All(i => Entry(made, w, i, 7) == 0 && Entry(made, w, i, 39) == 0), $"{orders}: zeros");
                SameAsInMemory(made, orders, $"{orders}");
            }
        }),
        Suite.Test("a unit of which the rows that are read say nothing is solved from all rows", () =>
        {
            using SyntheticLayer made = new(700, 30, Activation.Gelu, StorageType.BF16, 1, change: (at, w) => at % 30 == 4 && at / 30 != 650 ? 0 : w);
            foreach (OrdersRead orders in _orders)
            {
                (RecoveredLayer recovered, byte[] w) = Attack(made, orders);
                Assert.Equal(ColumnLoss.None, recovered.Units[4].Loss, $"{orders}: the unit");
                double truth = made.Weights.Entry(650, 4);
                Assert.True(Math.Abs(Entry(made, w, 650, 4) - truth) < 0.01 * Math.Abs(truth), $"{orders}: its one entry");
            }
        }),
        Suite.Test("an entry that is not a finite number is seen", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(40, 50, Activation.Gelu, storage, 1);
                made.Put(double.PositiveInfinity, 2, 17, 33);
                Assert.Equal<int?>(17, Attack(made, OrdersRead.All).Recovered.NotFinite, $"{storage}: the row");
                Assert.Equal<int?>(17, Attack(made, OrdersRead.One).Recovered.NotFinite, $"{storage}: the row, from one order");
            }
        }),
        Suite.Test("without an order to read from, the answer is zeros", () =>
        {
            using SyntheticLayer made = new(4, 5, Activation.Gelu, StorageType.F64, 1, order: 0);
            (RecoveredLayer recovered, byte[] w) = Attack(made, OrdersRead.All);
            Assert.True(w.All(b => b == 0) && recovered.Units.All(unit => unit.Loss == ColumnLoss.Silent), "zeros, and all given up");
        }),
        Suite.Test("a release in tensors is recovered as on the host, from as many bytes, signs and units in clear included", () =>
        {
            foreach (Variant variant in Variant.All)
            {
                foreach ((bool gated, int? protectedUnits) in new (bool, int?)[] { (false, null), (true, null), (false, 5), (true, 5) })
                {
                    using DisposeScope scope = NewDisposeScope();
                    (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of((3, 5, 9, 70, 8, Activation.Gelu, gated));
                    TaylorRelease released = TaylorRelease.Of(weights, inputs, 8, activation, new SeededTape(1), variant: variant, protectedUnits: protectedUnits);
                    foreach (OrdersRead orders in _orders)
                    {
                        (SeededTape host, SeededTape device) = (new(1), new(1));
                        MlpWeights there = new JointRecovery(orders).Recover(default, released, host);
                        MlpWeights here = new TensorAttack(orders).Recover(released, device);
                        string which = $"{variant}{(gated ? ", gated" : "")}, K = {protectedUnits}, {orders}";
                        foreach ((string name, Tensor one, Tensor other) in new[] { ("V", there.V, here.V), ("b", there.B, here.B), ("W", there.W, here.W), ("c", there.C, here.C) })
                        {
                            double off = one.sub(other).abs().max().item<double>();
                            Assert.True(off < 1e-11, $"{which}: {name} is off by {off}");
                        }

                        (Cost expected, Cost charged) = (host.Spent(Procedure.Game), device.Spent(Procedure.Game));
                        Assert.Equal((expected.BytesRead, expected.BytesWritten), (charged.BytesRead, charged.BytesWritten), $"{which}: bytes");
                    }
                }
            }
        }));

    /// <summary>Attacks the layer in tensors on the CPU.</summary>
    private static (RecoveredLayer Recovered, byte[] W) Attack(SyntheticLayer made, OrdersRead orders) => Attack(made, orders, out _);

    private static (RecoveredLayer Recovered, byte[] W) Attack(SyntheticLayer made, OrdersRead orders, out Cost work, StorageType? weights = null)
    {
        using DisposeScope scope = NewDisposeScope();
        work = default;
        (RecoveredLayer recovered, Tensor w) = new TensorAttack(orders).Jointly(TensorLayer.Of(made.Layer, CPU), weights ?? made.WeightStorage, ref work);
        return (recovered, w.bytes.ToArray());
    }

    private static Cost Charged(SyntheticLayer made, OrdersRead orders)
    {
        Attack(made, orders, out Cost work);
        return work;
    }

    private static unsafe Cost InMemory(SyntheticLayer made, OrdersRead orders)
    {
        Cost work = default;
        fixed (byte* at = new byte[made.W.Length])
        {
            new LayerAttack(orders).Jointly(made.Layer, made.WeightStorage, (nint)at, ref work);
        }

        return work;
    }

    private static double Entry(SyntheticLayer made, byte[] w, int i, int j) =>
        made.WeightStorage.Read(w.AsSpan(((i * made.Layer.Hidden) + j) * made.WeightStorage.Size, made.WeightStorage.Size));

    /// <summary>The same losses, signs and biases; every entry within a rounding of the storage types, and as many of them right to the last bit.</summary>
    private static unsafe void SameAsInMemory(SyntheticLayer made, OrdersRead orders, string which)
    {
        (RecoveredLayer there, byte[] expected, RecoveryScore score) = made.Attack(orders);
        (RecoveredLayer here, byte[] w) = Attack(made, orders);
        Assert.Equal(string.Join(' ', there.Units.Select(unit => (unit.Loss, unit.Sign))), string.Join(' ', here.Units.Select(unit => (unit.Loss, unit.Sign))), $"{which}: losses and signs");
        fixed (byte* at = w)
        {
            RecoveryScore own = RecoveryScore.Of(made.Layer, here, (nint)at, made.WeightStorage, made.Weights with { Signs = made.Signs }, 2);
            Assert.Equal((score.Misread, score.Unreadable), (own.Misread, own.Unreadable), $"{which}: misread, unreadable");
            Assert.True(own.BitExact >= score.BitExact - (score.Parameters / 5_000), $"{which}: {own.BitExact} bit-exact of {score.Parameters}, {score.BitExact} in memory");
        }

        for (int j = 0; j < made.Layer.Hidden; j++)
        {
            double deviation = there.Units[j].Deviation;
            Assert.True(Math.Abs(there.B[j] - here.B[j]) <= Math.Max(1e-9, 0.05 * deviation), $"{which}: b[{j}] is {here.B[j]}, {there.B[j]} in memory, of deviation {deviation}");
        }

        double most = there.C.Zip(here.C).Select(pair => Math.Abs(pair.First - pair.Second)).DefaultIfEmpty().Max();
        Assert.True(most <= 32 * made.Layer.Storage.Roundoff * made.Layer.Theta0.Select(Math.Abs).DefaultIfEmpty().Max(), $"{which}: c is off by {most}");
    }
}
