using System.CommandLine;
using System.Globalization;
using Wager.Adversaries.TaylorMlp;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.TaylorMlp;
using Wager.Testing;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary>The options of the verbs that work on model files.</summary>
internal static class FileArguments
{
    public static readonly Argument<string> Shape = new("SHAPE") { Description = $"a shape, published or tiny: {string.Join(", ", ModelShape.All)}" };
    public static readonly Argument<string> Model = new("MODEL") { Description = "a model's folder: config.json, and model.safetensors or its shards" };
    public static readonly Argument<string> Release = new("RELEASE") { Description = "a release in the format taylor-mlp/1, or a folder with one, as release --folder writes it" };
    public static readonly Option<bool> AsFolder = new("--folder") { Description = "write a folder that runs by itself: the release with config.json and the tokenizer" };
    public static readonly Option<string> Folder = Arguments.Text("-o", "DIR", "the folder to write; it may not exist yet, or be empty");
    public static readonly Option<string> Output = Arguments.Text("-o", "FILE", "the safetensors file to write; the folder, where a folder is written");
    public static readonly Option<string> Figures = Arguments.Text("-o", "DIR", "the folder to write the figure into, as PNG and SVG (default: the current one)");
    public static readonly Option<string> Layers = Arguments.Text("--layers", "L", "layers (default: as many as the published model has)");
    public static readonly Option<string> Storage = Arguments.Text("--dtype", "bf16|f16|f32|f64", "the type of what is stored (default bf16)");
    public static readonly Option<string> ActivationName = Arguments.Text("--activation", "gelu|gelu-tanh|silu|relu", "the activation that is expanded (default: the model's)");
    public static readonly Option<string> ZRange = Arguments.Text("--z-range", "FILE", "P.z.min and P.z.max of each MLP at path P, whose midrange is z₀");
    public static readonly Option<string> ZSpread = Arguments.Text("--z-spread", "S", "without a z-range, z₀ is drawn, normal with this standard deviation (default 1)");
    public static readonly Option<string> Truth = Arguments.Text("--truth", "MODEL", "the folder of the model that was released, to hold the weights against");
    public static readonly Option<string> Diagram = Arguments.Text("-o", "DIR", "the folder to draw the diagram of notions into, as notions.png and notions.svg");
    public static readonly Option<string> OrdersRead = Arguments.Text("--order", "one|all", "read W from one order, at the speed of a copy, or from all (default all)");
    public static readonly Option<string> Method = Arguments.Text("--method", "joint|pairwise|least-squares", "the joint attack, the pairwise one as published, or least squares from what Run′ answers (default joint)");
    public static readonly Option<string> Queries = Arguments.Text("--queries", "Q", $"inputs that least squares ask of each layer (default {LeastSquares.QueriesPerUnknown} for each unknown of an output)");
    public static readonly Option<string> VariantName = Arguments.Text("--variant", "paper|public-code", "as in TaylorMLP's paper, or as in its public code (default: paper; of a file, what it says)");
    public static readonly Option<string> Models = Arguments.Text("--models", "M,M,…", "which shapes, or which one (default: those of table1, opt-1.3b of fig2)");

    public static ModelShape ShapeOf(string name) =>
        ModelShape.Find(name) ?? throw new UsageException(Nearest.Unknown("shape", name, ModelShape.All.Select(known => known.Name)));

    public static string OutputOf(ParseResult parse, Option<string> option, string what) =>
        parse.GetValue(option) ?? throw new UsageException($"{option.Name} is missing: {what}");

    public static int LayersOf(ParseResult parse, ModelShape shape)
    {
        const int Most = 10_000; // more than any model has; what is asked for must fit the disk or the time anyway
        return (int)Arguments.Whole(parse, Layers, shape.Layers, 1, Most);
    }

    public static StorageType StorageOf(ParseResult parse) => Arguments.StorageOf(parse, Storage, StorageType.BF16);

    public static int OrderOf(ParseResult parse) => (int)Arguments.Whole(parse, Arguments.Order, 8, 0, ReleaseFile.GreatestOrder);

