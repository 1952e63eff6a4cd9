using System.Text.Json.Nodes;
using Wager.Schemes.Models;

namespace Wager.Tests;

/// <summary>What <see cref="ReferenceTransformer"/> needs of a model's folder: config.json, and the tensors of model.safetensors as functions of one row.</summary>
internal sealed class ReferenceModel
{
    private readonly JsonObject _config;
    private readonly Dictionary<string, (long[] Shape, double[] Values)> _tensors = [];

    private readonly Action<string, double[]>? _seen;

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seen">Told each product of a matrix at a path and a row, before the bias.</param>
    public ReferenceModel(string folder, Action<string, double[]>? seen = null)
    {
        _seen = seen;
        _config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        using SafeTensorsFile file = SafeTensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        foreach (TensorEntry entry in file.Tensors)
        {
            double[] values = new double[entry.Count];
            using MappedTensor tensor = file.Map(entry);
            entry.Storage!.Read(tensor.Bytes(0, (int)tensor.Length), values);
            _tensors[entry.Name] = ([.. entry.Shape], values);
        }
    }

    /// <summary>A text of config.json.</summary>
    public string Text(string key) => _config[key]!.GetValue<string>();

    /// <summary>A number of config.json, or what holds where it is missing or null.</summary>
    public double Number(string key, double missing) => _config[key]?.GetValue<double>() ?? missing;

    /// <summary>A whole number of config.json.</summary>
    public int Count(string key) => _config[key]!.GetValue<int>();

    /// <summary>A whole number of config.json, or what holds where it is missing or null.</summary>
    public int Count(string key, int missing) => _config[key]?.GetValue<int>() ?? missing;

    /// <summary>A switch of config.json, or what holds where it is missing.</summary>
    public bool Flag(string key, bool missing) => _config[key]?.GetValue<bool>() ?? missing;

    /// <summary>An object of config.json; null where it is missing or null.</summary>
    public JsonObject? Object(string key) => _config[key]?.AsObject();

    /// <summary>A matrix, as rows.</summary>
    public double[][] Matrix(string name)
    {
        (long[] shape, double[] values) = _tensors[name];
        return shape is [long rows, long columns]
            ? [.. Enumerable.Range(0, (int)rows).Select(row => values.AsSpan(row * (int)columns, (int)columns).ToArray())]
            : throw new InvalidDataException($"{name} has {shape.Length} sides");
    }

    /// <summary>x ↦ Wx + b.</summary>
    public Func<double[], double[]> Linear(string path, bool biased)
    {
        double[][] matrix = Matrix($"{path}.weight");
        double[] bias = biased ? Vector($"{path}.bias", matrix.Length) : new double[matrix.Length];
        return x =>
        {
            double[] product = [.. matrix.Select(row => Dot(row, x))];
            _seen?.Invoke(path, product);
            return [.. product.Zip(bias, (entry, added) => added + entry)];
        };
    }

    /// <summary>x ↦ g (x − mean x) / √(var x + ε) + b.</summary>
    public Func<double[], double[]> LayerNorm(string path, double epsilon)
    {
        int width = Count("hidden_size");
        (double[] scale, double[] bias) = (Vector($"{path}.weight", width), Vector($"{path}.bias", width));
        return x =>
        {
            double mean = x.Sum() / x.Length;
            double variance = x.Sum(value => (value - mean) * (value - mean)) / x.Length;
            return [.. x.Select((value, i) => (scale[i] * (value - mean) / Math.Sqrt(variance + epsilon)) + bias[i])];
        };
    }

    /// <summary>x ↦ g x / √(mean x² + ε).</summary>
    public Func<double[], double[]> RmsNorm(string path, double epsilon)
    {
        double[] scale = Vector($"{path}.weight", Count("hidden_size"));
        return x => [.. x.Select((value, i) => scale[i] * value / Math.Sqrt((Dot(x, x) / x.Length) + epsilon))];
    }

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length)
        {
            throw new InvalidDataException($"a row of {a.Length} entries for {b.Length}");
        }

        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private double[] Vector(string name, int length) =>
        _tensors[name] is ([long entries], double[] values) && entries == length ? values : throw new InvalidDataException($"{name} is no vector of {length}");
}
