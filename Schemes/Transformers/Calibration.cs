using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using static TorchSharp.torch;

namespace Wager.Schemes.Transformers;

/// <summary>
/// Estimates the local embeddings of a model's MLPs (Wang et al. 2024, §3.2): tokens go through the model, and of each hidden unit the least and the greatest z = Vx are
/// kept, whose midrange is z₀ (Eq. 6), and whose distance says which units are protected (App. D).
/// </summary>
public sealed class Calibration : IDisposable
{
    private readonly Transformer _model;
    private readonly Observed[] _mlps;
    private readonly TensorMath _math;

    /// <summary>Begins, with no token seen.</summary>
    /// <param name="model">The model, with its MLPs as they were trained.</param>
    /// <param name="tape">Pays.</param>
    public Calibration(Transformer model, Games.Tape tape)
    {
        _mlps = [.. model.Mlps.Cast<PlainMlp>().Select(mlp => new Observed(mlp))];
        _model = model.With(_mlps);
        _math = new(tape);
    }

    /// <summary>How many tokens were seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Has a text's tokens go through the model.</summary>
    /// <param name="tokens">At least one, and no more than the context.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public void Add(IReadOnlyList<int> tokens)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using KeyValueCache cache = new(_model, [0], tokens.Count);
        _model.Logits(tensor([.. tokens.Select(token => (long)token)], 1, tokens.Count, device: _model.Device), cache, _math, ofLastOnly: true);
        Tokens += tokens.Count;
    }

    /// <summary>The least and the greatest z of each MLP's units. <c>[h]</c> both</summary>
    /// <exception cref="InvalidDataException">One is not a finite number.</exception>
    public IReadOnlyList<(double[] Least, double[] Greatest)> Ranges() => [.. _mlps.Select((mlp, layer) => mlp.Range() is var range && range.Least.Concat(range.Greatest).All(double.IsFinite) ? range
        : throw new InvalidDataException($"in layer {layer} a z is not a finite number"))];

    /// <summary>Writes P.z.min and P.z.max of the MLP at each path P into a safetensors file: aside, and renamed at the end.</summary>
    /// <param name="paths">The paths, in the order of the layers.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A z is not a finite number.</exception>
    /// <exception cref="ModelFileException">The file cannot be written.</exception>
    public void Write(IReadOnlyList<string> paths, string path)
    {
        StorageType storage = _model.Type == ScalarType.Float64 ? StorageType.F64 : StorageType.F32;
        (string Path, (double[] Least, double[] Greatest) Range)[] all = [.. paths.Zip(Ranges())];
        long[] shape = [_model.Config.Model.Hidden];
        using SafeTensorsWriter writer = new(
            path,
            [.. all.SelectMany(mlp => new[] { (RecordedEmbeddings.LeastName(mlp.Path), storage.Code, shape), (RecordedEmbeddings.GreatestName(mlp.Path), storage.Code, shape) })],
            new Dictionary<string, string> { ["format"] = "pt", ["tokens"] = FormattableString.Invariant($"{Tokens}") });
        byte[] bytes = new byte[shape[0] * storage.Size];
        foreach ((_, (double[] least, double[] greatest)) in all)
        {
            foreach (double[] ends in new[] { least, greatest })
            {
                storage.Write(ends, bytes);
                writer.Write(bytes);
            }
        }

        writer.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_mlps, mlp => mlp.Dispose());

    /// <summary>An MLP whose z are looked at.</summary>
    private sealed class Observed(PlainMlp inner) : IMlp, IDisposable
    {
        private Tensor? _least, _greatest;

        public Tensor Infer(Tensor x, TensorMath math)
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            Tensor z = math.Widened(math.Product(x, inner.Weights.V.t()));
            (_least, _greatest) = (Further(_least, math.Minimum(z, 0), static (a, b) => a.minimum(b)), Further(_greatest, math.Maximum(z, 0), static (a, b) => a.maximum(b)));
            return inner.Infer(x, math).MoveToOuterDisposeScope();
        }

        public (double[] Least, double[] Greatest) Range() => (Host(_least), Host(_greatest));

        public void Dispose()
        {
            _least?.Dispose();
            _greatest?.Dispose();
        }

        private static Tensor Further(Tensor? before, Tensor here, Func<Tensor, Tensor, Tensor> extreme)
        {
            Tensor both = before is null ? here.clone() : extreme(before, here);
            before?.Dispose();
            return both.DetachFromDisposeScope();
        }

        private static double[] Host(Tensor? ends) => ends is null ? throw new InvalidOperationException("no token was seen yet") : ends.to(ScalarType.Float64).cpu().data<double>().ToArray();
    }
}
