using System.Globalization;
using Fractions;
using Wager.Games;
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

    public static Limits Limits(Limits? limits) => limits is null ? Games.Limits.None
        : limits.Operations is double.NaN or < 0 or > Cost.Most ? throw new UsageException(FormattableString.Invariant($"limits of {limits.Operations} operations: must be a number from 0 to {Cost.Most:F0}"))
        : limits.Bytes < 0 ? throw new UsageException($"limits of {limits.Bytes} bytes: must be at least 0")
        : limits;

    public static TimeSpan Timeout(TimeSpan? timeout) => timeout is null ? Sampling.DefaultTimeout
        : timeout > TimeSpan.Zero ? timeout.Value
        : throw new UsageException($"timeout {timeout}: must be above 0");

    public static long TrialsOfClaim(long trials) => Trials(trials) <= ClaimAssertion.MostTrials ? trials
        : throw new UsageException($"trials {trials}: must be at most {ClaimAssertion.MostTrials} for a claim, of whose trials each is kept");

    public static Bound Bound(double epsilon, Side side)
    {
        if (!(epsilon is >= 0 and <= 1))
        {
            throw new UsageException(FormattableString.Invariant($"bound {epsilon}: must be a probability in [0, 1], such as 0.05"));
        }

        string text = epsilon.ToString("R", CultureInfo.InvariantCulture);
        Fraction written = Fraction.FromString(text, NumberStyles.Float, CultureInfo.InvariantCulture); // 0.1 is a tenth
        return text.Contains('E', StringComparison.Ordinal) ? Bound(written, side) : new(written, text, side);
    }

    public static Bound Bound(Fraction epsilon, Side side) => !epsilon.IsNaN && epsilon >= Fraction.Zero && epsilon <= Fraction.One
        ? new(epsilon, epsilon.ToString("G", CultureInfo.InvariantCulture), side)
        : throw new UsageException($"bound {epsilon.ToString("G", CultureInfo.InvariantCulture)}: must be a probability in [0, 1], such as 1/20");
}
