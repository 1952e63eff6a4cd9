using TorchSharp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Adversaries.TaylorMlp;

/// <summary>A released layer whose matrices are tensors on any device, each in its storage type; see <see cref="TensorAttack"/>.</summary>
public sealed unsafe class TensorLayer
{
    private const nint Elsewhere = -1; // a matrix that is not in this memory: nothing here follows it

    private TensorLayer(ReleasedLayer shape, Tensor[] matrices, Device device)
    {
        nint[] theta = [.. shape.Theta.Select((_, n) => n < shape.Theta.Length - matrices.Length ? 0 : Elsewhere)];
        (Shape, Matrices, Device) = (shape.With(theta, shape.Format, shape.Theta0, shape.Outputs), matrices, device);
    }

    /// <summary>All but the matrices, which are not in its memory.</summary>
    internal ReleasedLayer Shape { get; }

    /// <summary>Θ_n from the least order on. Each <c>[D, h]</c></summary>
    internal Tensor[] Matrices { get; }

    /// <summary>Where they are.</summary>
    public Device Device { get; }

    /// <summary>What is computed with, as on the host: float32 for 16-bit types, else float64.</summary>
    internal ScalarType Real => Shape.Format.Size == 2 ? ScalarType.Float32 : ScalarType.Float64;

    /// <summary>The storage type of <see cref="Real"/>'s numbers.</summary>
    internal StorageType RealStorage => Shape.Format.Size == 2 ? StorageType.F32 : StorageType.F64;

    /// <summary>A layer in memory, copied to a device.</summary>
    public static TensorLayer Of(ReleasedLayer layer, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        return new(layer, [.. Enumerable.Range(layer.LeastOrder, layer.Orders).Select(n =>
        {
            Tensor host = empty([layer.Outputs, layer.Hidden], dtype: TypeOf(layer.Format));
            new ReadOnlySpan<byte>(layer.Row(n, 0), checked((int)layer.MatrixBytes)).CopyTo(host.bytes);
            return host.to(device).MoveToOuterDisposeScope();
        })], device);
    }

    /// <summary>A release in tensors, which stay where they are.</summary>
    public static TensorLayer Of(TaylorRelease released)
    {
        Tensor[] matrices = [.. released.IsGated ? [released.Theta0] : Array.Empty<Tensor>(), .. Enumerable.Range(0, released.Order).Select(n => released.Theta.select(0, n))];
        ReleasedLayer shape = new()
        {
            Theta = new nint[released.Order + 1],
            Theta0 = released.IsGated ? [] : Host(released.Theta0),
            Z0 = Host(released.Z0),
            Outputs = released.Shape.Outputs,
            Activation = released.Activation,
            Format = StorageType.F64,
            Storage = released.Storage,
            IsGated = released.IsGated,
            Variant = released.Variant,
            IsX0Public = false,
        };
        return new(shape, matrices, released.V.device);
    }

    /// <summary>The tensor type of a storage type.</summary>
    public static ScalarType TypeOf(StorageType storage) =>
        storage == StorageType.F64 ? ScalarType.Float64
        : storage == StorageType.F32 ? ScalarType.Float32
        : storage == StorageType.BF16 ? ScalarType.BFloat16
        : ScalarType.Float16;

    /// <summary>How many rows or columns of so many entries are worked on at once.</summary>
    internal long AtOnce(long entries) => TensorMath.RowsInCache(Device, entries * RealStorage.Size);

    /// <summary>Numbers as <see cref="Real"/> on the device. <c>[…]</c></summary>
    internal Tensor Put(double[] numbers, params long[] sides)
    {
        using Tensor host = tensor(numbers, sides);
        return host.to(Real, Device, copy: true);
    }

    /// <summary>Indices on the device.</summary>
    internal Tensor Indices(IEnumerable<int> places) => tensor([.. places.Select(place => (long)place)], dtype: int64, device: Device);

    /// <summary>Some units alone, with all their rows, in host memory.</summary>
    /// <param name="units">Which.</param>
    /// <param name="block">At least <see cref="BytesOf"/> long; the columns live as long.</param>
    internal ReleasedLayer Columns(int[] units, NativeBlock block)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor places = Indices(units);
        long bytes = (long)Shape.Outputs * units.Length * Shape.Format.Size;
        nint[] theta = new nint[Shape.Order + 1];
        foreach ((int k, Tensor matrix) in Matrices.Index())
        {
            byte* to = block.First + (k * bytes);
            matrix.index_select(1, places).cpu().bytes.CopyTo(new Span<byte>(to, (int)bytes));
            theta[Shape.LeastOrder + k] = (nint)to;
        }

        return new()
        {
            Theta = theta,
            Theta0 = Shape.Theta0,
            Z0 = [.. units.Select(j => Shape.Z0[j])],
            Outputs = Shape.Outputs,
            Format = Shape.Format,
            Storage = Shape.Storage,
            Activation = Shape.Activation,
            IsGated = Shape.IsGated,
            Variant = Shape.Variant,
            IsX0Public = Shape.IsX0Public,
        };
    }

    /// <summary>The bytes of so many columns in all orders.</summary>
    internal long BytesOf(int units) => (long)Shape.Orders * Shape.Outputs * units * Shape.Format.Size;

    /// <summary>The first row with an entry that is not a finite number, in any order; null where there is none.</summary>
    internal int? FirstNotFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor isFinite = ones(Shape.Outputs, dtype: ScalarType.Bool, device: Device);
        foreach (Tensor matrix in Matrices)
        {
            for (long first = 0, step = AtOnce(Shape.Hidden); first < Shape.Outputs; first += step)
            {
                using DisposeScope ofBlock = NewDisposeScope();
                Tensor part = isFinite.narrow(0, first, Math.Min(step, Shape.Outputs - first));
                part.logical_and_(matrix.narrow(0, first, part.shape[0]).isfinite().all(1));
            }
        }

        int row = Array.IndexOf(isFinite.cpu().data<bool>().ToArray(), false);
        return row < 0 ? null : row;
    }

    private static double[] Host(Tensor tensor) => tensor.cpu().contiguous().data<double>().ToArray();
}
