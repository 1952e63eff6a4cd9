using TorchSharp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>
/// TaylorMLP as in its paper and as in its public code, played as a pair: the same weights, the same inputs, and where their outputs differ. All
/// differences are in norms, against the norm of Run's output.
/// </summary>
/// <param name="Spread">The deviation of z.</param>
/// <param name="Beyond">The share of units and inputs with |z − z₀| beyond the public code's reach.</param>
/// <param name="Differ">The share of inputs whose outputs differ by more than a millionth.</param>
/// <param name="Difference">‖Run′ of the code − Run′ of the paper‖ / ‖Run‖: the root mean square over inputs.</param>
/// <param name="Greatest">The greatest of it.</param>
/// <param name="OfPaper">‖Run′ of the paper − Run‖ / ‖Run‖, root mean square.</param>
/// <param name="OfCode">‖Run′ of the code − Run‖ / ‖Run‖, root mean square.</param>
/// <param name="PaperCorrect">Correctness of the paper's: trials won.</param>
/// <param name="CodeCorrect">Correctness of the public code's: trials won.</param>
/// <param name="Trials">Inputs, each with an MLP.</param>
public sealed record VariantPair(
    double Spread, double Beyond, double Differ, double Difference, double Greatest, double OfPaper, double OfCode, long PaperCorrect, long CodeCorrect, long Trials)
{
    private const double Same = 1e-6;

    /// <summary>Plays the pair.</summary>
    /// <param name="source">The MLPs.</param>
    /// <param name="spread">The deviation of their z.</param>
    /// <param name="form">The activation, the order and the storage; the variant is not looked at.</param>
    /// <param name="trials">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static VariantPair Play(MlpSource source, double spread, ReleaseForm form, long trials, ulong seed, CancellationToken stop)
    {
        TaylorMlpScheme Scheme(Variant variant) =>
            new(new() { Source = source, Activation = form.Activation, Order = form.Order, Storage = form.Storage, Variant = variant });
        TaylorMlpScheme paper = Scheme(Variant.Paper);
        TaylorMlpScheme code = Scheme(Variant.PublicCode);
        SeededTape tape = new(seed);
        VariantPair sum = new(spread, 0, 0, 0, 0, 0, 0, 0, 0, trials);
        for (long trial = 0; trial < trials; trial++)
        {
            stop.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            tape.Rewind(trial);
            MlpWeights w = paper.Train(tape.For(Procedure.Train));
            TaylorRelease released = paper.Release(default, w, tape.For(Procedure.Release));
            TaylorRelease ofCode = code.Release(default, w, tape.For(Procedure.Release));
            Tensor x = paper.Input(tape.For(Procedure.Input));
            Tensor y = paper.Run(w, x, tape.For(Procedure.Run));
            Tensor yPaper = paper.RunReleased(default, released, x, tape.For(Procedure.RunReleased));
            Tensor yCode = code.RunReleased(default, ofCode, x, tape.For(Procedure.RunReleased));
            Tensor step = released.Hidden(x, new(tape.For(Procedure.RunReleased))).Step.abs();
            double Off(Tensor left, Tensor right) => left.sub(right).norm().item<double>() / y.norm().item<double>();
            double difference = Off(yCode, yPaper);
            sum = sum with
            {
                Beyond = sum.Beyond + step.data<double>().Average(far => far > Variant.PublicCode.Reach ? 1.0 : 0),
                Differ = sum.Differ + (difference > Same ? 1 : 0),
                Difference = sum.Difference + (difference * difference),
                Greatest = Math.Max(sum.Greatest, difference),
                OfPaper = sum.OfPaper + Math.Pow(Off(yPaper, y), 2),
                OfCode = sum.OfCode + Math.Pow(Off(yCode, y), 2),
                PaperCorrect = sum.PaperCorrect + (paper.SameOutputs(yPaper, y).Lanes[0] ? 1 : 0),
                CodeCorrect = sum.CodeCorrect + (code.SameOutputs(yCode, y).Lanes[0] ? 1 : 0),
            };
        }

        double Root(double squares) => Math.Sqrt(squares / trials);
        return sum with
        {
            Beyond = sum.Beyond / trials,
            Differ = sum.Differ / trials,
            Difference = Root(sum.Difference),
            OfPaper = Root(sum.OfPaper),
            OfCode = Root(sum.OfCode),
        };
    }
}
