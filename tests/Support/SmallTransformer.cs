using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Schemes.Transformers;
using Wager.Testing.Catalog;
using static TorchSharp.torch;

namespace Wager.Tests;

/// <summary>A committed fixture in float64, whose V is a quarter of what it is in the file, so that z varies little and Taylor sums converge.</summary>
internal sealed class SmallTransformer : IDisposable
{
    private const double Narrowing = 0.25;

    private readonly ModelFolder _folder;

    public SmallTransformer(string name, Func<TransformerConfig, TransformerConfig>? change = null)
    {
        Name = name;
        _folder = ModelFolder.Open(TransformerFixtures.Folder(name));
        TransformerConfig config = TransformerConfig.Read(_folder.Config);
        Model = Transformer.Load(
            new WeightReader(_folder, change?.Invoke(config) ?? config, new(CPU, StorageType.F64)),
            reader => [.. _folder.Mlps.Select(names => Narrowed(reader.PlainMlp(names), reader))]);
    }

    public string Name { get; }

    public Transformer Model { get; }

    /// <summary>Settings with a δ_Y that tells its neighbours apart.</summary>
    public TransformerSettings Settings => new() { Model = Model, Name = Name, OutputThreshold = 0.005 };

    public static IEnumerable<(SmallTransformer Small, Variant Variant)> OfAll(params Variant[] variants)
    {
        foreach (string name in TransformerFixtures.Names)
        {
            using SmallTransformer small = new(name);
            foreach (Variant variant in variants.Length == 0 ? [Variant.Paper] : variants)
            {
                yield return (small, variant);
            }
        }
    }

    public static Subject Subject(TransformerSettings settings) => SchemeCatalog.Find(TransformerScheme.NameOf(settings.Variant), transformer: settings);

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }

    private static PlainMlp Narrowed(PlainMlp mlp, WeightReader reader) => mlp with { Weights = mlp.Weights with { V = reader.Kept(mlp.Weights.V.Times(Narrowing)) } };
}
