using Expecto;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>The collapse from one row, from sixteen and from all, against Run′.</summary>
internal static class CollapseTests
{
    private static readonly Collapse[] _collapses = [new(), new(2), new(16), new(Collapse.AllRows)];

    private static Arbitrary<Case> Cases { get; } = Arb.From(
        from shape in RandomMlp.Shapes.Generator
        from outputs in Gen.Choose(1, 40)
        from variant in Gen.Elements<Variant>([.. Variant.All])
        from share in Gen.Choose(1, 3)
        from silent in Gen.Choose(0, 20)
        from decades in Gen.Elements(0, 0, 30, 100)
        from without in Gen.Elements(false, true)
        select new Case((shape.Seed, shape.Inputs, shape.Hidden, outputs, shape.Order, shape.Activation, shape.Gated), variant, Math.Max(1, shape.Hidden / share), silent, decades, without));

    public static Test All => Suite.Group(
        "collapse",
        Suite.Test("the names say how many rows", () =>
            Assert.Equal("collapse, collapse(2), collapse(16), collapse(all)", string.Join(", ", _collapses.Select(collapse => collapse.Name)), "names")),
        Suite.Property(
            "it is Run′ to 1e-12, in both variants, gated or not, with units in clear, rows and columns of zeros, and any magnitudes",
            Cases,
            @case =>
            {
                using DisposeScope scope = NewDisposeScope();
                (TaylorRelease released, Tensor x) = @case.Release();
                foreach (Collapse collapse in _collapses)
                {
                    Agrees(released, x, collapse.Infer(default, released, x, new SeededTape(1)), collapse.Name);
                }
            },
            count: 150),
        Suite.Property(
            "what it costs: nothing to prepare from one row, from more a multiply-add for each entry read and one for each of M, and every comparison; then one product",
            RandomMlp.Shapes,
            shape =>
            {
                using DisposeScope scope = NewDisposeScope();
                (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(shape with { Order = Math.Max(1, shape.Order), Outputs = 20 });
                TaylorRelease released = TaylorRelease.Of(weights, inputs, Math.Max(1, shape.Order), activation, new SeededTape(1));
                (int d, int h, int orders) = (shape.Inputs, shape.Hidden, released.Order + (shape.Gated ? 1 : 0));
                foreach ((Collapse collapse, int rows) in _collapses.Zip([0, 2, 16, 20]))
                {
                    SeededTape preparation = new(1);
                    SeededTape inference = new(1);
                    collapse.Prepare(default, new Oracle<TaylorRelease>(1, () => released), preparation)(inputs.narrow(0, 0, 1), inference);
                    Assert.Equal((orders + 1.0) * rows * h * (rows == 0 ? 0 : 1), preparation.Spent(Procedure.Game).MultiplyAdds, $"{collapse.Name}: prepares");
                    // Strengths from the sample and the strongest; the choice of Θ₁; M's greatest entries and its parts; sums; two quotients.
                    int ratios = (2 * Math.Min(rows, 16) * orders) + (orders - 1) + 5 + (4 * rows) + (orders + 1) + (4 * orders);
                    Assert.Equal((double)(rows == 0 ? 0 : ratios * h), preparation.Spent(Procedure.Game).Elementwise, $"{collapse.Name}: prepares, elementwise");
                    Assert.Equal((double)(((shape.Gated ? 2 : 1) * d * h) + (20 * h) + ((orders - 1) * h)), inference.Spent(Procedure.Game).MultiplyAdds, $"{collapse.Name}: infers");
                }
            },
            count: 50),
        Suite.Test("of releases in 16 bits, sixteen rows say what one does not", () =>
        {
            // Seeded, so that it fails always or never. Some units have a first weight of which f16 keeps no more than a digit.
            foreach ((StorageType storage, double most) in new[] { (StorageType.BF16, 3e-3), (StorageType.F16, 5e-4) })
            {
                using DisposeScope scope = NewDisposeScope();
                (TaylorRelease released, Tensor x) = Layer(storage, firstWeight: 3e-7);
                double[] off = [.. _collapses.Select(collapse => Off(released, x, collapse))];
                Assert.True(off[2] <= most && off[3] <= most, $"{storage}: from 16 rows off by {off[2]:G3}, from all by {off[3]:G3}");
                Assert.True(storage != StorageType.F16 || off[0] > 5 * off[2], $"{storage}: from one row off by {off[0]:G3}");
            }
        }),
        Suite.Test("a unit whose Θ₁ is below the normal numbers of its type is expressed by another order", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            const double ZeroOfSlope = -0.7517915246935645; // where GELU has its least value: Θ₁ is noise there, and Θ₂ is not
            (TaylorRelease released, Tensor x) = Layer(StorageType.F16, x0: ZeroOfSlope + 1e-5);
            double off = Off(released, x, new Collapse(16));
            Assert.True(off <= 5e-4, $"off by {off:G3}");
        }),
        Suite.Test("units of which sixteen rows say nothing are found in the others", () =>
        {
            using DisposeScope scope = NewDisposeScope();
            (TaylorRelease released, Tensor x) = Layer(StorageType.F64, zeroRows: 30);
            Assert.True(Off(released, x, new Collapse(16)) <= 1e-12, "W is 0 in the first thirty rows");
        }));

