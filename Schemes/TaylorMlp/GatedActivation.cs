using Wager.Games;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// Act(x) = x·F(x) with a gate F that rises from 0 to 1 symmetrically, F(−x) = 1 − F(x). Where F is near 1 its digits say little of
/// how near, so everything is worked out at −|x|, where F and all its derivatives are as precise as they are small, and reflected:
/// Act(x) = x·(1 − F(−x)), Act′(x) = 1 − Act′(−x), and Act⁽ⁿ⁾(x) = (−1)ⁿ·Act⁽ⁿ⁾(−x) from n = 2 on.
/// </summary>
internal abstract class GatedActivation : Activation
{
    /// <summary>By the series of the product (t + s)·F(t + s) in s: Act_n = t·F_n + F_{n−1}.</summary>
    /// <inheritdoc/>
    public sealed override void TaylorCoefficients(double x, Span<double> coefficients)
    {
        double t = -Math.Abs(x);
        Gate(t, coefficients);
        double gate = coefficients[0];
        for (int n = coefficients.Length - 1; n >= 1; n--) // downwards, for F is where Act is to be
        {
            double atT = (t * coefficients[n]) + coefficients[n - 1];
            coefficients[n] = x <= 0 || n % 2 == 0 ? atT
                : n == 1 ? 1 - atT
                : -atT;
        }

        coefficients[0] = x * (x <= 0 ? gate : 1 - gate);
    }

    /// <inheritdoc/>
    public sealed override Cost TaylorCoefficientsCost(int order) =>
        GateCost(order) + new Cost(MultiplyAdds: order, Elementwise: 3 + ((order + 1) / 2));

    /// <summary>The coefficients of the Taylor series of F around t ≤ 0: F⁽ⁿ⁾(t)/n!, none of them NaN or infinite. <c>[N + 1]</c></summary>
    protected abstract void Gate(double t, Span<double> f);

    /// <summary>What one call of <see cref="Gate"/> costs, up to order N.</summary>
    protected abstract Cost GateCost(int order);
}
