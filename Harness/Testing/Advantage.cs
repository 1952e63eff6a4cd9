using System.Runtime.CompilerServices;
using Expecto;
using Fractions;
using FsCheck;
using FsCheck.Fluent;
using Wager.Games;
using Wager.Testing.Evaluation;
using Game = Wager.Games.Game;

namespace Wager.Testing;

/// <summary>
/// The advantage of an adversary in a game, to be asserted: <c>Advantage.Of(game).AtMost(0.01)</c>. A game of at most 2¹⁴ paths is evaluated exactly, which decides;
/// any other is played until the bound is decided, or all trials are played. Guarantee: whatever the advantage is, the probability that a bound that holds is refuted, or
/// that one that does not passes as decided, is at most 1 − level. What is not decided fails too, unless that is allowed by name.
/// </summary>
/// <remarks>
/// An adversary that gives no valid answer, because it throws or hangs, shows nothing of those that do: then "at most" and "exactly" are not decided. To spend more than its limits is an answer that is lost.
/// In EffInf only what is won within the budget counts. Correctness and events have no adversary, and no advantage: of their probability
/// <see cref="AtLeast(double, bool)"/> and <see cref="Exactly(Fraction)"/> can be asserted.
/// </remarks>
public sealed class Advantage
{
    /// <summary>The most trials, unless others are given.</summary>
    public const long UsualTrials = 1_000_000;

    private readonly Game[] _games;
    private readonly Judge _judge;
    private readonly List<Bound>? _noted;

    private Advantage(Game[] games, Sampling sampling)
    {
        _games = games.Length > 0 ? games : throw new UsageException("no games: an assertion about none could not fail, give at least one");
        _judge = new(sampling with { Level = Sampling.Share(sampling.Level, games.Length) });
    }

    /// <summary>One that evaluates nothing and takes note of what would be asserted.</summary>
    private Advantage(Advantage other, List<Bound> noted)
    {
        _games = other._games;
        _judge = other._judge;
        _noted = noted;
    }

    /// <summary>Of one game.</summary>
    /// <param name="game">The game, as of <c>Game.WRec(scheme, adversary)</c>.</param>
    /// <param name="trials">The most that are played, where it is not enumerated.</param>
    /// <param name="level">The level of the interval, above 0 and at most 0.999999.</param>
    /// <param name="seed">The seed of all coins.</param>
    /// <param name="family">The assertions that it shares a level with; <paramref name="level"/> is then theirs.</param>
    /// <param name="limits">What the adversary may spend in a trial; null for without bound.</param>
    /// <param name="timeout">How long it may work, between queries and to its answer, before it counts as hung; null for a minute.</param>
    /// <exception cref="UsageException">A value is out of its range.</exception>
    public static Advantage Of(
        Game game, long trials = UsualTrials, double level = Checked.UsualLevel, ulong seed = Checked.UsualSeed, Family? family = null, Limits? limits = null, TimeSpan? timeout = null) =>
        OfEach([game], trials, level, seed, family, limits, timeout);

    /// <summary>Of each of several games, such as a family over its parameter, smallest first: what fails is the first of them that does. They share the level.</summary>
    /// <inheritdoc cref="Of"/>
    /// <param name="games">The games, in order of size.</param>
    /// <param name="trials"><inheritdoc cref="Of"/></param>
    /// <param name="level"><inheritdoc cref="Of"/></param>
    /// <param name="seed"><inheritdoc cref="Of"/></param>
    /// <param name="family"><inheritdoc cref="Of"/></param>
    /// <param name="limits"><inheritdoc cref="Of"/></param>
    /// <param name="timeout"><inheritdoc cref="Of"/></param>
    public static Advantage OfEach(
        IEnumerable<Game> games, long trials = UsualTrials, double level = Checked.UsualLevel, ulong seed = Checked.UsualSeed, Family? family = null, Limits? limits = null, TimeSpan? timeout = null) =>
        At(family?.Take() ?? Checked.Level(level), games, trials, seed, limits, timeout);

    /// <summary>At a level that may be a share of another.</summary>
    private static Advantage At(double level, IEnumerable<Game> games, long trials, ulong seed, Limits? limits, TimeSpan? timeout) =>
        new([.. games], new() { Trials = Checked.Trials(trials), Level = level, Seed = seed, Limits = Checked.Limits(limits), Timeout = Checked.Timeout(timeout) });

    /// <summary>Asserts Adv ≤ ε.</summary>
    /// <param name="epsilon">ε, in [0, 1].</param>
    /// <param name="allowInconclusive">Whether it passes where the trials did not decide it.</param>
    /// <exception cref="AssertionFailure">It is refuted, or not decided.</exception>
    /// <exception cref="UsageException">ε is no probability, or one that cannot fail, or the game has no advantage.</exception>
    /// <exception cref="BrokenSchemeException">A procedure of the scheme threw.</exception>
    /// <exception cref="ImpureProcedureException">A procedure or the adversary uses coins besides its tape.</exception>
    [OverloadResolutionPriority(1)] // a whole number is a double
    public void AtMost(double epsilon, bool allowInconclusive = false) => Assert(Checked.Bound(epsilon, Side.AtMost), allowInconclusive);

