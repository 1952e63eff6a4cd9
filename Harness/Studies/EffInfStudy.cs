using System.Diagnostics;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Testing.Catalog;
using Wager.Testing.Evaluation;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>What playing EffInf on MLPs of one size showed.</summary>
/// <param name="Width">d; h = 4d and D = d.</param>
/// <param name="Mlps">Of how many MLPs each trial draws one: what intervals say is over inputs of these.</param>
/// <param name="Correctness">The game of correctness, with which EffInf must be read: y* is held against Run′, right or wrong.</param>
/// <param name="Attacks">EffInf, adversary by adversary.</param>
public sealed record EffInfStudy(int Width, int Mlps, Result Correctness, IReadOnlyList<EffInfAttack> Attacks)
{
    /// <summary>The accelerators of TaylorMLP, and the reductions that recover the weights and run them.</summary>
    public static IReadOnlyList<string> AdversariesAt(int order) =>
        [.. SchemeCatalog.AcceleratorsOfTaylorMlp(order).Select(a => a.Name), .. SchemeCatalog.RecoverersOfTaylorMlp.Select(recoverer => $"eq8({recoverer.Name})")];

    /// <summary>Plays all adversaries on the MLPs of one size.</summary>
    /// <param name="mlps">The MLPs.</param>
    /// <param name="sampling">Trials of each game, the seed, the level of each interval.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Stops between two trials.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static EffInfStudy Of(ReleasedMlps mlps, Sampling sampling, Action<double>? progress = null, CancellationToken stop = default)
    {
        (MlpWeights weights, TaylorRelease released) = mlps.First;
        Subject subject = new Subject<MlpWeights, TaylorRelease, Tensor, Tensor, NoKey, NoKey>(mlps, SchemeCatalog.RecoverersOfTaylorMlp, SchemeCatalog.AcceleratorsOfTaylorMlp(released.Order), []) { Summary = mlps.Dataset };
        IReadOnlyList<string> names = AdversariesAt(released.Order);
        Result Played(Game game)
        {
            Result result = SampledEvaluator.Evaluate(game, sampling, cancellation: stop);
            stop.ThrowIfCancellationRequested();
            return result;
        }

        Result correctness = Played(subject.Game(Notion.Correctness, null));
        List<EffInfAttack> attacks = [];
        foreach (string name in names)
        {
            attacks.Add(new(name, Played(subject.Game(Notion.EffInf, name))));
            progress?.Invoke((double)attacks.Count / names.Count);
        }

        return new(weights.Shape.Inputs, mlps.Count, correctness, attacks);
    }

    /// <summary>Measures Run, Run′, the one product that the collapse needs, and the collapses once they are prepared; the least of several seconds each.</summary>
    /// <param name="mlps">The MLPs.</param>
    /// <param name="stop">Stops between two measurements.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<(string Name, double Seconds)> Measure(ReleasedMlps mlps, CancellationToken stop = default)
    {
        const int Repetitions = 7;
        using DisposeScope all = NewDisposeScope();
        SeededTape tape = new(1);
        (MlpWeights weights, TaylorRelease released) = mlps.First;
        Tensor x = mlps.Input(tape);
        Tensor hidden = ones(1, released.Protected, dtype: float64);
        double Least(Action action)
        {
            double least = double.PositiveInfinity;
            for (int i = 0; i < Repetitions; i++)
            {
                stop.ThrowIfCancellationRequested();
                using DisposeScope scope = NewDisposeScope();
                long started = Stopwatch.GetTimestamp();
                action();
                least = Math.Min(least, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            return least;
        }

        List<(string, double)> rows =
        [
            ("Run", Least(() => mlps.Run(weights, x, tape))),
            ("Run′", Least(() => mlps.RunReleased(default, released, x, tape))),
            ("Vx", Least(() => released.Hidden(x, new TensorMath(tape)))),
            ("one product with Θ₁", Least(() => new TensorMath(tape).Product(hidden, released.Theta.select(0, 0).transpose(0, 1)))),
        ];
        foreach (Collapse collapse in SchemeCatalog.AcceleratorsOfTaylorMlp(released.Order).OfType<Collapse>())
        {
            Func<Tensor, Tape, Tensor> infer = collapse.Prepare(default, new Oracle<TaylorRelease>(1, () => released), tape);
            rows.Add((collapse.Name, Least(() => infer(x, tape))));
        }

        return rows;
    }
}

/// <summary>One adversary in EffInf.</summary>
/// <param name="Name">The adversary.</param>
/// <param name="Result">What playing showed.</param>
public sealed record EffInfAttack(string Name, Result Result)
{
    /// <summary>t / Cost(Run′) for one input: preparation and inference, in the unit of budgets.</summary>
    public double Cost => (Operations(Procedure.Preparation) + Operations(Procedure.Adversary)) / Operations(Procedure.RunReleased);

    /// <summary>The same without the preparation: what it comes to over many inputs.</summary>
    public double CostOfInference => Operations(Procedure.Adversary) / Operations(Procedure.RunReleased);

    /// <summary>Bytes read and written for one input, as a part of those of Run′.</summary>
    public double Bytes => (BytesOf(Procedure.Preparation) + BytesOf(Procedure.Adversary)) / BytesOf(Procedure.RunReleased);

    /// <summary>The same without the preparation.</summary>
    public double BytesOfInference => BytesOf(Procedure.Adversary) / BytesOf(Procedure.RunReleased);

    /// <summary>The verdict on "Adv ≤ ε", as on a card, with the ε that is used where none is given: what was won within the budget is held against it. Refuted, it wins.</summary>
    public Verdict Verdict => Bound.Usual.Of(Result);

    /// <summary>Whether it answers like Run′ at any cost: the whole interval of its advantage is above that ε.</summary>
    public bool Answers => Bound.Usual.Of(Result.Advantage.Interval) == Verdict.Refuted;

    /// <summary>m*, from how many inputs on it costs less than Run′; infinite where it never does.</summary>
    public double BreakEven => Result.BreakEven ?? double.PositiveInfinity;

    private double Operations(Procedure procedure) => Result.Unit.Count(Result.Cost.GetValueOrDefault(procedure));

    private double BytesOf(Procedure procedure)
    {
        Cost cost = Result.Cost.GetValueOrDefault(procedure);
        return cost.BytesRead + cost.BytesWritten;
    }
}
