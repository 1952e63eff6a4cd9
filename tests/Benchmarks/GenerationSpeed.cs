using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using Wager.Adversaries.TaylorMlp;
using Wager.Games;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Tensors;
using Wager.Schemes.Transformers;
using static TorchSharp.torch;

namespace Wager.Benchmarks;

/// <summary>
/// Seconds a token of a model of a published shape, with seeded weights and in all its forms, each beside its floor: the bare products with the same matrices in the same order. A
/// step and a floor of each form come in turn, so that a machine that others use too is as slow for all of them.
/// </summary>
internal static class GenerationSpeed
{
    private const int Warm = 2; // steps that are not counted
    private const long MostReleased = 4L << 30; // bytes, of which each layer has far more than a cache

    /// <summary>Seconds a token as published, on an A100 in bfloat16 (Wang et al. 2024, Table 1): of the original, and of each N.</summary>
    private static readonly Dictionary<string, Dictionary<int, double>> _published = new()
    {
        ["llama3-8b"] = new() { [-1] = 0.031, [0] = 0.036, [2] = 0.068, [4] = 0.134, [6] = 0.228, [8] = 0.324 },
        ["mistral-7b"] = new() { [-1] = 0.030, [0] = 0.036, [2] = 0.070, [4] = 0.120, [6] = 0.185, [8] = 0.262 },
        ["phi-2"] = new() { [-1] = 0.023, [0] = 0.026, [2] = 0.040, [4] = 0.054, [6] = 0.072, [8] = 0.089 },
    };

    /// <summary>A form of the model.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Model">The model.</param>
    /// <param name="Matrices">What a token is multiplied by, in order.</param>
    /// <param name="Published">Its seconds a token as published.</param>
    private sealed record Form(string Name, Transformer Model, IReadOnlyList<Tensor> Matrices, double? Published)
    {
        public List<double> Steps { get; } = [];

        public List<double> Floors { get; } = [];

        public List<int> Tokens { get; } = [];
    }

    /// <summary>What is released of a layer, and what is recovered of that.</summary>
    private sealed record Released(TaylorRelease Release, IMlp Collapsed, MlpWeights Recovered);

    /// <summary>Prints a row for each form.</summary>
    /// <param name="args">Options and their values in turn.</param>
    public static void Print(string[] args)
    {
        Dictionary<string, string> options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        string Of(string option, string otherwise) => options.GetValueOrDefault(option, otherwise);
        int Whole(string option, int otherwise) => int.Parse(Of(option, $"{otherwise}"), CultureInfo.InvariantCulture);
        int threads = Whole("--threads", Environment.ProcessorCount);
        TensorMath.ComputeOn(threads); // before anything asks for libtorch, which it finds
        Device device = new(Of("--device", "cpu"));
        ModelShape shape = ModelShape.Find(Of("--model", "opt-125m")) ?? throw new ArgumentException($"--model is one of {string.Join(", ", ModelShape.All)}");
        StorageType storage = StorageType.All.First(type => type.Name == Of("--dtype", "bf16"));
        int layers = Whole("--layers", shape.Layers);
        int[] orders = [.. Of("--orders", "0,2,4,6,8").Split(',').Select(order => int.Parse(order, CultureInfo.InvariantCulture)).Order()];
        int tokens = Whole("--tokens", 32);
        using DisposeScope scope = NewDisposeScope();
        SyntheticFiles files = new(shape, layers, storage, seed: 1);
        TransformerConfig config = TransformerConfig.Read(files.Config);
        config = config with { EndTokens = [], Activation = config.Activation == Activation.Relu ? Activation.Gelu : config.Activation };
        using WeightReader reader = new(files, config, new(device));
        long layerBytes = LayerRelease.Bytes(shape.Width, shape.Hidden, orders[^1], shape.IsGated, storage);
        int distinct = (int)Math.Clamp(MostReleased / layerBytes, 1, layers);
        Console.WriteLine(
            $"{shape}, {layers} of {shape.Layers} layers, {storage}, {config.Activation}, on {device}{(device.type == DeviceType.CPU ? $" with {threads} threads" : "")}, {tokens} tokens after one; "
            + $"{(distinct == layers ? "each layer has its own release" : $"{distinct} layers are released, and all blocks use these in turn")}");
        List<Form> forms = [.. Forms(reader, files, orders, distinct, threads)];
        Run(forms, shape.BeginToken, tokens, device);
        Write(forms, storage, distinct == layers);
        forms.ForEach(form => Array.ForEach([.. form.Model.Mlps.OfType<IDisposable>()], mlp => mlp.Dispose()));
    }

