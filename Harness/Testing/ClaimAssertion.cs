using Expecto;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Testing;

/// <summary>
/// Claims as assertions: <c>Claim.Holds(new Eq9&lt;…&gt;(scheme, adversary).Repaired())</c>, and from F# <c>ClaimAssertion.Holds(…)</c>. Games that can be enumerated are,
/// all others are played on the same coins.
/// </summary>
public static class ClaimAssertion
{
    /// <summary>The trials of each game, unless others are given.</summary>
    public const long UsualTrials = 1000;

    /// <summary>The most: of each trial it is kept whether it was won.</summary>
    public const long MostTrials = 1_000_000_000;

    private const double UsualEpsilon = 0.05;

    extension(Claim)
    {
        /// <summary>
        /// Asserts that a claim holds. A step of its proof that is refuted refutes it; one that is not decided does not. A claim whose premises are not met, or that is undefined, says nothing, and
        /// fails; one that holds whatever its advantages are is not decided.
        /// </summary>
        /// <param name="claim">The claim.</param>
        /// <param name="trials">The trials of each game that is not enumerated.</param>
        /// <param name="level">The level at which all intervals hold together, above 0 and at most 0.999999.</param>
        /// <param name="seed">The seed of all coins.</param>
        /// <param name="family">The assertions that it shares a level with; <paramref name="level"/> is then theirs.</param>
        /// <param name="epsilon">What trials may leave open: how far apart the sides of an equation are, and how often a relation is broken that no trial broke.</param>
        /// <param name="allowInconclusive">Whether it passes where the trials did not decide it.</param>
        /// <exception cref="AssertionFailure">It is refuted, not decided, or says nothing.</exception>
        /// <exception cref="UsageException">A value is out of its range.</exception>
        public static void Holds(
            Claim claim, long trials = UsualTrials, double level = Checked.UsualLevel, ulong seed = Checked.UsualSeed, Family? family = null, double epsilon = UsualEpsilon, bool allowInconclusive = false) =>
            HoldsAt(family?.Take() ?? Checked.Level(level), claim, trials, seed, epsilon, allowInconclusive);

        /// <summary>That a claim holds, as an Expecto test that is named after it.</summary>
        /// <param name="claim">The claim.</param>
        /// <param name="trials">The trials of each game that is not enumerated.</param>
        /// <param name="level">The level at which all intervals hold together.</param>
        /// <param name="seed">The seed of all coins.</param>
        /// <param name="family">The assertions that it shares a level with, of which it takes its share at once.</param>
        /// <param name="epsilon">What trials may leave open.</param>
        /// <param name="allowInconclusive">Whether it passes where the trials did not decide it.</param>
        public static Test Test(
            Claim claim, long trials = UsualTrials, double level = Checked.UsualLevel, ulong seed = Checked.UsualSeed, Family? family = null, double epsilon = UsualEpsilon, bool allowInconclusive = false)
        {
            double share = family?.Take() ?? Checked.Level(level);
            return Expecto.CSharp.Runner.TestCase($"{claim.Name} for {claim.Adversary} on {claim.Scheme}", () => HoldsAt(share, claim, trials, seed, epsilon, allowInconclusive));
        }

        /// <summary>That the claims of generated values hold, as an FsCheck property, which shrinks to a small value whose claim fails. All cases share the level.</summary>
        /// <param name="values">The values, with how they shrink.</param>
        /// <param name="claim">The claim of a value.</param>
        /// <param name="cases">The most cases that are generated.</param>
        /// <param name="trials">The trials of each game that is not enumerated.</param>
        /// <param name="level">The level at which all intervals of all cases hold together.</param>
        /// <param name="seed">The seed of all coins.</param>
        public static Property Property<T>(
            Arbitrary<T> values, Func<T, Claim> claim, int cases = Cases.Usual, long trials = UsualTrials, double level = Checked.UsualLevel, ulong seed = Checked.UsualSeed)
        {
            Cases shares = new(cases, level);
            return Prop.ForAll(values, value => shares.Assert(share => HoldsAt(share, claim(value), trials, seed, UsualEpsilon, allowInconclusive: false)));
        }
    }

    /// <summary>At a level that may be a share of another.</summary>
    private static void HoldsAt(double level, Claim claim, long trials, ulong seed, double epsilon, bool allowInconclusive) =>
        new Judge(new Sampling { Trials = Checked.TrialsOfClaim(trials), Level = level, Seed = seed }).Of(claim, Checked.Bound(epsilon, Side.AtMost).Epsilon.ToDouble()).Require(allowInconclusive);
}
