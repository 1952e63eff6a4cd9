using System.Diagnostics;
using Wager.Games;
using Wager.Schemes.Transformers;

namespace Wager.Harness.Studies;

/// <summary>What one form of a model generated, and what that took.</summary>
/// <param name="Form">The form.</param>
/// <param name="Texts">The new tokens of each text.</param>
/// <param name="PromptSeconds">The time of the first step, in which the prompts go through the model.</param>
/// <param name="StepSeconds">The median time of a further step, in which each text gets a token; NaN where there was none.</param>
/// <param name="StepCost">What a further step counted in the mean; nothing where there was none.</param>
public sealed record GenerationRun(string Form, int[][] Texts, double PromptSeconds, double StepSeconds, Cost StepCost)
{
    /// <summary>Why it ended early; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Tokens a second of all texts together, as long as none has ended.</summary>
    public double TokensPerSecond => Texts.Length / StepSeconds;

    /// <summary>Goes on with the same texts in several forms, a step of each in turn, so that their times can be compared on a machine that others use too.</summary>
    /// <param name="models">The model in each form.</param>
    /// <param name="prompts">The tokens of each text.</param>
    /// <param name="most">The most new tokens of a text.</param>
    /// <param name="decoding">How a token is chosen.</param>
    /// <param name="seed">The seed of what is drawn: the same for each form.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it, at the next operation.</param>
    /// <exception cref="InvalidDataException">In every form a logit is not a finite number.</exception>
    /// <returns>What was generated, until it was ended.</returns>
    /// <exception cref="OperationCanceledException">It was ended before every form had a token.</exception>
    public static IReadOnlyList<GenerationRun> Of(
        IReadOnlyList<(string Form, Transformer Model)> models, IReadOnlyList<int[]> prompts, int most, Decoding decoding, ulong seed, Action<double>? progress, CancellationToken stop)
    {
        Runner[] runners = [];
        try
        {
            runners = [.. models.Select(model => new Runner(model.Form, model.Model, prompts, most, decoding, new SeededTape(seed, cancellation: stop)))];
            try
            {
                for (int step = 0; step < most; step++)
                {
                    Array.ForEach(runners, runner => runner.Step());
                    progress?.Invoke((step + 1.0) / most);
                }
            }
            catch (OperationCanceledException) when (Array.TrueForAll(runners, runner => runner.HasBegun || runner.Failure is not null))
            {
                // what is there is told
            }

            return Array.TrueForAll(runners, runner => runner.Failure is not null) ? throw new InvalidDataException(runners[0].Failure) : [.. runners.Select(runner => runner.Result())];
        }
        finally
        {
            Array.ForEach(runners, runner => runner.Dispose());
        }
    }

    /// <summary>How many of the first tokens are those of another run, of how many.</summary>
    public (int Same, int Of) Agreement(GenerationRun other) => (
        Texts.Zip(other.Texts, (here, there) => here.Zip(there).TakeWhile(pair => pair.First == pair.Second).Count()).Sum(),
        Texts.Zip(other.Texts, (here, there) => Math.Max(here.Length, there.Length)).Sum());

    private sealed class Runner : IDisposable
    {
        private const int StepsAhead = 2;

        private readonly string _form;
        private readonly Continuation _continuation;
        private readonly Tape _tape;
        private readonly List<double> _seconds = [];
        private Cost _ofPrompts, _ofAll;

        public Runner(string form, Transformer model, IReadOnlyList<int[]> prompts, int most, Decoding decoding, SeededTape tape)
        {
            (_form, _tape) = (form, tape);
            if (model.Config.Positions > StepsAhead)
            {
                Guarded(() => Continuation.Of(model, [.. prompts.Select(prompt => prompt[..1])], StepsAhead, Decoding.Greedy, new SeededTape(1, cancellation: tape.Cancellation))); // the runtime compiles, and pages are read
            }

            _continuation = new(model, prompts, most, decoding, tape);
        }

        public string? Failure { get; private set; }

        public bool HasBegun => _seconds.Count > 0;

        public void Step()
        {
            if (_continuation.IsOver || Failure is not null)
            {
                return;
            }

            Stopwatch watch = Stopwatch.StartNew();
            Guarded(_continuation.Step);
            if (Failure is not null)
            {
                return;
            }

            _seconds.Add(watch.Elapsed.TotalSeconds);
            _ofAll = _tape.Spent(Procedure.Game);
            _ofPrompts = _seconds.Count == 1 ? _ofAll : _ofPrompts;
        }

        public GenerationRun Result()
        {
            double[] further = [.. _seconds.Skip(1).Order()];
            return new(_form, _continuation.Texts, _seconds.FirstOrDefault(double.NaN), further.Length == 0 ? double.NaN : further[further.Length / 2], (_ofAll + (_ofPrompts * -1)) * (1.0 / Math.Max(1, further.Length))) { Failure = Failure };
        }

        public void Dispose() => _continuation.Dispose();

        private void Guarded(Action work)
        {
            try
            {
                work();
            }
            catch (InvalidDataException e)
            {
                Failure = $"{_form}: {e.Message}";
            }
        }
    }
}
