using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Evaluation;

/// <summary>
/// Given MLPs whose z is normal with a known deviation, unit by unit, for V is that deviation times the identity: how far z goes from z₀
/// decides whether Run′ is right. W is normal with deviation 1/√h, b and c with deviation 0.3, all a function of the seed.
/// </summary>
public static class SpreadMlps
{
    private const double Bias = 0.3;

    /// <summary>MLPs without a gate, d = h.</summary>
    /// <param name="spread">The deviation of z.</param>
    /// <param name="hidden">h.</param>
    /// <param name="outputs">D.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="seed">The seed.</param>
    public static GivenMlps Of(double spread, int hidden, int outputs, int count, ulong seed)
    {
        MlpWeights[] made = [.. Enumerable.Range(0, count).Select(Made)];
        return new(FormattableString.Invariant($"seeded MLPs with z of deviation {spread}"), new(hidden, hidden, outputs), count, i => made[i]);

        MlpWeights Made(int i)
        {
            ulong tensors = 0;
            Tensor Normal(double deviation, params long[] shape)
            {
                using Scalar scale = deviation.ToScalar();
                using Tensor entries = TensorCoins.Normal(Coins.Word(seed, ((ulong)i << 8) + tensors++), CPU, shape);
                return entries.mul(scale).DetachFromDisposeScope();
            }

            using Scalar scale = spread.ToScalar();
            using Tensor identity = eye(hidden, dtype: float64);
            return new(identity.mul(scale).DetachFromDisposeScope(), Normal(Bias, hidden), Normal(1 / Math.Sqrt(hidden), outputs, hidden), Normal(Bias, outputs));
        }
    }
}
