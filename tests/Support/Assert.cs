using Expecto;
using Fractions;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Tests;

/// <summary>What tests hold values against. Each failure names both sides.</summary>
internal static class Assert
{
    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new FailedException($"{what}: expected {expected}, got {actual}");
        }
    }

    public static void True(bool holds, string what)
    {
        if (!holds)
        {
            throw new FailedException(what);
        }
    }

    /// <summary>A claim, evaluated exactly.</summary>
    public static ClaimResult Judged(Claim claim) =>
        new ClaimEvaluator(new Plays(game => new(Exactly(game))), level: 0.95, epsilon: 0.05).Of(claim)!;

    public static void Near(double expected, double actual, double tolerance, string what)
    {
        if (!(Math.Abs(expected - actual) <= tolerance))
        {
            throw new FailedException(FormattableString.Invariant($"{what}: expected {expected:R} ± {tolerance:R}, got {actual:R}"));
        }
    }

    public static void Contains(string part, string whole, string what)
    {
        if (!whole.Contains(part, StringComparison.Ordinal))
        {
            throw new FailedException($"{what}: expected to find '{part}' in\n{whole}");
        }
    }

    public static T Single<T>(IReadOnlyCollection<T> values, string what)
    {
        Equal(1, values.Count, what);
        return values.First();
    }

    public static T Throws<T>(Action action, string what)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T expected)
        {
            return expected;
        }

        throw new FailedException($"{what}: expected {typeof(T).Name}");
    }

    /// <summary>The exact advantage, or for Correctness the exact probability.</summary>
    public static Fraction Exact(Game game) => Exactly(game).Advantage.Exact!.Value;

    public static Result Exactly(Game game) => ExactEvaluator.Evaluate(game)!;
}
