using Wager.Schemes.TaylorMlp;

namespace Wager.Harness.Studies;

/// <summary>How far a Taylor series of an activation is from it, order by order (Wang et al. 2024, §3.4).</summary>
/// <param name="Activation">Act.</param>
/// <param name="X0">x₀ = z₀ + b, which it is expanded around.</param>
/// <param name="Distance">|z − z₀|.</param>
public sealed record Truncation(Activation Activation, double X0, double Distance)
{
    /// <summary>Whether the series converges to the activation there.</summary>
    public bool Converges => Distance < Activation.ConvergenceRadius(X0);

    /// <summary>|Σ_{n≤N} g_n·(z − z₀)ⁿ − Act(z + b)| for N = 0 … <paramref name="highest"/>: of z₀ ± the distance, the greater. <c>[highest + 1]</c></summary>
    /// <param name="highest">The greatest N.</param>
    public double[] Errors(int highest)
    {
        double[] coefficients = new double[highest + 1];
        Activation.TaylorCoefficients(X0, coefficients);
        double[] errors = new double[highest + 1];
        double[] truth = new double[1];
        foreach (double step in new[] { Distance, -Distance })
        {
            Activation.TaylorCoefficients(X0 + step, truth);
            (double sum, double power) = (0, 1);
            for (int n = 0; n <= highest; n++)
            {
                sum += coefficients[n] * power;
                power *= step;
                errors[n] = Math.Max(errors[n], Math.Abs(sum - truth[0]));
            }
        }

        return errors;
    }
}
