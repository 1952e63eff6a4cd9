using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>How far recovered weights are from the true ones, by an honest measure and by one that hides it.</summary>
/// <param name="SignedMean">
/// The mean of the errors with their signs, in root mean squares of the weights: near 0 for weights without bias, right or wrong, since
/// errors of both signs cancel.
/// </param>
/// <param name="MeanRelative">The mean of |error| / |weight|.</param>
/// <param name="Within">The share of weights within 1 %, the δ of Yang et al. 2025, Table 1.</param>
public sealed record WeightErrors(double SignedMean, double MeanRelative, double Within)
{
    /// <summary>Holds weights against the truth. Nobody pays.</summary>
    /// <param name="w">The recovered weights. <c>[D, h]</c></param>
    /// <param name="truth">The true ones, none of them 0. <c>[D, h]</c></param>
    public static WeightErrors Of(Tensor w, Tensor truth)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor relative = TensorMath.RelativeDifference(w, truth);
        using Scalar threshold = RecoveryScore.Threshold.ToScalar();
        return new(
            w.sub(truth).mean().item<double>() / truth.square().mean().sqrt().item<double>(),
            relative.mean().item<double>(),
            relative.lt(threshold).to_type(float64).mean().item<double>());
    }
}
