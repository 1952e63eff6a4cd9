using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Matrix = Wager.Schemes.TaylorMlp.LaneProduct.Matrix;
using Vector = System.Runtime.Intrinsics.Vector512<double>;

namespace Wager.Schemes.TaylorMlp;

/// <summary>
/// <see cref="MlpTraining"/> of many networks on a processor, eight side by side: where a tensor has a number, there is a vector with that
/// of each of the eight. What a lane computes depends on no other lane, nor on how many there are.
/// </summary>
/// <remarks>
/// Sides are filled up to whole tiles with zeros, which stay zeros: such a unit's activation is Act(0) = 0, and such an output has no error.
/// </remarks>
internal sealed unsafe class LaneTraining : IDisposable
{
    /// <summary>Rows that are passed forward and back together: so few that what lies on their way stays in the nearest cache.</summary>
    private const int Rows = 4 * LaneProduct.Tile;

    private readonly MlpTraining _training;
    private readonly double _rate;
    private readonly MlpShape _shape;
    private readonly LaneFunction _function;
    private readonly int _d, _h, _outputs; // the shape, filled up
    private readonly int _entries;
    private readonly Vector* _memory;
    private readonly Parts _weights, _velocity, _gradient;
    private readonly Vector* _x, _target, _error, _hidden, _slope, _back; // of some rows
    private readonly Vector* _zeros;

    /// <summary>Takes the memory.</summary>
    /// <param name="training">Steps, batch and momentum.</param>
    /// <param name="rate">The step along the velocity.</param>
    /// <param name="shape">The shape of every network.</param>
    /// <param name="function">The activation, which is 0 at 0.</param>
    public LaneTraining(MlpTraining training, double rate, MlpShape shape, LaneFunction function)
    {
        (_training, _rate, _shape, _function) = (training, rate, shape, function);
        (_d, _h, _outputs) = (LaneProduct.Filled(shape.Inputs), LaneProduct.Filled(shape.Hidden), LaneProduct.Filled(shape.Outputs));
        _entries = checked((_h * (_d + 1)) + (_outputs * (_h + 1)));
        int length = checked((3 * _entries) + (Rows * (_d + (3 * _h) + (2 * _outputs))) + _h);
        _memory = (Vector*)NativeMemory.AlignedAlloc((nuint)length * (nuint)sizeof(Vector), (nuint)sizeof(Vector));
        new Span<Vector>(_memory, length).Clear();
        Vector* free = _memory;
        (_weights, _velocity, _gradient) = (TakeParts(), TakeParts(), TakeParts());
        _x = Take(Rows * _d);
        _target = Take(Rows * _outputs);
        _error = Take(Rows * _outputs);
        _hidden = Take(Rows * _h);
        _slope = Take(Rows * _h);
        _back = Take(Rows * _h);
        _zeros = Take(_h);

        Vector* Take(int entries) => (free += entries) - entries;
        Parts TakeParts() => new(Take(_h * _d), Take(_h), Take(_outputs * _h), Take(_outputs));
    }

