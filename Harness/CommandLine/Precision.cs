using Wager.Games;
using Wager.Testing.Evaluation;

namespace Wager.Harness.CommandLine;

/// <summary>
/// How many trials a game takes until its interval is as short as a card needs it. A pilot tells about where the advantage is, on coins that the
/// card's trials do not use: whatever it finds, the number is fixed before any of these is played, and their intervals keep their level.
/// </summary>
internal static class Precision
{
    /// <summary>Half the length of an interval, and of one close to 1.</summary>
    public const double Wanted = 0.02, WantedCloseTo1 = 0.005;

    /// <summary>What is aimed at is so much shorter, for a pilot is only about right.</summary>
    private const double Margin = 0.88;

    /// <summary>Beyond it nothing more is hoped for: the most trials of a game, and operations of all its procedures.</summary>
    private const long MostTrials = 100_000, MostOperations = 2_500_000_000_000;

    /// <summary>A first pilot, and a second where the first leaves open whether the advantage is close to 1.</summary>
    private const long Pilot = 256, SecondPilot = 2048;

    /// <summary>Where the first pilot leaves it open, and from where on the second says yes: it may be wrong by so much.</summary>
    private const double MayBeClose = 0.96, IsAsGoodAsClose = 0.985;

    /// <summary>How the game is to be sampled.</summary>
    /// <param name="game">The game.</param>
    /// <param name="sampling">The seed, the level of its interval, and what else.</param>
    /// <param name="sample">Samples.</param>
    public static Sampling For(Game game, Sampling sampling, Func<Game, Sampling, Result> sample)
    {
        Sampling search = (sampling with { Trials = MostTrials }).ForSearch(Pilot);
        Result pilot = sample(game, search);
        if (Shown(pilot).Any(shown => shown.Advantage is > MayBeClose and < 1) && !pilot.Stopped)
        {
            pilot = sample(game, search.ForSearch(SecondPilot) with { Trials = SecondPilot });
        }

        double operations = pilot.Cost.Values.Sum(cost => pilot.Unit.Count(cost));
        long affordable = (long)Math.Clamp(MostOperations / Math.Max(operations, 1), Pilot, MostTrials);
        return sampling with { Trials = Math.Min(affordable, Shown(pilot).Max(shown => TrialsFor(game.Notion, shown.Wins, pilot.Trials!.Value, shown.Advantage > IsAsGoodAsClose, sampling.Level))) };
    }

    /// <summary>
    /// The fewest trials, to a twentieth, in which an interval at the level becomes as short, if as large a part is won as in a pilot and a little less clearly.
    /// What may be a coin is taken for one, of which the interval begins at 0; if it is not quite one, its interval is up to a quarter longer than wanted.
    /// </summary>
    /// <param name="notion">What is won.</param>
    /// <param name="wins">Of the pilot.</param>
    /// <param name="played">Trials of the pilot.</param>
    /// <param name="isClose">Whether the advantage may be close to 1.</param>
    /// <param name="level">The level.</param>
    internal static long TrialsFor(Notion notion, long wins, long played, bool isClose, double level)
    {
        double part = (wins + 1.0) / (played + 2);
        bool mayBeACoin = notion.Kind == Kind.Decision && Interval.ClopperPearson(wins, played, level) is { Low: < 0.5, High: > 0.5 };
        double wanted = Margin * (isClose ? WantedCloseTo1 : Wanted);
        long trials = Pilot;
        while (trials < MostTrials && HalfLength(trials) > wanted)
        {
            trials = Math.Min(trials + (trials / 20), MostTrials);
        }

        return trials;

        double HalfLength(long count)
        {
            double shown = mayBeACoin ? 0.5 + (1 / Math.Sqrt(count)) : part; // two standard deviations off
            Interval interval = Interval.ClopperPearson((long)Math.Round(Math.Min(shown, 1) * count), count, level).OfAdvantage(notion);
            return (interval.High - interval.Low) / 2;
        }
    }

    private static IEnumerable<(long Wins, double Advantage)> Shown(Result result)
    {
        yield return (result.Wins!.Value, result.Advantage.Value);
        if (result.WinsWithin is { } within)
        {
            yield return (within, result.WithinBudget!.Value);
        }
    }
}