    /// <summary>The activation asked for, or else the model's.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="ofModel">What the model calls its own.</param>
    /// <param name="where">Where it says so, for a message.</param>
    public static Activation ActivationOf(ParseResult parse, string ofModel, string where)
    {
        string? name = parse.GetValue(ActivationName);
        return name is null
            ? Activation.Find(ofModel) ?? throw new UsageException($"{where}: the activation '{ofModel}' is not known; --activation names one: {string.Join(", ", Activation.All)}")
            : Activation.Find(name) ?? throw new UsageException(Nearest.Unknown("activation", name, Activation.All.Select(known => known.Name)));
    }

    /// <summary>
    /// The activation that a published shape is released with, where none is asked for: its own, and GELU for OPT. Of OPT's own, ReLU, Θ
    /// from the second order on is 0: no attack could have recovered b from it.
    /// </summary>
    public static Activation ReleasedActivationOf(ParseResult parse, ModelShape shape) =>
        ActivationOf(parse, shape.ModelType == "opt" ? Activation.Gelu.Name : shape.ActivationName, shape.Name);

    public static double SpreadOf(ParseResult parse, double otherwise = 1) =>
        parse.GetValue(ZSpread) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double spread) && spread is >= 0 and <= 100 ? spread
        : throw new UsageException($"{ZSpread.Name} {text}: must be a standard deviation from 0 to 100, such as 1.5");

    public static ILocalEmbeddings EmbeddingsOf(ParseResult parse) =>
        parse.GetValue(ZRange) is not { } path ? new DrawnEmbeddings(Arguments.SeedOf(parse), SpreadOf(parse))
        : Arguments.Has(parse, ZSpread) ? throw new UsageException($"{ZRange.Name} and {ZSpread.Name} both say what z₀ is: give one")
        : new RecordedEmbeddings(path);

    /// <summary>The variant that is asked for; null where none is.</summary>
    public static Variant? VariantOf(ParseResult parse) =>
        parse.GetValue(VariantName) is not { } name ? null
        : Variant.All.FirstOrDefault(variant => variant.Name == name) ?? throw new UsageException(Nearest.Unknown("variant", name, Variant.All.Select(variant => variant.Name)));

    /// <summary>Refuses a file that is of another variant than was said.</summary>
    public static void RequireVariant(ParseResult parse, ReleaseFile release)
    {
        if (VariantOf(parse) is { } variant && variant != release.Variant)
        {
            throw new UsageException($"{VariantName.Name} {variant}: {release.Path} is of the variant {release.Variant}; leave {VariantName.Name} out, or name the release that was meant");
        }
    }

    /// <summary>The attack that is asked for.</summary>
    public static AttackMethod MethodOf(ParseResult parse)
    {
        const int MostQueries = 1 << 28; // as many rows as no memory holds
        string name = parse.GetValue(Method) ?? "joint";
        return name is not ("joint" or "pairwise" or "least-squares") ? throw new UsageException($"{Method.Name} {name}: must be joint, pairwise or least-squares")
            : name != "joint" && Arguments.Has(parse, OrdersRead) ? throw new UsageException($"{OrdersRead.Name} is of the joint attack: {name} reads {(name == "pairwise" ? "one order" : "all orders")} always")
            : name != "least-squares" && Arguments.Has(parse, Queries) ? throw new UsageException($"{Queries.Name} is of --method least-squares: {name} asks nothing")
            : name switch
            {
                "joint" => new JointMethod(OrdersReadOf(parse)),
                "pairwise" => new PairwiseMethod(),
                _ => new LeastSquaresMethod(Arguments.Has(parse, Queries) ? (int)Arguments.Whole(parse, Queries, 0, 1, MostQueries) : null),
            };
    }

    private static OrdersRead OrdersReadOf(ParseResult parse) => parse.GetValue(OrdersRead) switch
    {
        null or "all" => Adversaries.TaylorMlp.OrdersRead.All,
        "one" => Adversaries.TaylorMlp.OrdersRead.One,
        { } other => throw new UsageException($"{OrdersRead.Name} {other}: must be one or all"),
    };
}
