using Expecto;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;

namespace Wager.Tests;

/// <summary>The attack on layers in memory. Every layer is seeded; nothing here is a matter of chance.</summary>
internal static class LayerAttackTests
{
    private static readonly double[] _spreads = [0.5, 1.5, 3];

    public static Test All => Suite.Group(
        "attacks on layers",
        Suite.Group(
            "the joint attack recovers every readable weight, biases of 0.3",
            [
                .. from activation in new[] { Activation.Gelu, Activation.Silu, Activation.GeluTanh }
                   from storage in StorageType.All
                   select Suite.Test($"{activation} in {storage}", () => Recovers(activation, storage)),
            ]),
        Suite.Test("the deviation that it states is that of its errors, in every storage type and out to where a type says nothing", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(512, 400, Activation.Gelu, storage, 2);
                (RecoveredLayer recovered, _, _) = made.Attack(OrdersRead.All);
                double[] squares =
                [
                    .. recovered.Units.Index().Where(unit => unit.Item.Loss == ColumnLoss.None && unit.Item.Deviation < 0.01)
                        .Select(unit => Math.Pow((unit.Item.X0 - made.X0(unit.Index)) / unit.Item.Deviation, 2)),
                ];
                double rootMeanSquare = Math.Sqrt(squares.Average());
                Assert.True(squares.Length > 300, $"{storage}: {squares.Length} units determine x₀");
                // float64's own rounding is allowed for a thousandfold, so that its errors are below what is stated
                Assert.True(rootMeanSquare < 1.5 && (storage == StorageType.F64 || rootMeanSquare > 0.4), $"{storage}: errors of {rootMeanSquare} deviations");
            }
        }),
        Suite.Test("b is recovered, and c within what θ₀'s rounding and the hidden width leave of it", () =>
        {
            using SyntheticLayer made = new(96, 300, Activation.Silu, StorageType.F64, 1);
            (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(OrdersRead.All, StorageType.F64);
            Assert.True(score.IsWin, "WRec is won in float64");
            Assert.True(recovered.B.Zip(made.Weights.B).All(pair => Math.Abs(pair.First - pair.Second) < 1e-10), "b");
            Assert.True(recovered.C.Zip(made.Weights.C!).All(pair => Math.Abs(pair.First - pair.Second) < 1e-10), "c");
            using SyntheticLayer coarse = new(512, 300, Activation.Silu, StorageType.BF16, 1);
            (recovered, _, score) = coarse.Attack(OrdersRead.All);
            double off = recovered.C.Zip(coarse.Weights.C!).Max(pair => Math.Abs(pair.First - pair.Second));
            Assert.True(off < coarse.Layer.Theta0.Max(Math.Abs) * Math.ScaleB(1, -8), $"c in bf16: off by {off}");
            Assert.True(!score.IsWin, "which is more than 1 % of some: WRec is not won in bf16");
        }),
        Suite.Test("with a gate x₀ is public, and W is exact from one order and from all", () =>
        {
            foreach (StorageType storage in new[] { StorageType.BF16, StorageType.F32 })
            {
                using SyntheticLayer made = new(64, 200, Activation.Silu, storage, 1.5, gated: true);
                foreach (OrdersRead orders in new[] { OrdersRead.One, OrdersRead.All })
                {
                    (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(orders);
                    Assert.Equal(score.Parameters, score.Recovered, $"{storage}, {orders}: recovered");
                    Assert.True(orders == OrdersRead.One || score.BitExact > 0.999 * score.Parameters, $"{storage}: {score.BitExact} bit-exact of {score.Parameters}");
                    Assert.Equal("0 0", $"{recovered.B.Count(b => b != 0)} {recovered.C.Length}", "b, c");
                }
            }
        }),
        Suite.Test("the pairwise attack loses whole columns, where the joint one loses none", () =>
        {
            using SyntheticLayer made = new(128, 400, Activation.Gelu, StorageType.BF16, 1);
            (_, _, RecoveryScore pairwise) = made.Attack(OrdersRead.One, pairwise: true);
            (_, _, RecoveryScore joint) = made.Attack(OrdersRead.One);
            Assert.Equal((0L, 0L), (joint.ColumnsLost.Values.Sum(), joint.Misread), "the joint attack: columns lost, entries misread");
            long lost = pairwise.ColumnsLost.Values.Sum();
            Assert.True(lost is > 4 and < 120, $"the pairwise attack: {lost} of 400 columns lost");
            Assert.True(pairwise.ColumnsLost.GetValueOrDefault(ColumnLoss.None) > 0, "some of them without noticing: another preimage");
        }),
        Suite.Test("what is recovered does not depend on the number of threads", () =>
        {
            using SyntheticLayer made = new(300, 700, Activation.Gelu, StorageType.F16, 1.5);
            byte[][] w = [.. new[] { 1, 2, 5 }.Select(threads => made.Attack(OrdersRead.All, threads: threads).W)];
            Assert.True(w[0].AsSpan().SequenceEqual(w[1]) && w[0].AsSpan().SequenceEqual(w[2]), "W to the last bit");
        }),
        Suite.Test("b = 0 is found exactly where the release says nothing against it", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(256, 300, Activation.Gelu, storage, 1, bias: 0);
                int off = made.Attack(OrdersRead.All).Recovered.B.Count(b => b != 0);
                Assert.True(off <= 3, $"{storage}: {off} of 300 biases are not 0");
            }
        }),
        Suite.Test("what an attack is charged is what it does, by hand where x₀ is public", () =>
        {
            (double outputs, double h, double orders, double rows) = (300, 200, 9, 8);
            using SyntheticLayer made = new((int)outputs, (int)h, Activation.Silu, StorageType.F64, 1, gated: true);
            byte[] w = new byte[made.W.Length];
            double found = (rows * orders * h) + (rows * h); // the projection of a few rows, which tells silent units
            double image = (outputs * h) + (h * Activation.Silu.TaylorCoefficientsCost(8).MultiplyAdds); // W·Act(x₀), and g_n(x₀) of each unit
            (Cost one, Cost all) = (Charged(made, OrdersRead.One, w), Charged(made, OrdersRead.All, w));
            Assert.Equal(found + image, one.MultiplyAdds, "multiply-adds, one order");
            Assert.Equal(found + image + (2 * outputs * orders * h), all.MultiplyAdds, "multiply-adds, all orders");
            Assert.Equal(sizeof(double) * ((2 * rows * orders * h) + (outputs * h)), one.BytesRead, "bytes read, one order: the rows twice, to choose the strongest");
            Assert.Equal(sizeof(double) * ((2 * rows * orders * h) + (outputs * orders * h)), all.BytesRead, "bytes read, all orders");
            Assert.True(all.Elementwise - one.Elementwise >= 5 * outputs * orders * h, $"{all.Elementwise} against {one.Elementwise} elementwise");
        }),
        Suite.Test("a unit whose every order is 0 is given up, and its entries count as unreadable", () =>
        {
            using SyntheticLayer made = new(200, 300, Activation.Gelu, StorageType.F16, 6);
            (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(OrdersRead.All);
            int silent = recovered.Units.Index().Count(unit => unit.Item.Loss == ColumnLoss.Silent);
            int dead = Enumerable.Range(0, 300).Count(j => Enumerable.Range(0, 200).All(i => Enumerable.Range(1, 8).All(n => made.Layer.Entry(n, i, j) == 0)));
            Assert.Equal(dead, silent, "units without a word");
            Assert.True(dead > 20 && score.Unreadable >= dead * 199L, $"{score.Unreadable} unreadable entries in {dead} such units and others");
            Assert.Equal(0L, score.Misread, "misread");
        }),
        Suite.Test("at a zero of a derivative, where an order is 0 in all rows, the others are read", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(96, 64, Activation.Gelu, storage, spread: 1, atZero: true); // GELU⁽³⁾, ⁽⁵⁾, … are 0 at 0
                Assert.Equal(0L, made.Attack(OrdersRead.All).Score.Misread, $"{storage}: misread");
                Assert.Equal(0L, made.Attack(OrdersRead.One).Score.Misread, $"{storage}: misread, from one order");
            }
        }),
        Suite.Test("an entry that is not a finite number is seen, in whichever order is read", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(40, 50, Activation.Gelu, storage, 1);
                made.Put(double.PositiveInfinity, 2, 17, 33);
                Assert.Equal<int?>(17, made.Attack(OrdersRead.All).Recovered.NotFinite, $"{storage}: the row");
                Assert.Equal<(int, int)?>((2, 33), made.Layer.FindNotFinite(17), $"{storage}: the entry");
            }
        }),
        Suite.Test("without an order to read from, the answer is zeros", () =>
        {
            using SyntheticLayer made = new(4, 5, Activation.Gelu, StorageType.F64, 1, order: 0);
            (RecoveredLayer recovered, byte[] w, _) = made.Attack(OrdersRead.All);
            Assert.True(w.All(b => b == 0) && recovered.Units.All(unit => unit.Loss == ColumnLoss.Silent), "zeros, and all given up");
        }));

    private static void Recovers(Activation activation, StorageType storage)
    {
        foreach (double spread in _spreads)
        {
            using SyntheticLayer made = new(768, 256, activation, storage, spread);
            foreach (OrdersRead orders in new[] { OrdersRead.One, OrdersRead.All })
            {
                (_, _, RecoveryScore score) = made.Attack(orders);
                string which = $"spread {spread}, {orders}";
                Assert.Equal(0L, score.Misread, $"{which}: readable entries off by 1 % and more, of {score.Parameters}");
                Assert.True(storage == StorageType.F16 || score.Unreadable == 0, $"{which}: {score.Unreadable} unreadable");
                if (orders == OrdersRead.All && storage != StorageType.F16)
                {
                    Assert.True(score.BitExact >= 0.999 * score.Parameters, $"{which}: {score.BitExact} bit-exact of {score.Parameters}");
                }
            }
        }
    }

    private static unsafe Cost Charged(SyntheticLayer made, OrdersRead orders, byte[] w)
    {
        fixed (byte* at = w)
        {
            Cost work = default;
            new LayerAttack(orders).Jointly(made.Layer, made.WeightStorage, (nint)at, ref work);
            return work;
        }
    }
}
