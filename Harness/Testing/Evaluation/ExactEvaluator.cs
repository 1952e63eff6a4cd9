using System.Diagnostics;
using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <summary>Evaluates a game over all paths of its coins. What it says is exact.</summary>
public static class ExactEvaluator
{
    private static readonly Procedure[] _procedures = Enum.GetValues<Procedure>();

    /// <summary>Plays every path.</summary>
    /// <param name="game">A game whose coins can be enumerated.</param>
    /// <param name="maximumPaths">Gives up with null beyond this number of paths, and on more paths of conditional draws as on what cannot be enumerated.</param>
    /// <param name="limits">What the adversary may spend on a path; null for without bound.</param>
    /// <param name="timeout">How long one call of the adversary may last; null for as long as it likes.</param>
    /// <param name="cancellation">Stops between two paths; the result then bounds the probability by what was covered.</param>
    /// <param name="progress">Told now and then what part of the probability is covered.</param>
    /// <exception cref="NotFiniteException">The coins cannot be enumerated.</exception>
    /// <exception cref="UndefinedConditionException">The game is undefined.</exception>
    public static Result? Evaluate(
        Game game,
        long maximumPaths = long.MaxValue,
        Action<double>? progress = null,
        Limits? limits = null,
        TimeSpan? timeout = null,
        CancellationToken cancellation = default)
    {
        limits ??= Limits.None;
        Guard guard = new(limits);
        using Watchdog watchdog = new(timeout, cancellation);
        try
        {
            return watchdog.Run(guard, () => Enumerate(game, maximumPaths, progress, limits, guard, cancellation));
        }
        catch (TimeoutException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new NotFiniteException($"{game.Adversary} had not answered on some path after {timeout!.Value.TotalSeconds} s", e);
        }
    }

    /// <summary>
    /// Plays every path of a game whose procedures and adversary are known to have no coins and no memory besides their tape, such as tables: it
    /// neither plays paths twice to see that, nor watches over the adversary.
    /// </summary>
    internal static Result Sum(Game game) => Enumerate(game, long.MaxValue, null, Limits.None, new Guard(), CancellationToken.None, isPure: true)!;

    private static Result? Enumerate(
        Game game, long maximumPaths, Action<double>? progress, Limits limits, Guard guard, CancellationToken cancellation, bool isPure = false)
    {
        long started = Stopwatch.GetTimestamp();
        PathTape tape = new(guard, cancellation) { MostLawPaths = maximumPaths };
        Procedure? budget = game.Notion.Budget;
        CostUnit unit = CostUnit.Operations;
        Ratio covered = Ratio.Zero;
        Ratio won = Ratio.Zero;
        Ratio wonWithin = Ratio.Zero;
        Ratio[] faults = new Ratio[Enum.GetValues<Fault>().Length];
        Array.Fill(faults, Ratio.Zero);
        string? firstFault = null;
        Ratio overBudget = Ratio.Zero;
        Cost[] mean = new Cost[_procedures.Length];
        long paths = 0;
        bool more = true;
        do
        {
            tape.Begin();
            bool win;
            BrokenAdversaryException? fault;
            try
            {
                win = game.Play(tape, out fault).Lanes[0];
                if (!isPure)
                {
                    RequirePure(game, tape, paths, win, fault);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }

            Ratio probability = tape.Probability;
            covered += probability;
            if (win)
            {
                won += probability;
            }

            if (fault is not null)
            {
                faults[(int)fault.Fault] += probability;
                firstFault ??= fault.Message;
            }
            else
            {
                tape.AddSpent(mean, probability.ToDouble());
            }

            if (budget is not null)
            {
                bool within = game.KeptBudget(tape, unit);
                wonWithin += win && within ? probability : Ratio.Zero;
                overBudget += within ? Ratio.Zero : probability;
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

        double answered = covered.ToDouble() - faults.Sum(fault => fault.ToDouble());
        return new Result
        {
            Game = game,
            Probability = Known(won, covered, more, game.Notion, advantage: false),
            Advantage = Known(won, covered, more, game.Notion, advantage: true),
            WithinBudget = budget is null ? null : Known(wonWithin, covered, more, game.Notion, advantage: true),
            Level = 1,
            Paths = paths,
            Limits = limits,
            Faults = Enum.GetValues<Fault>().Where(fault => faults[(int)fault] != Ratio.Zero).ToDictionary(fault => fault, fault => faults[(int)fault].ToDouble()),
            FirstFault = firstFault,
            OverBudget = budget is null ? null : overBudget.ToDouble(),
            Cost = _procedures.Where(p => mean[(int)p] != default).ToDictionary(p => p, p => mean[(int)p] * (1 / answered)),
            Unit = unit,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            Stopped = more,
        };
    }

    /// <summary>
    /// Plays some paths again: the first ones often, later ones seldom. Coins besides those of the tape show in that, but not surely.
    /// </summary>
    private static void RequirePure(Game game, PathTape tape, long paths, bool win, BrokenAdversaryException? fault)
    {
        int again = paths < 16 ? 16 : paths < 256 || long.IsPow2(paths) ? 1 : 0;
        for (int i = 0; i < again; i++)
        {
            tape.Begin();
            if (game.Play(tape, out BrokenAdversaryException? other).Lanes[0] != win || other?.Fault != fault?.Fault)
            {
                throw new ImpureProcedureException($"{game}: the same coins led to another end: a procedure or the adversary uses coins, or a memory, besides its tape");
            }
        }
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
