using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Harness.Studies;

/// <summary>The forms in which a released model's MLPs are run.</summary>
public static class ModelForms
{
    /// <summary>As they were trained.</summary>
    public const string Original = "original";

    /// <summary>As they are released: Run′.</summary>
    public const string Released = "released";

    /// <summary>Collapsed: Run′ for one product of a matrix and a vector.</summary>
    public const string Collapsed = "collapsed";

    /// <summary>As they are recovered from the release.</summary>
    public const string Recovered = "recovered";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Original, Released, Collapsed, Recovered];

    /// <summary>The MLPs of a release in one of the forms that it gives: all but the original.</summary>
    /// <param name="reader">Reads its tensors.</param>
    /// <param name="folder">The release.</param>
    /// <param name="form">The form.</param>
    /// <param name="threads">How many threads an attack may use.</param>
    /// <param name="tape">Pays for what is prepared.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ModelFileException">A tensor is missing, has other sides, or entries that are no finite numbers.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static IReadOnlyList<IMlp> Of(WeightReader reader, ReleasedFolder folder, string form, int threads, Tape tape, Action<double>? progress, CancellationToken stop)
    {
        List<IMlp> mlps = [];
        foreach (ReleasedMlp mlp in folder.Mlps)
        {
            stop.ThrowIfCancellationRequested();
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            TaylorRelease stored = reader.ReleasedMlp(folder.Release, mlp);
            IMlp made = form switch
            {
                Released => stored,
                Collapsed => CollapsedOf(folder.Release, mlp, stored, tape),
                Recovered => RecoveredOf(reader, folder.Release, mlp, stored, threads, tape),
                _ => throw new ArgumentException($"{form} is no form that a release gives", nameof(form)),
            };
            mlps.Add(made);
            if (made is IDisposable owned)
            {
                reader.Kept(owned);
            }

            progress?.Invoke((double)mlps.Count / folder.Mlps.Count);
        }

        return mlps;
    }

    private static IMlp CollapsedOf(ReleaseFile release, ReleasedMlp mlp, TaylorRelease stored, Tape tape)
    {
        try
        {
            return Collapse.Of(stored, tape);
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException(release.Path, $"{mlp.Names.Path}: {e.Message}");
        }
    }

    private static unsafe PlainMlp RecoveredOf(WeightReader reader, ReleaseFile release, ReleasedMlp mlp, TaylorRelease stored, int threads, Tape tape)
    {
        NativeBlock block = new((long)mlp.Shape.Outputs * mlp.Protected * mlp.Weights.Size);
        Cost work = default;
        using MappedLayer mapped = release.Map(mlp);
        RecoveredLayer recovered = new LayerAttack(OrdersRead.All, threads).Jointly(mapped.Layer, mlp.Weights, (nint)block.First, ref work);
        tape.Charge(work);
        if (recovered.NotFinite is { } row)
        {
            throw new ModelFileException(release.Path, $"{mlp.Names.Path}: row {row} of Θ has an entry that is not a finite number");
        }

        Device device = stored.V.device;
        Tensor In(double[] numbers) => tensor(numbers).to(stored.V.dtype, device);
        (Tensor w, Tensor b) = (reader.Read(block, mlp.Weights, mlp.Shape.Outputs, mlp.Protected), In(recovered.B));
        (w, b) = stored.Clear?.Join(w, b) ?? (w, b);
        Tensor v = stored.Variant.HasSigns
            ? stored.V.mul(TaylorRelease.SignsOfAll(In([.. recovered.Units.Select(unit => unit.Sign < 0 ? -1.0 : 1.0)]), stored.Clear, mlp.Shape.Hidden).unsqueeze(-1))
            : stored.V;
        Tensor c = stored.IsGated ? zeros(mlp.Shape.Outputs, dtype: w.dtype, device: device) : In(recovered.C);
        return new(new(reader.Kept(v), reader.Kept(b), reader.Kept(w), reader.Kept(c), stored.U), release.Activation);
    }
}