    private static IEnumerable<Form> Forms(WeightReader reader, SyntheticFiles files, int[] orders, int distinct, int threads)
    {
        (ModelShape shape, int layers) = (files.Shape, reader.Config.Model.Layers);
        PlainMlp[] original = [.. Enumerable.Range(0, layers).Select(layer => reader.PlainMlp(shape.Mlp(layer)))];
        Released[] released = [.. original.Take(distinct).Select((mlp, layer) => ReleasedOf(reader, files, shape.Mlp(layer), mlp, orders[^1], threads))];
        Form Of(string name, IReadOnlyList<IMlp> mlps, Func<int, Tensor?[]> matrices, double? published)
        {
            IEnumerable<Tensor> OfAttention(int layer) =>
                SyntheticTensor.Of(shape, layers).Where(tensor => tensor.Shape.Count == 2 && tensor.Name.Contains($"layers.{layer}.self_attn.", StringComparison.Ordinal)).Select(Read);
            Tensor Read(SyntheticTensor tensor) => reader.Read(tensor.Name, [.. tensor.Shape]);
            Tensor head = Read(SyntheticTensor.Of(shape, layers).First(tensor => tensor.Name is "lm_head.weight" or "model.decoder.embed_tokens.weight"));
            return new(name, Transformer.Load(reader, _ => mlps), [.. Enumerable.Range(0, layers).SelectMany(layer => OfAttention(layer).Concat(matrices(layer).OfType<Tensor>())), head], published);
        }

        Dictionary<int, double>? published = _published.GetValueOrDefault(shape.Name);
        double? Published(int order) => published?.TryGetValue(order, out double seconds) == true ? seconds : null;
        yield return Of("original", original, layer => [original[layer].Weights.V, original[layer].Weights.U, original[layer].Weights.W], Published(-1));
        foreach (int order in orders)
        {
            TaylorRelease[] mlps = [.. original.Select((mlp, layer) => released[layer % distinct].Release is var of && order == of.Order ? of : of with { Theta = of.Theta.narrow(0, 0, order) })
                .Select((of, layer) => of with { V = original[layer].Weights.V, U = original[layer].Weights.U })];
            yield return Of(
                $"released, N = {order}", mlps,
                layer => [order == 0 ? null : mlps[layer].V, mlps[layer].U, mlps[layer].IsGated ? mlps[layer].Theta0 : null, .. Enumerable.Range(0, order).Select(n => mlps[layer].Theta.select(0, n))],
                Published(order));
        }

        if (orders[^1] == 0)
        {
            yield break;
        }

        yield return Of(
            $"collapsed, N = {orders[^1]}", [.. original.Select((_, layer) => released[layer % distinct].Collapsed)],
            layer => released[layer % distinct].Release is var of ? [of.V, of.U, of.Theta.select(0, 0)] : [], null);
        PlainMlp[] recovered = [.. original.Select((mlp, layer) => mlp with { Weights = released[layer % distinct].Recovered with { V = mlp.Weights.V, U = mlp.Weights.U } })];
        yield return Of("recovered", recovered, layer => [recovered[layer].Weights.V, recovered[layer].Weights.U, recovered[layer].Weights.W], null);
    }

