using System.CommandLine;
using System.Globalization;
using Wager.Harness.Studies;
using Wager.Schemes.Models;
using Wager.Schemes.Tokenizers;
using Wager.Schemes.Transformers;
using Wager.Testing;
using Wager.Testing.Catalog;

namespace Wager.Harness.CommandLine;

/// <summary>The options of the verbs that run whole models.</summary>
internal static class ModelArguments
{
    public static readonly Argument<string> Model = new("MODEL") { Description = "a model's folder, with its tokenizer; or one that release --folder or attack wrote" };
    public static readonly Option<string> Truth = Arguments.Text("--truth", "MODEL", "the folder of the model that was released, to run beside its release");
    public static readonly Option<string> Ranges = Arguments.Text("-o", "FILE", "the safetensors file to write the ranges into");
    public static readonly Option<string> Text = Arguments.Text("--text", "FILE", "a text in UTF-8");
    public static readonly Option<string> MostTokens = Arguments.Text("--tokens", "N", "calibrate: the most tokens that go through the model (default 65536)");
    public static readonly Option<string> Window = Arguments.Text("--window", "L", "the tokens that go through it together (default 512, or the context)");
    public static readonly Option<string> Type = Arguments.Text("--dtype", "bf16|f16|f32|f64", "the type that is computed in (default: that of the files)");
    public static readonly Option<string[]> Prompt = new("--prompt") { Description = "a text to go on with; several go on together", HelpName = "TEXT", AllowMultipleArgumentsPerToken = false };
    public static readonly Option<string> New = Arguments.Text("--tokens", "N", "the most new tokens of a text (default 32)");
    public static readonly Option<string> Form = Arguments.Text("--form", string.Join('|', ModelForms.All), "how the MLPs are run (default: as the folder has them; with --truth all, side by side)");
    public static readonly Option<string> Temperature = Arguments.Text("--temperature", "T", "draw tokens at this temperature (default 0: the most likely always)");
    public static readonly Option<string> MostLikely = Arguments.Text("--top-k", "K", "draw from the K most likely tokens");
    public static readonly Option<string> Share = Arguments.Text("--top-p", "P", "draw from the fewest tokens that have this probability together");

    /// <summary>Where the model's tensors are to be.</summary>
    public static Placement PlacementOf(ParseResult parse) => new(
        Arguments.DeviceOf(parse),
        parse.GetValue(Type) is not { } name ? null : StorageType.All.FirstOrDefault(type => type.Name == name)
            ?? throw new UsageException(Nearest.Unknown("storage type", name, StorageType.All.Select(type => type.Name))));

    /// <summary>A folder's tokenizer, which must be the model's.</summary>
    public static ModelTokenizer TokenizerOf(string folder, TransformerConfig config)
    {
        ModelTokenizer tokenizer = ModelTokenizer.Open(folder);
        return tokenizer.Vocabulary <= config.Vocabulary ? tokenizer
            : throw new UsageException($"{folder}: its tokenizer has tokens up to {tokenizer.Vocabulary - 1}, where {config.Model.Path} says that there are {config.Vocabulary}; put the model's own tokenizer there");
    }

    /// <summary>How tokens are chosen.</summary>
    public static Decoding DecodingOf(ParseResult parse)
    {
        double temperature = Number(parse, Temperature, 0, 0, 100);
        if (temperature == 0 && new[] { MostLikely, Share }.FirstOrDefault(option => Arguments.Has(parse, option)) is { } vain)
        {
            throw new UsageException($"{vain.Name} is of drawn tokens: give {Temperature.Name} too, such as 0.8");
        }

        int? mostLikely = Arguments.Has(parse, MostLikely) ? (int)Arguments.Whole(parse, MostLikely, 0, 1, int.MaxValue) : null;
        return new(temperature, mostLikely, Number(parse, Share, 1, 1e-6, 1));
    }

    /// <summary>The form that is asked for; null where none is.</summary>
    public static string? FormOf(ParseResult parse) =>
        parse.GetValue(Form) is not { } form ? null
        : ModelForms.All.Contains(form) ? form
        : throw new UsageException(Nearest.Unknown("form", form, ModelForms.All));

    private static double Number(ParseResult parse, Option<string> option, double otherwise, double least, double most) =>
        parse.GetValue(option) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most ? number
        : throw new UsageException(FormattableString.Invariant($"{option.Name} {text}: must be a number from {least} to {most}"));
}
