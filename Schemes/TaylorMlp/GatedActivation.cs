using System.Runtime.CompilerServices;
using Wager.Games;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Act(x) = x·F(x) with a gate F that rises from 0 to 1. Its series is the product of those of x and F: Act_n = x·F_n + F_{n−1}.</summary>
internal abstract class GatedActivation : Activation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public sealed override void TaylorCoefficients(double x, Span<double> coefficients)
    {
        Gate(x, coefficients);
        for (int n = coefficients.Length - 1; n >= 1; n--) // downwards, for F is where Act is to be
        {
            coefficients[n] = (x * coefficients[n]) + coefficients[n - 1];
        }

        coefficients[0] *= x;
    }

    /// <inheritdoc/>
    public sealed override Cost TaylorCoefficientsCost(int order) => GateCost(order) + new Cost(MultiplyAdds: order, Elementwise: 1);

    /// <summary>The coefficients of the Taylor series of F around x: F⁽ⁿ⁾(x)/n!, neither they nor x times them NaN or infinite. <c>[N + 1]</c></summary>
    protected abstract void Gate(double x, Span<double> f);

    /// <summary>What one call of <see cref="Gate"/> costs, up to order N.</summary>
    protected abstract Cost GateCost(int order);
}