    /// <summary>Releases a layer on the host, attacks it there, and brings both to the device.</summary>
    private static unsafe Released ReleasedOf(WeightReader reader, SyntheticFiles files, MlpNames names, PlainMlp mlp, int order, int threads)
    {
        const double Spread = 0.5; // of z₀
        (int d, int h, int outputs, bool isGated) = mlp.Weights.Shape;
        using MappedTensor w = files.Map(names.W);
        StorageType storage = w.Entry.Storage!;
        double[] Vector(string? name, int length)
        {
            double[] values = new double[length];
            if (name is not null)
            {
                using MappedTensor vector = files.Map(name);
                storage.Read(vector.Bytes(0, (int)vector.Length), values);
            }

            return values;
        }

        double[] z0 = new DrawnEmbeddings(1, Spread).Of(names.Path, h);
        LayerWeights weights = new((nint)w.Pointer, storage, Vector(names.B, h), isGated ? null : Vector(names.C, outputs), outputs);
        NativeBlock theta = new(LayerRelease.Bytes(outputs, h, order, isGated, storage));
        ReleasedLayer layer = LayerRelease.Release(new(order, storage, mlp.Activation, Variant.Paper), weights, z0, null, theta, threads, default, out _);
        NativeBlock recoveredW = new(w.Length);
        Cost work = default;
        RecoveredLayer recovered = new LayerAttack(OrdersRead.All, threads).Jointly(layer, storage, (nint)recoveredW.First, ref work);
        Tensor In(double[] numbers) => reader.Kept(tensor(numbers).to(mlp.Weights.W.dtype, mlp.Weights.W.device));
        MlpWeights again = mlp.Weights with { W = reader.Read(recoveredW, storage, outputs, h), B = In(recovered.B), C = isGated ? mlp.Weights.C : In(recovered.C) };
        Tensor all = reader.Read(theta, storage, isGated ? order + 1 : order, outputs, h);
        TaylorRelease release = new(mlp.Weights.V, In(layer.Z0), isGated ? all.select(0, 0) : In(layer.Theta0), all.narrow(0, isGated ? 1 : 0, order), mlp.Activation, mlp.Weights.U) { Storage = storage };
        return new(release, Collapse.Of(release, new SeededTape(1)), again);
    }

    private static void Run(List<Form> forms, int begin, int tokens, Device device)
    {
        Continuation[] runs = [.. forms.Select(form => new Continuation(form.Model, [[begin]], tokens + Warm, Decoding.Greedy, new SeededTape(1)))];
        Dictionary<long, Tensor> inputs = forms.SelectMany(form => form.Matrices).GroupBy(matrix => matrix.shape[1])
            .ToDictionary(group => group.Key, group => ones(1, group.Key, dtype: group.First().dtype, device: device));
        for (int step = 0; step < tokens + Warm; step++)
        {
            foreach ((Form form, Continuation run) in forms.Zip(runs))
            {
                Time(form.Steps, step, device, run.Step);
                Time(form.Floors, step, device, () =>
                {
                    foreach (Tensor matrix in form.Matrices)
                    {
                        using DisposeScope scope = NewDisposeScope();
                        inputs[matrix.shape[1]].matmul(matrix.t());
                    }
                });
            }
        }

        foreach ((Form form, Continuation run) in forms.Zip(runs))
        {
            form.Tokens.AddRange(run.Texts[0]);
            run.Dispose();
        }
    }

    private static void Time(List<double> seconds, int step, Device device, Action action)
    {
        Stopwatch watch = Stopwatch.StartNew();
        action();
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }

        if (step >= Warm)
        {
            seconds.Add(watch.Elapsed.TotalSeconds);
        }
    }

    private static void Write(List<Form> forms, StorageType storage, bool isWhole)
    {
        Form original = forms[0];
        double median = Median(original.Steps);
        Console.WriteLine($"{"form",-16} {"s a token",10} {"× original",11} {"floor",9} {"of floor",9} {"MB a token",11} {"GB/s",7} {"A100, published",16} {"×",6} {"tokens as original",19}");
        foreach (Form form in forms)
        {
            (double step, double bytes) = (Median(form.Steps), form.Matrices.Sum(matrix => (double)matrix.numel()) * storage.Size);
            int same = form.Tokens.Zip(original.Tokens).TakeWhile(pair => pair.First == pair.Second).Count();
            string published = form.Published is { } seconds ? FormattableString.Invariant($"{seconds,16:0.000} {seconds / original.Published,6:0.0}") : $"{"",16} {"",6}";
            Console.WriteLine(FormattableString.Invariant(
                $"{form.Name,-16} {step,10:0.00000} {step / median,11:0.00} {Median(form.Floors),9:0.00000} {form.Floors.Zip(form.Steps, (floor, time) => floor / time).Order().ElementAt(form.Steps.Count / 2),9:0.00} {bytes / 1e6,11:0} {bytes / step / 1e9,7:0.0} {published} {(isWhole ? $"{same} of {original.Tokens.Count}" : ""),19}"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
