using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>An activation function, on tensors and with its derivatives of any order at a number.</summary>
public abstract class Activation
{
    /// <summary>n! is no float64 number beyond it.</summary>
    private const int HighestFactorial = 170;

    /// <summary>GELU(x) = x·Φ(x) with the normal distribution function Φ (Wang et al. 2024, App. A).</summary>
    public static Activation Gelu { get; } = new GeluActivation();

    /// <summary>GELU as many models compute it: x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2. Up to 5·10⁻⁴ from GELU, and another function.</summary>
    public static Activation GeluTanh { get; } = new LogisticActivation("gelu-tanh", 2 * Math.Sqrt(2 / Math.PI), 0.044715);

    /// <summary>SiLU(x) = x·σ(x) with the logistic function σ (Wang et al. 2024, App. B).</summary>
    public static Activation Silu { get; } = new LogisticActivation("silu", 1, 0);

    /// <summary>ReLU(x) = max(x, 0). Its derivatives from the second on are 0, so that a Taylor series of it is a line.</summary>
    public static Activation Relu { get; } = new ReluActivation();

    /// <summary>Those with derivatives of every order everywhere, which is what a Taylor series asks for.</summary>
    public static IReadOnlyList<Activation> Smooth { get; } = [Gelu, GeluTanh, Silu];

    /// <summary>All activations.</summary>
    public static IReadOnlyList<Activation> All { get; } = [.. Smooth, Relu];

    private Activation? _mirrored;

    /// <summary>The name, as in configuration files.</summary>
    public abstract string Name { get; }

    /// <summary>What the configuration of a model on Hugging Face calls it.</summary>
    public string PublishedName => this == GeluTanh ? "gelu_new" : Name;

    /// <summary>Act(−x): what a unit computes whose sign is flipped.</summary>
    public virtual Activation Mirrored => LazyInitializer.EnsureInitialized(ref _mirrored, () => new MirroredActivation(this));

    /// <summary>The activation of a name: its own, or what the configuration of a model on Hugging Face calls it. Null for any other.</summary>
    public static Activation? Find(string name) => name switch
    {
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => GeluTanh,
        "swish" => Silu,
        _ => All.FirstOrDefault(activation => activation.Name == name),
    };

    /// <summary>Act(u), entry by entry.</summary>
    public abstract Tensor Apply(TensorMath math, Tensor u);

    /// <summary>Act′(u), entry by entry.</summary>
    public abstract Tensor Slope(TensorMath math, Tensor u);

    /// <summary>Act and Act′ at once, on vectors of eight lanes, or null where there is no such form. Act(0) is 0 where there is one.</summary>
    internal virtual LaneFunction? OnLanes => null;

    /// <summary>The coefficients of the Taylor series around x: Act⁽ⁿ⁾(x)/n! for n = 0 … <paramref name="coefficients"/>.Length − 1.</summary>
    /// <param name="x">Any finite number.</param>
    /// <param name="coefficients">Where they go; not empty. <c>[N + 1]</c></param>
    public abstract void TaylorCoefficients(double x, Span<double> coefficients);

    /// <summary>
    /// How far from x the Taylor series around x is the function: it converges to Act(u) where |u − x| is less, and where it is more it does
    /// not. Wang et al. 2024, §3.4, take it for infinite.
    /// </summary>
    /// <param name="x">Any finite number.</param>
    public abstract double ConvergenceRadius(double x);

    /// <summary>What one call of <see cref="TaylorCoefficients"/> costs, up to order N.</summary>
    public abstract Cost TaylorCoefficientsCost(int order);

    /// <summary>Act⁽ⁿ⁾(x) for n = 0 … <paramref name="orders"/>.Length − 1.</summary>
    /// <param name="x">Any finite number.</param>
    /// <param name="orders">Where they go; not empty. <c>[N + 1]</c></param>
    /// <exception cref="ArgumentException">N is above 170, where n! is no float64 number.</exception>
    public void Derivatives(double x, Span<double> orders)
    {
        if (orders.Length > HighestFactorial + 1)
        {
            throw new ArgumentException($"derivatives go to order {HighestFactorial}, not to {orders.Length - 1}", nameof(orders));
        }

        TaylorCoefficients(x, orders);
        double factorial = 1;
        for (int n = 2; n < orders.Length; n++)
        {
            factorial *= n;
            orders[n] *= factorial;
        }
    }

    /// <summary>What one call of <see cref="Derivatives"/> costs, up to order N.</summary>
    public Cost DerivativesCost(int order) => TaylorCoefficientsCost(order) + new Cost(Elementwise: 2 * Math.Max(0, order - 1));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
