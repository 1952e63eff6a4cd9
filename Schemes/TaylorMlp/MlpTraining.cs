using Wager.Games;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.TaylorMlp;

/// <summary>Training left the finite numbers.</summary>
public sealed class TrainingDivergedException(string message) : Exception(message);

/// <summary>Minibatch gradient descent with momentum on the mean squared error, in float64.</summary>
/// <param name="Steps">Minibatches to learn from.</param>
/// <param name="BatchSize">Rows in each, drawn with replacement.</param>
/// <param name="LearningRate">
/// The step along the velocity. Beyond 64 inputs or 1,024 hidden units it is divided by as many times as there are more, for the
/// error is that much steeper.
/// </param>
/// <param name="Momentum">What remains of the velocity after a step.</param>
public sealed record MlpTraining(int Steps = 150, int BatchSize = 32, double LearningRate = 0.02, double Momentum = 0.9)
{
    /// <summary>
    /// Trains from weights uniform on ±1/√(fan-in), as is usual. The gradients are written out, because a dozen operations on
    /// small matrices are an order of magnitude faster than recording and replaying them. On a tape of several trials it trains one network for
    /// each: the same up to rounding as alone, whoever is beside it, and with an axis of trials before the others.
    /// </summary>
    /// <exception cref="TrainingDivergedException">A weight is not finite.</exception>
    public MlpWeights Train(DataSet data, int hidden, Activation activation, Device device, Tape tape)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        double rate = LearningRate * Math.Min(1, Math.Min(64.0 / data.InputCount, 1024.0 / hidden));
        double vBound = 1 / Math.Sqrt(data.InputCount);
        double wBound = 1 / Math.Sqrt(hidden);
        Tensor[] p =
        [
            TensorCoins.Uniform(tape, vBound, device, hidden, data.InputCount),
            TensorCoins.Uniform(tape, vBound, device, hidden),
            TensorCoins.Uniform(tape, wBound, device, data.OutputCount, hidden),
            TensorCoins.Uniform(tape, wBound, device, data.OutputCount),
        ];
        Tensor order = TensorCoins.Indices(tape, data.RowCount, Steps * BatchSize, device);
        if (tape.Lanes > 1 && device.type == TorchSharp.DeviceType.CPU && activation.OnLanes is { } function)
        {
            using LaneTraining lanes = new(this, rate, new(data.InputCount, hidden, data.OutputCount), function);
            lanes.Train(p, data.On(device), order);
            tape.Charge(StepCost(p, data, activation) * Steps);
        }
        else
        {
            Learn(p, data, order, rate, activation, new(tape));
        }

        return p.Any(tensor => !tensor.isfinite().all().item<bool>())
            ? throw new TrainingDivergedException($"training an MLP {data.InputCount}-{hidden}-{data.OutputCount} left the finite numbers: use fewer hidden units")
            : new(
            p[0].MoveToOuterDisposeScope(), p[1].MoveToOuterDisposeScope(), p[2].MoveToOuterDisposeScope(), p[3].MoveToOuterDisposeScope());
    }

    /// <summary>Takes the steps, in operations on tensors: of one network, or of several with an axis of trials.</summary>
    internal void Learn(Tensor[] p, DataSet data, Tensor order, double rate, Activation activation, TensorMath math)
    {
        Tensor[] velocity = [.. p.Select(tensor => zeros_like(tensor))];
        (Tensor inputs, Tensor targets) = data.On(order.device);
        for (int step = 0; step < Steps; step++)
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            Tensor rows = order.narrow(-1, (long)step * BatchSize, BatchSize);
            Tensor[] gradients = Gradients(p, math.Rows(inputs, rows), math.Rows(targets, rows), activation, math);
            for (int i = 0; i < p.Length; i++)
            {
                Tensor nextVelocity = math.ScaleAdd(velocity[i], Momentum, gradients[i]);
                Tensor next = math.ScaleAdd(nextVelocity, -rate, p[i]);
                velocity[i].Dispose();
                p[i].Dispose();
                velocity[i] = nextVelocity.MoveToOuterDisposeScope();
                p[i] = next.MoveToOuterDisposeScope();
            }
        }
    }

    /// <summary>What a step costs a trial: what it is charged where a network of this shape takes one in operations on tensors.</summary>
    private Cost StepCost(Tensor[] p, DataSet data, Activation activation)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        SeededTape meter = new(0);
        Tensor[] one = [.. p.Select(tensor => zeros_like(tensor[0]))];
        (this with { Steps = 1 }).Learn(one, data, zeros(BatchSize, int64), 0, activation, new(meter));
        return meter.Spent(Procedure.Game);
    }

    /// <summary>The gradients of ½·(mean over rows of ‖y − t‖²) by V, b, W and c.</summary>
    private static Tensor[] Gradients(Tensor[] p, Tensor x, Tensor target, Activation activation, TensorMath math)
    {
        (Tensor u, Tensor hidden, Tensor y) = new MlpWeights(p[0], p[1], p[2], p[3]).Layers(x, activation, math);
        Tensor error = math.Scale(math.Subtract(y, target), 1.0 / x.shape[^2]);
        Tensor back = math.Multiply(math.Product(error, p[2]), activation.Slope(math, u));
        return
        [
            math.Product(back.transpose(-1, -2), x),
            math.Sum(back, -2),
            math.Product(error.transpose(-1, -2), hidden),
            math.Sum(error, -2),
        ];
    }
}
