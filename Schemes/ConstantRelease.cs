using Wager.Games;

namespace Wager.Schemes;

/// <summary>
/// The constant release of a skewed bit: W′ = 0 whatever W is, and Pr[W = 0] = p. Nothing leaks, so W-IND = 0 and WRec is
/// the guessing probability max(p, 1 − p); Correctness is p.
/// </summary>
/// <param name="numerator">p = numerator / denominator.</param>
/// <param name="denominator">At least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">p is no probability in [0, 1].</exception>
public sealed class ConstantRelease(int numerator = 3, int denominator = 4) : KeylessScheme(2)
{
    private readonly int _zeros = denominator >= 1 && numerator >= 0 && numerator <= denominator
        ? numerator
        : throw new ArgumentOutOfRangeException(nameof(numerator), $"{numerator}/{denominator} is no probability in [0, 1]");

    /// <inheritdoc/>
    public override string Name => (numerator, denominator) == (3, 4) ? "constant-release" : $"constant-release-{numerator}/{denominator}";

    /// <inheritdoc/>
    public override int Train(Tape tape) => tape.DrawBiased(denominator - _zeros, denominator);

    /// <inheritdoc/>
    public override int Release(NoKey secret, int weights, Tape tape) => 0;
}
