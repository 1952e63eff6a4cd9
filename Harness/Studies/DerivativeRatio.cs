using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.Studies;

/// <summary>
/// The ratio of two derivatives, f_{a,b}(x) = Act⁽ᵃ⁾(x)/Act⁽ᵇ⁾(x) (Yang et al. 2025, Eq. 20), from which the published attack finds x₀, and
/// where it has its poles.
/// </summary>
/// <param name="Activation">Act.</param>
/// <param name="A">The order above, at least 1.</param>
/// <param name="B">The order below, at least 1.</param>
public sealed record DerivativeRatio(Activation Activation, int A, int B)
{
    /// <summary>Zeros of two derivatives closer than this are one zero: where they differ at all, they are a thousandth apart and more.</summary>
    private const double Together = 1e-9;

    private const double Step = 1.0 / 64;

    /// <summary>The ratio at x; infinite or NaN where Act⁽ᵇ⁾ is 0.</summary>
    public double At(double x)
    {
        Span<double> orders = stackalloc double[Math.Max(A, B) + 1];
        Activation.Derivatives(x, orders);
        return orders[A] / orders[B];
    }

    /// <summary>The poles within ±<paramref name="reach"/>: the zeros of Act⁽ᵇ⁾ that Act⁽ᵃ⁾ does not share. In rising order.</summary>
    public double[] Poles(double reach) => A == B ? []
        : [.. Zeros(Activation, B, reach).Where(zero => !IsShared(zero, reach))];

    /// <summary>The zeros that both have within ±<paramref name="reach"/>, where the ratio has a limit and no value. In rising order.</summary>
    public double[] Gaps(double reach) => A == B ? []
        : [.. Zeros(Activation, B, reach).Where(zero => IsShared(zero, reach))];

    /// <summary>The zeros of Act⁽ⁿ⁾ within ±<paramref name="reach"/>, all of which are simple, to the last digits. In rising order.</summary>
    /// <param name="activation">Act, smooth.</param>
    /// <param name="order">n, from 1 to 5 or little more: zeros closer than 1/64 would be missed in pairs.</param>
    /// <param name="reach">Where they are looked for.</param>
    public static double[] Zeros(Activation activation, int order, double reach)
    {
        double[] orders = new double[order + 1];
        double At(double x)
        {
            activation.Derivatives(x, orders);
            return orders[order];
        }

        List<double> zeros = [];
        long steps = (long)Math.Ceiling(reach / Step);
        for (long i = -steps; i < steps; i++)
        {
            (double low, double high) = (Math.Max(i * Step, -reach), Math.Min((i + 1) * Step, reach));
            (double atLow, double atHigh) = (At(low), At(high));
            if (atLow == 0 || atLow * atHigh < 0)
            {
                zeros.Add(atLow == 0 ? low : Bisect(At, low, high));
            }
        }

        return [.. zeros];
    }

    private bool IsShared(double zero, double reach) => Zeros(Activation, A, reach).Any(other => Math.Abs(other - zero) < Together);

    private static double Bisect(Func<double, double> at, double low, double high)
    {
        bool rises = at(high) > 0;
        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return middle;
            }

            (low, high) = at(middle) > 0 == rises ? (low, middle) : (middle, high);
        }
    }
}
