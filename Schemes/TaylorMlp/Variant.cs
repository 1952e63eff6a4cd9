using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// How TaylorMLP is released and run: as Wang et al. 2024 write it, or as the code that they published does. That code hides a sign s of each
/// protected unit (V's row and z₀ are multiplied by s, and Θ_n by sⁿ), leaves Θ_n undivided by n!, and drops the orders above a
/// floor for units whose z is far from z₀.
/// </summary>
/// <remarks>
/// The signs are those of the published code for Llama and Mistral. Its code for Phi draws none, and expands around z₀ where it should around
/// z₀ + b; that is a mistake rather than a variant, and a test shows what it costs.
/// </remarks>
public sealed class Variant
{
    /// <summary>n!, as far as there is a number for it.</summary>
    private static readonly double[] _factorials = Factorials();

    private Variant(string name) => Name = name;

    /// <summary>As in the paper.</summary>
    public static Variant Paper { get; } = new("paper");

    /// <summary>As in the published code, with the floor and the reach that it has for Llama unless told otherwise.</summary>
    public static Variant PublicCode { get; } = new("public-code") { HasSigns = true, IsDivided = false, Floor = 4, Reach = 2.5 };

    /// <summary>All variants.</summary>
    public static IReadOnlyList<Variant> All { get; } = [Paper, PublicCode];

    /// <summary>The name, as in release files.</summary>
    public string Name { get; }

    /// <summary>Whether each protected unit has a secret sign.</summary>
    public bool HasSigns { get; private init; }

    /// <summary>Whether Θ_n is divided by n!; else Run′ divides.</summary>
    public bool IsDivided { get; private init; } = true;

    /// <summary>The highest order that is never dropped.</summary>
    public int Floor { get; private init; } = int.MaxValue;

    /// <summary>The |z − z₀| beyond which a unit's orders above <see cref="Floor"/> are dropped.</summary>
    public double Reach { get; private init; } = double.PositiveInfinity;

    /// <summary>What Θ_n is a multiple of beside W·Act⁽ⁿ⁾(x₀)/n!: 1, or n!. Infinite above n = 170.</summary>
    public double Factor(int order) => IsDivided ? 1 : order < _factorials.Length ? _factorials[order] : double.PositiveInfinity;

    /// <summary>What Run′ multiplies Θ_n with, from what it multiplied Θ_{n−1} with.</summary>
    /// <param name="n">At least 1.</param>
    /// <param name="previous">That of n − 1; null for ones. <c>[m, K]</c></param>
    /// <param name="step">z − z₀. <c>[m, K]</c></param>
    /// <param name="math">Pays.</param>
    public Tensor Power(int n, Tensor? previous, Tensor step, TensorMath math)
    {
        Tensor power = previous is null ? step : math.Multiply(previous, step);
        power = IsDivided || n == 1 ? power : math.Scale(power, 1.0 / n);
        return n - 1 == Floor ? math.Multiply(power, math.IsWithin(step, Reach)) : power; // and with it all higher powers
    }

    /// <summary>
    /// Σ_n a_n·p_n(z − z₀), n = least … N, by Horner's rule, where p_n is what Run′ multiplies Θ_n with, divided by (z − z₀)^least.
    /// </summary>
    /// <param name="coefficients">a_n, of Θ's scale. <c>[N + 1 − least, K]</c>, in each lane</param>
    /// <param name="least">0 or 1.</param>
    /// <param name="step">z − z₀. <c>[m, K]</c></param>
    /// <param name="math">Pays.</param>
    public Tensor Series(Tensor coefficients, int least, Tensor step, TensorMath math)
    {
        int order = (int)coefficients.shape[^2] - 1 + least;
        Tensor near = order > Floor ? math.IsWithin(step, Reach) : step;
        Tensor sum = coefficients.narrow(-2, order - least, 1).expand_as(step);
        for (int n = order - 1; n >= least; n--)
        {
            sum = n == Floor ? math.Multiply(sum, near) : sum;
            sum = IsDivided ? sum : math.Scale(sum, 1.0 / (n + 1));
            sum = math.MultiplyAdd(sum, step, coefficients.narrow(-2, n - least, 1));
        }

        return sum;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static double[] Factorials()
    {
        double[] factorials = new double[171];
        factorials[0] = 1;
        for (int n = 1; n < factorials.Length; n++)
        {
            factorials[n] = factorials[n - 1] * n;
        }

        return factorials;
    }
}
