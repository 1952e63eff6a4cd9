using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>A release has an entry beyond the numbers of its storage type, or an order that is 0 throughout in it.</summary>
public sealed class StorageOverflowException(string message) : Exception(message);

/// <summary>
/// A released MLP: W, b and c are replaced by the Taylor coefficients of y around z₀ (Wang et al. 2024, §3.1). What is expanded of a gated
/// MLP is Act(Vx + b), and Ux multiplies every power; Θ₀ is a matrix there like the others, for no sum over j can be taken before.
/// </summary>
/// <remarks>Of several trials in lock-step every tensor has a leading axis of lanes.</remarks>
/// <param name="V">The first layer, verbatim but for the signs of the public code. <c>[h, d]</c></param>
/// <param name="Z0">The local embedding z₀ of the K protected units, which are all h unless said otherwise. <c>[K]</c></param>
/// <param name="Theta0">
/// θ₀[i] = Σ_j W[i, j]·Act(x₀[j]) + c[i], x₀ = z₀ + b <c>[D]</c>, and with a gate Θ₀[i, j] = W[i, j]·Act(x₀[j]) <c>[D, K]</c>.
/// </param>
/// <param name="Theta">Θ_n[i, j] = W[i, j]·Act⁽ⁿ⁾(x₀[j]) / n!, n = 1 … N; the public code does not divide. <c>[N, D, K]</c></param>
/// <param name="Activation">The activation function, which is public.</param>
/// <param name="U">The up projection of a gated MLP, verbatim, else null. <c>[h, d]</c></param>
public sealed record TaylorRelease(Tensor V, Tensor Z0, Tensor Theta0, Tensor Theta, Activation Activation, Tensor? U = null) : IMlp
{
    /// <summary>The storage type whose numbers z₀, Θ₀ and Θ are. Where games are played and layers attacked the tensors are in float64 whatever it is; where a model runs, in the type of its file.</summary>
    public StorageType Storage { get; init; } = StorageType.F64;

    /// <summary>As in the paper, or as in its public code.</summary>
    public Variant Variant { get; init; } = Variant.Paper;

    /// <summary>The units that are not protected; null where all are.</summary>
    public ClearUnits? Clear { get; init; }

    /// <summary>Whether the MLP has a gate.</summary>
    public bool IsGated => U is not null;

    /// <summary>The shape of the MLP.</summary>
    public MlpShape Shape => new((int)V.shape[^1], (int)V.shape[^2], (int)Theta.shape[^2], IsGated);

    /// <summary>K, how many units are protected.</summary>
    public int Protected => (int)Z0.shape[^1];

    /// <summary>N, the order of the expansion.</summary>
    public int Order => (int)Theta.shape[^3];

    /// <summary>How many lanes there are; 0 of one trial alone, which has no axis of them.</summary>
    public int Lanes => V.dim() == 3 ? (int)V.shape[0] : 0;

