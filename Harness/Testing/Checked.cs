using System.Globalization;
using Fractions;
using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>What assertions are given, checked: each mistake is one line.</summary>
internal static class Checked
{
    public const double UsualLevel = 0.95;

    public const ulong UsualSeed = 1;

    public static double Level(double level) => Sampling.IsLevel(level) ? level
        : throw new UsageException(FormattableString.Invariant($"level {level}: must be above 0 and at most {Sampling.HighestLevel}, such as 0.95"));

    public static long Trials(long trials) => trials >= 1 ? trials : throw new UsageException($"trials {trials}: must be at least 1");

    public static Bound Bound(double epsilon, Side side) => epsilon is >= 0 and <= 1
        ? Bound(epsilon.ToString("R", CultureInfo.InvariantCulture), side)
        : throw new UsageException(FormattableString.Invariant($"bound {epsilon}: must be a probability in [0, 1], such as 0.05"));

    /// <summary>A number as it is written: 0.1 is a tenth.</summary>
    private static Bound Bound(string text, Side side) => new(Fraction.FromString(text, NumberStyles.Float, CultureInfo.InvariantCulture), text, side);

    public static Bound Bound(Fraction epsilon, Side side) => !epsilon.IsNaN && epsilon >= Fraction.Zero && epsilon <= Fraction.One
        ? new(epsilon, epsilon.ToString("G", CultureInfo.InvariantCulture), side)
        : throw new UsageException($"bound {epsilon.ToString("G", CultureInfo.InvariantCulture)}: must be a probability in [0, 1], such as 1/20");
}
