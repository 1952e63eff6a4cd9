using Expecto;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The attack on layers that no training makes: sparse, of tiny weights, dead. Every layer is seeded; nothing here is a matter of chance.</summary>
internal static class HardLayerTests
{
    private static readonly (string Name, Func<int, double, double> Change)[] _weights =
    [
        ("nine in ten 0", (at, w) => at * 2654435761L % 1000 < 900 ? 0 : w),
        ("one in a hundred 0", (at, w) => at % 97 == 0 ? 0 : w),
        ("a row of 1e-20", (at, w) => at / 64 == 5 ? 1e-18 * w : w),
        ("the first rows of 1e-11", (at, w) => at / 64 < 8 ? 1e-11 * w : w),
        ("the first rows 0", (at, w) => at / 64 < 70 ? 0 : w),
        ("all of one size, and so rounded one way", (_, w) => Math.CopySign(0.02, w)),
    ];

    public static Test All => Suite.Group(
        "attacks on hard layers",
        Suite.Group("what is readable is read, whatever W is", [.. _weights.Select(weights => Suite.Test(weights.Name, () => Reads(weights.Change)))]),
        Suite.Test("dead units spoil no other, however W is read", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                using SyntheticLayer made = new(96, 300, Activation.Gelu, storage, spread: 8);
                foreach ((OrdersRead orders, bool pairwise) in new[] { (OrdersRead.One, false), (OrdersRead.All, false), (OrdersRead.One, true) })
                {
                    (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(orders, pairwise: pairwise);
                    Assert.Equal(null, recovered.NotFinite, $"{storage}, {orders}{(pairwise ? ", pairwise" : "")}: a row that is not finite");
                    Assert.True(score.Recovered > score.Parameters / 3, $"{storage}, {orders}: {score.Recovered} of {score.Parameters}");
                }
            }
        }),
        Suite.Test("a column that is said to be sound is, out to where a type says nothing", () =>
        {
            foreach (Activation activation in Activation.Smooth)
            {
                foreach (StorageType storage in StorageType.All)
                {
                    using SyntheticLayer made = new(192, 600, activation, storage, spread: 8);
                    foreach (OrdersRead orders in Enum.GetValues<OrdersRead>())
                    {
                        (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(orders);
                        int sound = recovered.Units.Count(unit => unit.Loss == ColumnLoss.None);
                        string which = $"{activation}, {storage}, {orders}";
                        Assert.Equal(0L, score.ColumnsLost.GetValueOrDefault(ColumnLoss.None), $"{which}: lost without notice, of {sound}");
                        Assert.True(sound > 200, $"{which}: {sound} of 600 are said to be sound");
                    }
                }
            }
        }),
        Suite.Test("a gated unit with x₀ near 0, where several orders vanish together, is found without knowing x₀", () =>
        {
            double[] points = [.. new[] { 0, 1e-6, 1e-5, 3e-5, 5.25e-5, 1e-4, 2e-4, 1e-3, 0.01 }.SelectMany(x => new[] { x, -x })];
            foreach (Activation activation in Activation.Smooth)
            {
                foreach ((Variant variant, StorageType storage) in Variant.All.SelectMany(variant => new[] { StorageType.F64, StorageType.F32, StorageType.BF16 }.Select(storage => (variant, storage))))
                {
                    using TorchSharp.DisposeScope scope = NewDisposeScope();
                    int h = points.Length;
                    MlpWeights weights = new(
                        TensorMath.Of(points, CPU, h, 1), zeros(h, float64), TensorCoins.Normal(1, CPU, 24, h), zeros(24, float64), ones(h, 1, float64)); // of the input 1 z is x₀
                    TaylorRelease released = TaylorRelease.Of(weights, ones(2, 1, float64), 8, activation, new SeededTape(1), storage, variant);
                    MlpWeights found = new JointRecovery().Recover(default, released, new SeededTape(2));
                    double worst = found.W.sub(weights.W).div(weights.W).abs().max().item<double>();
                    Assert.True(worst <= 0.01, $"{activation}, {variant}, {storage}: an entry of W is off by {worst:P}");
                }
            }
        }),
        Suite.Test("an entry that is not a finite number is seen where another order is read", () =>
        {
            foreach (StorageType storage in StorageType.All)
            {
                for (int n = 1; n <= 8; n++)
                {
                    using SyntheticLayer made = new(40, 50, Activation.Gelu, storage, 1);
                    made.Put(double.NaN, n, 17, 33);
                    Assert.Equal<int?>(17, made.Attack(OrdersRead.One).Recovered.NotFinite, $"{storage}, order {n}: the row");
                }
            }
        }));

    private static void Reads(Func<int, double, double> change)
    {
        foreach (StorageType storage in StorageType.All)
        {
            foreach (bool isGated in new[] { false, true })
            {
                using SyntheticLayer made = new(320, 64, isGated ? Activation.Silu : Activation.Gelu, storage, spread: 1.5, isGated, change: change);
                foreach (OrdersRead orders in Enum.GetValues<OrdersRead>())
                {
                    (RecoveredLayer recovered, _, RecoveryScore score) = made.Attack(orders);
                    string which = $"{storage}{(isGated ? ", gated" : "")}, {orders}";
                    Assert.Equal(0L, score.Misread, $"{which}: misread of {score.Parameters}");
                    Assert.Equal(0, recovered.Units.Count(unit => unit.Loss == ColumnLoss.Silent), $"{which}: said to be silent");
                }
            }
        }
    }
}
