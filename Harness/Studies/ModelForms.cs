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
            IMlp made = form switch
            {
                Released => reader.ReleasedMlp(folder.Release, mlp),
                Collapsed => CollapsedOf(folder.Release, mlp, reader.ReleasedMlp(folder.Release, mlp), tape),
                Recovered => RecoveredOf(reader, folder.Release, mlp, threads, tape),
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

    /// <summary>
    /// Refuses what was recovered of a release in which an entry is not a finite number, or W beyond the numbers of its type. Where columns are given up, what of W, b and c is no
    /// finite number becomes 0.
    /// </summary>
    /// <param name="recovered">What was recovered beside W.</param>
    /// <param name="release">The release.</param>
    /// <param name="mlp">Which of its MLPs.</param>
    /// <param name="layer">The same in memory.</param>
    /// <param name="w">W. <c>[D, K]</c></param>
    internal static unsafe RecoveredLayer Finite(RecoveredLayer recovered, ReleaseFile release, ReleasedMlp mlp, ReleasedLayer layer, NativeBlock w)
    {
        if (recovered.NotFinite is { } bad)
        {
            throw new ModelFileException(release.Path, layer.FindNotFinite(bad) is (int order, int column)
                ? $"tensor {ReleaseFile.ThetaName(mlp.Names.Path, order)}[{bad}, {column}] is {layer.Entry(order, bad, column)}, where every entry must be a finite number"
                : $"row {bad} of {mlp.Names.W} is beyond the numbers of {mlp.Weights}");
        }

        int[] lost = [.. recovered.Units.Index().Where(unit => unit.Item.Loss != ColumnLoss.None).Select(unit => unit.Index)];
        int size = mlp.Weights.Size;
        for (int row = 0; row < layer.Outputs; row++)
        {
            foreach (int column in lost)
            {
                Span<byte> entry = new(w.First + ((((long)row * layer.Hidden) + column) * size), size);
                if (!double.IsFinite(mlp.Weights.Read(entry)))
                {
                    entry.Clear();
                }
            }
        }

        static double[] Finite(double[] values) => Array.ConvertAll(values, value => double.IsFinite(value) ? value : 0);
        return lost.Length == 0 ? recovered : recovered with { B = Finite(recovered.B), C = Finite(recovered.C) };
    }

    private static PlainMlp RecoveredOf(WeightReader reader, ReleaseFile release, ReleasedMlp mlp, int threads, Tape tape)
    {
        (int d, int h, int outputs, bool isGated) = mlp.Shape;
        Tensor v = reader.Read(mlp.Names.V, h, d);
        Tensor? u = mlp.Names.U is null ? null : reader.Read(mlp.Names.U, h, d);
        ClearUnits? clear = reader.ClearOf(mlp);
        (Tensor w, RecoveredLayer recovered) = Attacked(reader, release, mlp, threads, tape);
        Tensor In(double[] numbers) => tensor(numbers).to(v.dtype, v.device);
        Tensor b = In(recovered.B);
        (w, b) = clear?.Join(w, b) ?? (w, b);
        v = release.Variant.HasSigns ? v.mul(TaylorRelease.SignsOfAll(In([.. recovered.Units.Select(unit => unit.Sign < 0 ? -1.0 : 1.0)]), clear, h).unsqueeze(-1)) : v;
        Tensor c = isGated ? zeros(outputs, dtype: w.dtype, device: w.device) : In(recovered.C);
        return new(new(reader.Kept(v), reader.Kept(b), reader.Kept(w), reader.Kept(c), u), release.Activation);
    }

    private static unsafe (Tensor W, RecoveredLayer Recovered) Attacked(WeightReader reader, ReleaseFile release, ReleasedMlp mlp, int threads, Tape tape)
    {
        NativeBlock block = new((long)mlp.Shape.Outputs * mlp.Protected * mlp.Weights.Size);
        try
        {
            Cost work = default;
            using MappedLayer mapped = release.Map(mlp);
            RecoveredLayer recovered = Finite(new LayerAttack(OrdersRead.All, threads).Jointly(mapped.Layer, mlp.Weights, (nint)block.First, ref work), release, mlp, mapped.Layer, block);
            tape.Charge(work);
            return (reader.Read(block, mlp.Weights, mlp.Shape.Outputs, mlp.Protected), recovered);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }
}