    /// <summary>Trains networks, whose weights change in place.</summary>
    /// <param name="weights">V, b, W and c. <c>[B, …]</c></param>
    /// <param name="data">The dataset. <c>[n, d]</c> and <c>[n, D]</c></param>
    /// <param name="order">Its rows in the order in which each network learns from them. <c>[B, Steps·BatchSize]</c></param>
    public void Train(Tensor[] weights, (Tensor Inputs, Tensor Targets) data, Tensor order)
    {
        int lanes = (int)order.shape[0];
        int drawn = (int)order.shape[1];
        fixed (byte* inputs = data.Inputs.bytes, targets = data.Targets.bytes, indices = order.bytes)
        {
            long** rows = stackalloc long*[Vector.Count];
            for (int first = 0; first < lanes; first += Vector.Count)
            {
                int group = Math.Min(Vector.Count, lanes - first);
                for (int lane = 0; lane < Vector.Count; lane++)
                {
                    int source = first + Math.Min(lane, group - 1); // the last one again, where there are not eight
                    rows[lane] = (long*)indices + ((long)source * drawn);
                    Copy(weights, source, lane, back: false);
                }

                new Span<Vector>(_velocity.V, _entries).Clear();
                for (int row = 0; row < drawn; row += _training.BatchSize)
                {
                    Step((double*)inputs, (double*)targets, rows, row);
                }

                for (int lane = 0; lane < group; lane++)
                {
                    Copy(weights, first + lane, lane, back: true);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_memory);

    /// <summary>Learns from a minibatch.</summary>
    private void Step(double* inputs, double* targets, long** rows, int first)
    {
        new Span<Vector>(_gradient.V, _entries).Clear();
        int end = first + _training.BatchSize;
        for (; first < end; first += Rows)
        {
            int count = Math.Min(Rows, end - first);
            for (int lane = 0; lane < Vector.Count; lane++)
            {
                for (int row = 0; row < count; row++)
                {
                    long index = rows[lane][first + row];
                    Spread(inputs + (index * _shape.Inputs), _shape.Inputs, _x + (row * _d), lane);
                    Spread(targets + (index * _shape.Outputs), _shape.Outputs, _target + (row * _outputs), lane);
                }
            }

            AddGradients(count);
        }

        (Vector momentum, Vector along) = (Vector512.Create(_training.Momentum), Vector512.Create(-_rate));
        Vector* weight = _weights.V;
        Vector* velocity = _velocity.V;
        Vector* gradient = _gradient.V;
        for (int i = 0; i < _entries; i++)
        {
            velocity[i] = Vector512.FusedMultiplyAdd(velocity[i], momentum, gradient[i]);
            weight[i] = Vector512.FusedMultiplyAdd(velocity[i], along, weight[i]);
        }
    }

    /// <summary>Adds to the gradients what some rows of the minibatch give; those beyond their number are passed on and not counted.</summary>
    private void AddGradients(int count)
    {
        (Matrix x, Matrix hidden, Matrix error, Matrix back) = (new(_x, _d), new(_hidden, _h), new(_error, _outputs), new(_back, _h));
        (Matrix v, Matrix w) = (new(_weights.V, _d), new(_weights.W, _h));
        LaneProduct.Add(_hidden, Rows, _h, new(_weights.B, 0), x, v.Transposed, _shape.Inputs);
        _function(_hidden, _slope, Rows * _h);
        LaneProduct.Add(_error, Rows, _outputs, new(_weights.C, 0), hidden, w.Transposed, _shape.Hidden);
        Vector share = Vector512.Create(1.0 / _training.BatchSize);
        for (int i = 0; i < Rows * _outputs; i++)
        {
            _error[i] = (_error[i] - _target[i]) * share;
        }

        LaneProduct.Add(_back, Rows, _h, new(_zeros, 0), error, w, _shape.Outputs, _slope);
        AddRows(_error, _outputs, count, _gradient.C);
        AddRows(_back, _h, count, _gradient.B);
        LaneProduct.Add(_gradient.V, _h, _d, new(_gradient.V, _d), back.Transposed, x, count);
        LaneProduct.Add(_gradient.W, _outputs, _h, new(_gradient.W, _h), error.Transposed, hidden, count);
    }

    private static void AddRows(Vector* rows, int columns, int count, Vector* sums)
    {
        for (int column = 0; column < columns; column += LaneFour.Count)
        {
            LaneFour sum = LaneFour.At(sums + column);
            for (int row = 0; row < count; row++)
            {
                sum += LaneFour.At(rows + (row * columns) + column);
            }

            sum.To(sums + column);
        }
    }

    /// <summary>Copies a network to a lane, or back.</summary>
    private void Copy(Tensor[] weights, int network, int lane, bool back)
    {
        Part(weights[0], _weights.V, _shape.Hidden, _shape.Inputs, _d);
        Part(weights[1], _weights.B, 1, _shape.Hidden, _h);
        Part(weights[2], _weights.W, _shape.Outputs, _shape.Hidden, _h);
        Part(weights[3], _weights.C, 1, _shape.Outputs, _outputs);

        void Part(Tensor tensor, Vector* part, int rows, int columns, int filled)
        {
            fixed (byte* bytes = tensor.bytes)
            {
                double* entries = (double*)bytes + ((long)network * rows * columns);
                for (int row = 0; row < rows; row++)
                {
                    double* here = entries + ((long)row * columns);
                    Vector* there = part + ((long)row * filled);
                    if (back)
                    {
                        Gather(there, lane, here, columns);
                    }
                    else
                    {
                        Spread(here, columns, there, lane);
                    }
                }
            }
        }
    }

    private static void Spread(double* numbers, int count, Vector* vectors, int lane)
    {
        for (int i = 0; i < count; i++)
        {
            ((double*)(vectors + i))[lane] = numbers[i];
        }
    }

    private static void Gather(Vector* vectors, int lane, double* numbers, int count)
    {
        for (int i = 0; i < count; i++)
        {
            numbers[i] = ((double*)(vectors + i))[lane];
        }
    }

    /// <summary>V, b, W and c, one after the other.</summary>
    private readonly struct Parts(Vector* v, Vector* b, Vector* w, Vector* c)
    {
        public readonly Vector* V = v, B = b, W = w, C = c;
    }
}
