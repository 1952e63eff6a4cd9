using Wager.Games;

namespace Wager.Testing.Evaluation;

/// <content>Who plays.</content>
internal sealed partial class SampledRun
{
    /// <summary>A thread that plays block after block, from where another one was stopped if there is one.</summary>
    /// <param name="run">The run.</param>
    /// <param name="block">The block that it goes on with; null for the next one.</param>
    /// <param name="mostAtOnce">How many trials it plays at once, at most.</param>
    private sealed class Player(SampledRun run, Block? block, int mostAtOnce)
    {
        private readonly Guard _guard = new(run._sampling.Limits);
        private Block? _block = block;
        private int _atOnce;

        public void Start() => run._watchdog.Start(_guard, Play, TakenOver);

        private SeededTape Tape() => new(run._sampling.Seed, run._sampling.Metered, _guard, run._stop.Token);

        private void Play()
        {
            Exception? error = null;
            try
            {
                SeededTape tape = Tape();
                while ((_block ??= run.Next()) is { } block)
                {
                    try
                    {
                        while (Left(block) > 0 && (run._lanes > 1 ? Play(block, Math.Min(Left(block), Math.Min(mostAtOnce, run._roomFor))) : Play(block, tape)))
                        {
                        }
                    }
                    catch (Exception e) when (e is not (TakenOverException or ThreadAbortException))
                    {
                        block.Error = e;
                    }

                    run.Finish(block);
                    _block = null;
                }
            }
            catch (Exception e) when (e is not (TakenOverException or ThreadAbortException))
            {
                error = e; // of who listens to the progress
            }

            run.Leave(error);
        }

        /// <summary>
        /// What another thread does for this one, which waits in its adversary or is being stopped, and will never touch its block again:
        /// counts the trial under way, or where these are several has them played by fewer at once, and has the rest played by a new player; but
        /// where all are to stop, none of it.
        /// </summary>
        private void TakenOver()
        {
            Block block = _block!;
            if (run._stop.IsCancellationRequested)
            {
                run.Finish(block);
                run.Leave(null);
                return;
            }

            if (_atOnce > 1)
            {
                new Player(run, block, _atOnce / 2).Start();
                return;
            }

            long trial = Next(block);
            SeededTape tape = Tape();
            tape.Rewind(trial);
            bool won = run._game.WithoutAnswer(tape).Lanes[0];
            block.Tally.Add(won, within: true);
            run._observe?.Invoke(trial, won);
            block.Tally.Add(trial, new BrokenAdversaryException(
                Fault.Hung, $"{run._game.Adversary} had not answered after {run._sampling.Timeout!.Value.TotalSeconds} s"));
            new Player(run, block, run._lanes).Start();
        }

        private static long Next(Block block) => block.First + block.Tally.Trials;

        private static long Left(Block block) => block.End - Next(block);

        /// <summary>Plays the next trial alone.</summary>
        /// <returns>Whether it counts: not where all are to stop.</returns>
        private bool Play(Block block, SeededTape tape)
        {
            _atOnce = 1;
            tape.Rewind(Next(block));
            if (Played(tape, out BrokenAdversaryException? fault) is not { } bits)
            {
                return false;
            }

            Count(block, bits.Lanes[0], tape, fault);
            return true;
        }

        /// <summary>
        /// Plays the next trials in lock-step. Where that fails they are played in halves, down to a single one, of which it is then true: an
        /// adversary's fault is one trial's, and where the memory is short fewer fit, and no trial is lost.
        /// </summary>
        /// <returns>Whether they count: not where all are to stop.</returns>
        private bool Play(Block block, long count)
        {
            _atOnce = (int)count;
            _guard.IsPair = count == 1;
            long first = Next(block);
            LaneTape tape = new(
                run._sampling.Seed,
                count == 1 ? [first, first] : [.. Enumerable.Range(0, (int)count).Select(lane => first + lane)],
                run._sampling.Metered, _guard, run._stop.Token);
            BrokenAdversaryException? fault = null;
            Bits? bits = null;
            bool failed = false;
            try
            {
                bits = count == 1 ? Played(tape, out fault) : Played(tape, out _, alone: false);
                run.Fitted(_atOnce);
            }
            catch (Exception e) when (count > 1 && e is not (TakenOverException or ThreadAbortException))
            {
                failed = true; // and no more here: what runs while an exception is caught cannot be stopped
                if (Shortage.IsOfMemory(e))
                {
                    run.HasRoomFor(count / 2);
                }
            }

            if (failed)
            {
                return Play(block, count / 2) && Play(block, count - (count / 2));
            }

            for (int lane = 0; bits is { } of && lane < count; lane++)
            {
                Count(block, of.Lanes[of.Lanes.Length == 1 ? 0 : lane], tape.Lane(lane), fault);
            }

            return bits is not null;
        }

        /// <summary>Plays; null where all are to stop.</summary>
        private Bits? Played(Tape tape, out BrokenAdversaryException? fault, bool alone = true)
        {
            fault = null;
            CancellationToken stop = run._stop.Token;
            try
            {
                Bits bits = alone ? run._game.Play(tape, out fault) : run._game.Play(tape);
                return stop.IsCancellationRequested ? null : bits; // the wish to stop may have cut the trial short, whatever the adversary made of that
            }
            catch (Exception e) when (stop.IsCancellationRequested && e is not (TakenOverException or ThreadAbortException))
            {
                return null;
            }
        }

        /// <summary>Counts the next trial, which was played on that tape.</summary>
        private void Count(Block block, bool won, Tape tape, BrokenAdversaryException? fault)
        {
            long trial = Next(block);
            bool counted = run._game.Notion.Budget is not null && run._sampling.Metered;
            block.Tally.Add(won, !counted || run._game.KeptBudget(tape, CostUnit.Operations));
            run._observe?.Invoke(trial, won);
            if (fault is not null)
            {
                block.Tally.Add(trial, fault);
            }
            else
            {
                tape.AddSpent(block.Tally.Spent);
            }
        }
    }
}
