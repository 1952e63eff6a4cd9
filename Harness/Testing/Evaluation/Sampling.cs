using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>How to sample.</summary>
public sealed record Sampling
{
    /// <summary>Trials to play, fixed beforehand; at least 1. With a bound to decide, the most that are played.</summary>
    public required long Trials { get; init; }

    /// <summary>The seed of all coins.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The level of the intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Threads to play on. They change no result.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many trials are played in lock-step, at least 1; null for as many as is best where the game can, and else one. It changes no coin, but
    /// one trial alone and two or more at once differ in the last bits of what libtorch computes, and so may the outcome of a trial at a threshold.
    /// </summary>
    public int? Lanes { get; init; }

    /// <summary>Whether costs are counted. It changes no win. Limits and the bound of a notion with a budget need it.</summary>
    public bool Metered { get; init; } = true;

    /// <summary>
    /// Ends the sampling as soon as this is decided; null to play all trials. Guarantee: whatever the advantage is, the probability that a
    /// bound that holds is ever refuted, or one that fails supported, is at most 1 − level.
    /// </summary>
    public Bound? Until { get; init; }

    /// <summary>Whether to look after each trial whether <see cref="Until"/> is decided, and not after a few more each time.</summary>
    internal bool LooksAtEach { get; init; }

    /// <summary>What the adversary may spend in a trial.</summary>
    public Limits Limits { get; init; } = Limits.None;

    /// <summary>
    /// How long the adversary may work, from one query to the next or to its answer, before it counts as hung; null for as long as it likes. Several trials at
    /// once have as long, and are then played by halves; one trial as two equal lanes has twice as long.
    /// </summary>
    public TimeSpan? Timeout { get; init; } = DefaultTimeout;

    /// <summary>
    /// How to search for the adversary that this is to confirm. Guarantee: whichever adversary a search picks by what it saw, the interval
    /// of its confirmation contains that adversary's advantage with at least its level, because the two share no coin.
    /// </summary>
    /// <param name="most">The most trials for each adversary.</param>
    public Sampling ForSearch(long most) => this with
    {
        Seed = Coins.Word(Seed, ulong.MaxValue), // no trial of this seed asks for that word of it
        Trials = Math.Min(Trials, most),
        Until = null,
    };

    /// <summary>
    /// How to sample each of several games. Guarantee: with at least this level the intervals of all of them hold together (Bonferroni);
    /// their number is fixed before anything is played, one a game, and one more where there is a budget.
    /// </summary>
    /// <param name="games">The games.</param>
    public Sampling ForEach(IEnumerable<Game> games) =>
        this with { Level = Share(Level, games.Sum(game => game.Notion.Budget is null ? 1 : 2)) };

    /// <summary>The level of each of several intervals that hold together at another (Bonferroni).</summary>
    /// <param name="level">The level of all together.</param>
    /// <param name="count">How many there are.</param>
    public static double Share(double level, int count) => count == 1 ? level : 1 - ((1 - level) / count);

    /// <summary>How many trials of a game are played at once; 1 for one after the other. Limits are held to one trial at a time.</summary>
    /// <exception cref="ArgumentException">More than one is asked for, and that cannot be.</exception>
    public int LanesOf(Game game) =>
        Lanes == 1 ? 1
        : FlawInLanes(game) is { } flaw ? Lanes is null ? 1 : throw new ArgumentException($"{Lanes} lanes: {flaw}")
        : Lanes ?? Math.Max(2, game.BestLanes(Threads));

    /// <summary>
    /// How to sample games that are compared trial by trial: where one of them is played one trial at a time all are, unless lanes were asked for, so that
    /// they differ by nothing else.
    /// </summary>
    public Sampling Alike(IEnumerable<Game> games) => Lanes is null && games.Any(game => FlawInLanes(game) is not null) ? this with { Lanes = 1 } : this;

    /// <summary>Why a game is played one trial at a time, if it is not wished for; null where it is not.</summary>
    public string? FlawInLanes(Game game) => Limits != Limits.None ? "limits are held to one trial at a time" : game.FlawInLanes;

    /// <summary>
    /// The interval of a probability of winning: Clopper and Pearson's of a fixed number of trials, and a confidence sequence's where the
    /// sampling ends by what it saw.
    /// </summary>
    internal Interval IntervalOf(long wins, long trials) =>
        Until is null ? Interval.ClopperPearson(wins, trials, Level) : Interval.Anytime(wins, trials, Level);

    /// <summary>Closer to 1, the share of it that each of many intervals gets would be lost to rounding.</summary>
    public const double HighestLevel = 0.999999;

    /// <summary>Whether this can be the level of intervals.</summary>
    public static bool IsLevel(double level) => level is > 0 and <= HighestLevel;

    /// <summary>A minute.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(1);
}
