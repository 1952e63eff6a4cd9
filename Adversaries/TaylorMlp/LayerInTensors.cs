using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>Brings a release in tensors, which games are played with, to the attacks on layers in memory, and what they recover back.</summary>
internal static unsafe class LayerInTensors
{
    /// <summary>An attack on a layer, which reads of it what it charges, writes W and returns the rest.</summary>
    public delegate RecoveredLayer Attacking(ReleasedLayer layer, nint w, ref Cost work);

    /// <summary>
    /// Attacks a release, and charges what it took to the tape: besides what the attack reads of Θ, z₀, θ₀ without a gate, and the writing of W, b and c.
    /// What is in clear is copied, and where signs are hidden V's are undone.
    /// </summary>
    public static MlpWeights Attack(TaylorRelease released, Tape tape, Attacking attack)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        (int units, int outputs, int order) = (released.Protected, released.Shape.Outputs, released.Order);
        Tensor theta = released.Theta.cpu().contiguous();
        Tensor ofOrder0 = released.Theta0.cpu().contiguous(); // with a gate a matrix, of which an attack need not read all
        double[] theta0 = released.IsGated ? [] : Host(ofOrder0);
        double[] z0 = Host(released.Z0);
        double[] w = new double[outputs * units];
        Cost work = new(BytesRead: sizeof(double) * (theta0.Length + z0.Length), BytesWritten: sizeof(double) * (w.Length + theta0.Length + z0.Length));
        RecoveredLayer recovered;
        fixed (double* written = w)
        {
            nint[] matrices = new nint[order + 1];
            matrices[0] = released.IsGated ? First(ofOrder0, 0) : 0;
            for (int n = 1; n <= order; n++)
            {
                matrices[n] = First(theta, n - 1);
            }

            ReleasedLayer layer = new()
            {
                Theta = matrices,
                Theta0 = theta0,
                Z0 = z0,
                Outputs = outputs,
                Activation = released.Activation,
                Format = StorageType.F64,
                Storage = released.Storage,
                IsGated = released.IsGated,
                Variant = released.Variant,
                IsX0Public = false,
            };
            recovered = attack(layer, (nint)written, ref work);
        }

        GC.KeepAlive((theta, ofOrder0)); // whose memory was read
        tape.Charge(work);
        Device device = released.V.device;
        (Tensor wholeW, Tensor wholeB) = (TensorMath.Of(w, device, outputs, units), TensorMath.Of(recovered.B, device, units));
        (wholeW, wholeB) = released.Clear?.Join(wholeW, wholeB) ?? (wholeW, wholeB);
        Tensor c = released.IsGated ? zeros(outputs, dtype: float64, device: device) : TensorMath.Of(recovered.C, device, outputs);
        Tensor v = released.Variant.HasSigns ? Unsigned(released, recovered.Units, new TensorMath(tape)).MoveToOuterDisposeScope() : released.V;
        return new(v, wholeB.MoveToOuterDisposeScope(), wholeW.MoveToOuterDisposeScope(), c.MoveToOuterDisposeScope(), released.U);
    }

    /// <summary>V without the signs that were found. <c>[h, d]</c></summary>
    private static Tensor Unsigned(TaylorRelease released, RecoveredUnit[] units, TensorMath math)
    {
        Tensor signs = TensorMath.Of([.. units.Select(unit => unit.Sign < 0 ? -1.0 : 1)], released.V.device, units.Length);
        return math.Multiply(released.V, TaylorRelease.SignsOfAll(signs, released.Clear, released.Shape.Hidden).unsqueeze(-1));
    }

    /// <summary>Where a matrix lies: a copy might not fit, nor a span over more than one number.</summary>
    private static nint First(Tensor matrices, long n)
    {
        using Tensor entry = matrices.view(-1).narrow(0, n * matrices.shape[^1] * matrices.shape[^2], 1);
        fixed (byte* first = entry.bytes)
        {
            return (nint)first;
        }
    }

    private static double[] Host(Tensor tensor) => [.. tensor.cpu().contiguous().data<double>()];
}
