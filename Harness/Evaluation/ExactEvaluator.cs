using System.Diagnostics;
using Wager.Games;

namespace Wager.Harness.Evaluation;

/// <summary>Evaluates a game over all paths of its coins. What it says is exact.</summary>
public static class ExactEvaluator
{
    private static readonly Procedure[] _charged =
        [Procedure.Train, Procedure.KGen, Procedure.Release, Procedure.Input, Procedure.Run, Procedure.RunReleased, Procedure.Adversary];

    /// <summary>Plays every path.</summary>
    /// <param name="game">A game whose coins can be enumerated.</param>
    /// <param name="maximumPaths">Gives up with null beyond this number.</param>
    /// <param name="cancellation">Stops between two paths; the result then bounds the probability by what was covered.</param>
    /// <param name="progress">Told now and then what part of the probability is covered.</param>
    /// <exception cref="NotFiniteException">The coins cannot be enumerated.</exception>
    /// <exception cref="UndefinedConditionException">The game is undefined.</exception>
    public static Result? Evaluate(
        Game game, long maximumPaths = long.MaxValue, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        PathTape tape = new(cancellation);
        Procedure? budget = game.Notion.Budget;
        CostUnit unit = CostUnit.Operations;
        Ratio covered = Ratio.Zero;
        Ratio won = Ratio.Zero;
        Ratio wonWithin = Ratio.Zero;
        Ratio broken = Ratio.Zero;
        string? firstFault = null;
        Cost[] before = new Cost[_charged.Length];
        Cost[] mean = new Cost[_charged.Length];
        long paths = 0;
        long charges = 0;
        bool more = true;
        do
        {
            tape.Begin();
            bool win;
            bool faulty = false;
            try
            {
                win = game.Play(tape).Lanes[0];
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (BrokenAdversaryException e)
            {
                faulty = true;
                firstFault ??= e.Message;
                win = game.Notion.Kind == Kind.Decision && tape.For(Procedure.Harness).Coin().Lanes[0];
            }

            Ratio probability = tape.Probability;
            covered += probability;
            if (win)
            {
                won += probability;
            }

            if (faulty)
            {
                broken += probability;
            }

            double weight = probability.ToDouble();
            double spentByAdversary = 0;
            double allowed = 0;
            for (int i = 0; i < _charged.Length && tape.Charges != charges; i++)
            {
                Cost now = tape.Spent(_charged[i]);
                if (now == before[i])
                {
                    continue;
                }

                Cost spent = now - before[i];
                before[i] = now;
                mean[i] += spent * weight;
                spentByAdversary = _charged[i] == Procedure.Adversary ? unit.Count(spent) : spentByAdversary;
                allowed = _charged[i] == budget ? unit.Count(spent) : allowed;
            }

            charges = tape.Charges;
            if (win && spentByAdversary < allowed)
            {
                wonWithin += probability;
            }

            paths++;
            more = tape.Advance();
            if (paths % 65_536 == 0)
            {
                progress?.Invoke(covered.ToDouble());
                if (cancellation.IsCancellationRequested)
                {
                    break;
                }
            }

            if (paths >= maximumPaths && more)
            {
                return null;
            }
        }
        while (more);

        if (!more && covered != Ratio.One)
        {
            throw new InvalidOperationException($"the probabilities of all paths sum to {covered}, not to 1");
        }

        return new Result
        {
            Game = game,
            Probability = Known(won, covered, more, game.Notion, advantage: false),
            Advantage = Known(won, covered, more, game.Notion, advantage: true),
            WithinBudget = budget is null ? null : Known(wonWithin, covered, more, game.Notion, advantage: true),
            Level = 1,
            Paths = paths,
            Broken = broken.ToDouble(),
            FirstFault = firstFault,
            Cost = _charged.Zip(mean).Where(c => c.Second != default)
                .ToDictionary(c => c.First, c => c.Second * (more ? 1 / covered.ToDouble() : 1)),
            Unit = unit,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            Stopped = more,
        };
    }

    /// <summary>The exact quantity, or what is certain of it from the part that was covered.</summary>
    private static Quantity Known(Ratio won, Ratio covered, bool stopped, Notion notion, bool advantage)
    {
        if (!stopped)
        {
            return Quantity.Of(advantage ? notion.Advantage(won) : won);
        }

        Interval interval = new(won.ToDouble(), (won + (Ratio.One - covered)).ToDouble());
        return new(double.NaN, advantage ? interval.OfAdvantage(notion) : interval);
    }
}
