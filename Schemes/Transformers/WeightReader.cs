using TorchSharp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>Where a transformer's tensors are to be, and of which type.</summary>
/// <param name="Device">The device.</param>
/// <param name="Storage">The type; null for that of the files.</param>
public sealed record Placement(Device Device, StorageType? Storage = null)
{
    /// <summary>On the processor, in the type of the files.</summary>
    public static Placement AsStored => new(CPU);
}

/// <summary>
/// Reads a transformer's tensors. On the processor, in the type of the files, they lie where the files are mapped and are not copied, so that a model is in
/// memory once, shared with whoever else reads it.
/// </summary>
/// <param name="files">Where they are found.</param>
/// <param name="config">What says which there must be.</param>
/// <param name="placement">Where they are to be.</param>
public sealed class WeightReader(ITensorFiles files, TransformerConfig config, Placement placement) : IDisposable
{
    private readonly List<IDisposable> _kept = [];
    private readonly Dictionary<string, Tensor> _read = [];
    private (string Name, StorageType Type)? _first;

    /// <summary>What says which tensors there must be.</summary>
    public TransformerConfig Config => config;

    /// <summary>Where the tensors are found.</summary>
    public ITensorFiles Files => files;

    /// <summary>Where the tensors are to be.</summary>
    public Placement Placement => placement;

    /// <summary>The bytes of the files' tensors that were copied, and do not lie where these are mapped.</summary>
    public long Copied { get; private set; }

    /// <summary>A tensor that must be there, with these sides. It lives as long as the reader, and is the same whoever asks: of a model in several forms there is one.</summary>
    /// <exception cref="ModelFileException">It is not, has others, or is of no floating-point type, or of another than the first that was read where no type is given to bring all to.</exception>
    public Tensor Read(string name, params long[] shape)
    {
        StorageType storage = StorageOf(name, shape);
        (string first, StorageType type) = _first ??= (name, storage);
        return placement.Storage is not null || storage == type ? Read(name, storage, shape)
            : throw new ModelFileException(files.Path, $"tensor {name} is {storage.Code}, and {first} is {type.Code}; say with --dtype in which type to compute");
    }

    /// <summary>Likewise a tensor of a release, which may be of another type than the model's.</summary>
    /// <inheritdoc cref="Read(string, long[])"/>
    public Tensor ReadReleased(string name, params long[] shape) => Read(name, StorageOf(name, shape), shape);

    /// <summary>Tensors of a release with the same sides, one after the other: where its file has them so, they are read as one. <c>[n, …]</c></summary>
    /// <inheritdoc cref="Read(string, long[])"/>
    public Tensor ReadTogether(ReleaseFile release, IReadOnlyList<string> names, params long[] shape)
    {
        StorageType[] storages = [.. names.Select(name => StorageOf(name, shape))];
        string all = string.Join(' ', names.DefaultIfEmpty($"none of {string.Join(' ', shape)}"));
        if (_read.TryGetValue(all, out Tensor? before))
        {
            return before;
        }

        if (names.Count > 0 && release.MapTogether(names) is { } together)
        {
            return _read[all] = Kept(Placed(together, storages[0], [names.Count, .. shape]));
        }

        Tensor result = empty([names.Count, .. shape], dtype: TensorViews.TypeOf(placement.Storage ?? storages.FirstOrDefault(StorageType.F32)), device: placement.Device);
        foreach ((int i, string name) in names.Index())
        {
            using MappedTensor mapped = release.Map(name);
            using Tensor one = Aligned(mapped, storages[i], shape);
            using Tensor place = result.select(0, i);
            place.copy_(one);
        }

        Copied += result.numel() * result.ElementSize;
        return _read[all] = Kept(result);
    }

    /// <summary>A tensor of what lies in a block of memory, which it keeps or, where it has to copy it, frees.</summary>
    public unsafe Tensor Read(NativeBlock block, StorageType storage, params long[] shape)
    {
        if (IsInPlace(storage))
        {
            return Kept(TensorViews.Over(Kept(block).First, storage, shape));
        }

        using (block)
        {
            using Tensor view = TensorViews.Over(block.First, storage, shape);
            return Kept(view.to(TensorViews.TypeOf(placement.Storage ?? storage), placement.Device, copy: true));
        }
    }

    /// <summary>Zeros in the place of a bias that a model does not have.</summary>
    public Tensor Zeros(long count, Tensor like) => Kept(zeros(count, dtype: like.dtype, device: like.device));

    /// <summary>Keeps what the tensors need until the reader is disposed of.</summary>
    public T Kept<T>(T resource) where T : IDisposable
    {
        _kept.Add(resource is Tensor tensor ? tensor.DetachFromDisposeScope() : resource);
        return resource;
    }

    /// <summary>Frees the tensors, and then unmaps the files.</summary>
    public void Dispose()
    {
        foreach (IDisposable resource in Enumerable.Reverse(_kept))
        {
            resource.Dispose();
        }

        _kept.Clear();
        _read.Clear();
    }

    private Tensor Read(string name, StorageType storage, long[] shape) =>
        _read.TryGetValue(name, out Tensor? before) ? before : _read[name] = Kept(Placed(files.Map(name), storage, shape));

    private StorageType StorageOf(string name, long[] shape)
    {
        TensorEntry entry = files.Find(name)
            ?? throw new ModelFileException(files.Path, $"tensor {name} is missing, which {config.Model.Path} asks for");
        return !entry.Shape.SequenceEqual(shape)
            ? throw new ModelFileException(files.Path, $"tensor {name} is {entry.Sides}, where {config.Model.Path} makes it {TensorEntry.Bracketed(shape)}")
            : entry.Storage
                ?? throw new ModelFileException(files.Path, $"tensor {name} is {entry.Type}, where one of {string.Join(", ", StorageType.All.Select(known => known.Code))} is needed");
    }

    /// <summary>A tensor of what is mapped, where it is to be.</summary>
    private unsafe Tensor Placed(MappedTensor mapped, StorageType storage, long[] shape)
    {
        if (IsInPlace(storage) && (nint)mapped.Pointer % storage.Size == 0)
        {
            return TensorViews.Over(Kept(mapped).Pointer, storage, shape);
        }

        using (mapped)
        {
            using Tensor aligned = Aligned(mapped, storage, shape);
            Tensor copy = aligned.to(TensorViews.TypeOf(placement.Storage ?? storage), placement.Device, copy: true);
            RequireFinite(mapped.Entry.Name, copy);
            Copied += copy.numel() * copy.ElementSize;
            return copy;
        }
    }

    private void RequireFinite(string name, Tensor copy)
    {
        using Tensor each = copy.isfinite();
        using Tensor all = each.all();
        if (!all.item<bool>())
        {
            copy.Dispose();
            throw new ModelFileException(files.Path, $"tensor {name} has an entry that is not a finite number{(placement.Storage is { } type ? $" of {type}" : "")}, as every one must be");
        }
    }

    private bool IsInPlace(StorageType storage) => placement.Device.type == DeviceType.CPU && (placement.Storage ?? storage) == storage;

    /// <summary>The tensor where it is mapped, or a copy where no number of its type may begin there.</summary>
    private static unsafe Tensor Aligned(MappedTensor mapped, StorageType storage, long[] shape)
    {
        if ((nint)mapped.Pointer % storage.Size == 0)
        {
            return TensorViews.Over(mapped.Pointer, storage, shape);
        }

        Tensor copy = empty(shape, dtype: TensorViews.TypeOf(storage));
        Buffer.MemoryCopy(mapped.Pointer, TensorViews.First(copy), mapped.Length, mapped.Length);
        return copy;
    }
}
