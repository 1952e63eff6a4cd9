using TorchSharp;
using Wager.Games;
using static TorchSharp.torch;

namespace Wager.Schemes.Tensors;

/// <content>
/// Trials in lock-step: each pays what it does in any other place, however many there are, and on a processor gets that to the last bit. What another device's
/// libraries choose for many matrices and for two may differ in it.
/// </content>
public readonly partial struct TensorMath
{
    private const int Aligned = 8, Unrolled = 64; // numbers of a vector, and of those that a loop goes through at once

    /// <summary>
    /// The product of many matrices rounds on a processor by where in memory each of them begins, so by a lane's place, unless all of them begin and end where
    /// a vector does. In lanes sides are therefore filled up with zeros, to which nothing is added that is not zero.
    /// </summary>
    private Tensor Multiplied(Tensor left, Tensor right)
    {
        (long rows, long inner, long columns) = (left.shape[^2], left.shape[^1], right.shape[^1]);
        if (tape.Lanes == 1 || left.device_type != DeviceType.CPU || (rows % Aligned == 0 && inner % Aligned == 0 && columns % Aligned == 0))
        {
            return left.matmul(right);
        }

        using DisposeScope scope = NewDisposeScope();
        return Filled(left).matmul(Filled(right)).narrow(-2, 0, rows).narrow(-1, 0, columns).contiguous().MoveToOuterDisposeScope();

        static Tensor Filled(Tensor matrix) => nn.functional.pad(matrix, [0, Lacking(matrix.shape[^1]), 0, Lacking(matrix.shape[^2])]).contiguous();
        static long Lacking(long side) => (Aligned - (side % Aligned)) % Aligned;
    }

    /// <summary>
    /// An operation entry by entry, of which libtorch's vectors and what it does of an end that fills none may differ in the last bit. In lanes every
    /// end is filled, for which lane it falls into depends on how many there are.
    /// </summary>
    private Tensor InVectors(Func<Tensor[], Tensor> operation, params Tensor[] operands)
    {
        if (tape.Lanes == 1 || operands[0].device_type != DeviceType.CPU)
        {
            return operation(operands);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor[] alike = operands.Length == 1 ? operands : [.. broadcast_tensors(operands)];
        long lacking = (Unrolled - (alike[0].numel() % Unrolled)) % Unrolled;
        return lacking == 0
            ? operation(operands).MoveToOuterDisposeScope()
            : operation([.. alike.Select(operand => nn.functional.pad(operand.reshape(-1), [0, lacking]))]).narrow(0, 0, alike[0].numel()).view(alike[0].shape).MoveToOuterDisposeScope();
    }

    /// <summary>Charges each trial what it is alone.</summary>
    /// <param name="result">The result.</param>
    /// <param name="sides">How many sides an operand has that differs by trial.</param>
    /// <param name="cost">The operations of a trial.</param>
    /// <param name="operands">What was read.</param>
    private Tensor Charged(Tensor result, long sides, Cost cost, ReadOnlySpan<Tensor> operands)
    {
        tape.Cancellation.ThrowIfCancellationRequested(); // an operation may take long, and a trial has many
        long read = 0;
        foreach (Tensor operand in operands)
        {
            read += (operand.dim() == sides ? PerTrial(operand) : operand.numel()) * operand.ElementSize;
        }

        tape.Charge(cost with { BytesRead = read, BytesWritten = PerTrial(result) * result.ElementSize });
        return result;
    }

    /// <summary>The entries that each trial has of a tensor with an axis of trials, if there are several.</summary>
    private long PerTrial(Tensor tensor) =>
        tape.Lanes > 1 && tensor.dim() > 0 && tensor.shape[0] == tape.Lanes ? tensor.numel() / tape.Lanes : tensor.numel();
}
