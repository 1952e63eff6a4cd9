using Wager.Games;

namespace Wager.Adversaries;

/// <summary>Answers min(W′, 1): right on two of the three weights of <see cref="Schemes.Uneven"/>.</summary>
public sealed record AtMostOne : Accelerator<int, int, int, NoKey>
{
    /// <inheritdoc/>
    public override int Infer(NoKey publicKey, int released, int input, Tape tape) => Math.Min(released, 1);
}
