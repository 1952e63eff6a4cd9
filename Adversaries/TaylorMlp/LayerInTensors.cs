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
    /// What is in clear is copied, and where signs are hidden V's are undone. Lanes are attacked one after the other, each for what it costs
    /// alone; a release without lanes is attacked once, for all trials.
    /// </summary>
    public static MlpWeights Attack(TaylorRelease released, Tape tape, Attacking attack)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        (int units, int outputs, int order) = (released.Protected, released.Shape.Outputs, released.Order);
        (int lanes, int matrix, int biases) = (Math.Max(released.Lanes, 1), outputs * units, released.IsGated ? 0 : outputs);
        Tensor theta = released.Theta.cpu().contiguous();
        Tensor ofOrder0 = released.Theta0.cpu().contiguous(); // with a gate a matrix, of which an attack need not read all
        double[] theta0 = released.IsGated ? [] : Host(ofOrder0);
        double[] z0 = Host(released.Z0);
        (double[] w, double[] b, double[] c) = (new double[checked(lanes * matrix)], new double[lanes * units], new double[lanes * biases]);
        double[] signs = new double[released.Variant.HasSigns ? b.Length : 0];
        double* firstOfTheta = order == 0 ? null : First(theta);
        double* firstOfOrder0 = released.IsGated ? First(ofOrder0) : null;
        fixed (double* written = w)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                nint[] matrices = new nint[order + 1];
                matrices[0] = released.IsGated ? (nint)(firstOfOrder0 + ((long)lane * matrix)) : 0;
                for (int n = 1; n <= order; n++)
                {
                    matrices[n] = (nint)(firstOfTheta + ((((long)lane * order) + n - 1) * matrix));
                }

                ReleasedLayer layer = new()
                {
                    Theta = matrices,
                    Theta0 = theta0.AsSpan(lane * biases, biases).ToArray(),
                    Z0 = z0.AsSpan(lane * units, units).ToArray(),
                    Outputs = outputs,
                    Activation = released.Activation,
                    Format = StorageType.F64,
                    Storage = released.Storage,
                    IsGated = released.IsGated,
                    Variant = released.Variant,
                    IsX0Public = false,
                };
                Cost work = new(BytesRead: sizeof(double) * (biases + units), BytesWritten: sizeof(double) * (matrix + biases + units));
                RecoveredLayer recovered = attack(layer, (nint)(written + ((long)lane * matrix)), ref work);
                (released.Lanes == 0 ? tape : tape.Lane(lane)).Charge(work);
                recovered.B.CopyTo(b, lane * units);
                recovered.C.CopyTo(c, lane * biases);
                for (int j = 0; signs.Length > 0 && j < units; j++)
                {
                    signs[(lane * units) + j] = recovered.Units[j].Sign < 0 ? -1 : 1;
                }
            }
        }

        GC.KeepAlive((theta, ofOrder0)); // whose memory was read
        return Whole(released, TensorMath.Of(w, released.V.device, [.. Axis(released), outputs, units]), b, c, signs, tape);
    }

    /// <summary>The MLP, from what was recovered of its protected units: it outlives the scope of whoever asks.</summary>
    /// <param name="released">The release.</param>
    /// <param name="w">W of the protected units. <c>[D, K]</c>, in each lane</param>
    /// <param name="b">Their b, lane after lane. <c>[K]</c></param>
    /// <param name="c">c, lane after lane; of a gated MLP nothing. <c>[D]</c></param>
    /// <param name="signs">The signs that a release hides, lane after lane; nothing where it hides none. <c>[K]</c></param>
    /// <param name="tape">Pays.</param>
    internal static MlpWeights Whole(TaylorRelease released, Tensor w, double[] b, double[] c, double[] signs, Tape tape)
    {
        (Device device, long[] axis) = (released.V.device, Axis(released));
        (int units, int outputs) = (released.Protected, released.Shape.Outputs);
        (Tensor wholeW, Tensor wholeB) = (w, TensorMath.Of(b, device, [.. axis, units]));
        (wholeW, wholeB) = released.Clear?.Join(wholeW, wholeB) ?? (wholeW, wholeB);
        Tensor wholeC = released.IsGated ? zeros([.. axis, outputs], dtype: float64, device: device) : TensorMath.Of(c, device, [.. axis, outputs]);
        Tensor v = signs.Length == 0 ? released.V : Unsigned(released, TensorMath.Of(signs, device, [.. axis, units]), new TensorMath(tape)).MoveToOuterDisposeScope();
        return new(v, wholeB.MoveToOuterDisposeScope(), wholeW.MoveToOuterDisposeScope(), wholeC.MoveToOuterDisposeScope(), released.U);
    }

    private static long[] Axis(TaylorRelease released) => released.Lanes == 0 ? [] : [released.Lanes];

    /// <summary>V without the signs that were found. <c>[h, d]</c></summary>
    private static Tensor Unsigned(TaylorRelease released, Tensor signs, TensorMath math) =>
        math.Multiply(released.V, TaylorRelease.SignsOfAll(signs, released.Clear, released.Shape.Hidden).unsqueeze(-1));

    /// <summary>Where a tensor lies: a copy might not fit, nor a span over more than one number.</summary>
    private static double* First(Tensor entries)
    {
        using Tensor entry = entries.view(-1).narrow(0, 0, 1);
        fixed (byte* first = entry.bytes)
        {
            return (double*)first;
        }
    }

    private static double[] Host(Tensor tensor) => tensor.cpu().contiguous().data<double>().ToArray();
}
