using Wager.Adversaries.TaylorMlp;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using Wager.Testing.Evaluation;

namespace Wager.Harness.Studies;

/// <summary>
/// A model of a published shape that is made, released, attacked and dropped layer by layer, so that one of any depth takes the memory
/// of one layer and no disk.
/// </summary>
public sealed class SyntheticRelease : IDisposable
{
    private readonly ModelShape _shape;
    private readonly Activation _activation;
    private readonly int _order;
    private readonly StorageType _storage;
    private readonly ILocalEmbeddings _embeddings;
    private readonly Sampling _sampling;
    private readonly NativeBlock _weights;
    private readonly NativeBlock _release;

    /// <summary>Takes the memory.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="activation">What is expanded.</param>
    /// <param name="order">N.</param>
    /// <param name="storage">What releases are rounded to.</param>
    /// <param name="embeddings">z₀.</param>
    /// <param name="sampling">Seed and threads.</param>
    public SyntheticRelease(ModelShape shape, Activation activation, int order, StorageType storage, ILocalEmbeddings embeddings, Sampling sampling)
    {
        (_shape, _activation, _order, _storage, _embeddings, _sampling) = (shape, activation, order, storage, embeddings, sampling);
        _weights = new((long)shape.Width * shape.Hidden * Weights.Size);
        _release = new(LayerRelease.Bytes(shape.Width, shape.Hidden, order, shape.IsGated, storage));
    }

    /// <summary>What the weights are stored in.</summary>
    public static StorageType Weights => StorageType.BF16;

    /// <summary>Makes and releases layers, one after the other in the same memory.</summary>
    /// <param name="layers">How many.</param>
    /// <param name="body">Gets the number of each, from 0, its weights and its release, both of which last until it returns.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void ForEachLayer(int layers, Action<int, LayerWeights, ReleasedLayer> body, Action<double>? progress, CancellationToken stop)
    {
        for (int i = 0; i < layers; i++)
        {
            stop.ThrowIfCancellationRequested();
            LayerWeights weights = Made(_shape.Mlp(i));
            ReleasedLayer layer = LayerRelease.Release(
                new(_order, _storage, _activation, Variant.Paper), weights, _embeddings.Of(_shape.Mlp(i).Path, _shape.Hidden), null, _release, _sampling.Threads, stop, out double[] greatest);
            if (!greatest.All(most => double.IsFinite(_storage.Round(most))))
            {
                throw new UsageException($"--order {_order}: Θ is beyond the numbers of {_storage}; use a --dtype that reaches further, or a lower --order");
            }

            if (LayerRelease.LostOrder(weights, null, layer) is { } lost)
            {
                throw new UsageException($"--order {_order}: Θ_{lost} is 0 throughout in {_storage}, which cannot hold that order; use --order {lost - 1} or a lower one, or a --dtype that reaches further");
            }

            body(i, weights, layer);
            progress?.Invoke((i + 1.0) / layers);
        }
    }

    /// <summary>Attacks layers, each by the pairwise attack, the joint one from one order, and from all.</summary>
    /// <param name="layers">How many.</param>
    /// <param name="progress">Told what part is done.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public unsafe AttackRun[] Attack(int layers, Action<double>? progress, CancellationToken stop)
    {
        using NativeBlock recovered = new(_weights.Length);
        nint w = (nint)recovered.First;
        AttackMethod[] methods = [new PairwiseMethod(), new JointMethod(OrdersRead.One), new JointMethod(OrdersRead.All)];
        AttackRun[] runs = [.. methods.Select(method => new AttackRun(method, _sampling.Threads))];
        try
        {
            ForEachLayer(layers, (_, weights, layer) => Array.ForEach(runs, run => run.Attack(layer, Weights, w, weights, stop)), progress, stop);
            return runs;
        }
        finally
        {
            Array.ForEach(runs, run => run.Dispose()); // what they copied into; their numbers stay
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _release.Dispose();
    }

    private unsafe LayerWeights Made(MlpNames mlp)
    {
        SyntheticModel.Fill(_sampling.Seed, mlp.W, _shape.InitializerRange, Weights, new Span<byte>(_weights.First, checked((int)_weights.Length)));
        return new((nint)_weights.First, Weights, Bias(mlp.B, _shape.Hidden) ?? new double[_shape.Hidden], Bias(mlp.C, _shape.Width), _shape.Width);
    }

    private double[]? Bias(string? name, int length)
    {
        if (name is null)
        {
            return null;
        }

        byte[] bytes = new byte[length * Weights.Size];
        SyntheticModel.Fill(_sampling.Seed, name, _shape.InitializerRange, Weights, bytes);
        double[] values = new double[length];
        Weights.Read(bytes, values);
        return values;
    }
}