    /// <summary>A 64-256-48 MLP as a layer has it, all x₀ drawn or one for every unit.</summary>
    private static (TaylorRelease Released, Tensor Input) Layer(StorageType storage, double? x0 = null, int zeroRows = 0, double? firstWeight = null)
    {
        const int Inputs = 64;
        const int Hidden = 256;
        const int Outputs = 48;
        SeededTape tape = new(11);
        Tensor Normal(double deviation, params long[] sides) => TensorCoins.Normal(tape, CPU, sides).Times(deviation);
        MlpWeights weights = new(Normal(0.06, Hidden, Inputs), Normal(0.3, Hidden), Normal(0.0625, Outputs, Hidden), Normal(0.1, Outputs));
        Tensor calibration = Normal(1, 64, Inputs);
        if (x0 is { } point)
        {
            weights.B.copy_(TaylorRelease.Midrange(weights.V, calibration, new TensorMath(tape)).neg().Plus(point));
            weights.W.copy_(weights.W.Times(0.3));
        }

        weights.W.narrow(0, 0, zeroRows).zero_();
        if (firstWeight is { } weight)
        {
            const int Units = 20;
            weights.W.narrow(0, 0, 1).narrow(1, 0, Units).copy_(Numbers.Filled(weight, 1, Units));
        }

        return (TaylorRelease.Of(weights, calibration, 8, Activation.Gelu, tape, storage), Normal(1, 1, Inputs));
    }

    private static double Off(TaylorRelease released, Tensor x, Collapse collapse)
    {
        Tensor expected = released.Infer(x, new TensorMath(new SeededTape(1)));
        return collapse.Infer(default, released, x, new SeededTape(1)).sub(expected).norm().item<double>() / expected.norm().item<double>();
    }

    /// <summary>Holds an answer against Run′, relative to the sum of magnitudes that rounding is relative to.</summary>
    private static void Agrees(TaylorRelease released, Tensor x, Tensor answer, string name)
    {
        TensorMath math = new(new SeededTape(1));
        HiddenInput hidden = released.Hidden(x, math);
        Tensor? power = hidden.Up?.abs();
        Tensor terms = power is null ? released.Theta0.abs().unsqueeze(-2) : power.matmul(released.Theta0.abs().t());
        terms = hidden.Rest is null ? terms : terms.Plus(hidden.Rest.abs());
        for (int n = 1; n <= released.Order; n++)
        {
            power = released.Variant.Power(n, power, hidden.Step.abs(), math);
            terms = terms.Plus(power.matmul(released.Theta.select(0, n - 1).abs().t()));
        }

        Tensor off = answer.sub(released.Infer(x, math)).abs();
        Assert.True(off.le(terms.Times(1e-12)).all().item<bool>(), $"{name}: off by {off.div(terms).max().item<double>():G3}"); // 0 for 0 is right
    }

    /// <summary>A random release.</summary>
    /// <param name="Shape">The MLP.</param>
    /// <param name="Variant">The variant.</param>
    /// <param name="Protected">K.</param>
    /// <param name="Silent">How many rows of W are 0.</param>
    /// <param name="Decades">The columns of W are spread over twice as many powers of ten.</param>
    /// <param name="WithoutFirst">Whether Θ₁ of the first unit is 0, as where Act′(x₀) = 0, and the last unit is not connected.</param>
    private sealed record Case(
        (int Seed, int Inputs, int Hidden, int Outputs, int Order, Activation Activation, bool Gated) Shape, Variant Variant, int Protected, int Silent, int Decades, bool WithoutFirst)
    {
        public (TaylorRelease Released, Tensor Input) Release()
        {
            (MlpWeights weights, Tensor inputs, Activation activation) = RandomMlp.Of(Shape);
            SeededTape tape = new((ulong)Shape.Seed);
            weights.W.mul_(TensorCoins.Uniform(tape, Math.Log(10) * Decades, CPU, Shape.Hidden).exp());
            weights.W.narrow(0, 0, Math.Min(Silent, Shape.Outputs)).zero_();
            if (WithoutFirst)
            {
                weights.W.narrow(1, Shape.Hidden - 1, 1).zero_();
            }

            TaylorRelease released = TaylorRelease.Of(weights, inputs, Shape.Order, activation, tape, variant: Variant, protectedUnits: Protected);
            if (WithoutFirst && Shape.Order > 0)
            {
                released.Theta.select(0, 0).narrow(1, 0, 1).zero_();
            }

            return (released, inputs.narrow(0, 0, 1).Times(Shape.Seed % 3 == 0 ? 20 : 1)); // also where the public code drops orders
        }
    }
}
