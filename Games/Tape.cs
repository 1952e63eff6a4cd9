namespace Wager.Games;

/// <summary>Who draws coins and spends operations in a game.</summary>
public enum Procedure
{
    /// <summary>The game itself: W-IND's bit b.</summary>
    Game,

    /// <summary>Train, which gives W.</summary>
    Train,

    /// <summary>KGen, which gives (pk, sk).</summary>
    KGen,

    /// <summary>Release, which gives W′.</summary>
    Release,

    /// <summary>The draw of x from 𝒳.</summary>
    Input,

    /// <summary>Run, on the original weights.</summary>
    Run,

    /// <summary>Run′, on the released weights.</summary>
    RunReleased,

    /// <summary>The adversary, with everything that it calls.</summary>
    Adversary,

    /// <summary>The harness: the fair coin that stands for an answer that never came.</summary>
    Harness,

    /// <summary>The adversary in EffInf, with what it does once for a release, before it sees an input.</summary>
    Preparation,
}

/// <summary>
/// The source of all coins and the meter of all work. A game is played on a tape, and which tape it is decides whether the play
/// is one of all paths or one seeded trial. Its operations are shaped so that one tape may also play many trials in lock-step.
/// </summary>
public abstract class Tape
{
    /// <summary>How many procedures there are.</summary>
    internal const int Procedures = (int)Procedure.Preparation + 1;

    /// <summary>What each procedure returned, where somebody listens, and only on the game's own tape; else null.</summary>
    public Transcript? Transcript { get; init; }

    /// <summary>Asks whoever works for long to stop.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What holds the adversary to its limits; null where it has none. Only on the game's own tape.</summary>
    internal Guard? Guard { get; private protected init; }

    /// <summary>
    /// What ended the play, if anything did, on the game's own tape. It stands even where an adversary caught it on its way: whatever is
    /// answered after that answers nothing.
    /// </summary>
    internal Exception? Failure { get; set; }

    /// <summary>The query that an oracle refused, if one did; it counts even where the adversary caught it.</summary>
    internal BrokenAdversaryException? Refusal { get; set; }

    /// <summary>Which play this is, in words.</summary>
    internal abstract string Position { get; }

    /// <summary>How many trials are played at once.</summary>
    public virtual int Lanes => 1;

    /// <summary>This tape for the trial of one lane alone: its coins from where they are, and its charges.</summary>
    /// <param name="lane">The lane, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such lane.</exception>
    public virtual Tape Lane(int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(lane, 0);
        return this;
    }

    /// <summary>A fair coin.</summary>
    public abstract Bits Coin();

    /// <summary>One of 0 … outcomes − 1, each as likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no outcome.</exception>
    /// <exception cref="NotSupportedException">The tape plays lanes, whose trials need not draw alike.</exception>
    public abstract int Draw(int outcomes);

    /// <summary>Outcome i with probability odds[i] / Σ odds.</summary>
    /// <param name="odds">At least one positive number and none below 0, summing to at most 2³¹ − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The odds are not odds.</exception>
    /// <exception cref="NotSupportedException">The tape plays lanes.</exception>
    public abstract int DrawByOdds(params ReadOnlySpan<int> odds);

    /// <summary>A fresh 64-bit key for each trial, from which tensor coins are made. <c>[B]</c></summary>
    /// <exception cref="NotFiniteException">The tape enumerates paths, and 2⁶⁴ keys are too many.</exception>
    public abstract ReadOnlySpan<ulong> Keys();

    /// <summary>
    /// The n-th call's own stream for a procedure, and its meter. It depends on the trial (within a conditional draw, on the
    /// attempt), the procedure and n alone, so games that draw in another order still share their Train coins. It is valid until
    /// the next call. On a procedure's own stream, what is called is still charged to that procedure.
    /// </summary>
    public abstract Tape For(Procedure procedure);

    /// <summary>Adds to what this tape's procedure spent; in lanes, to what it spent in each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 0, above 2⁵³, or no number.</exception>
    public abstract void Charge(in Cost cost);

    /// <summary>What a procedure has spent in this trial or on this path.</summary>
    /// <exception cref="InvalidOperationException">A procedure asks for what others spent.</exception>
    public abstract Cost Spent(Procedure procedure);

    /// <summary>Adds what every procedure has spent in this trial or on this path, weighted, to totals indexed by procedure.</summary>
    /// <exception cref="InvalidOperationException">The tape is a procedure's own.</exception>
    public abstract void AddSpent(Span<Cost> totals, double weight = 1);

    /// <summary>
    /// The conditional draw: <paramref name="draw"/> given <paramref name="accept"/>. By paths it is the renormalised finite
    /// law; by seed, attempt r reads substream r until one is accepted; in lanes, only the lanes not yet accepted take the
    /// new value, by <paramref name="choose"/>(bits, where 0, where 1).
    /// </summary>
    /// <exception cref="UndefinedConditionException">Nothing that can be drawn is accepted.</exception>
    public abstract T Given<T>(Func<Tape, T> draw, Func<T, Bits> accept, Func<Bits, T, T, T> choose);

    /// <summary>1 with probability numerator / denominator, else 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That is no probability in [0, 1].</exception>
    public int DrawBiased(int numerator, int denominator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        ArgumentOutOfRangeException.ThrowIfNegative(numerator);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numerator, denominator);
        return DrawByOdds(denominator - numerator, numerator);
    }

    /// <summary>Keeps from procedures what is the harness's: where the game stands, and what others spent.</summary>
    private protected static void RequireGame(bool allowed)
    {
        if (!allowed)
        {
            throw new InvalidOperationException("a procedure's own tape gives coins and takes charges, and nothing else");
        }
    }

    private protected static void RequireChargeable(in Cost cost)
    {
        if (!cost.IsChargeable)
        {
            throw new ArgumentOutOfRangeException(nameof(cost), $"{cost} cannot be charged");
        }
    }

    /// <summary>Where a number below the sum of all odds falls.</summary>
    private protected static int OutcomeAt(ReadOnlySpan<int> odds, int left)
    {
        int outcome = 0;
        while (left >= odds[outcome])
        {
            left -= odds[outcome++];
        }

        return outcome;
    }

    /// <summary>Σ odds, checked.</summary>
    private protected static int Total(ReadOnlySpan<int> odds)
    {
        long total = 0;
        foreach (int weight in odds)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(odds));
            total += weight;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total, nameof(odds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(total, int.MaxValue, nameof(odds));
        return (int)total;
    }
}

/// <summary>What each procedure of one trial returned, in order.</summary>
/// <param name="format">How a value is written; by default as it writes itself.</param>
public class Transcript(Func<object?, string>? format = null)
{
    private readonly List<(Procedure Procedure, string Value)> _entries = [];

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<(Procedure Procedure, string Value)> Entries => _entries;

    /// <summary>Adds a call.</summary>
    public virtual void Note(Procedure procedure, object? value) =>
        _entries.Add((procedure, format is null ? value?.ToString() ?? "null" : format(value)));
}
