using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>
/// MLPs whose z = Vx is normal with one standard deviation in every hidden unit, because V is that many times the identity and x standard
/// normal; W is standard normal, b and c are 0. Whether Run′ is near Run then hangs on the deviation, N and the activation alone.
/// </summary>
public static class SpreadMlps
{
    private const int Count = 8;

    /// <summary>d = h = D.</summary>
    public const int Side = 64;

    /// <summary>Eight of them, of which Train draws one.</summary>
    /// <param name="deviation">The standard deviation of z.</param>
    /// <param name="seed">W is a function of it, and the same for every deviation.</param>
    public static GivenMlps Of(double deviation, ulong seed)
    {
        double[] diagonal = new double[Side * Side];
        for (int i = 0; i < Side; i++)
        {
            diagonal[i * (Side + 1)] = deviation;
        }

        MlpWeights[] all = [.. Enumerable.Range(0, Count).Select(i => new MlpWeights(
            TensorMath.Of(diagonal, CPU, Side, Side).DetachFromDisposeScope(),
            TensorMath.Of(new double[Side], CPU, Side).DetachFromDisposeScope(),
            TensorCoins.Normal(Coins.Word(seed, (ulong)i), CPU, Side, Side).DetachFromDisposeScope(),
            TensorMath.Of(new double[Side], CPU, Side).DetachFromDisposeScope()))];
        return new(FormattableString.Invariant($"MLPs with z of deviation {deviation}"), new(Side, Side, Side), Count, i => all[i]);
    }
}
