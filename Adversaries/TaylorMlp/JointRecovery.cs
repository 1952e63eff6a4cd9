using Wager.Games;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>
/// Recovers W, b and c of a released MLP, each column once, from all its orders and all its rows together. Projecting every order on
/// the strongest one leaves N numbers proportional to Act⁽ⁿ⁾(x₀)/n!; they give x₀, and then W[:, j] = Θ_m[:, j]·m!/Act⁽ᵐ⁾(x₀) by the
/// strongest order m, b = x₀ − z₀ and c = θ₀ − W·Act(x₀). A column that no x₀ explains is answered as if its bias were 0.
/// </summary>
/// <remarks>
/// For releases in float64, with x₀ within ±24. It needs N ≥ 3: two orders leave one ratio, with several preimages and nothing to
/// choose between them.
/// </remarks>
public sealed record JointRecovery : Recoverer<MlpWeights, TaylorRelease, NoKey>
{
    /// <inheritdoc/>
    public override string Name => "recovery";

    /// <inheritdoc/>
    public override MlpWeights Recover(NoKey publicKey, TaylorRelease released, Tape tape)
    {
        int order = released.Order;
        int outputs = (int)released.Theta0.shape[0];
        int hidden = (int)released.Z0.shape[0];
        double[] theta = Host(released.Theta);
        double[] z0 = Host(released.Z0);
        double[] c = released.IsGated ? new double[outputs] : Host(released.Theta0); // a gated MLP has no c
        double[] w = new double[outputs * hidden];
        double[] b = new double[hidden];
        double[] y = new double[order + 1];
        double[] g = new double[order + 1];
        JointSolver solver = JointSolver.For(released.Activation, order);
        Cost work = default;
        for (int j = 0; j < hidden; j++)
        {
            int strongest = Project(theta, order, outputs, hidden, j, y);
            double x0 = (order >= 2 ? solver.Solve(y, ref work) : null) ?? z0[j];
            released.Activation.TaylorCoefficients(x0, g);
            work += released.Activation.TaylorCoefficientsCost(order);
            for (int i = 0; i < outputs; i++)
            {
                double entry = order == 0 || g[strongest] == 0 ? 0 : theta[((((strongest - 1) * outputs) + i) * hidden) + j] / g[strongest];
                w[(i * hidden) + j] = entry;
                c[i] -= released.IsGated ? 0 : entry * g[0];
            }

            b[j] = x0 - z0[j];
        }

        long entries = (long)outputs * hidden;
        tape.Charge(work + new Cost(
            MultiplyAdds: (2 * order * entries) + entries,
            Elementwise: (2 * order * hidden) + entries,
            BytesRead: sizeof(double) * (order + 1) * entries,
            BytesWritten: sizeof(double) * entries));
        Device device = released.V.device;
        return new(released.V, tensor(b, device: device), tensor(w, [outputs, hidden], device: device), tensor(c, device: device), released.U);
    }

    /// <summary>Projects every order of column j on the strongest, into y[1 … N]; returns which order that is.</summary>
    private static int Project(double[] theta, int order, int outputs, int hidden, int j, double[] y)
    {
        double Entry(int n, int i) => theta[((((n - 1) * outputs) + i) * hidden) + j];
        int strongest = 1;
        double greatest = 0;
        for (int n = 1; n <= order; n++)
        {
            double norm = 0;
            for (int i = 0; i < outputs; i++)
            {
                norm += Entry(n, i) * Entry(n, i);
            }

            (strongest, greatest) = norm > greatest ? (n, norm) : (strongest, greatest);
        }

        for (int n = 1; n <= order; n++)
        {
            y[n] = 0;
            for (int i = 0; i < outputs && greatest > 0; i++)
            {
                y[n] += Entry(n, i) * Entry(strongest, i);
            }

            y[n] /= greatest > 0 ? Math.Sqrt(greatest) : 1;
        }

        return strongest;
    }

    private static double[] Host(Tensor tensor) => [.. tensor.cpu().contiguous().data<double>()];
}