    /// <inheritdoc cref="AtMost(double, bool)"/>
    public void AtMost(Fraction epsilon, bool allowInconclusive = false) => Assert(Checked.Bound(epsilon, Side.AtMost), allowInconclusive);

    /// <summary>Asserts Adv ≥ ε; of a property Pr ≥ ε.</summary>
    /// <inheritdoc cref="AtMost(double, bool)"/>
    [OverloadResolutionPriority(1)] // a whole number is a double
    public void AtLeast(double epsilon, bool allowInconclusive = false) => Assert(Checked.Bound(epsilon, Side.AtLeast), allowInconclusive);

    /// <inheritdoc cref="AtLeast(double, bool)"/>
    public void AtLeast(Fraction epsilon, bool allowInconclusive = false) => Assert(Checked.Bound(epsilon, Side.AtLeast), allowInconclusive);

    /// <summary>Asserts Adv = ε, by enumeration; of a property Pr = ε. What cannot be enumerated fails.</summary>
    /// <param name="epsilon">ε, in [0, 1], such as <c>new Fraction(1, 3)</c>.</param>
    /// <exception cref="AssertionFailure">It is something else, or cannot be enumerated.</exception>
    /// <exception cref="UsageException">ε is no probability.</exception>
    public void Exactly(Fraction epsilon) => Assert(Checked.Bound(epsilon, Side.Exactly), allowInconclusive: false);

    /// <summary>Asserts Adv = numerator/denominator, by enumeration.</summary>
    /// <inheritdoc cref="Exactly(Fraction)"/>
    /// <param name="numerator">The numerator of ε.</param>
    /// <param name="denominator">The denominator of ε.</param>
    public void Exactly(int numerator, int denominator = 1) => Exactly(denominator == 0 ? Fraction.NaN : new Fraction(numerator, denominator));

    /// <summary>An assertion as an Expecto test, named after what it says: <c>Advantage.Of(game).Test(a => a.AtMost(0.01))</c>.</summary>
    /// <param name="assert">The assertion. It is also called for its name, when nothing is evaluated.</param>
    /// <param name="name">Another name, where two assertions say the same with other coins.</param>
    /// <exception cref="UsageException">It asserts nothing, or what is no bound.</exception>
    public Test Test(Action<Advantage> assert, string? name = null)
    {
        string says = string.Join(", ", Noted(assert).Select(bound => bound.InWords(_games[0].Notion)));
        return Expecto.CSharp.Runner.TestCase(name ?? $"{_games[0]}{(_games.Length > 1 ? $" and {_games.Length - 1} more" : "")}: {says}", () => assert(this));
    }

    /// <summary>What is asserted, without evaluating anything.</summary>
    private List<Bound> Noted(Action<Advantage> assert)
    {
        List<Bound> bounds = [];
        assert(new Advantage(this, bounds));
        return bounds.Count > 0 ? bounds
            : throw new UsageException($"{_games[0]}: a test that asserts nothing could not fail; assert a bound, as in a => a.AtMost(0.01)");
    }

    /// <summary>
    /// An assertion about the games of generated values as an FsCheck property, which shrinks to a small value whose game fails. All cases share the level.
    /// </summary>
    /// <param name="values">The values, with how they shrink.</param>
    /// <param name="game">The game of a value.</param>
    /// <param name="assert">The assertion, such as <c>a => a.AtMost(0.01)</c>.</param>
    /// <param name="cases">The most cases that are generated; FsCheck's own number, unless its configuration says otherwise.</param>
    /// <param name="trials"><inheritdoc cref="Of"/></param>
    /// <param name="level"><inheritdoc cref="Of"/></param>
    /// <param name="seed"><inheritdoc cref="Of"/></param>
    /// <param name="limits"><inheritdoc cref="Of"/></param>
    /// <param name="timeout"><inheritdoc cref="Of"/></param>
    public static Property Property<T>(
        Arbitrary<T> values, Func<T, Game> game, Action<Advantage> assert, int cases = Cases.Usual, long trials = UsualTrials, double level = Checked.UsualLevel, ulong seed = Checked.UsualSeed, Limits? limits = null, TimeSpan? timeout = null)
    {
        Cases shares = new(cases, level);
        return Prop.ForAll(values, value => shares.Assert(share =>
        {
            Advantage one = At(share, [game(value)], trials, seed, limits, timeout);
            _ = one.Noted(assert);
            assert(one);
        }));
    }

    private void Assert(Bound bound, bool allowInconclusive)
    {
        if (bound.Side == Side.AtMost && _games.FirstOrDefault(game => game.Notion.Kind == Kind.Property) is { } property)
        {
            throw new UsageException($"{property} has no adversary, and so no advantage: assert AtLeast or Exactly, of its probability");
        }

        if (bound.CannotFail)
        {
            throw new UsageException($"{bound} cannot fail: every advantage is in [0, 1] (of whole numbers 1 / 3 is 0: write 1.0 / 3)");
        }

        _noted?.Add(bound);
        foreach (Game game in _noted is null ? _games : [])
        {
            _judge.Of(game, bound).Require(allowInconclusive);
        }
    }
}
