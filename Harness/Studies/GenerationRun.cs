using System.Diagnostics;
using Wager.Games;
using Wager.Schemes.Transformers;

namespace Wager.Harness.Studies;

/// <summary>What one form of a model generated, and what that took.</summary>
/// <param name="Form">The form.</param>
/// <param name="Texts">The new tokens of each text.</param>
/// <param name="PromptSeconds">The time of the first step, in which the prompts go through the model.</param>
/// <param name="StepSeconds">The median time of a further step, in which each text gets a token; NaN where there was none.</param>
/// <param name="StepCost">What the last step counted.</param>
public sealed record GenerationRun(string Form, int[][] Texts, double PromptSeconds, double StepSeconds, Cost StepCost)
{
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
    /// <exception cref="InvalidDataException">A logit of the form that the message names is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static IReadOnlyList<GenerationRun> Of(
        IReadOnlyList<(string Form, Transformer Model)> models, IReadOnlyList<int[]> prompts, int most, Decoding decoding, ulong seed, Action<double>? progress, CancellationToken stop)
    {
        Runner[] runners = [];
        try
        {
            runners = [.. models.Select(model => new Runner(model.Form, model.Model, prompts, most, decoding, new SeededTape(seed, cancellation: stop)))];
            for (int step = 0; step < most; step++)
            {
                Array.ForEach(runners, runner => runner.Step());
                progress?.Invoke((step + 1.0) / most);
            }

            return [.. runners.Select(runner => runner.Result())];
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
        private Cost _last;

        public Runner(string form, Transformer model, IReadOnlyList<int[]> prompts, int most, Decoding decoding, SeededTape tape)
        {
            (_form, _tape) = (form, tape);
            if (model.Config.Positions > StepsAhead)
            {
                Named(() => Continuation.Of(model, [.. prompts.Select(prompt => prompt[..1])], StepsAhead, Decoding.Greedy, new SeededTape(1, cancellation: tape.Cancellation))); // the runtime compiles, and pages are read
            }

            _continuation = new(model, prompts, most, decoding, tape);
        }

        public void Step()
        {
            if (_continuation.IsOver)
            {
                return;
            }

            Cost before = _tape.Spent(Procedure.Game);
            Stopwatch watch = Stopwatch.StartNew();
            Named(_continuation.Step);
            _seconds.Add(watch.Elapsed.TotalSeconds);
            _last = _tape.Spent(Procedure.Game) + (before * -1);
        }

        public GenerationRun Result()
        {
            double[] further = [.. _seconds.Skip(1).Order()];
            return new(_form, _continuation.Texts, _seconds[0], further.Length == 0 ? double.NaN : further[further.Length / 2], _last);
        }

        public void Dispose() => _continuation.Dispose();

        private void Named(Action work)
        {
            try
            {
                work();
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{_form}: {e.Message}");
            }
        }
    }
}
