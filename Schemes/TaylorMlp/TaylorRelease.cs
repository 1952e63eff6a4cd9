using Wager.Schemes.Models;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>A release has an entry beyond the numbers of its storage type.</summary>
public sealed class StorageOverflowException(string message) : Exception(message);

/// <summary>
/// A released MLP: W, b and c are replaced by the Taylor coefficients of y around z₀ (Wang et al. 2024, §3.1). What is expanded of a gated
/// MLP is Act(Vx + b), and Ux multiplies every power; Θ₀ is a matrix there like the others, for no sum over j can be taken before.
/// </summary>
/// <param name="V">The first layer, verbatim. <c>[h, d]</c></param>
/// <param name="Z0">The local embedding z₀. <c>[h]</c></param>
/// <param name="Theta0">
/// θ₀[i] = Σ_j W[i, j]·Act(x₀[j]) + c[i], x₀ = z₀ + b <c>[D]</c>, and with a gate Θ₀[i, j] = W[i, j]·Act(x₀[j]) <c>[D, h]</c>.
/// </param>
/// <param name="Theta">Θ_n[i, j] = W[i, j]·Act⁽ⁿ⁾(x₀[j]) / n!, n = 1 … N. <c>[N, D, h]</c></param>
/// <param name="Activation">The activation function, which is public.</param>
/// <param name="U">The up projection of a gated MLP, verbatim, else null. <c>[h, d]</c></param>
public sealed record TaylorRelease(Tensor V, Tensor Z0, Tensor Theta0, Tensor Theta, Activation Activation, Tensor? U = null)
{
    /// <summary>The storage type whose numbers z₀, Θ₀ and Θ are; the tensors are in float64 whatever it is.</summary>
    public StorageType Storage { get; init; } = StorageType.F64;

    /// <summary>Whether the MLP has a gate.</summary>
    public bool IsGated => U is not null;

    /// <summary>The shape of the MLP.</summary>
    public MlpShape Shape => new((int)V.shape[1], (int)V.shape[0], (int)Theta0.shape[0], IsGated);

    /// <summary>N, the order of the expansion.</summary>
    public int Order => (int)Theta.shape[0];

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
    /// <param name="tape">Pays.</param>
    /// <param name="storage">What z₀, Θ₀ and Θ are rounded to; null for float64, which rounds nothing.</param>
    /// <exception cref="StorageOverflowException">An entry is beyond the numbers of <paramref name="storage"/>.</exception>
    public static TaylorRelease Of(
        MlpWeights weights, Tensor inputs, int order, Activation activation, Games.Tape tape, StorageType? storage = null)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        storage ??= StorageType.F64;
        TensorMath math = new(tape);
        Tensor z0 = Stored("z₀", Midrange(weights.V, inputs, math), storage, math);
        Tensor x0 = math.Add(z0, weights.B);
        Tensor coefficients = Coefficients(x0, order, activation, tape);
        Tensor at0 = coefficients.select(0, 0);
        Tensor theta0 = weights.U is null
            ? math.Add(math.Product(weights.W, at0.unsqueeze(-1)).squeeze(-1), weights.C)
            : math.Multiply(weights.W, at0);
        Tensor theta = math.Multiply(weights.W.unsqueeze(0), coefficients.narrow(0, 1, order).unsqueeze(1));
        theta0 = Stored("Θ₀", theta0, storage, math);
        theta = Stored("Θ", theta, storage, math);
        return new(
            weights.V, z0.MoveToOuterDisposeScope(), theta0.MoveToOuterDisposeScope(), theta.MoveToOuterDisposeScope(), activation, weights.U)
        {
            Storage = storage,
        };
    }

    /// <summary>z₀ = (z_max + z_min)/2 over the inputs, unit by unit (Wang et al. 2024, Eq. 6). <c>[h]</c></summary>
    public static Tensor Midrange(Tensor v, Tensor inputs, TensorMath math)
    {
        Tensor z = math.Product(inputs, v.transpose(-1, -2));
        return math.Scale(math.Add(math.Maximum(z, -2), math.Minimum(z, -2)), 0.5);
    }

    /// <summary>
    /// Run′: y ≈ θ₀ + Σ_n Θ_n·(z − z₀)ⁿ with z = Vx (Wang et al. 2024, Eq. 3), as published: one product of a matrix and a vector for
    /// each order. With a gate it is Σ_n Θ_n·((z − z₀)ⁿ ⊙ Ux), n = 0 … N. <c>[m, d]</c> to <c>[m, D]</c>
    /// </summary>
    public Tensor Infer(Tensor x, TensorMath math)
    {
        Tensor? power = Up(x, math);
        Tensor y = power is null ? Theta0.unsqueeze(-2) : math.Product(power, Theta0.transpose(-1, -2));
        if (Order == 0)
        {
            return power is null ? y.repeat(x.shape[^2], 1) : y;
        }

        Tensor step = Step(x, math);
        for (int n = 1; n <= Order; n++)
        {
            power = power is null ? step : math.Multiply(power, step);
            y = math.Add(math.Product(power, Theta.select(0, n - 1).transpose(-1, -2)), y);
        }

        return y;
    }

    /// <summary>Ux of a gated MLP, else null. <c>[m, d]</c> to <c>[m, h]</c></summary>
    public Tensor? Up(Tensor x, TensorMath math) => U is null ? null : math.Product(x, U.transpose(-1, -2));

    /// <summary>z − z₀ with z = Vx. <c>[m, d]</c> to <c>[m, h]</c></summary>
    public Tensor Step(Tensor x, TensorMath math) => math.Subtract(math.Product(x, V.transpose(-1, -2)), Z0.unsqueeze(-2));

    /// <summary>The shape, the order, the activation and the storage type.</summary>
    public override string ToString() => $"TaylorMLP, {Shape}, N = {Order}, {Activation}, {Storage}";

    private static Tensor Stored(string name, Tensor tensor, StorageType storage, TensorMath math)
    {
        Tensor rounded = math.Round(tensor, storage);
        return storage != StorageType.F64 && rounded.isinf().any().item<bool>()
            ? throw new StorageOverflowException(
                $"{name} has an entry that rounds to 2^{storage.GreatestExponent + 1} or more, which the storage type {storage} does not reach: use one that does")
            : rounded;
    }

    /// <summary>Act⁽ⁿ⁾(x₀[j]) / n! for n = 0 … N. <c>[N + 1, h]</c></summary>
    private static Tensor Coefficients(Tensor x0, int order, Activation activation, Games.Tape tape)
    {
        double[] points = [.. x0.cpu().data<double>()];
        double[] coefficients = new double[(order + 1) * points.Length];
        Span<double> ofUnit = new double[order + 1];
        for (int j = 0; j < points.Length; j++)
        {
            activation.TaylorCoefficients(points[j], ofUnit);
            for (int n = 0; n <= order; n++)
            {
                coefficients[(n * points.Length) + j] = ofUnit[n];
            }
        }

        tape.Charge(activation.TaylorCoefficientsCost(order) * points.Length);
        return TensorMath.Of(coefficients, x0.device, order + 1, points.Length);
    }
}