    /// <summary>
    /// Algorithm 1 of Wang et al. 2024 (and of Yang et al. 2025), with two corrections. Line 3, like Eq. 4, adds c_i to every entry
    /// of a row, which counts it h times; here, as in the authors' code, Θ₀ is the vector θ₀ with c_i once. And Eq. 5 calls
    /// the midrange of Eq. 6 the L1 minimiser, which is the median; the midrange is what is meant. z₀ is rounded to the storage type
    /// before anything is expanded around it, for whoever runs the release steps from the rounded one.
    /// </summary>
    /// <param name="weights">The MLP.</param>
    /// <param name="inputs">What z₀ is estimated on. <c>[n, d]</c></param>
    /// <param name="order">N ≥ 0.</param>
    /// <param name="activation">The MLP's activation.</param>
    /// <param name="tape">Pays, and gives the signs where the variant has some.</param>
    /// <param name="storage">What z₀, Θ₀ and Θ are rounded to; null for float64, which rounds nothing.</param>
    /// <param name="variant">As in the paper, or as in its public code; null for the paper.</param>
    /// <param name="protectedUnits">K, how many units are protected: those that vary least (App. D); null for all.</param>
    /// <exception cref="StorageOverflowException">An entry is beyond the numbers of <paramref name="storage"/>, or a whole order below them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is not in 1 … h.</exception>
    public static TaylorRelease Of(
        MlpWeights weights, Tensor inputs, int order, Activation activation, Games.Tape tape, StorageType? storage = null, Variant? variant = null, int? protectedUnits = null)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        storage ??= StorageType.F64;
        variant ??= Variant.Paper;
        TensorMath math = new(tape);
        (Tensor least, Tensor greatest) = Range(weights.V, inputs, math);
        ClearUnits? clear = protectedUnits is { } count ? ClearUnits.Of(weights, LeastVarying(math.Subtract(greatest, least), count, tape), math) : null;
        Tensor OfProtected(Tensor units) => clear is null ? units : math.Columns(units, clear.Protected);
        Tensor w = OfProtected(weights.W);
        Tensor z0 = Stored("z₀", OfProtected(Middle(least, greatest, math)), storage, math);
        Tensor? signs = variant.HasSigns ? TensorCoins.Signs(tape, (int)z0.shape[^1], z0.device) : null;
        Tensor coefficients = Coefficients(math.Add(z0, OfProtected(weights.B)), signs, order, activation, variant, tape);
        Tensor at0 = coefficients.select(-2, 0);
        Tensor theta0 = weights.U is null
            ? math.Add(math.Product(w, at0.unsqueeze(-1)).squeeze(-1), weights.C)
            : math.Multiply(w, at0.unsqueeze(-2));
        Tensor theta = math.Multiply(w.unsqueeze(-3), coefficients.narrow(-2, 1, order).unsqueeze(-2)).contiguous();
        theta0 = Stored("Θ₀", theta0, storage, math);
        theta = Stored("Θ", theta, storage, math);
        RequireKept(w, coefficients, theta, storage);
        Tensor v = signs is null ? weights.V : math.Multiply(weights.V, SignsOfAll(signs, clear, weights.Shape.Hidden).unsqueeze(-1)).MoveToOuterDisposeScope();
        z0 = signs is null ? z0 : math.Multiply(z0, signs);
        return new(v, z0.MoveToOuterDisposeScope(), theta0.MoveToOuterDisposeScope(), theta.MoveToOuterDisposeScope(), activation, weights.U)
        {
            Storage = storage,
            Variant = variant,
            Clear = clear?.MoveToOuterDisposeScope(),
        };
    }

    /// <summary>z₀ = (z_max + z_min)/2 over the inputs, unit by unit (Wang et al. 2024, Eq. 6). <c>[h]</c></summary>
    public static Tensor Midrange(Tensor v, Tensor inputs, TensorMath math)
    {
        (Tensor least, Tensor greatest) = Range(v, inputs, math);
        return Middle(least, greatest, math);
    }

    /// <summary>
    /// Run′: y ≈ θ₀ + Σ_n Θ_n·(z − z₀)ⁿ with z = Vx (Wang et al. 2024, Eq. 3), as published: one product of a matrix and a vector for
    /// each order. With a gate it is Σ_n Θ_n·((z − z₀)ⁿ ⊙ Ux), n = 0 … N. Units in clear are added as they are. <c>[m, d]</c> to <c>[m, D]</c>
    /// </summary>
    public Tensor Infer(Tensor x, TensorMath math)
    {
        if (Order == 0 && U is null && Clear is null)
        {
            return Theta0.unsqueeze(-2).expand([.. Theta0.shape[..^1], x.shape[^2], Theta0.shape[^1]]).to(x.dtype, copy: true);
        }

        HiddenInput hidden = Hidden(x, math);
        Tensor? power = hidden.Up;
        Tensor y = math.Widened(power is null ? Theta0.unsqueeze(-2) : math.Product(math.As(power, Theta0.dtype), Theta0.transpose(-1, -2)));
        y = hidden.Rest is null ? y : math.Add(hidden.Rest, y);
        for (int n = 1; n <= Order; n++)
        {
            power = Variant.Power(n, power, hidden.Step, math);
            y = math.Add(math.Product(math.As(power, Theta.dtype), Theta.select(-3, n - 1).transpose(-1, -2)), y);
        }

        return math.As(y, x.dtype);
    }

    /// <summary>The release of one lane.</summary>
    /// <param name="lane">The lane, from 0.</param>
    /// <exception cref="InvalidOperationException">There are no lanes.</exception>
    public TaylorRelease Lane(int lane) => Lanes == 0 ? throw new InvalidOperationException("it is of one trial alone") : this with
    {
        V = V[lane],
        Z0 = Z0[lane],
        Theta0 = Theta0[lane],
        Theta = Theta[lane],
        U = U?[lane],
    };

    /// <summary>What Run′, and whoever imitates it, needs of an input. <c>[m, d]</c></summary>
    public HiddenInput Hidden(Tensor x, TensorMath math)
    {
        Tensor? up = U is null ? null : math.Widened(math.Product(x, U.transpose(-1, -2)));
        if (Order == 0 && Clear is null)
        {
            return new(Z0.unsqueeze(-2).expand([.. Z0.shape[..^1], x.shape[^2], Z0.shape[^1]]), up, null); // no power of z − z₀ is asked for: of it there is only the shape
        }

        Tensor z = math.Widened(math.Product(x, V.transpose(-1, -2)));
        Tensor? rest = Clear?.Infer(z, up, Activation, math);
        z = Clear is null ? z : math.Columns(z, Clear.Protected);
        up = Clear is null || up is null ? up : math.Columns(up, Clear.Protected);
        return new(math.Subtract(z, Z0.unsqueeze(-2)), up, rest);
    }

    /// <summary>The shape, the order, the activation and the storage type.</summary>
    public override string ToString() =>
        $"TaylorMLP, {Shape}, {(Clear is null ? "" : $"K = {Protected}, ")}N = {Order}, {Activation}, {Storage}{(Variant == Variant.Paper ? "" : $", {Variant}")}";

    private static (Tensor Least, Tensor Greatest) Range(Tensor v, Tensor inputs, TensorMath math)
    {
        Tensor z = math.Product(inputs, v.transpose(-1, -2));
        return (math.Minimum(z, -2), math.Maximum(z, -2));
    }

    private static Tensor Middle(Tensor least, Tensor greatest, TensorMath math) => math.Scale(math.Add(greatest, least), 0.5);

    private static int[] LeastVarying(Tensor range, int count, Games.Tape tape)
    {
        double[] host = [.. range.cpu().data<double>()];
        tape.Charge(new Games.Cost(Elementwise: Math.Ceiling(host.Length * Math.Log2(host.Length)))); // comparisons of a sort
        return ClearUnits.LeastVarying(host, count);
    }

    /// <summary>Signs of all units, from those of the protected ones: 1 of what is in clear. <c>[K]</c> to <c>[h]</c></summary>
    public static Tensor SignsOfAll(Tensor signs, ClearUnits? clear, int hidden)
    {
        Tensor all = ones(hidden, dtype: signs.dtype, device: signs.device);
        return clear is null ? signs : all.index_copy_(0, clear.Protected, signs);
    }

    private static Tensor Stored(string name, Tensor tensor, StorageType storage, TensorMath math)
    {
        Tensor rounded = math.RoundInPlace(tensor, storage); // all that is stored was made for it, and may fill the memory
        return storage != StorageType.F64 && IsBeyond(rounded)
            ? throw new StorageOverflowException(
                $"{name} has an entry that rounds to 2^{storage.GreatestExponent + 1} or more, which the storage type {storage} does not reach: use one that does")
            : rounded;
    }

    private static bool IsBeyond(Tensor entries) =>
        entries.numel() > 0 && (double.IsInfinity(entries.amax().item<double>()) || double.IsInfinity(entries.amin().item<double>())); // isinf() would make a copy

    /// <summary>Refuses a storage type in which a whole order is rounded to 0.</summary>
    private static void RequireKept(Tensor w, Tensor coefficients, Tensor theta, StorageType storage)
    {
        for (int n = 1; n < coefficients.shape[^2] && storage != StorageType.F64; n++)
        {
            Tensor isKept = theta.select(-3, n - 1).flatten(-2).any(-1);
            if (!isKept.all().item<bool>() && w.abs().amax([-2]).mul(coefficients.select(-2, n)).any(-1).logical_and(isKept.logical_not()).any().item<bool>())
            {
                throw new StorageOverflowException($"Θ_{n} is 0 throughout in {storage}, which cannot hold that order: use order {n - 1} or a lower one, or a storage type that reaches further");
            }
        }
    }

    /// <summary>Act⁽ⁿ⁾(x₀[j]) / n! for n = 0 … N, multiplied by sⁿ and the variant's factor. <c>[K]</c> to <c>[N + 1, K]</c>, in each lane</summary>
    internal static Tensor Coefficients(Tensor x0, Tensor? signs, int order, Activation activation, Variant variant, Games.Tape tape)
    {
        double[] points = [.. x0.cpu().data<double>()];
        double[]? hostSigns = signs is null ? null : [.. signs.cpu().data<double>()];
        int units = (int)x0.shape[^1];
        double[] coefficients = new double[(order + 1) * points.Length];
        Span<double> ofUnit = new double[order + 1];
        for (int point = 0; point < points.Length; point++)
        {
            (int lane, int j) = (point / units, point % units);
            activation.TaylorCoefficients(points[point], ofUnit);
            for (int n = 0; n <= order; n++)
            {
                double sign = hostSigns is not null && n % 2 == 1 ? hostSigns[point] : 1;
                coefficients[(((lane * (order + 1)) + n) * units) + j] = ofUnit[n] * sign * variant.Factor(n);
            }
        }

        tape.Charge((activation.TaylorCoefficientsCost(order) + new Games.Cost(Elementwise: variant == Variant.Paper ? 0 : order)) * units);
        return TensorMath.Of(coefficients, x0.device, [.. x0.shape[..^1], order + 1, units]);
    }
}

/// <summary>What of an input reaches the hidden units of a release.</summary>
/// <param name="Step">z − z₀ of the protected units. <c>[m, K]</c></param>
/// <param name="Up">Ux of the protected units where there is a gate, else null. <c>[m, K]</c></param>
/// <param name="Rest">What the units in clear add to y; null where there are none. <c>[m, D]</c></param>
public readonly record struct HiddenInput(Tensor Step, Tensor? Up, Tensor? Rest);
